"""A node group with everything that the catalog says about it worked out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.capacity.addresses import Footprint, WarmTargets, footprint
from planner.capacity.allocatable import NOTHING, Allocatable, SystemReserved, allocatable
from planner.capacity.expression import Expression, ExpressionError, ExpressionValue, Trouble
from planner.capacity.max_pods import ImpossibleNetworkError, MaxPods, PodNetwork, max_pods, smallest
from planner.capacity.selection import accelerator_of, pick
from planner.capacity.systems import network_pods
from planner.catalog.facts import Facts
from planner.catalog.model import Catalog, InstanceType, Region, Version
from planner.catalog.nearest import nearest_names
from planner.diagnostics import Diagnostic, Kind, Path
from planner.spec.check.disk import DEFAULT_GIB
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
    pods_for_sizing: int
    """Pods with addresses of their own on a node at peak."""
    footprint: Footprint
    footprint_type: str
    least: InstanceType
    """The smallest type."""
    allocatable: Allocatable
    """Of the smallest type."""
    system_reserved: SystemReserved
    architecture: str
    ami_type: str | None
    notices: tuple[Diagnostic, ...] = ()
    """What the reader should know, though there is a plan."""

    @property
    def name(self) -> str:
        """Name of the group."""
        return str(self.spec.name)


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
    types = _types(group, path, catalog, region, zone_ids)
    if isinstance(types, list):
        return types
    network = pod_network(spec)
    windows = group.os.startswith("windows")
    problems = [*_architecture(types, group, path), *_usage(types, group, path)]
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
        problems += list(_left(answers, group, path))
    ami_type = _ami_type(types, group, path, spec, catalog, problems)
    expressed, notices = _expressed(types, group, path, network, catalog.facts)
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
    prints = [
        (footprint(one, sizing_of[one.name], pods_of[one.name], network, warm_targets(spec), facts), one.name)
        for one in types
    ]
    largest, of = max(prints, key=lambda pair: (pair[0].node_subnet + pair[0].pod_subnet, pair[1]))
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
        pods_for_sizing=sizing_of[of],
        footprint=largest,
        footprint_type=of,
        least=least,
        allocatable=allocatable(least, counted, facts, disk_gib=group.disk.size_gib or DEFAULT_GIB, system=reserved),
        system_reserved=reserved,
        architecture=_architectures(types)[0],
        ami_type=None if group.ami_id else ami_type,
        notices=(*_without_prefixes(types, network, path), *notices),
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


def _without_prefixes(types: tuple[InstanceType, ...], network: PodNetwork, path: Path) -> Iterator[Diagnostic]:
    """Types on Xen in prefix mode: the CNI gives them single addresses all the same."""
    if network.prefix and not network.ipv6:
        for number, one in enumerate(types):
            if not one.nitro:
                yield Diagnostic(
                    Kind.NOTICE,
                    "type-prefix",
                    "prefix mode has no effect on this type: it runs on Xen, and the CNI keeps to single addresses",
                    path=(*path, "instanceTypes", number),
                    value=one.name,
                    limit="types on Nitro",
                    fix="use a type on Nitro for more pods on a node",
                    source="https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html",
                    note="N27",
                )


def _types(
    group: NodeGroupSpec, path: Path, catalog: Catalog, region: Region, zone_ids: frozenset[str]
) -> tuple[InstanceType, ...] | list[Diagnostic]:
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
            path=(*path, "instanceTypes", number),
            value=name,
            limit=f"{len(catalog.instance_types):,} types of {catalog.retrieved}",
            fix=_did_you_mean(name, catalog),
            note="N27",
        )
        for number, name in enumerate(group.instance_types)
        if name not in catalog.instance_types
    ]
    return unknown or tuple(catalog.instance_types[name] for name in group.instance_types)


def _did_you_mean(name: str, catalog: Catalog) -> str:
    near = nearest_names(name, catalog.instance_types)
    hint = f"did you mean {', '.join(near)}? " if near else ""
    return f"{hint}a type newer than the catalog comes with `eksplan catalog refresh`"


def _architectures(types: tuple[InstanceType, ...]) -> list[str]:
    return sorted(
        {
            "arm64" if "arm64" in one.architectures else "x86_64"
            for one in types
            if not one.architectures[0].endswith("_mac")
        }
    )


def _architecture(types: tuple[InstanceType, ...], group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    for number, one in enumerate(types):
        if any(architecture.endswith("_mac") for architecture in one.architectures):
            yield Diagnostic(
                Kind.INVALID,
                "type-mac",
                "macOS types cannot be Kubernetes nodes",
                path=(*path, "instanceTypes", number),
                value=one.name,
                fix="choose another type",
                source=_TYPES,
                note="N27",
            )
    found = _architectures(types)
    if len(found) > 1:
        arm = [one.name for one in types if "arm64" in one.architectures]
        yield Diagnostic(
            Kind.INVALID,
            "type-architectures",
            "a node group has one AMI and so one architecture",
            path=(*path, "instanceTypes"),
            value=", ".join(found),
            limit="one of them",
            fix=f"put {', '.join(arm)} into a group of their own",
            source=_TYPES,
            note="N27",
        )
    if found == ["arm64"] and group.os.startswith("windows"):
        yield Diagnostic(
            Kind.INVALID,
            "type-windows",
            "Windows nodes are x86_64 only",
            path=(*path, "instanceTypes"),
            value="arm64",
            limit="x86_64",
            fix="choose x86_64 types",
            source=_TYPES,
            note="N27",
        )


def _usage(types: tuple[InstanceType, ...], group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    for number, one in enumerate(types):
        if group.capacity_type not in one.usage_classes:
            yield Diagnostic(
                Kind.INFEASIBLE,
                "type-usage",
                f"EC2 does not sell this type as {group.capacity_type}",
                path=(*path, "instanceTypes", number),
                value=one.name,
                limit=", ".join(one.usage_classes),
                fix="choose another type or capacityType",
                source=_TYPES,
                note="N17",
            )


def _left(answers: list[MaxPods], group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    """Types that cannot carry a single pod with an address, or less than the spec's maxPods."""
    for answer in answers:
        if answer.interfaces == 0:
            yield Diagnostic(
                Kind.INVALID,
                "type-no-interface",
                f"no interface is left for pods: {answer.explanation}",
                path=path,
                value=answer.instance_type,
                limit="1 interface or more",
                fix="choose a type with more interfaces, or turn one of the CNI features off",
                source=_TYPES,
                note="N27",
            )
    if group.max_pods is not None and answers:
        least = min(answers, key=lambda one: one.uncapped)
        if least.addresses and group.max_pods > least.uncapped:
            yield Diagnostic(
                Kind.INVALID,
                "max-pods",
                f"{least.instance_type} has addresses for {least.uncapped} pods",
                path=(*path, "maxPods"),
                value=str(group.max_pods),
                limit=f"{least.worked}",
                fix=f"use {least.uncapped} or less, prefix mode, or a type with more addresses",
                source=_TYPES,
                note="N18",
            )
    most = group.max_pods or (smallest(answers).pods if answers else 0)
    if group.pods_per_node is not None and answers and group.pods_per_node > most:
        yield Diagnostic(
            Kind.INVALID,
            "pods-per-node",
            "more pods than kubelet takes on a node of this group",
            path=(*path, "podsPerNode"),
            value=str(group.pods_per_node),
            limit=f"{most} pods"
            + (
                " (maxPods)" if group.max_pods else f": {smallest(answers).worked} on {smallest(answers).instance_type}"
            ),
            fix=f"use {most} or less" + (", or raise maxPods" if group.max_pods else ", or types with more addresses"),
            source=_TYPES,
            note="N18",
        )


