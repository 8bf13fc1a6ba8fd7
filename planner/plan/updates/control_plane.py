"""The way of a whole cluster to another Kubernetes version: control plane, add-ons, nodes (notes N03, N31).

One minor version at a time; kubelet and kube-proxy are never newer than the API server, and up to
three minor versions older. AWS's user guide updates nodes before add-ons, its best practices add-ons
first; both stay within the skew, and add-ons that know the new version are there when its nodes come.

Sources: https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html,
https://docs.aws.amazon.com/eks/latest/best-practices/cluster-upgrades.html,
https://kubernetes.io/releases/version-skew-policy/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.catalog.facts import Facts
from planner.catalog.model import Catalog, KubernetesVersion, Version
from planner.design import NodeGroup
from planner.diagnostics import Diagnostic, Kind
from planner.network.demand import CLUSTER_ITEMS
from planner.plan.model import Plan
from planner.plan.updates.update import Update

UPDATE = "https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html"
_INSIGHTS = "https://docs.aws.amazon.com/eks/latest/userguide/cluster-insights.html"
_ADDONS = "https://docs.aws.amazon.com/eks/latest/userguide/updating-an-add-on.html"
_VPC_CNI = "https://docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html"
_NODES = "https://docs.aws.amazon.com/eks/latest/userguide/update-managed-node-group.html"
_FIRST = ("vpc-cni", "kube-proxy", "coredns")
"""Add-ons in the order in which they are updated; others follow by name."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way."""

    what: str
    detail: str
    source: str
    expected: int | None = None
    """Seconds, where the nodes' update says them."""


@dataclass(frozen=True, slots=True)
class Hop:
    """From one minor version to the next."""

    start: str
    end: str
    standard_until: str
    extended_until: str
    skew: int
    """Minor versions by which nodes are older than the control plane when the hop is over."""
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Free:
    """Addresses of a cluster subnet that are free at the planned peak, and those that an update wants."""

    zone: str
    subnets: tuple[str, ...]
    free: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Way:
    """The whole way."""

    hops: tuple[Hop, ...]
    free: tuple[Free, ...]
    rollback: tuple[str, ...]
    troubles: tuple[Diagnostic, ...]

    @property
    def works(self) -> bool:
        """Whether it can be gone."""
        return not any(one.kind is Kind.INFEASIBLE for one in self.troubles)


class NoWayError(Exception):
    """The target is no version that one can go to; the message says why and what there is."""


def way(plan: Plan, target: str, updates: Sequence[Update], catalog: Catalog, *, keep_nodes: bool = False) -> Way:
    """The way of a plan's cluster to ``target``, its groups updated as ``updates`` say. Raises NoWayError."""
    start = plan.design.cluster.version if plan.design.cluster else None
    if start is None:
        raise NoWayError("the plan names no Kubernetes version")
    versions = list(_between(start, target, catalog))
    groups = plan.design.node_groups if isinstance(plan.design.node_groups, tuple) else ()
    hops: list[Hop] = []
    before = start
    for one in versions:
        skew = Version.parse(one.version).minor - Version.parse(start).minor if keep_nodes else 0
        steps = tuple(_steps(plan, before, one.version, updates, catalog.facts, skew))
        hops.append(Hop(before, one.version, one.end_of_standard_support, one.end_of_extended_support, skew, steps))
        before = one.version
    free = tuple(_free(plan, catalog.facts))
    troubles = (
        *_short(free, catalog.facts),
        *(found for hop in hops for found in _skewed(hop, catalog.facts)),
        *_images(groups, target, catalog.facts, keep_nodes=keep_nodes),
        *(() if keep_nodes else (found for one in updates for found in one.troubles)),
    )
    return Way(tuple(hops), free, tuple(_rollback(plan, hops[-1], catalog)), troubles)


def _between(start: str, target: str, catalog: Catalog) -> Iterator[KubernetesVersion]:
    known = {one.version: one for one in catalog.versions}
    if target not in known:
        raise NoWayError(f"{target} is no version of the catalog; it knows {', '.join(known)}")
    first, last = Version.parse(start), Version.parse(target)
    if last <= first:
        days = catalog.facts.number("version.rollback_days")
        back = f"; EKS goes back by one minor version within {days} days of an update" if last < first else ""
        raise NoWayError(f"{target} is not newer than {start}, which the cluster has{back}")
    for minor in range(first.minor + 1, last.minor + 1):
        text = f"{first.major}.{minor}"
        if text not in known:
            raise NoWayError(f"{text} lies between {start} and {target}, and the catalog does not know it")
        yield known[text]


