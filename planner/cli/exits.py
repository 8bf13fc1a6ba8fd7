"""Exit codes and the errors that carry them."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the process ends with."""

    CLEAN = 0
    BUG = 1
    USAGE = 2  # or input that cannot be understood
    INFEASIBLE = 3
    FINDINGS = 4  # or a difference that was asked for
    AWS = 5  # AWS, credentials or Pulumi
    INTERRUPTED = 130
    TERMINATED = 143  # by SIGTERM, or as the terminal went away


class CliError(Exception):
    """An expected failure: a message for people, and the exit code."""

    def __init__(self, message: str, code: Exit = Exit.USAGE) -> None:
        super().__init__(message)
        self.code = code


class SilentExit(Exception):  # noqa: N818 - it is no error: everything was said already
    """Ends with a code; everything was said already."""

    def __init__(self, code: Exit) -> None:
        super().__init__(code)
        self.code = code
