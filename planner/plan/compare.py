"""One spec in every way that pods can get their addresses, side by side (notes N18, N27, N29)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from planner.capacity.brief import Brief
from planner.capacity.group import GroupCapacity, pod_network, warm_targets
from planner.capacity.ipamd import ScaleUp, scale_up, settings
from planner.catalog.facts import Facts
from planner.catalog.model import Catalog, Region
from planner.decisions import Ledger
from planner.diagnostics import Diagnostic, Kind
from planner.network.demand import SubnetDemand, Tier
from planner.network.layout import needed_length
from planner.network.spread import NodeSpread
from planner.network.zones import PlannedZone, resolve_zones
from planner.plan.addresses import AddressPlan, plan_addresses
from planner.plan.groups import size_groups, size_pools
from planner.plan.region import resolve_region
from planner.spec.cluster import ClusterDocument, ClusterSpec
from planner.spec.network import CniSpec

_SPARE = 2
"""WARM_IP_TARGET of the tuned modes, as the CNI's own advice has it."""


@dataclass(frozen=True, slots=True)
class GroupNumbers:
    """A group in one mode."""

    name: str
    instance_type: str
    """The type that takes most addresses."""
    max_pods: int
    pods: int
    """Pods with addresses of their own on a node at peak."""
    node_subnet: int
    pod_subnet: int
    prefixes: int
    interfaces: int
    worked: str
    calls: int
    """Changing EC2 calls when a node starts and all its pods with it."""
    seconds: float
    """Until the last of these pods has an address, EC2's own time not counted."""


@dataclass(frozen=True, slots=True)
class Need:
    """What the fullest zone needs in one tier, with so many zones lost."""

    tier: str
    lost: int
    zone: str
    addresses: int
    """AWS's five reserved ones included."""
    length: int
    nodes: int
    surge: int
    balanced_addresses: int
    """With no more surge nodes in the zone than while all zones work, as older estimates count."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to give pods their addresses."""

    key: str
    title: str
    settings: str
    groups: tuple[GroupNumbers, ...]
    needs: tuple[Need, ...]
    calls: int
    """Of all groups from nothing to their maximum."""
    pods: int
    """Pods with addresses of their own that all groups carry at their maximum."""
    fits: bool
    """Whether a plan is possible with this spec and mode."""
    problem: str
    trade_off: str
    asked: bool
    """Whether it is what the spec says."""


@dataclass(frozen=True, slots=True)
class Naive:
    """What nodes × (pods + 1) gives, for comparison."""

    per_node: int
    addresses: int
    length: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """All options, the naive sum, and which one is recommended and why."""

    name: str
    zones: int
    options: tuple[Option, ...]
    naive: Naive | None
    recommended: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Mode:
    key: str
    title: str
    trade_off: str
    spec: ClusterSpec


def compare(document: ClusterDocument, catalog: Catalog) -> Comparison | list[Diagnostic]:
    """Work out every mode, or say why the spec cannot be worked out in any."""
    spec = document.spec
    region, problems = resolve_region(spec, catalog)
    if region is None:
        return problems
    brief = Brief(document.metadata.name, spec, region, catalog.facts, Ledger(wanted=False))
    zones, zone_problems = resolve_zones(brief, catalog.instance_types)
    stops = [one for one in zone_problems if one.kind is not Kind.NOTICE]
    if not zones or stops:
        return stops
    pods = _pods(spec, catalog, region, zones)
    options = tuple(_option(mode, brief, catalog, zones) for mode in _modes(spec, pods))
    if not any(one.groups for one in options):
        _, wrong = size_groups(spec, catalog, region, zones)
        return wrong
    chosen, reason = _recommend(options)
    return Comparison(brief.name, len(zones), options, _naive(brief, catalog, zones), chosen, reason)


def _pods(spec: ClusterSpec, catalog: Catalog, region: Region, zones: Sequence[PlannedZone]) -> int:
    """Fewest pods with addresses of their own on a full node of any group: the minimum that no
    node holds in vain."""
    groups, _ = size_groups(spec, catalog, region, zones)
    return min((one.group.addresses.pods for one in groups), default=0)


