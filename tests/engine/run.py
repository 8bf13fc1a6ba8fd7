"""``up`` of an example in a process of its own, to be killed by a test. Its environment says where."""

from __future__ import annotations

import os
import sys

from pulumi import automation

from stacks import declare
from tests.engine.conftest import local_command
from tests.engine.test_chain import destroyable
from tests.support.plans import plan_example


def main(name: str) -> None:
    """Run it."""
    design = destroyable(plan_example(name).design)
    kept = {key: value for key, value in os.environ.items() if key.startswith("PULUMI_") or key == "PATH"}

    def program() -> None:
        declare(design)

    automation.create_or_select_stack(
        "test",
        project_name="eksplan",
        program=program,
        opts=automation.LocalWorkspaceOptions(
            work_dir=os.environ["EKSPLAN_TEST_WORK"], env_vars=kept, pulumi_command=local_command()
        ),
    ).up()


if __name__ == "__main__":
    main(sys.argv[1])
