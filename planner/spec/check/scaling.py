"""Who scales the nodes: the spec must say it once, and the same everywhere (note N11)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic
from planner.spec.addons import autoscalers
from planner.spec.check.made import invalid
from planner.spec.cluster import ClusterSpec

_SOURCE = "https://docs.aws.amazon.com/eks/latest/userguide/autoscaling.html"
_ADD = {
    "cluster-autoscaler": "add cluster-autoscaler to addons",
    "karpenter": "add karpenter to addons, or a nodePool of it",
    "auto-mode": "add a nodePool with manager: auto-mode",
}


def check_scaling(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """``autoscaling.autoscaler`` against add-ons and node pools."""
    del facts
    said, here = spec.autoscaling.autoscaler, autoscalers(spec)
    if said is None or said in here or (said == "none" and not here):
        return
    yield invalid(
        "autoscaler",
        ("autoscaling", "autoscaler"),
        "add-ons and node pools say something else",
        value=said,
        limit=", ".join(here) or "none of them has an autoscaler",
        fix="remove it from addons and nodePools, or leave autoscaler out" if said == "none" else _ADD[said],
        source=_SOURCE,
        note="N11",
    )