def _modes(spec: ClusterSpec, pods: int) -> Iterator[_Mode]:
    """The ways, the spec's own among them."""
    warm: dict[str, object] = {"warm_ip_target": _SPARE, "minimum_ip_target": pods + _SPARE}
    rows: tuple[tuple[str, str, dict[str, object], str], ...] = (
        (
            "secondary-ip",
            "secondary addresses",
            {},
            "the CNI's default: a whole spare interface on each node; few settings, many idle addresses",
        ),
        (
            "secondary-ip-tuned",
            "secondary, tuned",
            warm,
            "fewest addresses of the single ones; pods beyond the minimum ask EC2 two at a time, which throttles in large clusters",
        ),
        (
            "prefix",
            "prefixes",
            {"mode": "prefix"},
            "fewest EC2 calls and most pods on a node; needs Nitro types and whole /28 blocks (CIDR reservations keep them)",
        ),
        (
            "prefix-tuned",
            "prefixes, tuned",
            {"mode": "prefix", **warm},
            "as prefixes, without the spare /28 on each node; the next 16 pods wait for a prefix",
        ),
        (
            "custom",
            "custom networking",
            {"custom_networking": True},
            "pods move to a secondary block (100.64.0.0/10), which is not routed elsewhere; the first interface carries no pods",
        ),
        (
            "custom-prefix",
            "custom, prefixes",
            {"custom_networking": True, "mode": "prefix"},
            "pods in a secondary block, and dense nodes all the same",
        ),
    )
    keep = {
        "max_eni": spec.cni.max_eni,
        "security_groups_for_pods": spec.cni.security_groups_for_pods,
        "host_network_pods": spec.cni.host_network_pods,
        "version": spec.cni.version,
    }
    own = False
    for key, title, changes, trade_off in rows:
        cni = CniSpec().model_copy(update={**keep, **changes})
        changed = spec.model_copy(update={"cni": cni, "ip_family": "ipv4"})
        own = own or changed == spec
        yield _Mode(key, title, trade_off, changed)
    cni = CniSpec().model_copy(update=keep)
    six = spec.model_copy(
        update={
            "cni": cni,
            "ip_family": "ipv6",
            "service_cidr": None,
        }
    )
    yield _Mode(
        "ipv6",
        "IPv6",
        "pods take no IPv4 addresses at all; the family can never be changed, and what pods talk to must know IPv6",
        six,
    )
    if not own and spec.ip_family == "ipv4":
        yield _Mode("spec", "as the spec says", "the settings of this spec", spec)


def _option(mode: _Mode, brief: Brief, catalog: Catalog, zones: Sequence[PlannedZone]) -> Option:
    spec = mode.spec
    asked = mode.key == "spec" or (spec.cni == brief.spec.cni and spec.ip_family == brief.spec.ip_family)
    groups, wrong = size_groups(spec, catalog, brief.region, zones)
    pools, unfit = size_pools(spec, catalog, brief.region, zones)
    problems = [*wrong, *unfit]
    numbers = tuple(_numbers(one.group, spec, catalog.facts) for one in groups)
    needs: list[Need] = []
    losses = range(min(max(brief.spec.tolerate_zone_loss or 0, 1), len(zones) - 1) + 1)
    for lost in losses:
        trial = _trial(brief, spec.model_copy(update={"tolerate_zone_loss": lost, "vpc": _roomless(spec)}))
        made = plan_addresses(trial, zones, groups, pools)
        if isinstance(made, AddressPlan):
            needs += _needs(made, lost, catalog.facts)
    fits = plan_addresses(_trial(brief, spec), zones, groups, pools)
    if isinstance(fits, list):
        problems += fits
    stops = [one for one in problems if one.kind is not Kind.NOTICE]
    return Option(
        mode.key,
        mode.title,
        _settings(spec),
        numbers,
        tuple(needs),
        sum(number.calls * one.most for number, one in zip(numbers, groups, strict=True)),
        sum(number.pods * one.most for number, one in zip(numbers, groups, strict=True)),
        not stops,
        _why(stops),
        mode.trade_off,
        asked,
    )


def _trial(brief: Brief, spec: ClusterSpec) -> Brief:
    return dataclasses.replace(brief, spec=spec, ledger=Ledger(wanted=False))


def _roomless(spec: ClusterSpec) -> object:
    """The same VPC without limits of room: the largest blocks, so that only the need shows."""
    from ipaddress import IPv4Network

    from planner.spec.network import VpcSpec

    blocks = tuple(IPv4Network(f"10.{number}.0.0/16") for number in range(1, 50))
    secondary = () if spec.cni.custom_networking else blocks
    return VpcSpec().model_copy(
        update={
            "cidr": IPv4Network("10.0.0.0/16"),
            "secondary_cidrs": secondary,
            "layout": "minimal",
            "cluster_subnets": spec.vpc.cluster_subnets,
        }
    )


def _why(problems: Sequence[Diagnostic]) -> str:
    if not problems:
        return ""
    first = problems[0]
    return f"{first.summary}: {first.value}" + (f" (limit {first.limit})" if first.limit else "")


def _settings(spec: ClusterSpec) -> str:
    if spec.ip_family == "ipv6":
        return "ipFamily: ipv6"
    cni = spec.cni
    parts = [f"mode: {cni.mode}"]
    for name, value in (
        ("warmEniTarget", cni.warm_eni_target),
        ("warmIpTarget", cni.warm_ip_target),
        ("minimumIpTarget", cni.minimum_ip_target),
        ("warmPrefixTarget", cni.warm_prefix_target),
        ("customNetworking", "true" if cni.custom_networking else None),
    ):
        if value is not None:
            parts.append(f"{name}: {value}")
    return ", ".join(parts)


