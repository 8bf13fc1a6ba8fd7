"""Decisions: every number in a plan with its formula, inputs and source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a formula, by name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Decision:
    """How a value came to be.

    ``id`` is stable and dotted, such as ``subnet.node.apne2-az1``. ``formula`` names its inputs;
    ``worked`` is the same with the numbers filled in.
    """

    id: str
    title: str
    value: str
    unit: str = ""
    formula: str = ""
    worked: str = ""
    inputs: tuple[Input, ...] = ()
    explanation: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class OneWayDoor:
    """A choice that cannot be changed later, what was chosen and what changing it would take."""

    id: str
    choice: str
    chosen: str
    consequence: str
    source: str
    note: str = ""


class Ledger:
    """Collects decisions while a plan is built; each id may be used once. A trial, whose decisions
    nobody will read, does not want any."""

    def __init__(self, *, wanted: bool = True) -> None:
        self.wanted = wanted
        self._decisions: dict[str, Decision] = {}

    def add(  # noqa: PLR0913 - one keyword for each part of a decision
        self,
        id: str,  # noqa: A002 - the name of the field
        title: str,
        value: object,
        *,
        unit: str = "",
        formula: str = "",
        worked: str = "",
        inputs: dict[str, object] | None = None,
        explanation: str = "",
        source: str = "",
        note: str = "",
    ) -> None:
        """Record a decision. Raises ValueError if the id is already taken."""
        if not self.wanted:
            return
        if id in self._decisions:
            raise ValueError(f"decision {id} recorded twice")
        self._decisions[id] = Decision(
            id=id,
            title=title,
            value=str(value),
            unit=unit,
            formula=formula,
            worked=worked,
            inputs=tuple(Input(name, str(given)) for name, given in (inputs or {}).items()),
            explanation=explanation,
            source=source,
            note=note,
        )

    def __iter__(self) -> Iterator[Decision]:
        return iter(self._decisions.values())
