"""A node group with everything that the catalog says about it worked out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.capacity.addresses import Footprint, WarmTargets, footprint
from planner.capacity.allocatable import Allocatable, allocatable
from planner.capacity.max_pods import ImpossibleNetworkError, MaxPods, PodNetwork, max_pods, smallest
from planner.capacity.selection import accelerator_of, pick
from planner.catalog.facts import Facts
from planner.catalog.model import Catalog, InstanceType, Region, Version
from planner.catalog.nearest import nearest_names
from planner.diagnostics import Diagnostic, Kind, Path
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec

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
    if problems:
        return problems
    ruling = smallest(answers)
    pods = group.max_pods or ruling.pods
    facts = catalog.facts
    sizing = max((group.pods_per_node or pods) - facts.number("pods.host_network") - network.host_network_pods, 0)
    prints = [(footprint(one, sizing, pods, network, warm_targets(spec), facts), one.name) for one in types]
    largest, of = max(prints, key=lambda pair: (pair[0].node_subnet + pair[0].pod_subnet, pair[1]))
    least = min(types, key=lambda one: (one.vcpu, one.memory_mib, one.name))
    own = max_pods(least, PodNetwork(), facts, capped=False).pods
    return GroupCapacity(
        spec=group,
        index=index,
        types=types,
        answers=tuple(answers),
        ruling=ruling,
        max_pods=pods,
        pods_for_sizing=sizing,
        footprint=largest,
        footprint_type=of,
        least=least,
        allocatable=allocatable(least, max(own, pods) if network.prefix else own, facts),
        architecture=_architectures(types)[0],
        ami_type=None if group.ami_id else ami_type,
        notices=tuple(_without_prefixes(types, network, path)),
    )


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
