"""Hypothesis strategies: blocks, demands and whole specs."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

from hypothesis import strategies as st

TYPES = ("t3.medium", "m5.large", "m5.xlarge", "m5.4xlarge", "c5.2xlarge", "m7g.large", "m6i.32xlarge", "r5.metal")


def networks(lowest: int = 8, highest: int = 30) -> st.SearchStrategy[IPv4Network]:
    """Aligned IPv4 blocks."""
    return st.builds(
        lambda address, length: IPv4Network((address >> (32 - length) << (32 - length), length)),
        st.integers(0, 2**32 - 1),
        st.integers(lowest, highest),
    )


def node_group(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """A node group of one or two types of one architecture."""
    return st.fixed_dictionaries(
        {
            "name": st.just(name),
            "instanceTypes": st.sampled_from(
                [["m5.large"], ["m5.xlarge", "m5.large"], ["c5.2xlarge"], ["m7g.large"], ["t3.medium"]]
            ),
            "maxSize": st.integers(1, 120),
            "update": st.fixed_dictionaries({"strategy": st.sampled_from(["default", "minimal"])}),
        },
        optional={"podsPerNode": st.integers(2, 110)},
    )


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """Fields of a spec that may or may not be feasible."""
    count = draw(st.integers(1, 3))
    custom = draw(st.booleans())
    mode = draw(st.sampled_from(["secondary-ip", "prefix"]))
    cni: dict[str, Any] = {"mode": mode, "customNetworking": custom}
    if draw(st.booleans()):
        cni["warmIpTarget"] = draw(st.integers(1, 10))
    length = draw(st.integers(16, 22))
    spec: dict[str, Any] = {
        "zones": draw(st.integers(2, 4)),
        "vpc": {"cidr": f"10.{draw(st.integers(0, 255))}.0.0/{length}"},
        "nodeGroups": [draw(node_group(f"group-{number}")) for number in range(count)],
        "cni": cni,
        "nat": draw(st.sampled_from(["none", "single", "perZone", "regional"])),
        "tolerateZoneLoss": draw(st.integers(0, 1)),
        "growthPercent": draw(st.sampled_from([0, 25, 100])),
        "loadBalancers": {"public": draw(st.integers(0, 4)), "internal": draw(st.integers(0, 4))},
    }
    return spec
