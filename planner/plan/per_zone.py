"""One group in each zone, where volumes cannot follow their pods (notes N15, N42).

The Cluster Autoscaler asks an Auto Scaling group for a node, not for a node in a zone: a pod whose
volume lies in one zone may wait for ever while the group grows in the others.
Source: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from planner.capacity.carriers import carrier
from planner.capacity.group import GroupCapacity
from planner.decisions import Ledger
from planner.diagnostics import Diagnostic, Kind
from planner.plan.sizes import Sized, Spread, zones_of
from planner.spec.addons import autoscalers
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec

SOURCE = "https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html"
BALANCE = "--balance-similar-node-groups"
_NAME_MAX = 63
"""Characters in the name of a node group."""


def zonal(group: GroupCapacity, groups: Sequence[GroupCapacity], spec: ClusterSpec) -> tuple[str, ...]:
    """Workloads of a group whose volumes live in one zone."""
    return tuple(
        one.name
        for one in spec.workloads
        if one.zonal_storage and one.kind != "DaemonSet" and carrier(one, groups) is group
    )


def spread_group(
    sized: Sized, groups: Sequence[GroupCapacity], labels: Sequence[str], spec: ClusterSpec
) -> tuple[list[Sized], list[Diagnostic]]:
    """The group as it is, or one for each of its zones, with the reason and what is wrong.

    ``groups`` are all groups of the spec, ``labels`` the zones of the cluster.
    """
    group = sized.group
    zones = tuple(group.spec.zones) or tuple(labels)
    workloads = zonal(group, groups, spec)
    managed = "cluster-autoscaler" in autoscalers(spec)
    asked = group.spec.per_zone
    split = (managed and bool(workloads)) if asked is None else asked
    why = _why(workloads, managed=managed, asked=asked)
    if not split or not zones or (len(zones) == 1 and asked is None):
        whole = Spread(group.name, (group.name,), zones, split=False, why=why)
        return [dataclasses.replace(sized, spread=whole)], []
    tolerated = 1 if spec.tolerate_zone_loss is None else spec.tolerate_zone_loss
    _, lost = zones_of(group, len(zones), tolerated)
    made = [_in_zone(sized, zone, len(zones), lost) for zone in zones]
    names = tuple(one.group.name for one in made)
    others = {one.name for one in groups if one is not group}
    parts = Spread(group.name, names, zones, split=True, why=why)
    return [dataclasses.replace(one, spread=parts) for one in made], _names(group, names, others)


def _why(workloads: tuple[str, ...], *, managed: bool, asked: bool | None) -> str:
    volumes = f"volumes of {', '.join(workloads)} live in one zone each"
    if asked is not None:
        said = "perZone as the spec says"
        if asked or not workloads:
            return said
        return f"{said}; {volumes}, and the Cluster Autoscaler may add nodes in other zones" if managed else said
    if workloads and managed:
        return f"{volumes}, and the Cluster Autoscaler cannot ask a group over several zones for a node in one of them"
    if workloads:
        return f"{volumes}; no Cluster Autoscaler scales the group, and its Auto Scaling group keeps nodes even over the zones"
    return "no volumes bind pods to a zone; an Auto Scaling group keeps its nodes even over the zones"


def _share(number: int, parts: int) -> int:
    return -(-number // parts)


def _in_zone(sized: Sized, zone: str, zones: int, lost: int) -> Sized:
    """The part of a group in one zone: its share, and its larger share after a loss as the most."""
    spec = sized.group.spec
    most = sized.zone_most or max(_share(sized.most, zones - lost), 1)
    least = min(_share(sized.least, zones), most)
    desired = min(max(least, _share(sized.desired, zones)), most)
    changes: dict[str, object] = {"name": f"{spec.name}-{zone}", "zones": (zone,), "max_size": most}
    if spec.update.max_unavailable:
        changes["update"] = spec.update.model_copy(update={"max_unavailable": min(spec.update.max_unavailable, most)})
    if spec.warm_pool is not None:
        prepared = spec.warm_pool.max_group_prepared_capacity
        changes["warm_pool"] = spec.warm_pool.model_copy(
            update={
                "min_size": _share(spec.warm_pool.min_size, zones),
                "max_group_prepared_capacity": None if prepared is None else _share(prepared, zones - lost),
            }
        )
    after = f", {lost} of them lost" if lost else ""
    share = f"max ⌈{sized.most} ÷ {zones - lost}⌉ ({zones} zones{after})"
    if sized.zone_most:
        share = f"max {most}, the nodes that a zone needs"
    why = f"the share of {zone} in {spec.name}: {share}, min ⌈{sized.least} ÷ {zones}⌉; {sized.why}"
    return Sized(dataclasses.replace(sized.group, spec=_changed(spec, changes)), least, desired, most, why)


def _changed(spec: NodeGroupSpec, changes: dict[str, object]) -> NodeGroupSpec:
    return spec.model_copy(update=changes)


def _names(group: GroupCapacity, names: Sequence[str], others: set[str]) -> list[Diagnostic]:
    """Names that are too long, or that another group has."""
    problems: list[Diagnostic] = []
    for name in names:
        too_long = len(name) > _NAME_MAX
        if not too_long and name not in others:
            continue
        problems.append(
            Diagnostic(
                Kind.INVALID,
                "zone-group-name",
                "the name of a group in one zone is too long" if too_long else "another group has this name",
                path=("spec", "nodeGroups", group.index, "name"),
                value=f"{name} ({len(name)} characters)" if too_long else name,
                limit=f"{_NAME_MAX} characters" if too_long else "one group of a name",
                fix="shorten the group's name" if too_long else "rename one of them",
                source=SOURCE,
                note="N15",
            )
        )
    return problems


def record_spreads(ledger: Ledger, groups: Sequence[Sized]) -> None:
    """The decisions ``zones.GROUP``: how each group of the spec lies over the zones."""
    for one in dict.fromkeys(sized.spread for sized in groups if sized.spread):
        inputs: dict[str, object] = {"zones": ", ".join(one.zones)}
        if one.split:
            inputs["Cluster Autoscaler"] = f"{BALANCE}=true keeps the groups even"
            inputs["pods choose them"] = "by a label of your own; eks.amazonaws.com/nodegroup differs in each zone"
        ledger.add(
            f"zones.{one.name}",
            f"Zones of {one.name}",
            f"one group in each: {', '.join(one.groups)}" if one.split else f"one group over {len(one.zones)} zones",
            inputs=inputs,
            explanation=one.why,
            source=SOURCE,
            note="N42",
        )
