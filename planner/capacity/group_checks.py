"""What can be wrong with a node group's types (notes N17, N18, N27)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.capacity.max_pods import MaxPods, PodNetwork, smallest
from planner.catalog.model import InstanceType
from planner.diagnostics import Diagnostic, Kind, Path
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec

_TYPES = "https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html"


def without_prefixes(types: tuple[InstanceType, ...], network: PodNetwork, path: Path) -> Iterator[Diagnostic]:
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


def architectures_of(types: tuple[InstanceType, ...]) -> list[str]:
    """The architectures of types as AMIs name them; macOS has none."""
    return sorted(
        {
            "arm64" if "arm64" in one.architectures else "x86_64"
            for one in types
            if not one.architectures[0].endswith("_mac")
        }
    )


def check_architecture(types: tuple[InstanceType, ...], group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    """One architecture for all types, and one that the operating system runs on."""
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
    found = architectures_of(types)
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


def check_usage(types: tuple[InstanceType, ...], group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    """Every type can be bought as the group wants."""
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


def check_left(answers: list[MaxPods], group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
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


def check_prefixes(types: Sequence[InstanceType], spec: ClusterSpec) -> Iterator[Diagnostic]:
    """Prefix mode is nothing for a cluster without a single type on Nitro."""
    if spec.cni.mode != "prefix" or spec.ip_family != "ipv4" or not types or any(one.nitro for one in types):
        return
    yield Diagnostic(
        Kind.INVALID,
        "cni-prefix-xen",
        "no type of the cluster delegates prefixes: all of them run on Xen",
        path=("spec", "cni", "mode"),
        value=", ".join(sorted({one.name for one in types})),
        limit="one type on Nitro or more",
        fix="use types on Nitro (`eksplan instances --nitro`), or mode: secondary-ip",
        source="https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html",
        note="N27",
    )
