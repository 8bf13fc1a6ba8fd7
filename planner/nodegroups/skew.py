"""How far nodes may be behind the control plane.

Source: https://kubernetes.io/releases/version-skew-policy/#kubelet
"""

from __future__ import annotations

from planner.catalog.facts import Facts
from planner.catalog.model import Version

#: kubelet may be three minor versions behind from this API server on.
_WIDER_FROM = Version(1, 28)


def allowed_skew(control_plane: Version, facts: Facts) -> int:
    """Minor versions that kubelet may be behind an API server."""
    return facts.number("kubelet.skew" if control_plane >= _WIDER_FROM else "kubelet.skew_before_1_28")


def behind(nodes: Version, control_plane: Version) -> int:
    """Minor versions that nodes are behind; below zero when they are ahead, which is never allowed."""
    return control_plane.minor - nodes.minor
