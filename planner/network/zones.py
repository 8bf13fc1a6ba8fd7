"""Which Availability Zones the cluster uses (notes N29, N31)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.capacity.brief import Brief
from planner.catalog.facts import Facts
from planner.catalog.model import InstanceTypes, Region, Zone
from planner.design import Unknown
from planner.diagnostics import Diagnostic, Kind, Path
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec

_SOURCE = "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"
_IDS = "https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html"
#: Zones of a cluster whose spec does not say how many.
DEFAULT_ZONES = 3
_NAMES = Unknown("ec2:DescribeAvailabilityZones", "zone names and ids are paired differently in every account")


@dataclass(frozen=True, slots=True)
class PlannedZone:
    """A zone of the plan. ``label`` is what the spec calls it (an id, or an account's name)."""

    label: str
    id: str | Unknown
    name: str | Unknown

    @property
    def catalog_id(self) -> str | None:
        """The id, where it is known."""
        return self.id if isinstance(self.id, str) else None


def resolve_zones(
    brief: Brief, types: InstanceTypes, kept: Sequence[str] = ()
) -> tuple[tuple[PlannedZone, ...], list[Diagnostic]]:
    """The zones of the plan, sorted by label, and what is wrong with the choice; zones of an earlier
    plan (``kept``) come first."""
    zones, problems = _listed(brief, types) if isinstance(brief.spec.zones, tuple) else _chosen(brief, types, kept)
    lost = brief.spec.tolerate_zone_loss
    if zones and lost is not None and lost >= len(zones):
        problems.append(
            Diagnostic(
                Kind.INVALID,
                "zone-loss",
                "nothing would be left to carry the nodes",
                path=("spec", "tolerateZoneLoss"),
                value=f"{lost} of {len(zones)} zones",
                limit=f"at most {len(zones) - 1}",
                fix=f"use tolerateZoneLoss: {len(zones) - 1}, or more zones",
                note="N39",
            )
        )
    return zones, problems


def _listed(brief: Brief, types: InstanceTypes) -> tuple[tuple[PlannedZone, ...], list[Diagnostic]]:
    """The zones that the spec names."""
    spec, region, facts, ledger = brief.spec, brief.region, brief.facts, brief.ledger
    labels = spec.zones if isinstance(spec.zones, tuple) else ()
    problems = list(_mixed(labels, region))
    zones: list[PlannedZone] = []
    for number, label in enumerate(labels):
        path: Path = ("spec", "zones", number)
        zone = region.zone(label)
        if label in labels[:number]:
            problems.append(
                Diagnostic(
                    Kind.INVALID,
                    "zone-twice",
                    "this zone is listed twice",
                    path=path,
                    value=label,
                    fix="list each zone once",
                    source=_SOURCE,
                    note="N31",
                )
            )
            continue
        if zone is None:
            known = ", ".join(
                f"{one.id} ({one.name})" if region.zone_names_are_yours else one.id for one in region.zones
            )
            problems.append(
                Diagnostic(
                    Kind.INVALID,
                    "zone-unknown",
                    f"no such zone in {region.name}",
                    path=path,
                    value=label,
                    limit=known,
                    fix="use a zone id of this list; `eksplan catalog refresh` reads your account's zones",
                    source=_IDS,
                    note="N31",
                )
            )
            continue
        zones.append(_planned(label, zone, region))
        problems += _allowed(path, label, zone, region, facts)
    problems += _offered(spec, zones, region, types)
    if not problems:
        ledger.add(
            "zones",
            "Availability Zones",
            ", ".join(zone.label for zone in zones),
            explanation="as the spec says",
            source=_SOURCE,
            note="N31",
        )
    return tuple(sorted(zones, key=lambda one: one.label)), problems


def zones_wanted(spec: ClusterSpec) -> int:
    """How many zones a spec asks for, where nothing stands against it."""
    return len(spec.zones) if isinstance(spec.zones, tuple) else spec.zones or DEFAULT_ZONES


def _mixed(labels: tuple[str, ...], region: Region) -> Iterator[Diagnostic]:
    """Ids beside names that nobody has paired for this account: two of them may be one zone."""
    names = [label for label in labels if any(label == zone.name for zone in region.zones)]
    if names and len(names) < len(labels) and not region.zone_names_are_yours:
        ids = [label for label in labels if label not in names]
        yield Diagnostic(
            Kind.INVALID,
            "zones-mixed",
            "a zone's name and a zone's id may be the same place in your account",
            path=("spec", "zones"),
            value=", ".join(labels),
            limit=f"all by id (such as {ids[0]}) or all by name (such as {names[0]})",
            fix="use ids for all, or run `eksplan catalog refresh` once in your account",
            source=_IDS,
            note="N31",
        )


def _planned(label: str, zone: Zone, region: Region) -> PlannedZone:
    if region.zone_names_are_yours:
        return PlannedZone(label, zone.id, zone.name)
    return PlannedZone(label, zone.id, _NAMES) if label == zone.id else PlannedZone(label, _NAMES, zone.name)


def _allowed(path: Path, label: str, zone: Zone, region: Region, facts: Facts) -> Iterator[Diagnostic]:
    if zone.kind != "availability-zone":
        yield Diagnostic(
            Kind.INVALID,
            "zone-kind",
            "the control plane's subnets cannot be in a Local Zone or Wavelength Zone",
            path=path,
            value=f"{label} ({zone.kind})",
            limit="Availability Zones",
            fix="use an Availability Zone",
            source=_SOURCE,
            note="N31",
        )
    certain = region.zone_names_are_yours or label == zone.id
    if certain and zone.id in facts.strings("cluster.disallowed_zone_ids"):
        yield Diagnostic(
            Kind.INVALID,
            "zone-disallowed",
            "EKS puts no control-plane interfaces into this zone",
            path=path,
            value=label,
            limit="not " + ", ".join(facts.strings("cluster.disallowed_zone_ids")),
            fix="use another zone",
            source=_SOURCE,
            note="N31",
        )
    if not certain:
        yield Diagnostic(
            Kind.NOTICE,
            "zone-name",
            "a zone's name means another place in every account, so offerings and forbidden zones cannot be checked",
            path=path,
            value=label,
            limit="zone ids such as " + ", ".join(one.id for one in region.zones[:3]),
            fix="use zone ids, or run `eksplan catalog refresh` once in your account",
            source=_IDS,
            note="N31",
        )


def _wanted(group: NodeGroupSpec, types: InstanceTypes) -> list[str]:
    return [name for name in group.types_named if name in types]


def _offered(spec: ClusterSpec, zones: list[PlannedZone], region: Region, types: InstanceTypes) -> Iterator[Diagnostic]:
    """Groups none of whose types exist in one of their zones: nodes could never start there."""
    if not region.offerings:
        return
    for number, group in enumerate(spec.node_groups):
        names = _wanted(group, types)
        for zone in zones:
            if not names or zone.catalog_id is None or (group.zones and zone.label not in group.zones):
                continue
            if not any(zone.id in region.offerings.get(name, frozenset()) for name in names):
                where = sorted(set().union(*(region.offerings.get(name, frozenset()) for name in names)))
                yield Diagnostic(
                    Kind.INFEASIBLE,
                    "type-offering",
                    f"none of this group's types is offered in {zone.label}",
                    path=("spec", "nodeGroups", number, "instanceTypes"),
                    value=", ".join(names),
                    limit=f"offered in {', '.join(where) or 'no zone of this region'}",
                    fix="use other zones or types, or limit the group with `zones`",
                    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html",
                    note="N27",
                )


def _chosen(
    brief: Brief, types: InstanceTypes, kept: Sequence[str]
) -> tuple[tuple[PlannedZone, ...], list[Diagnostic]]:
    """The first zones by id that EKS allows and that offer every group's types: as many as the spec
    asks for, else three, or two where there are no more."""
    spec, region, facts, ledger = brief.spec, brief.region, brief.facts, brief.ledger
    disallowed = facts.strings("cluster.disallowed_zone_ids")
    allowed = [zone for zone in region.zones if zone.kind == "availability-zone" and zone.id not in disallowed]
    path: Path = ("spec", "zones")
    count = zones_wanted(spec) if spec.zones else max(min(DEFAULT_ZONES, max(len(allowed), 2)), len(kept))
    if len(allowed) < count:
        fix = f"use zones: {len(allowed)}" if len(allowed) >= 2 else "use another region"
        return (), [
            Diagnostic(
                Kind.INFEASIBLE,
                "zones-few",
                f"{region.name} has fewer zones that EKS can use",
                path=path,
                value=str(count),
                limit=f"{len(allowed)}: {', '.join(zone.id for zone in allowed)}",
                fix=fix,
                source=_SOURCE,
                note="N31",
            )
        ]
    lacking: dict[str, str] = {}
    for zone in allowed:
        for group in spec.node_groups:
            names = _wanted(group, types)
            if (
                names
                and region.offerings
                and not any(zone.id in region.offerings.get(name, frozenset()) for name in names)
            ):
                lacking.setdefault(zone.id, f"{group.name} ({', '.join(names)})")
    fitting = [zone for zone in allowed if zone.id not in lacking]
    count = count if spec.zones or kept else min(count, max(len(fitting), 2))
    if len(fitting) < count:
        limit = "; ".join(f"{zone_id} lacks {what}" for zone_id, what in sorted(lacking.items()))
        fix = f"use zones: {len(fitting)}" if len(fitting) >= 2 else "use other instance types or another region"
        return (), [
            Diagnostic(
                Kind.INFEASIBLE,
                "zones-offering",
                f"only {len(fitting)} zones of {region.name} offer every group's types",
                path=path,
                value=str(count),
                limit=limit,
                fix=fix,
                source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html",
                note="N31",
            )
        ]
    zones = tuple(
        _planned(zone.id, zone, region)
        for zone in sorted(fitting, key=lambda one: (one.id not in kept, one.id))[:count]
    )
    passed_over = sorted({zone.id for zone in region.zones if zone.id in disallowed} | set(lacking))
    ledger.add(
        "zones",
        "Availability Zones",
        ", ".join(zone.label for zone in zones),
        formula="the first zones by id that EKS allows and that offer every group's types",
        inputs={
            "zones asked for": zones_wanted(spec) if spec.zones else f"none; {DEFAULT_ZONES} where there are as many",
            "zones of the region": ", ".join(zone.id for zone in region.zones),
            "passed over": ", ".join(passed_over) or "none",
        },
        explanation="zone ids mean the same place in every account; names do not",
        source=_SOURCE,
        note="N31",
    )
    return zones, []
