"""HiGHS, set up the same way everywhere: silent, one thread, so that the same program gives the same
answer. https://highs.dev - MIT licence, maintained by the University of Edinburgh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.capacity.packing.model import Budget

if TYPE_CHECKING:
    import highspy

    from planner.capacity.packing.table import Floats, Indices, Ints


def new_solver(**options: Any) -> highspy.Highs:
    """A solver without output, with one thread and the options given."""
    import highspy

    solver: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in {"output_flag": False, "threads": 1, "random_seed": 0, **options}.items():
        solver.setOptionValue(name, value)
    return solver


def load(
    solver: highspy.Highs,
    *,
    costs: Floats,
    upper: Floats,
    rows: tuple[Floats, Floats],
    matrix: tuple[Indices, Indices, Floats],
    maximize: bool = False,
    integers: Ints | None = None,
) -> None:
    """Pass a program with variables from 0 to ``upper``; ``rows`` are (lower, upper) bounds of the
    constraints, ``matrix`` is (starts, row indices, values) by column."""
    import highspy

    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(costs), len(rows[0])
    program.sense_ = highspy.ObjSense.kMaximize if maximize else highspy.ObjSense.kMinimize
    program.col_cost_, program.col_lower_, program.col_upper_ = costs, np.zeros(len(costs)), upper
    program.row_lower_, program.row_upper_ = rows
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_, program.a_matrix_.value_ = matrix
    if integers is not None:
        whole, part = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        program.integrality_ = [whole if one else part for one in integers]
    solver.passModel(program)


def run(solver: highspy.Highs, budget: Budget, most: float = 5.0) -> None:
    """Run within what is left of the budget, and never longer than ``most`` seconds where there is a
    clock, so that an interruption is soon noticed."""
    import highspy

    left = budget.seconds_left()
    # HiGHS's own clock goes on from run to run
    limit = highspy.kHighsInf if left is None else solver.getRunTime() + max(min(left, most), 0.01)
    solver.setOptionValue("time_limit", limit)
    solver.run()
