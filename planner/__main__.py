"""``python -m planner``: the same as ``eksplan``."""

from planner.cli.main import main

main()
