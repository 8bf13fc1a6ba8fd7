"""Judges the addresses of a fleet plan: overlaps, pools, AWS's rules for each VPC, subnets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Finding, Kind, Severity, Verdict
from planner.network.claims import Overlap, overlaps
from planner.plan.fleet.holdings import cluster_claims, foreign_claims
from planner.plan.fleet.judge import fix_text, judge_blocks, overlap_text
from planner.plan.fleet.model import FleetCluster, FleetPlan


@dataclass(frozen=True, slots=True)
class FleetRule:
    """A rule on the addresses of a fleet."""

    code: str
    severity: Severity
    title: str
    doc: str
    notes: tuple[str, ...] = ("N29",)


OVERLAP = FleetRule(
    "FLT001",
    Severity.ERROR,
    "Blocks that must be told apart do not overlap",
    "A VPC's blocks overlap neither another VPC's nor an existing one, what is to be avoided, a hybrid network, or "
    "any cluster's service block or pods: no route can tell two networks with the same addresses apart. Blocks that "
    "are shared (podBlocks, serviceBlocks) may be the same in several clusters, never in one.",
    ("N29", "N41"),
)
POOL = FleetRule(
    "FLT002",
    Severity.WARNING,
    "VPCs lie in a pool of their region",
    "A VPC that was taken from a pool lies in a pool that serves its region. Blocks that the fleet's file says by "
    "hand may lie anywhere.",
)
AWS_RULE = FleetRule(
    "FLT003",
    Severity.BLOCKER,
    "AWS takes every VPC's blocks",
    "Blocks are /16 to /28, lie in no range that AWS keeps, and stand beside the primary block by AWS's table of "
    "refused secondary ranges; service blocks are private, /12 to /24.",
    ("N29", "N41"),
)
CAUTION = FleetRule(
    "FLT004",
    Severity.WARNING,
    "VPCs keep to the default quotas and away from Docker's network",
    "A VPC has at most five IPv4 blocks unless its quota is raised, and does not overlap 172.17.0.0/16, which "
    "Docker's bridge uses on nodes.",
)
SUBNETS = FleetRule(
    "FLT005",
    Severity.BLOCKER,
    "Subnets lie in their VPC and apart from each other",
    "AWS creates a subnet only inside a block of its VPC, /16 to /28, clear of the other subnets.",
)
FLEET_RULES = (OVERLAP, POOL, AWS_RULE, CAUTION, SUBNETS)


def review_fleet(plan: FleetPlan, facts: Facts) -> Verdict:
    """Every finding, by rule and then by address or name."""
    findings = [
        *_overlapping(plan),
        *_outside_pools(plan),
        *_aws(plan.clusters, facts),
        *_subnets(plan.clusters, facts),
    ]
    broken = {one.rule for one in findings}
    return Verdict(tuple(findings), (), tuple(rule.code for rule in FLEET_RULES if rule.code not in broken))


def overlap_finding(one: Overlap) -> Finding:
    """An overlap as a finding, at the inner block's first owner."""
    return Finding(
        OVERLAP.code,
        OVERLAP.severity,
        one.inner.owners[0],
        overlap_text(one),
        measured=str(one.inner.block),
        limit=f"clear of {one.outer.block}",
        fix=fix_text(one),
        source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
        notes=OVERLAP.notes,
    )


def _overlapping(plan: FleetPlan) -> Iterator[Finding]:
    pods = [cidr for pool in plan.pools if pool.kind == "pod" for cidr in pool.cidrs]
    claims = list(foreign_claims(plan.avoid, plan.allocations, pods, plan.sharing))
    for cluster in plan.clusters:
        claims += cluster_claims(cluster)
    yield from (overlap_finding(one) for one in overlaps(claims, plan.sharing))


def _outside_pools(plan: FleetPlan) -> Iterator[Finding]:
    pools = {one.name: one for one in plan.pools if one.kind == "vpc"}
    for cluster in plan.clusters:
        if not cluster.pool:
            continue
        pool = pools.get(cluster.pool)
        inside = pool is not None and any(cluster.vpc.subnet_of(cidr) for cidr in pool.cidrs)
        serves = pool is not None and (not pool.regions or cluster.region in pool.regions)
        if inside and serves:
            continue
        where = "the plan has no such pool" if pool is None else ", ".join(map(str, pool.cidrs))
        regions = f" for {', '.join(pool.regions)}" if pool is not None and pool.regions else ""
        yield Finding(
            POOL.code,
            POOL.severity,
            cluster.name,
            f"the VPC lies outside its pool {cluster.pool}" if not inside else f"its pool serves no {cluster.region}",
            measured=f"{cluster.vpc} in {cluster.region}",
            limit=where + regions,
            fix="add the block to the pool, or the region to the pool's; or say the block in the cluster's spec",
            notes=POOL.notes,
        )


def _aws(clusters: Sequence[FleetCluster], facts: Facts) -> Iterator[Finding]:
    for cluster in clusters:
        further = (*cluster.secondary, *cluster.pods)
        for one in judge_blocks(
            cluster.vpc,
            further,
            cluster.service,
            cluster.hybrid_nodes,
            cluster.hybrid_pods,
            facts,
            existing=cluster.existing,
        ):
            yield aws_finding(one, cluster.name)


def aws_finding(one: Diagnostic, name: str) -> Finding:
    """What AWS says of a cluster's blocks, as a finding."""
    rule = AWS_RULE if one.kind is Kind.INVALID else CAUTION
    return Finding(
        rule.code,
        rule.severity,
        name,
        one.summary,
        measured=one.value,
        limit=one.limit,
        fix=one.fix,
        source=one.source,
        notes=(one.note,) if one.note else (),
    )


def _subnets(clusters: Sequence[FleetCluster], facts: Facts) -> Iterator[Finding]:
    largest, smallest = facts.number("subnet.largest_prefix_length"), facts.number("subnet.smallest_prefix_length")
    for cluster in clusters:
        ranges = [(int(one.network_address), int(one.broadcast_address)) for one in cluster.blocks]
        ordered = sorted((int(one.cidr.network_address), one.cidr.prefixlen, one) for one in cluster.subnets)
        last, before = -1, ""
        for start, length, one in ordered:
            end = start + (1 << (32 - length)) - 1
            if not any(low <= start and end <= high for low, high in ranges):
                yield _subnet(cluster, one.name, "lies outside the VPC's blocks", one.cidr, _texts(cluster.blocks))
            if not largest <= length <= smallest:
                yield _subnet(
                    cluster, one.name, "has a size that no subnet can have", one.cidr, f"/{largest} to /{smallest}"
                )
            if start <= last:
                yield _subnet(cluster, one.name, f"overlaps {before}", one.cidr, f"clear of {before}")
            if end > last:
                last, before = end, one.name


def _texts(blocks: Sequence[IPv4Network]) -> str:
    return ", ".join(map(str, blocks))


def _subnet(cluster: FleetCluster, name: str, what: str, cidr: IPv4Network, limit: str) -> Finding:
    return Finding(
        SUBNETS.code,
        SUBNETS.severity,
        cluster.name,
        f"the subnet {name} {what}",
        measured=str(cidr),
        limit=limit,
        fix="plan the fleet again",
        source="https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
        notes=SUBNETS.notes,
    )
