"""Everything that is known of one instance type's pods, in the modes asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.capacity.allocatable import NOTHING, Allocatable, SystemReserved, allocatable
from planner.capacity.max_pods import ImpossibleNetworkError, MaxPods, PodNetwork, max_pods
from planner.capacity.systems import (
    MemoryReserve,
    OsFamily,
    SystemAnswer,
    calculator,
    memory_reserves,
    network_pods,
    systems,
)
from planner.capacity.trunk import BranchInterfaces, branch_interfaces
from planner.catalog.model import Catalog, InstanceType
from planner.spec.disk import DEFAULT_GIB


@dataclass(frozen=True, slots=True)
class ModeAnswer:
    """Pods in one mode, or why there are none, and what each system would say."""

    pods: MaxPods | None
    impossible: str
    """Why the mode is none for the type; empty where there is an answer."""
    systems: tuple[SystemAnswer, ...]
    calculator: int | None = None
    """What AWS's calculator prints; None for what it does not know (IPv6, Windows)."""


@dataclass(frozen=True, slots=True)
class TypeAnswer:
    """One type in several modes."""

    instance: InstanceType
    modes: Mapping[str, ModeAnswer]
    allocatable: Allocatable
    """Of a managed node group with AL2023 (Bottlerocket, Windows) whose memory follows nodeadm's own number."""
    branches: BranchInterfaces
    reserves: tuple[MemoryReserve, ...]
    told: int
    """maxPods that the memory reserves are compared at."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every type."""

    networks: Mapping[str, PodNetwork]
    family: OsFamily = "al2023"
    capped: bool = True
    told: int | None = None
    """maxPods to compare memory reserves at; kubelet's own default when None."""
    with_systems: bool = False
    system: SystemReserved = NOTHING


def answer(instance: InstanceType, question: Question, catalog: Catalog) -> TypeAnswer:
    """The answer for a type; impossible modes say why instead of raising."""
    facts = catalog.facts
    told = question.told or facts.number("pods.kubelet_default")
    counted = facts.number("pods.windows") if question.family == "windows" else network_pods(instance, facts)
    return TypeAnswer(
        instance=instance,
        modes={name: _mode(instance, network, question, catalog) for name, network in question.networks.items()},
        allocatable=allocatable(instance, counted, facts, disk_gib=DEFAULT_GIB, system=question.system),
        branches=branch_interfaces(instance, catalog.load_branches()),
        reserves=memory_reserves(instance, told, facts) if question.with_systems else (),
        told=told,
    )


def _mode(instance: InstanceType, network: PodNetwork, question: Question, catalog: Catalog) -> ModeAnswer:
    facts = catalog.facts
    try:
        pods = max_pods(instance, network, facts, windows=question.family == "windows", capped=question.capped)
    except ImpossibleNetworkError as error:
        return ModeAnswer(None, str(error), ())
    says = (
        systems(instance, network, facts, disk_gib=DEFAULT_GIB, family=question.family, system=question.system)
        if question.with_systems
        else ()
    )
    known = not (network.ipv6 or question.family == "windows")
    script = calculator(instance, network, facts, capped=question.capped) if known else None
    return ModeAnswer(pods, "", says, script)
