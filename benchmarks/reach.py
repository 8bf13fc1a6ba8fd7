"""How long it takes to prove the flows of a cluster, and how that grows with the VPC.

    python benchmarks/reach.py

A planned design of 6 node groups and 18 subnets, all flows over all zone pairs; then VPCs with more
and more security groups, rules, subnets and interfaces, of which the flows of the cluster are asked.
Medians in this process, beside a fixed piece of plain Python for comparison between machines.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Network

import click

from planner.catalog import store
from planner.design import (
    AclRule,
    Design,
    Direction,
    NetworkAcl,
    NetworkInterface,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Unknown,
)
from planner.plan.build import build
from planner.report.columns import aligned
from planner.security.flows.matrix import ask_all
from planner.security.intents.features import of_design
from planner.security.intents.flows import intents
from planner.spec.load import load_text
from planner.templates import render

RUNS = 5
SPEC = """apiVersion: eksplan/v1
kind: Cluster
metadata: {name: bench}
spec:
  region: us-east-1
  zones: 3
  cni: {customNetworking: true}
  nodeGroups:
"""


def seconds(work: Callable[[], object]) -> float:
    """Median seconds of a piece of work."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def planned(zones: int) -> Design:
    """Six groups; cluster, node, pod, public subnets in each zone."""
    groups = "".join(f"    - {{name: g{one}, instanceTypes: [m5.large], maxSize: 6}}\n" for one in range(6))
    catalog = store.load(store.EMBEDDED)
    loaded = load_text(SPEC.replace("zones: 3", f"zones: {zones}") + groups, "bench.yaml", catalog.facts)
    plan = build(loaded.document, catalog, render).plan if loaded.document else None
    if plan is None:
        raise SystemExit("the design cannot be planned")
    return plan.design


def grown(design: Design, groups: int, rules: int, subnets: int, interfaces: int) -> Design:
    """The design in a VPC with so much more; the nodes' interfaces carry some of the groups."""
    there = design.security_groups
    if isinstance(there, Unknown) or design.cluster is None:
        raise SystemExit("no groups")
    made = tuple(
        SecurityGroup(
            f"more-{number}",
            "",
            tuple(
                SecurityGroupRule(Direction.INGRESS, "tcp", 1000 + one, 1000 + one, f"192.168.{one % 256}.0/24")
                for one in range(rules // groups)
            ),
        )
        for number in range(groups)
    )
    more = tuple(
        Subnet(f"more-{number:03}", IPv4Network((f"10.200.{number % 256}.0", 24)), f"use1-az{1 + number % 3}")
        for number in range(subnets)
    )
    own = str(design.cluster.cluster_security_group)
    mark = (("cluster.k8s.amazonaws.com/name", design.cluster.name),)
    seen = tuple(
        NetworkInterface(
            f"eni-{number}",
            more[number % subnets].name,
            tuple(sorted({own, f"more-{number % groups}"})),
            (f"10.200.{number % subnets % 256}.{4 + number // subnets}",),
            instance=f"i-{number}",
            tags=mark,
        )
        for number in range(interfaces)
    )
    return replace(
        design,
        security_groups=(*there, *made),
        subnets=(*design.subnets, *more),
        interfaces=seen,
        planned=False,
        vpc=replace(design.vpc, secondary_cidrs=(*design.vpc.secondary_cidrs, IPv4Network("10.200.0.0/16"))),
    )


def mixed(design: Design) -> Design:
    """The same behind a network ACL, and every node with groups of its own that let the VPC in."""
    there, seen = design.security_groups, design.interfaces
    if isinstance(there, Unknown) or isinstance(seen, Unknown) or seen is None:
        raise SystemExit("no groups")
    both = tuple(
        SecurityGroupRule(direction, "-1", None, None, peer)
        for direction, peer in ((Direction.INGRESS, "10.0.0.0/8"), (Direction.EGRESS, "0.0.0.0/0"))
    )
    allow = tuple(
        AclRule(egress, 100, allow=True, protocol="-1", from_port=None, to_port=None, cidr="0.0.0.0/0")
        for egress in (False, True)
    )
    return replace(
        design,
        security_groups=tuple(replace(one, rules=(*one.rules, *both)) for one in there),
        interfaces=tuple(
            replace(one, security_groups=tuple(f"more-{(number * step) % 200}" for step in (1, 7, 31)))
            for number, one in enumerate(seen)
        ),
        network_acls=(NetworkAcl("acl", allow, tuple(one.name for one in design.subnets)),),
    )


@click.command()
def main() -> None:
    """Measure and print."""
    base = seconds(lambda: sum(number & 7 for number in range(1_000_000)))
    facts = store.load(store.EMBEDDED).facts
    click.echo(f"a million additions: {base * 1000:.0f} ms\n")
    rows = []
    design = planned(3)
    cases = [("6 node groups, planned", design, "≤ 100 ms")]
    for groups, count, subnets, interfaces in ((20, 500, 20, 50), (100, 2500, 100, 250), (200, 5000, 200, 500)):
        label = f"{groups} groups, {count:,} rules, {subnets} subnets, {interfaces} interfaces"
        bound = "≤ 3,000 ms" if groups == 200 else ""
        cases.append((label, grown(design, groups, count, subnets, interfaces), bound))
    cases.append(("the same, groups mixed, behind an ACL", mixed(cases[-1][1]), "≤ 3,000 ms"))
    for label, one, bound in cases:
        wanted = intents(of_design(one, facts), facts)
        pairs = sum(len(row.asked) for row in ask_all(one, wanted))
        took = seconds(lambda one=one, wanted=wanted: ask_all(one, wanted))  # type: ignore[misc]
        rows.append([label, f"{pairs:,}", f"{took * 1000:,.0f} ms", f"{took / base:.1f}", bound])
    click.echo(aligned(["flows of", "pairs", "median", "ratio", "bound"], rows, left=1))


if __name__ == "__main__":
    main()
