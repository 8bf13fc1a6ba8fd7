"""Capacity Blocks and reservations: the one case where EKS wants market options in the template (note N17).

Source: https://docs.aws.amazon.com/eks/latest/userguide/capacity-blocks-mng.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid, notice
from planner.spec.nodes import NodeGroupSpec

_BLOCKS = "https://docs.aws.amazon.com/eks/latest/userguide/capacity-blocks-mng.html"
_RESERVATIONS = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-reservations.html"


def check_capacity_block(group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    """That a Capacity Block says all four things, in their places, and nothing else says half of them."""
    template = group.launch_template
    market = template.instance_market_options if template else None
    in_template = market is not None and market.market_type == "capacity-block"
    reservation = template.capacity_reservation_id if template else None
    if group.capacity_type == "capacity-block":
        yield from _complete(group, path, in_template=in_template, reservation=reservation)
        return
    if in_template:
        yield invalid(
            "capacity-block",
            (*path, "launchTemplate", "instanceMarketOptions", "marketType"),
            "the launch template asks for a Capacity Block and the group does not",
            value="launchTemplate.instanceMarketOptions.marketType: capacity-block",
            limit=f"capacityType: {group.capacity_type}",
            fix="write capacityType: capacity-block, or remove instanceMarketOptions",
            source=_BLOCKS,
            note="N17",
        )
    elif reservation is not None and group.capacity_type == "spot":
        yield invalid(
            "capacity-block",
            (*path, "launchTemplate", "capacityReservationId"),
            "Spot instances do not use capacity reservations",
            value=f"launchTemplate.capacityReservationId: {reservation}",
            limit="capacityType: spot",
            fix="write capacityType: on-demand, or remove the reservation",
            source=_RESERVATIONS,
            note="N17",
        )
    elif reservation is not None and (len(group.zones) != 1 or len(group.types_named) != 1):
        yield notice(
            "capacity-reservation",
            (*path, "launchTemplate", "capacityReservationId"),
            "a reservation holds one type in one zone: nodes of other types or in other zones fail to start",
            value=f"{len(group.types_named) or 'chosen'} types, {len(group.zones) or 'all'} zones",
            limit="one instance type, one zone",
            fix="give the group the reservation's type and zone only",
            source=_RESERVATIONS,
            note="N17",
        )


def _complete(group: NodeGroupSpec, path: Path, *, in_template: bool, reservation: str | None) -> Iterator[Diagnostic]:
    template = group.launch_template
    missing = [
        (key, value)
        for key, value, there in (
            ("instanceMarketOptions", "{marketType: capacity-block}", in_template),
            ("capacityReservationId", "cr-0123456789abcdef0", reservation is not None),
            ("instanceType", "p5.48xlarge", template is not None and template.instance_type is not None),
        )
        if not there
    ]
    if missing:
        yield invalid(
            "capacity-block",
            (*path, "capacityType"),
            "a Capacity Block needs market type, reservation and instance type in the launch template",
            value=f"capacityType: capacity-block, without launchTemplate.{', launchTemplate.'.join(key for key, _ in missing)}",
            limit="launchTemplate: instanceMarketOptions.marketType, capacityReservationId, instanceType",
            fix="add to launchTemplate: " + ", ".join(f"{key}: {value}" for key, value in missing),
            source=_BLOCKS,
            note="N17",
        )
    if (group.instance_types or group.requirements) and (template is None or template.instance_type is None):
        yield invalid(
            "capacity-block",
            (*path, "instanceTypes" if group.instance_types else "requirements"),
            "a Capacity Block takes its type from the launch template, not from the group",
            value=f"instanceTypes: {', '.join(group.instance_types)}" if group.instance_types else "requirements",
            limit="launchTemplate.instanceType",
            fix="move the type to launchTemplate.instanceType",
            source=_BLOCKS,
            note="N23",
        )
    if len(group.zones) != 1:
        yield invalid(
            "capacity-block",
            (*path, "zones"),
            "a Capacity Block lies in one zone",
            value=f"{len(group.zones)} zones" if group.zones else "all zones of the cluster",
            limit="the reservation's zone",
            fix="list that one zone in the group's zones",
            source=_BLOCKS,
            note="N17",
        )
    yield notice(
        "capacity-block-times",
        (*path, "capacityType"),
        "outside the reservation's time no node starts; EKS drains the nodes 40 minutes before its end, and wants desiredSize 0 for an update of the group",
        value=f"minSize {group.min_size if group.min_size is not None else 'not given'}",
        limit="minSize 0",
        fix="keep minSize: 0 and desiredSize: 0 until the block begins, and schedule scaling around it",
        source=_BLOCKS,
        note="N17",
    )
