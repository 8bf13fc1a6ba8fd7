"""Tables laid over tables: of fleets' layers, and of Bottlerocket's settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def laid_over(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``over`` laid on ``under``: maps are merged, everything else of ``over`` wins."""
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        result[key] = laid_over(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return result
