"""The known names nearest to a misspelt one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest_names(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Up to three known names (instance types, regions), nearest first."""
    return tuple(difflib.get_close_matches(name, list(known), n=3, cutoff=0.5))
