"""Times for people."""

from __future__ import annotations


def clock(seconds: int) -> str:
    """``5 min 50 s``, as +h:mm:ss."""
    return f"+{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def span(seconds: int) -> str:
    """A length of time as h:mm:ss."""
    return clock(seconds)[1:]