def _steps(plan: Plan, before: str, after: str, updates: Sequence[Update], facts: Facts, skew: int) -> Iterator[Step]:
    wanted, most = facts.number("cluster.update_free"), facts.number("version.kubelet_skew")
    nodes = (
        f"AWS advises nodes at {before} like the control plane, at most {most} minor versions behind {after}"
        if skew
        else f"nodes at {before} like the control plane"
    )
    yield Step(
        "before",
        f"read the upgrade insights; {nodes}; up to {wanted} free addresses in the cluster subnets",
        _INSIGHTS,
    )
    yield Step("control plane", f"{before} → {after}; several minutes, and it cannot be stopped", UPDATE)
    addons = plan.design.cluster.addons if plan.design.cluster else ()
    names = [one.name for one in addons] if isinstance(addons, tuple) else []
    for name in (*(one for one in _FIRST if one in names), *sorted(set(names) - set(_FIRST))):
        yield Step(f"add-on {name}", _addon(name, after), _VPC_CNI if name == "vpc-cni" else _ADDONS)
    if skew:
        yield Step("nodes", f"stay {skew} minor version{'s' if skew > 1 else ''} behind the control plane", _NODES)
    else:
        for one in updates:
            seconds = max(trial.played.expected for trial in one.trials)
            yield Step(f"nodes {one.subject.group.name}", f"{before} → {after}", _NODES, seconds)
        pools = [one for one in plan.spreads if one.kind != "managed"]
        for pool in pools:
            who = (
                "EKS Auto Mode replaces its nodes by itself"
                if pool.kind == "auto-mode"
                else "Karpenter replaces drifted nodes by itself, unless its AMI is pinned"
            )
            yield Step(f"nodes {pool.name}", who, UPDATE)
    asked = {one["name"] for one in plan.spec["spec"].get("addons", ())}
    if "cluster-autoscaler" in asked:
        yield Step("cluster-autoscaler", f"the release that begins with {after}", UPDATE)
    yield Step("kubectl and other clients", f"within one minor version of {after}", UPDATE)


def _addon(name: str, after: str) -> str:
    if name == "vpc-cni":
        return f"its default for {after}; AWS advises one minor version of its own at a time"
    if name == "kube-proxy":
        return f"{after}: never newer than the control plane, up to three minor versions older"
    return f"its default for {after} (aws eks describe-addon-versions)"


def _free(plan: Plan, facts: Facts) -> Iterator[Free]:
    """Addresses kept free count as free: that is what they are kept for."""
    wanted = facts.number("cluster.update_free")
    for demand in plan.demands:
        spare = [item.addresses for item in demand.items if item.name == CLUSTER_ITEMS[1]]
        row = next((one for one in plan.capacity if (one.tier, one.zone) == (demand.tier, demand.zone)), None)
        if spare and row is not None:
            yield Free(row.zone, row.subnets, row.usable - row.needed + sum(spare), wanted)


def _short(free: Sequence[Free], facts: Facts) -> Iterator[Diagnostic]:
    for one in free:
        if one.free < one.wanted:
            yield Diagnostic(
                Kind.INFEASIBLE,
                "update-cluster-addresses",
                f"the cluster subnet of {one.zone} has too few free addresses for a control-plane update",
                value=f"{one.free} free at the planned peak in {', '.join(one.subnets)}",
                limit=f"{one.wanted} free addresses",
                fix="give the cluster further subnets in the same zones, or move what takes the addresses",
                source=facts.source("cluster.update_free"),
                note="N31",
            )


def _skewed(hop: Hop, facts: Facts) -> Iterator[Diagnostic]:
    most = facts.number("version.kubelet_skew")
    if hop.skew > most:
        yield Diagnostic(
            Kind.INFEASIBLE,
            "update-skew",
            f"nodes would be too old for a control plane of {hop.end}",
            value=f"{hop.skew} minor versions behind",
            limit=f"at most {most}",
            fix=f"update the nodes before {hop.end}, without --keep-nodes",
            source=facts.source("version.kubelet_skew"),
            note="N10",
        )


def _images(groups: Sequence[NodeGroup], target: str, facts: Facts, *, keep_nodes: bool) -> Iterator[Diagnostic]:
    """Groups whose operating system has no image for the version."""
    if keep_nodes:
        return
    last = {row["name"]: row["last"] for row in facts["ami.types"].value if "last" in row}
    for group in groups:
        end = last.get(group.ami_type or "")
        if end is not None and Version.parse(target) > Version.parse(end):
            yield Diagnostic(
                Kind.INFEASIBLE,
                "update-image",
                f"{group.name}: there is no image of {group.ami_type} for {target}",
                value=f"{group.ami_type} for {target}",
                limit=f"ended with {end}",
                fix="make a group with AL2023 or Bottlerocket and move its pods; the AMI type of a group cannot be changed",
                source=facts.source("ami.types"),
                note="N14",
            )
        elif group.ami_type is None:
            yield Diagnostic(
                Kind.NOTICE,
                "update-own-image",
                f"{group.name} has an AMI of its own",
                value="an AMI id in its launch template",
                limit=f"an image with kubelet {target}",
                fix="give it a new launch template version with such an image, one minor version after the other",
                source=_NODES,
                note="N26",
            )


def _rollback(plan: Plan, hop: Hop, catalog: Catalog) -> Iterator[str]:
    days = catalog.facts.number("version.rollback_days")
    yield f"for {days} days after the last hop EKS goes back from {hop.end} to {hop.start}, by one minor version only, unless something of {hop.end} is used that {hop.start} lacks (ROLLBACK_READINESS insights)"
    yield "before that, roll nodes of the new version back (update-nodegroup-version), and add-ons that do not know the old one; EKS does neither, but for Auto Mode's nodes"
    before = catalog.version(hop.start)
    if before is not None and plan.spec["spec"].get("supportType") != "extended":
        yield f"{hop.start} leaves standard support on {before.end_of_standard_support}; from then on the way back needs supportType: extended first"
