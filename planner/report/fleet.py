"""Fleet plans for terminals and as CSV."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from planner.plan.fleet.model import FleetCluster, FleetPlan, PoolUse
from planner.report.columns import aligned

#: Clusters that a table shows; machines read all of them in CSV or JSON.
MOST_ROWS = 24
_LONGEST_NAME = 24
CSV_HEAD = ("cluster", "region", "account", "kind", "name", "tier", "zone", "cidr", "needed", "usable")


def fleet_table(plan: FleetPlan, width: int) -> str:
    """The summary, the pools, what more would fit, and one row for each cluster (of many, the first)."""
    parts = [_summary(plan, width), _pools(plan, width), _shapes(plan, width), _clusters(plan, width)]
    tail = f"catalog of {plan.catalog.retrieved} ({plan.catalog.digest[:19]}), fleet plan {plan.digest[:19]}"
    return "\n\n".join([*parts, tail])


def count(number: int, word: str) -> str:
    """``1 cluster``, ``900 clusters``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _summary(plan: FleetPlan, width: int) -> str:
    regions = list(dict.fromkeys(one.region for one in plan.clusters))
    accounts = {one.account for one in plan.clusters if one.account}
    subnets = sum(len(one.subnets) for one in plan.clusters)
    lines = [
        f"{plan.name}: {count(len(plan.clusters), 'cluster')} in {count(len(regions), 'region')}, "
        + (f"{count(len(accounts), 'account')}, " if accounts else "")
        + count(subnets, "subnet")
    ]
    service = _same([(one.service,) for one in plan.clusters])
    pods = _same([one.pods for one in plan.clusters])
    if service and service[0] is not None:
        lines.append(f"services: {service[0]} in every cluster; seen by the cluster alone")
    if pods:
        lines.append(f"pods: {', '.join(map(str, pods))} in every cluster; not routed between VPCs")
    return "\n".join(line for text in lines for line in textwrap.wrap(text, width))


def _same(values: Sequence[tuple[IPv4Network | None, ...]]) -> tuple[IPv4Network | None, ...] | None:
    """The value that all have, if they have the same; None for a single one."""
    return values[0] if len(values) > 1 and len(set(values)) == 1 else None


def _pools(plan: FleetPlan, width: int) -> str:
    rows = []
    for one in plan.pools:
        others = one.addresses - one.used - one.free
        shared = one.kind == "pod" and plan.sharing.pods
        rows.append(
            (
                one.name,
                _some(list(map(str, one.cidrs)), 1 if width < 100 else 2),
                f"{one.addresses:,}",
                f"{one.used:,}",
                "shared" if shared else f"{max(others, 0):,}",
                f"{one.free:,}",
                f"/{one.largest}" if one.largest is not None else "none",
            )
        )
    heads = ("pool", "blocks", "addresses", "used", "others", "free", "largest\nfree")
    text = aligned(heads, rows, left=2)
    regions = [f"{one.name} serves {_some(list(one.regions), 6)}" for one in plan.pools if one.regions]
    notes = [
        line for text_ in regions for line in textwrap.wrap(text_, width, initial_indent="  ", subsequent_indent="    ")
    ]
    return "\n".join([text, *notes])


def _some(texts: list[str], most: int) -> str:
    more = len(texts) - most
    return ", ".join(texts[:most]) + (f" +{more}" if more > 0 else "")


def _shapes(plan: FleetPlan, width: int) -> str:
    rows = [
        (
            _short(one.name, width - 44),
            f"{one.clusters:,}",
            f"/{one.vpc_length}",
            f"{one.subnets:,}",
            f"{one.needed:,}",
            f"{one.more:,}" if one.more or not one.existing else "-",
        )
        for one in plan.shapes[:MOST_ROWS]
    ]
    text = aligned(("shape", "clusters", "VPC", "subnets", "needed", "more fit"), rows, left=1)
    left = len(plan.shapes) - MOST_ROWS
    return text + (f"\n... {left:,} more shapes" if left > 0 else "")


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(most - 3, 8)] + "..."


def _clusters(plan: FleetPlan, width: int) -> str:
    """One row a cluster; where services or pods differ they stand beside, or below if the line
    would be too long."""
    shown = plan.clusters[:MOST_ROWS]
    own_service = _same([(one.service,) for one in plan.clusters]) is None
    own_pods = _same([one.pods for one in plan.clusters]) is None and any(one.pods for one in plan.clusters)
    heads = ["cluster", "region", "VPC", *(["services"] if own_service else []), *(["pods"] if own_pods else [])]
    left = len(heads)
    rows = []
    for one in shown:
        row = [_short(one.name, _LONGEST_NAME), one.region, _vpc(one)]
        row += [str(one.service or "by EKS")] if own_service else []
        row += [_some(list(map(str, one.pods)), 1) or "-"] if own_pods else []
        rows.append([*row, f"{one.needed:,}", f"{one.usable:,}"])
    heads += ["needed", "usable"]
    text = aligned(heads, rows, left=left)
    if max(map(len, text.splitlines())) > width:
        text = _folded(heads, rows, left)
    more = len(plan.clusters) - len(shown)
    return text + (f"\n... {more:,} more clusters; -o csv and -o json give all of them" if more > 0 else "")


def _vpc(one: FleetCluster) -> str:
    return str(one.vpc) + (f" +{len(one.secondary)}" if one.secondary else "")


def _folded(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int) -> str:
    """The same with services and pods on a line of their own."""
    narrow = aligned([*heads[:3], *heads[left:]], [[*row[:3], *row[left:]] for row in rows], left=3).splitlines()
    lines = [narrow[0]]
    for line, row in zip(narrow[1:], rows, strict=True):
        further = ", ".join(f"{name} {value}" for name, value in zip(heads[3:left], row[3:left], strict=True))
        lines += [line, f"    {further}"]
    return "\n".join(lines)


def fleet_csv(plan: FleetPlan) -> str:
    """Every block and subnet of every cluster, one a row, for address databases and spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_HEAD)
    for one in plan.clusters:
        head = (one.name, one.region, one.account)
        for kind, block in _blocks(one):
            totals = (one.needed, one.usable) if kind == "vpc" else ("", "")
            writer.writerow((*head, kind, "", "", "", block, *totals))
        for subnet in one.subnets:
            writer.writerow((*head, "subnet", subnet.name, subnet.tier, subnet.zone, subnet.cidr, "", ""))
    return text.getvalue()


def _blocks(one: FleetCluster) -> Iterator[tuple[str, IPv4Network]]:
    yield "vpc", one.vpc
    yield from (("secondary", block) for block in one.secondary)
    yield from (("pods", block) for block in one.pods)
    if one.service is not None:
        yield "services", one.service


def pools_line(pools: Sequence[PoolUse]) -> str:
    """The pools in one line, for the closing line of a review."""
    return "; ".join(f"{one.name}: {one.free:,} of {one.addresses:,} addresses free" for one in pools)
