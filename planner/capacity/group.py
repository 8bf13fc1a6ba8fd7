"""A node group with everything that the catalog says about it worked out."""

from __future__ import annotations

from dataclasses import dataclass

from planner.capacity.addresses import WarmTargets
from planner.capacity.allocatable import NOTHING, Allocatable, SystemReserved, allocatable
from planner.capacity.ami import Ami, choose_ami
from planner.capacity.expression import Expression, ExpressionError, ExpressionValue, Trouble
from planner.capacity.group_checks import (
    architectures_of,
    check_architecture,
    check_left,
    check_usage,
    without_prefixes,
)
from planner.capacity.local_storage import check_local_storage, pod_disk_gib
from planner.capacity.max_pods import ImpossibleNetworkError, MaxPods, PodNetwork, max_pods, smallest
from planner.capacity.node_addresses import Candidate, NodeAddresses, node_addresses
from planner.capacity.selection import pick
from planner.capacity.systems import network_pods
from planner.catalog.facts import Facts
from planner.catalog.model import Catalog, InstanceType, Region
from planner.catalog.nearest import nearest_names
from planner.diagnostics import Diagnostic, Kind, Path
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec
from planner.spec.quantity import MIB

#: What makes nodeadm go back to its own number without a word.
_IGNORED = {Trouble.FAILED, Trouble.UNKNOWN_TO_NODEADM}
_TYPES = "https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html"


@dataclass(frozen=True, slots=True)
class GroupCapacity:
    """A node group's types, what each node carries, and the addresses that it takes.

    With several types the smallest pods per node rules them all (note N18), and the largest
    address footprint sizes the subnets.
    """

    spec: NodeGroupSpec
    index: int
    """Place in the spec's list; −1 for a group that the plan added."""
    types: tuple[InstanceType, ...]
    answers: tuple[MaxPods, ...]
    """Pods per node for each type, in the order of ``types``."""
    ruling: MaxPods
    max_pods: int
    """What kubelet is told: the spec's maxPods, else the ruling answer."""
    addresses: NodeAddresses
    """What a node takes at peak."""
    least: InstanceType
    """The smallest type."""
    allocatable: Allocatable
    """Of the smallest type."""
    system_reserved: SystemReserved
    architecture: str
    ami: Ami | None
    """None with an AMI of the user's own."""
    notices: tuple[Diagnostic, ...] = ()
    """What the reader should know, though there is a plan."""

    @property
    def name(self) -> str:
        """Name of the group."""
        return str(self.spec.name)

    @property
    def ami_type(self) -> str | None:
        """EKS's amiType; None with an AMI of the user's own."""
        return self.ami.name if self.ami else None


def pod_network(spec: ClusterSpec) -> PodNetwork:
    """The spec's CNI settings as a pod network."""
    cni = spec.cni
    return PodNetwork(
        prefix=cni.mode == "prefix" or spec.ip_family == "ipv6",
        custom_networking=cni.custom_networking,
        security_groups_for_pods=cni.security_groups_for_pods,
        ipv6=spec.ip_family == "ipv6",
        max_eni=cni.max_eni,
        host_network_pods=cni.host_network_pods,
    )


def warm_targets(spec: ClusterSpec) -> WarmTargets:
    """The spec's warm settings."""
    cni = spec.cni
    return WarmTargets(cni.warm_eni_target, cni.warm_ip_target, cni.minimum_ip_target, cni.warm_prefix_target)


def work_out(
    group: NodeGroupSpec, index: int, spec: ClusterSpec, catalog: Catalog, region: Region, zone_ids: frozenset[str]
) -> GroupCapacity | list[Diagnostic]:
    """Everything about a group, or why it cannot be."""
    path: Path = ("spec", "nodeGroups", index) if index >= 0 else ("spec", "workloads")
    types = types_of(group, path, catalog, region, zone_ids)
    if isinstance(types, list):
        return types
    network = pod_network(spec)
    windows = group.os.startswith("windows")
    problems = [*check_architecture(types, group, path), *check_usage(types, group, path)]
    answers: list[MaxPods] = []
    for number, one in enumerate(types):
        try:
            answers.append(max_pods(one, network, catalog.facts, windows=windows))
        except ImpossibleNetworkError as error:
            place = (*path, "instanceTypes", number) if group.instance_types else path
            problems.append(
                Diagnostic(
                    Kind.INVALID,
                    "pod-network",
                    str(error),
                    path=place,
                    value=one.name,
                    fix="choose another type, or change spec.cni",
                    source=_TYPES,
                    note="N27",
                )
            )
    if not problems:
        problems += list(check_left(answers, group, path))
    ami, of_ami = choose_ami(types, group, path, spec, catalog)
    expressed, notices = _expressed(types, group, path, network, catalog.facts)
    notices = [*of_ami, *notices, *check_local_storage(types, group, path, catalog.facts)]
    problems += [one for one in notices if one.kind is not Kind.NOTICE]
    if problems:
        return problems
    ruling = smallest(answers)
    facts = catalog.facts
    pods_of = {one.name: group.max_pods or ruling.pods for one in types}
    if expressed and group.ami_id is not None and group.max_pods is None:
        pods_of = {one.instance_type: one.applied for one in expressed}
    pods = min(pods_of.values())
    host = facts.number("pods.host_network") + network.host_network_pods
    sizing_of = {name: max((group.pods_per_node or each) - host, 0) for name, each in pods_of.items()}
    taken = node_addresses(
        [Candidate(one, pods_of[one.name], sizing_of[one.name]) for one in types],
        network,
        warm_targets(spec),
        facts,
        catalog.load_branches,
        group.security_group_pods_per_node,
    )
    least = min(types, key=lambda one: (one.vcpu, one.memory_mib, one.name))
    reserved = system_reserved(group)
    counted = next((one.applied for one in expressed if one.instance_type == least.name), None)
    if counted is None:
        counted = _reserve_pods(least, group, spec, pods, facts)
    return GroupCapacity(
        spec=group,
        index=index,
        types=types,
        answers=tuple(answers),
        ruling=ruling,
        max_pods=pods,
        addresses=taken,
        least=least,
        allocatable=allocatable(least, counted, facts, disk_gib=pod_disk_gib(least, group, facts), system=reserved),
        system_reserved=reserved,
        architecture=architectures_of(types)[0],
        ami=ami,
        notices=(*without_prefixes(types, network, path), *notices),
    )