def _ami_type(
    types: tuple[InstanceType, ...],
    group: NodeGroupSpec,
    path: Path,
    spec: ClusterSpec,
    catalog: Catalog,
    problems: list[Diagnostic],
) -> str | None:
    """The managed node group's amiType; adds to ``problems`` if there is none."""
    architectures = _architectures(types)
    kinds = sorted({accelerator_of(one) for one in types})
    if len(architectures) != 1:
        return None
    if len(kinds) > 1:
        names = ", ".join(kind or "none" for kind in kinds)
        problems.append(
            Diagnostic(
                Kind.INVALID,
                "type-accelerators",
                "a node group has one AMI and so one kind of accelerator",
                path=path,
                value=names,
                limit="one kind",
                fix="split the group",
                source=_TYPES,
                note="N27",
            )
        )
        return None
    version = Version.parse(spec.version or catalog.default_version().version)
    rows = [row for row in catalog.facts["ami.types"].value if row["os"] == group.os]
    for row in rows:
        if (row["arch"], row["accelerator"]) == (architectures[0], kinds[0]):
            if "last" in row and version > Version.parse(row["last"]):
                problems.append(
                    _os_problem(
                        path,
                        group,
                        f"ended with Kubernetes {row['last']}",
                        version,
                        "use al2023 or bottlerocket",
                        catalog.facts,
                    )
                )
            if "first" in row and version < Version.parse(row["first"]):
                problems.append(
                    _os_problem(
                        path,
                        group,
                        f"begins with Kubernetes {row['first']}",
                        version,
                        "use windows-core-2022",
                        catalog.facts,
                    )
                )
            return str(row["name"])
    if not group.ami_id:
        what = f"{architectures[0]}{f' with {kinds[0]}' if kinds[0] else ''}"
        problems.append(
            _os_problem(
                path,
                group,
                f"has no EKS AMI for {what}",
                version,
                "choose another os or other types, or give amiId",
                catalog.facts,
            )
        )
    return None


def _os_problem(path: Path, group: NodeGroupSpec, summary: str, version: Version, fix: str, facts: Facts) -> Diagnostic:
    return Diagnostic(
        Kind.INVALID,
        "os",
        f"{group.os} {summary}",
        path=(*path, "os"),
        value=f"{group.os} with Kubernetes {version}",
        fix=fix,
        source=facts.source("ami.types"),
        note="N14",
    )
