"""What fails when Pulumi runs; each message says what to do."""

from __future__ import annotations


class EngineError(Exception):
    """Pulumi or its provider failed; the message is theirs, with what to do."""


class LockedError(EngineError):
    """Another run holds the stack."""


class NoPulumiError(EngineError):
    """The Pulumi command is not there."""


class BrokenStateError(EngineError):
    """The state's file cannot be read, and no copy of it can."""
