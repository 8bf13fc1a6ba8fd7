"""Picks instance types from the catalog by what they must be like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planner.catalog.model import InstanceType, InstanceTypes, Region

if TYPE_CHECKING:  # pydantic takes longer to load than every type to look at
    from planner.spec.nodes import Range, Requirements

#: Behind the letters; High Memory types name their size first (u-6tb1), Macs their chip (mac-m4).
_GENERATION = re.compile(r"(?:[a-z]+|u-\d+tb|mac-m)(\d+)")


def accelerator_of(instance: InstanceType) -> str:
    """``nvidia``, ``neuron`` or an empty text: what an AMI must support."""
    for accelerator in instance.accelerators:
        if accelerator.kind == "gpu" and accelerator.manufacturer.upper() == "NVIDIA":
            return "nvidia"
        if accelerator.kind in {"neuron", "inference"} and accelerator.manufacturer.upper() == "AWS":
            return "neuron"
    return ""


def _within(value: float, wanted: Range) -> bool:
    return (wanted.min is None or value >= wanted.min) and (wanted.max is None or value <= wanted.max)


def matches(instance: InstanceType, wanted: Requirements, capacity_type: str) -> bool:
    """Whether a type meets the requirements (bare metal and macOS never do)."""
    excluded = {instance.name, instance.family} & set(wanted.exclude)
    return (
        wanted.architecture in instance.architectures
        and not instance.bare_metal
        and not excluded
        and _within(instance.vcpu, wanted.vcpu)
        and _within(instance.memory_mib / 1024, wanted.memory_gib)
        and (not wanted.families or instance.family in wanted.families)
        and (wanted.burstable or not instance.burstable)
        and (wanted.previous_generations or instance.current_generation)
        and (not wanted.local_storage or instance.local_storage_gb > 0)
        and accelerator_of(instance) == ("" if wanted.accelerator == "none" else wanted.accelerator)
        and (wanted.accelerator != "none" or not instance.accelerators)
        and capacity_type in instance.usage_classes
    )


def pick(
    types: InstanceTypes, wanted: Requirements, capacity_type: str, region: Region, zone_ids: frozenset[str]
) -> tuple[InstanceType, ...]:
    """Up to ``wanted.count`` types of one shape: the smallest vCPU and memory that fit.

    One shape for all, because the Cluster Autoscaler reckons every node of a group as its first
    type. Types offered in more of the zones come first, then newer families. Without prices the
    order within a shape is by name; with prices the cheapest comes first.
    """
    fitting = [types[name] for name in types if matches(types[name], wanted, capacity_type)]
    if region.offerings:
        fitting = [one for one in fitting if region.offerings.get(one.name, frozenset()) & zone_ids]
    if not fitting:
        return ()

    def everywhere(one: InstanceType) -> int:
        return -len(region.offerings.get(one.name, zone_ids) & zone_ids)

    best_spread = min(everywhere(one) for one in fitting)
    spread = [one for one in fitting if everywhere(one) == best_spread]
    shape = min((one.vcpu, one.memory_mib) for one in spread)
    same = [one for one in spread if (one.vcpu, one.memory_mib) == shape]
    same.sort(key=lambda one: (region.prices.get(one.name, float("inf")), -generation(one), one.name))
    return tuple(same[: wanted.count])


def generation(instance: InstanceType) -> int:
    """The number in the family's name: 7 of m7i; 0 where there is none.

    Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
    """
    found = _GENERATION.match(instance.family)
    return int(found[1]) if found else 0
