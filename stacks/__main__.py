"""What ``pulumi up`` runs in a checkout: the plan file named by ``pulumi config set plan FILE``.

The plan is applied as it was reviewed: its digest is checked, and nothing is planned anew.
"""

from __future__ import annotations

from pathlib import Path

import pulumi

from planner.plan.file import PlanFileError, read_text
from stacks.program import declare


def main() -> None:
    """Read the plan and declare it."""
    name = pulumi.Config().require("plan")
    path = Path(name) if Path(name).is_absolute() else Path(pulumi.runtime.get_root_directory()) / name
    try:
        plan = read_text(path.read_bytes(), str(path))
    except (OSError, PlanFileError) as error:
        raise pulumi.RunError(str(error)) from error
    declare(plan.design)


main()
