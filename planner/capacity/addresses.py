"""Addresses that one node holds in its subnets: the VPC CNI's behaviour in closed form.

The forms follow ipamd's pool logic (amazon-vpc-cni-k8s v1.23.1, ``pkg/ipamd/ipamd.go``) for pods
that arrive one by one and fill interfaces densely. A node's footprint is a high-water mark, so it
is asked for at the peak number of pods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.capacity.max_pods import PodNetwork
from planner.catalog.facts import Facts
from planner.catalog.model import InstanceType


@dataclass(frozen=True, slots=True)
class WarmTargets:
    """The CNI's warm settings; None means that the setting is not given."""

    eni: int | None = None
    ip: int | None = None
    minimum_ip: int | None = None
    prefix: int | None = None


@dataclass(frozen=True, slots=True)
class Footprint:
    """Addresses of one node at peak, by subnet, with the formula that gave them."""

    node_subnet: int
    pod_subnet: int
    """Addresses in the pod subnet with custom networking, else 0."""
    interfaces: int
    """Interfaces that carry pods."""
    prefixes: int
    """/28 prefixes held, else 0."""
    formula: str
    worked: str


def footprint(
    instance: InstanceType,
    pods: int,
    max_pods: int,
    network: PodNetwork,
    warm: WarmTargets,
    facts: Facts,
    *,
    scattered: bool = False,
) -> Footprint:
    """Addresses that a node takes while it runs ``pods`` pods with addresses of their own.

    ``pods`` does not count pods on the node's own network; ``max_pods`` is kubelet's number.
    ``scattered`` gives the most that it can come to, however pods come, go and spread over the
    prefixes: WARM_PREFIX_TARGET beyond 1 then overshoots by up to WARM_PREFIX_TARGET − 1.
    """
    if network.ipv6:
        return Footprint(1, 0, 1, 0, "one IPv4 address for the node; pods use the IPv6 /80", "1")
    room = _room(instance, network)
    if not room.slots or not room.interfaces:
        return _result(0, int(not network.custom_networking), 0, room, "no interface carries pods", "1")
    if network.delegates(instance, facts):
        return _with_prefixes(pods, max_pods, room, warm, facts, scattered=scattered)
    if warm.ip or warm.minimum_ip:
        return _with_warm_addresses(pods, max_pods, room, warm)
    return _with_warm_interfaces(pods, max_pods, room, warm, facts)


def largest(prints: Sequence[Footprint]) -> Footprint:
    """What a node takes whose type may be any of several: of single addresses and of prefixes the
    most that any of them holds. Raises ValueError for none."""
    top = max(prints, key=lambda one: (one.node_subnet + one.pod_subnet, one.prefixes))
    if all(one.prefixes == top.prefixes for one in prints):
        return top
    prefixes = max(one.prefixes for one in prints)
    pods_apart = any(one.pod_subnet for one in prints)
    singles = max(one.node_subnet + one.pod_subnet - 16 * one.prefixes - pods_apart for one in prints)
    total = singles + 16 * prefixes
    return Footprint(
        node_subnet=1 if pods_apart else total,
        pod_subnet=total if pods_apart else 0,
        interfaces=max(one.interfaces for one in prints),
        prefixes=prefixes,
        formula="single addresses of the type with most of them + 16 × prefixes of the type with most of those",
        worked=f"{singles} + 16 × {prefixes}",
    )


@dataclass(frozen=True, slots=True)
class _Room:
    """Where a type's pods can have addresses: ``interfaces`` with so many ``slots`` each."""

    slots: int
    interfaces: int
    trunk: int
    """1 where security groups for pods find room for their trunk beside the first interface."""
    custom: bool


def _room(instance: InstanceType, network: PodNetwork) -> _Room:
    usable = instance.interfaces if network.max_eni is None else min(network.max_eni, instance.interfaces)
    trunk = int(network.security_groups_for_pods and usable > 1)
    return _Room(
        slots=max(instance.ipv4_per_interface - 1, 0),
        interfaces=max(usable - network.custom_networking - trunk, 0),
        trunk=trunk,
        custom=network.custom_networking,
    )


def _result(pod_addresses: int, interfaces: int, prefixes: int, room: _Room, formula: str, worked: str) -> Footprint:
    """Primaries of pod interfaces lie where the pods are, and so does the trunk: the resource
    controller takes the ENIConfig's subnet for it when there is one.

    Source: https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/pkg/aws/ec2/instance.go
    """
    if room.trunk:
        formula, worked = f"{formula} + 1 for the trunk", f"{worked} + 1"
    total = pod_addresses + interfaces + room.trunk
    if room.custom:
        return Footprint(1, total, interfaces, prefixes, formula, worked)
    return Footprint(max(total, 1), 0, interfaces, prefixes, formula, worked)


