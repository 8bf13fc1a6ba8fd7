"""AWS's rules for each VPC and all overlaps, of blocks that are given as well as of those of a plan.

The rules themselves are those of a cluster's spec (``check_vpc``, ``check_ranges``); clusters with
the same lengths and ranges are judged once.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from ipaddress import IPv4Network

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic
from planner.network.claims import Overlap, Side, Use
from planner.spec.check.ranges import check_ranges
from planner.spec.check.vpc import check_vpc
from planner.spec.cluster import ClusterSpec
from planner.spec.network import HybridSpec

_SHOWN = 3


@cache
def _base() -> ClusterSpec:
    """A spec that says nothing; only blocks are filled in, so that its region does not matter."""
    return ClusterSpec(region="us-east-1")


def judge_blocks(
    primary: IPv4Network | None,
    further: tuple[IPv4Network, ...],
    service: IPv4Network | None,
    hybrid_nodes: tuple[IPv4Network, ...],
    hybrid_pods: tuple[IPv4Network, ...],
    facts: Facts,
    *,
    existing: bool = False,
) -> Iterator[Diagnostic]:
    """What AWS says of the blocks of one cluster. Overlaps are left to the sweep over all of them."""
    base = _base()
    vpc = base.vpc.model_copy(update={"cidr": primary, "secondary_cidrs": further})
    hybrid = (
        HybridSpec.model_construct(node_cidrs=hybrid_nodes, pod_cidrs=hybrid_pods)
        if hybrid_nodes or hybrid_pods
        else None
    )
    spec = base.model_copy(update={"vpc": vpc, "service_cidr": service, "hybrid": hybrid})
    for one in (*check_vpc(spec, facts), *check_ranges(spec, facts)):
        # what an existing VPC has, AWS let it have
        if one.code != "cidr-overlap" and not (existing and one.code == "secondary-cidr"):
            yield one


def side_text(side: Side, *, owners: int = _SHOWN) -> str:
    """``VPC block of a, b, c and 897 more``."""
    names = ", ".join(_owner(one) for one in side.owners[:owners])
    more = len(side.owners) - owners
    return f"{side.use} of {names}" + (f" and {more:,} more" if more > 0 else "")


def _owner(owner: str) -> str:
    """``avoid office`` as ``office``."""
    kind, _, name = owner.partition(" ")
    return name if kind in ("avoid", "allocation") and name else owner


def overlap_text(one: Overlap) -> str:
    """One sentence on who overlaps whom."""
    if one.outer.block == one.inner.block and one.outer.use is one.inner.use:
        return f"{side_text(one.outer)} is also that of {side_text(one.inner).partition(' of ')[2]}"
    return f"{side_text(one.inner)} overlaps {side_text(one.outer)}"


def fix_text(one: Overlap) -> str:
    """What to do about it."""
    uses = {one.outer.use, one.inner.use}
    if Use.SERVICE in uses or Use.EXISTING_SERVICE in uses:
        return "choose another service block while the cluster is not there yet; it can never be changed"
    if uses & {Use.AVOID, Use.OWN_AVOID}:
        return "choose a block outside what is to be avoided, or correct that"
    if uses <= {Use.VPC, Use.EXISTING}:
        return "give each VPC a block of its own, or leave the block open; if both are the same VPC, say whose it is with `cluster` of the allocation"
    return "choose blocks that do not touch each other"