def _numbers(group: GroupCapacity, spec: ClusterSpec, facts: Facts) -> GroupNumbers:
    taken, foot = group.addresses, group.addresses.footprint
    up = _start(group, spec, facts)
    return GroupNumbers(
        group.name,
        taken.of,
        group.max_pods,
        taken.pods,
        foot.node_subnet,
        foot.pod_subnet,
        foot.prefixes,
        foot.interfaces,
        foot.worked,
        up.calls.total if up else 1,
        up.seconds if up else 0.0,
    )


def _start(group: GroupCapacity, spec: ClusterSpec, facts: Facts) -> ScaleUp | None:
    """The start of a node with all its pods; IPv6 takes one call for its /80."""
    network = pod_network(spec)
    if network.ipv6:
        return None
    instance = next(one for one in group.types if one.name == group.addresses.of)
    pool = settings(instance, group.max_pods, network, warm_targets(spec), facts)
    return scale_up(pool, group.addresses.pods)


def _needs(made: AddressPlan, lost: int, facts: Facts) -> Iterator[Need]:
    """The fullest zone of the tiers that hold nodes and pods."""
    for tier in (Tier.NODE, Tier.POD):
        mine = [one for one in made.demands if one.tier is tier]
        if not mine:
            continue
        most = max(mine, key=lambda one: (one.addresses, one.zone))
        here = [one for one in made.spreads if most.zone in one.zones]
        reserved = facts.number("subnet.reserved")
        yield Need(
            str(tier),
            lost,
            most.zone,
            most.addresses + reserved,
            needed_length(most, facts),
            sum(one.nodes_per_zone for one in here),
            sum(one.surge_per_zone for one in here),
            most.addresses + reserved - _unbalanced(most, here),
        )


def _unbalanced(demand: SubnetDemand, spreads: Sequence[NodeSpread]) -> int:
    """Addresses of the surge nodes that a zone has only because another one is lost."""
    more = 0
    for one in spreads:
        extra = one.surge_per_zone - -(-one.surge // len(one.zones))
        foot = one.footprint
        if demand.tier is Tier.POD:
            more += extra * foot.pod_subnet
        elif (one.subnets == "public") == (demand.tier is Tier.PUBLIC):
            more += extra * foot.node_subnet
    return more


def _naive(brief: Brief, catalog: Catalog, zones: Sequence[PlannedZone]) -> Naive | None:
    groups, _ = size_groups(brief.spec, catalog, brief.region, zones)
    if not groups:
        return None
    total = sum(
        -(-one.most // (len(one.group.spec.zones) or len(zones))) * (one.group.addresses.pods + 1) for one in groups
    )
    reserved = brief.facts.number("subnet.reserved")
    most = max(one.group.addresses.pods for one in groups)
    return Naive(most + 1, total + reserved, 32 - (total + reserved - 1).bit_length())


def _recommend(options: Sequence[Option]) -> tuple[str, str]:
    """Of the options that a plan can follow, the one with fewest EC2 calls; IPv4 without a second block
    before custom networking, and IPv6 only where nothing else fits."""
    by_key: Mapping[str, Option] = {one.key: one for one in options}
    for keys in (
        ("secondary-ip", "secondary-ip-tuned", "prefix", "prefix-tuned"),
        ("custom", "custom-prefix"),
        ("ipv6",),
    ):
        fitting = [by_key[key] for key in keys if key in by_key and by_key[key].fits]
        if not fitting:
            continue
        best = min(fitting, key=lambda one: (one.calls, _total(one), one.key))
        default = by_key["secondary-ip"]
        return best.key, _reason(best, default, by_key)
    return "", "no mode fits: give the VPC more room, or lower the groups' maxSize"


def _total(option: Option) -> int:
    return sum(need.addresses for need in option.needs if need.lost == 0)


def _reason(best: Option, default: Option, by_key: Mapping[str, Option]) -> str:
    if best.key == "ipv6":
        return "no IPv4 mode fits: pods with IPv6 addresses leave the IPv4 blocks to the nodes"
    if best.key.startswith("custom"):
        return "nothing fits into the VPC's own block; a secondary block for pods does, and keeps them IPv4"
    parts = [f"fits with the fewest EC2 calls ({best.calls:,} to start all nodes and pods"]
    if best is not default and default.groups:
        parts[0] += f", {default.calls:,} with the default"
    parts[0] += ")"
    if not default.fits:
        parts.append(f"the default does not fit ({default.problem})")
    elif best.pods != default.pods:
        parts.append(
            f"{best.pods:,} pods on the same nodes instead of {default.pods:,}, for {_total(best):,} addresses in a zone instead of {_total(default):,}"
        )
    elif _total(best) != _total(default):
        word = "fewer" if _total(best) < _total(default) else "more"
        parts.append(f"{abs(_total(best) - _total(default)):,} addresses {word} in a zone than the default")
    tuned = by_key.get(f"{best.key}-tuned")
    if tuned and tuned.fits and _total(tuned) < _total(best):
        parts.append(f"{tuned.title} would take {_total(best) - _total(tuned):,} fewer, with {tuned.calls:,} calls")
    return "; ".join(parts)