def _with_warm_interfaces(pods: int, max_pods: int, room: _Room, warm: WarmTargets, facts: Facts) -> Footprint:
    """WARM_ENI_TARGET: interfaces for the pods and the spare ones, all of them full."""
    spare = facts.number("cni.warm_eni_target") if warm.eni is None else warm.eni
    wanted = _ceil(pods, room.slots) + spare if spare else pods // room.slots + 1
    enough = max(1, _ceil(max_pods, room.slots))
    interfaces = min(max(1, wanted), room.interfaces, enough)
    return _result(
        interfaces * room.slots,
        interfaces,
        0,
        room,
        "interfaces × (1 + slots), interfaces = min(⌈pods ÷ slots⌉ + WARM_ENI_TARGET, most, ⌈maxPods ÷ slots⌉)",
        f"{interfaces} × (1 + {room.slots}), interfaces = min(⌈{pods} ÷ {room.slots}⌉ + {spare}, {room.interfaces}, ⌈{max_pods} ÷ {room.slots}⌉)",
    )


def _with_warm_addresses(pods: int, max_pods: int, room: _Room, warm: WarmTargets) -> Footprint:
    """WARM_IP_TARGET: the pods' addresses and the spare ones, at least MINIMUM_IP_TARGET.

    The pool stops growing at maxPods, but a batch that began below it is taken whole: targets
    above maxPods fill the last interface. Without WARM_IP_TARGET a node stays at its minimum.
    """
    spare, least = warm.ip or 0, warm.minimum_ip or 0
    start = max(spare, least)
    if start >= max_pods:
        held = min(start, max(1, _ceil(max_pods, room.slots)) * room.slots)
    else:
        held = min(max(pods + spare if spare else 0, least), max_pods)
    held = min(held, room.interfaces * room.slots)
    interfaces = max(1, _ceil(held, room.slots))
    return _result(
        held,
        interfaces,
        0,
        room,
        "held + ⌈held ÷ slots⌉, held = max(pods + WARM_IP_TARGET, MINIMUM_IP_TARGET), at most maxPods",
        f"{held} + ⌈{held} ÷ {room.slots}⌉, held = max({pods} + {spare}, {least}), at most {max_pods}",
    )


def _with_prefixes(
    pods: int,
    max_pods: int,
    room: _Room,
    warm: WarmTargets,
    facts: Facts,
    *,
    scattered: bool,
) -> Footprint:
    """Prefix delegation: /28 blocks of 16 addresses; a block takes one slot of an interface."""
    size = facts.number("pods.prefix_addresses")
    enough = max(1, _ceil(max_pods, size))
    if warm.ip or warm.minimum_ip:
        spare, least = warm.ip or 0, warm.minimum_ip or 0
        start = max(1, _ceil(max(spare, least), size))
        wanted = max(_ceil(pods + spare, size) if spare else 0, _ceil(least, size), 1)
        how = f"max(⌈({pods} + {spare}) ÷ {size}⌉, ⌈{least} ÷ {size}⌉)"
    else:
        spare = facts.number("cni.warm_prefix_target") if warm.prefix is None else warm.prefix
        start = max(spare, 1)
        wanted = _ceil(pods, size) + spare if spare else pods // size + 1
        how = f"⌈{pods} ÷ {size}⌉ + {spare}"
        if scattered and spare > 1:
            wanted, enough, how = wanted + spare - 1, enough + spare - 1, f"{how} + {spare - 1} when pods scatter"
    # a batch that began below maxPods is taken whole, as far as it fits on one interface
    prefixes = min(start, _ceil(enough, room.slots) * room.slots) if start >= enough else min(wanted, enough)
    prefixes = min(prefixes, room.interfaces * room.slots)
    interfaces = max(1, _ceil(prefixes, room.slots))
    return _result(
        prefixes * size,
        interfaces,
        prefixes,
        room,
        f"{size} × prefixes + ⌈prefixes ÷ slots⌉, prefixes at most ⌈maxPods ÷ {size}⌉",
        f"{size} × {prefixes} + ⌈{prefixes} ÷ {room.slots}⌉, prefixes = {how}, at most ⌈{max_pods} ÷ {size}⌉",
    )


def _ceil(number: int, unit: int) -> int:
    return -(-number // unit)
