"""Tags on existing subnets, by which controllers find those for load balancers (note N33)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.capacity.brief import Brief
from planner.design import Tags
from planner.network.demand import Tier, public_load_balancers
from planner.spec.cluster import ClusterSpec
from planner.spec.network import ExistingSubnet

_LOAD_BALANCING = "https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html"
_ROLES = {Tier.PUBLIC: "kubernetes.io/role/elb", Tier.NODE: "kubernetes.io/role/internal-elb"}
Existing = Mapping[tuple[Tier, str], Sequence[ExistingSubnet]]


def existing_tags(spec: ClusterSpec, existing: Existing) -> dict[str, Tags]:
    """Tags to put on existing subnets, by id: of each zone the first public subnet for internet-facing
    load balancers, and the first of the nodes that is no public one for internal ones."""
    if spec.vpc.subnet_tags == "keep":
        return {}
    wanted = {Tier.PUBLIC: public_load_balancers(spec) > 0, Tier.NODE: spec.load_balancers.internal > 0}
    public = {one.id for (tier, _), many in existing.items() if tier is Tier.PUBLIC for one in many}
    found: dict[str, Tags] = {}
    for (tier, _), many in existing.items():
        if not wanted.get(tier, False):
            continue
        mine = [one.id for one in many if tier is Tier.PUBLIC or one.id not in public]
        if mine:
            found[mine[0]] = ((_ROLES[tier], "1"),)
    return found


def record_existing_tags(brief: Brief, existing: Existing, names: Mapping[str, str]) -> None:
    """The decision ``subnet-tags``, where there are existing subnets in use."""
    spec = brief.spec
    if not existing:
        return
    added = existing_tags(spec, existing)
    rows: dict[str, object] = {names[key]: f"{tag}={value}" for key, ((tag, value),) in sorted(added.items())}
    keep = spec.vpc.subnet_tags == "keep"
    brief.ledger.add(
        "subnet-tags",
        "Tags on existing subnets",
        "left as they are" if keep else f"{len(added)} added",
        inputs={
            **rows,
            "other tags": "are not touched",
            "kubernetes.io/cluster/*": "not added: no controller of today needs it, and where it stands on a subnet, the controllers of other clusters leave the subnet alone",
            "when the stack is destroyed": "the tags stay: other clusters in the VPC may find their subnets by them",
        },
        explanation="vpc.subnetTags: keep, so the tags are there or others look after them"
        if keep
        else "the load balancer controller finds its subnets by them; of several subnets of a zone the first that the spec lists is tagged. vpc.subnetTags: keep leaves all tags alone",
        source=_LOAD_BALANCING,
        note="N33",
    )
