"""The add-ons of a spec."""

from __future__ import annotations

from planner.catalog.facts import Facts
from planner.spec.cluster import ClusterSpec


def addon_names(spec: ClusterSpec, facts: Facts) -> tuple[str, ...]:
    """All add-ons of the plan: the default ones and the spec's, in a stable order."""
    return tuple(dict.fromkeys([*facts.strings("addons.default"), *(addon.name for addon in spec.addons)]))