def system_reserved(group: NodeGroupSpec) -> SystemReserved:
    """The spec's systemReserved in millicores and MiB (rounded up)."""
    wanted = group.system_reserved
    if wanted is None:
        return NOTHING
    return SystemReserved(wanted.cpu, -(-wanted.memory // MIB), -(-wanted.ephemeral_storage // MIB))


def _reserve_pods(instance: InstanceType, group: NodeGroupSpec, spec: ClusterSpec, pods: int, facts: Facts) -> int:
    """Pods that memory is kept back for. Where the plan tells nodeadm maxPods it tells the expression
    too, so that both agree; Bottlerocket always follows maxPods; elsewhere nodeadm's own number counts."""
    if group.os_family == "bottlerocket" or (group.os_family == "al2023" and spec.tells_max_pods(group)):
        return pods
    if group.os_family == "windows":
        return facts.number("pods.windows")
    return network_pods(instance, facts)


def _expressed(
    types: tuple[InstanceType, ...], group: NodeGroupSpec, path: Path, network: PodNetwork, facts: Facts
) -> tuple[tuple[ExpressionValue, ...], list[Diagnostic]]:
    """What maxPodsExpression gives on each type, and what is wrong with it."""
    if group.max_pods_expression is None:
        return (), []
    place: Path = (*path, "maxPodsExpression")
    try:
        expression = Expression(group.max_pods_expression, facts)
    except ExpressionError as error:
        return (), [
            Diagnostic(
                Kind.INVALID,
                "max-pods-expression",
                f"nodeadm would ignore this expression: {error}",
                path=place,
                value=group.max_pods_expression[:60],
                limit=f"CEL over {', '.join(facts.strings('pods.expression_variables'))}",
                fix="write it as max_pods < 110 ? max_pods : 110",
                source=facts.source("pods.expression_variables"),
                note="N18",
            )
        ]
    values = expression.on_all(types, network)
    decides = group.ami_id is not None and group.max_pods is None
    return values, [
        Diagnostic(
            Kind.INVALID
            if finding.trouble in _IGNORED or (decides and finding.trouble is Trouble.ADDRESSES)
            else Kind.NOTICE,
            "max-pods-expression",
            f"on {value.instance_type}: {finding.text}",
            path=place,
            value=str(value.value) if value.value is not None else "no number",
            limit=finding.limit,
            fix="bound the expression: max_pods < 110 ? max_pods : 110",
            source=facts.source("pods.expression_variables"),
            note="N18",
        )
        for value in values
        for finding in value.findings
        if decides or finding.trouble is not Trouble.ADDRESSES
    ]


def types_of(
    group: NodeGroupSpec, path: Path, catalog: Catalog, region: Region, zone_ids: frozenset[str]
) -> tuple[InstanceType, ...] | list[Diagnostic]:
    """The types that a group (or a pool) names or asks for, or why there are none."""
    if group.requirements is not None:
        picked = pick(catalog.instance_types, group.requirements, group.capacity_type, region, zone_ids)
        if picked:
            return picked
        return [
            Diagnostic(
                Kind.INFEASIBLE,
                "types-none",
                "no instance type in the catalog meets the requirements in these zones",
                path=(*path, "requirements"),
                value="0 types",
                limit="at least 1",
                fix="widen vcpu, memoryGib or families; `eksplan max-pods --all` lists the types",
                source=_TYPES,
                note="N27",
            )
        ]
    unknown = [
        Diagnostic(
            Kind.INVALID,
            "type-unknown",
            "no such instance type in the catalog",
            path=(*path, "instanceTypes", number)
            if group.instance_types
            else (*path, "launchTemplate", "instanceType"),
            value=name,
            limit=f"{len(catalog.instance_types):,} types of {catalog.retrieved}",
            fix=_did_you_mean(name, catalog),
            note="N27",
        )
        for number, name in enumerate(group.types_named)
        if name not in catalog.instance_types
    ]
    return unknown or tuple(catalog.instance_types[name] for name in group.types_named)


def _did_you_mean(name: str, catalog: Catalog) -> str:
    near = nearest_names(name, catalog.instance_types)
    hint = f"did you mean {', '.join(near)}? " if near else ""
    return f"{hint}a type newer than the catalog comes with `eksplan catalog refresh`"
