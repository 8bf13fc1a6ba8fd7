"""Plan again from an earlier plan: what is there stays where it is (note N29)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.diagnostics import Diagnostic, Kind, Path
from planner.network.demand import Tier
from planner.network.kept import Kept, KeptSubnet
from planner.plan.auto_mode import check_turned_off
from planner.plan.model import Plan
from planner.security.keys import key_alias
from planner.spec.cluster import ClusterSpec

_VPC = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"
_KMS = "https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html"
_CLUSTER = "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"


def kept_of(plan: Plan) -> Kept:
    """What a later plan must not move: blocks, zones, and the subnets that this plan makes."""
    made = {one.name: one for one in plan.design.subnets if not one.existing}
    cluster = plan.design.cluster
    subnets: list[KeptSubnet] = []
    cluster_zones: set[str] = set()
    in_cluster = set(cluster.subnets) if cluster else set()
    for row in plan.capacity:
        for name in row.subnets:
            if name in in_cluster:
                cluster_zones.add(row.zone)
            if name in made:
                one = made[name]
                subnets.append(
                    KeptSubnet(Tier(row.tier), row.zone, name, one.cidr, one.ipv6_index, one.reserved_blocks)
                )
    return Kept(
        vpc=plan.design.vpc.cidr,
        secondary=plan.design.vpc.secondary_cidrs,
        service=cluster.service_cidr if cluster else None,
        zones=tuple(sorted({row.zone for row in plan.capacity})),
        cluster_zones=tuple(sorted(cluster_zones)),
        subnets=tuple(subnets),
    )


def check_previous(name: str, spec: ClusterSpec, plan: Plan, kept: Kept) -> Iterator[Diagnostic]:
    """Where the spec asks for something else than what the earlier plan made for good."""
    family = plan.design.cluster.ip_family if plan.design.cluster else spec.ip_family
    rows: tuple[tuple[Path, str, object, object, str], ...] = (
        (("metadata", "name"), "the cluster's name", name, plan.name, _CLUSTER),
        (("spec", "region"), "the region", spec.region, plan.design.region, _CLUSTER),
        (("spec", "vpc", "id"), "the VPC", spec.vpc.id, plan.design.vpc.id, _VPC),
        (("spec", "vpc", "cidr"), "the VPC's primary block", spec.vpc.cidr or kept.vpc, kept.vpc, _VPC),
        (("spec", "serviceCidr"), "the service block", spec.service_cidr or kept.service, kept.service, _CLUSTER),
        (("spec", "ipFamily"), "the IP family", spec.ip_family, family, _CLUSTER),
    )
    for path, what, asked, there, source in rows:
        if asked != there:
            yield _changed(path, what, str(asked), str(there), source)
    yield from _key(spec, plan)
    yield from check_turned_off(spec, plan.design)
    gone = [str(block) for block in kept.secondary if block not in spec.vpc.secondary_cidrs]
    if spec.vpc.secondary_cidrs and gone:
        yield _changed(
            ("spec", "vpc", "secondaryCidrs"),
            "the secondary blocks",
            ", ".join(map(str, spec.vpc.secondary_cidrs)),
            f"{', '.join(gone)} in use",
            _VPC,
        )
    labels = set(spec.zones) if isinstance(spec.zones, tuple) else None
    missing = [zone for zone in kept.cluster_zones if labels is not None and zone not in labels]
    if missing:
        yield _changed(
            ("spec", "zones"),
            "the zones of the cluster subnets",
            ", ".join(sorted(labels or ())),
            f"{', '.join(kept.cluster_zones)} at least",
            _CLUSTER,
        )
    if isinstance(spec.zones, int) and spec.zones < len(kept.zones):
        yield _changed(
            ("spec", "zones"), "the number of zones", str(spec.zones), f"{len(kept.zones)} at least", _CLUSTER
        )


def _key(spec: ClusterSpec, plan: Plan) -> Iterator[Diagnostic]:
    """A key that envelopes secrets can be given later, and never be taken away or changed (note N02)."""
    cluster = plan.design.cluster
    there = (cluster.secrets_key_arn or cluster.secrets_key) if cluster else None
    asked = spec.secrets_key_arn or (key_alias(plan.name) if spec.secrets_key == "managed" else None)
    if there is not None and asked != there:
        field = "secretsKey" if cluster and cluster.secrets_key else "secretsKeyArn"
        yield _changed(("spec", field), "the KMS key of secrets", str(asked or "none"), there, _KMS)


def _changed(path: Path, what: str, asked: str, there: str, source: str) -> Diagnostic:
    return Diagnostic(
        Kind.INVALID,
        "one-way-door",
        f"{what} cannot be changed after the earlier plan",
        path=path,
        value=asked,
        limit=there,
        fix="keep it, or plan a new cluster without --from",
        source=source,
        note="N29",
    )
