"""Node groups: what EKS refuses when it creates or updates one (notes N15, N17, N18, N20, N23, N26)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.ami import check_ami
from planner.spec.check.capacity_block import check_capacity_block
from planner.spec.check.disk import check_disk
from planner.spec.check.labels import check_labels, check_taints
from planner.spec.check.launch_template import check_launch_template
from planner.spec.check.made import invalid, notice
from planner.spec.check.system import check_system
from planner.spec.check.upkeep import check_upkeep
from planner.spec.check.user_data import check_user_data
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec

_API = "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html"
_TEMPLATES = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"


def check_node_groups(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Every group by itself, then all together."""
    if not (spec.node_groups or spec.node_pools or spec.fargate or spec.workloads):
        yield invalid(
            "nothing",
            ("nodeGroups",),
            "the spec does not say what the cluster must carry",
            limit="at least one node group, node pool, Fargate profile or workload",
            fix="add nodeGroups with instanceTypes and maxSize, or workloads with cpu, memory and replicas",
        )
    names: set[str] = set()
    for number, group in enumerate(spec.node_groups):
        path: Path = ("nodeGroups", number)
        if group.name in names:
            yield invalid(
                "group-twice",
                (*path, "name"),
                "two node groups have this name",
                value=group.name,
                fix="rename one of them",
            )
        names.add(group.name)
        yield from _types(group, path, spec)
        yield from _sizes(group, path, spec, facts)
        yield from _update(group, path)
        yield from _kubelet(group, path)
        yield from _ami(group, path)
        yield from check_ami(group, path, facts)
        yield from check_launch_template(group, path, facts)
        yield from check_capacity_block(group, path)
        yield from check_user_data(group, path, facts)
        yield from check_system(group, path, facts)
        yield from check_disk(group.disk, (*path, "disk"), facts)
        yield from check_labels(group, path, facts)
        yield from check_taints(group, path)
        yield from check_upkeep(group, path)
        yield from _windows(group, path, spec)
    quota = facts.number("nodegroup.quota")
    if len(spec.node_groups) > quota:
        yield notice(
            "group-quota",
            ("nodeGroups",),
            "more node groups than the default quota",
            value=str(len(spec.node_groups)),
            limit=f"{quota} (adjustable)",
            fix="ask for a higher quota first, or use Karpenter",
            source=facts.source("nodegroup.quota"),
        )


def _types(group: NodeGroupSpec, path: Path, spec: ClusterSpec) -> Iterator[Diagnostic]:
    if group.instance_types and group.requirements:
        yield invalid(
            "group-types",
            (*path, "requirements"),
            "instanceTypes and requirements exclude each other",
            value=", ".join(group.instance_types),
            limit="one of the two",
            fix="keep the one that you mean",
            source=_TEMPLATES,
            note="N23",
        )
    if not group.types_named and not group.requirements:
        yield invalid(
            "group-types",
            (*path, "instanceTypes"),
            "the group has no instance types",
            limit="1 to 20 types, or requirements",
            fix="add instanceTypes: [m7i.large] (EKS would silently take t3.medium)",
            source=_TEMPLATES,
            note="N23",
        )
    if group.requirements:
        for key, wanted in (("vcpu", group.requirements.vcpu), ("memoryGib", group.requirements.memory_gib)):
            if wanted.min is not None and wanted.max is not None and wanted.min > wanted.max:
                yield invalid(
                    "group-requirements",
                    (*path, "requirements", key),
                    "min is above max",
                    value=f"min {wanted.min:g}",
                    limit=f"max {wanted.max:g}",
                    fix="exchange them",
                )
    repeated = sorted({name for name in group.instance_types if group.instance_types.count(name) > 1})
    if repeated:
        yield invalid(
            "group-types-twice",
            (*path, "instanceTypes"),
            "an instance type is listed twice",
            value=", ".join(repeated),
            fix="list each type once",
            source=_API,
            note="N23",
        )
    if group.capacity_type == "spot" and len(group.types_named) == 1:
        yield notice(
            "group-spot-one",
            (*path, "instanceTypes"),
            "a spot group with one type has one pool in each zone to draw from",
            value=group.types_named[0],
            limit="several types, ten are advised",
            fix="add types of the same size",
            source="https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html",
            note="N17",
        )
    if isinstance(spec.zones, tuple):
        for number, zone in enumerate(group.zones):
            if zone not in spec.zones:
                yield invalid(
                    "group-zone",
                    (*path, "zones", number),
                    "not one of the cluster's zones",
                    value=zone,
                    limit=", ".join(spec.zones),
                    fix="use one of these, or add it to spec.zones",
                    note="N15",
                )
    elif group.zones:
        yield invalid(
            "group-zone",
            (*path, "zones"),
            "zones of a group need zones of the cluster by name or id",
            value=", ".join(group.zones),
            limit=f"spec.zones is the number {spec.zones}" if spec.zones else "spec.zones is not given",
            fix="list the zones in spec.zones",
            note="N15",
        )


def _sizes(group: NodeGroupSpec, path: Path, spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    most = group.max_size
    if most is None and not spec.workloads:
        yield invalid(
            "missing",
            (*path, "maxSize"),
            "is missing",
            limit="required without workloads",
            fix="add maxSize: the most nodes that the group may have",
        )
    for key, value in (("minSize", group.min_size), ("desiredSize", group.desired_size)):
        if value is not None and most is not None and value > most:
            yield invalid(
                "group-sizes",
                (*path, key),
                f"{key} is above maxSize",
                value=str(value),
                limit=f"maxSize {most}",
                fix=f"lower {key} or raise maxSize",
                source=_API,
                note="N15",
            )
    if group.min_size is not None and group.desired_size is not None and group.desired_size < group.min_size:
        yield invalid(
            "group-sizes",
            (*path, "desiredSize"),
            "desiredSize is below minSize",
            value=str(group.desired_size),
            limit=f"minSize {group.min_size}",
            fix="raise desiredSize or lower minSize",
            source=_API,
            note="N15",
        )
    quota = facts.number("nodegroup.nodes")
    if most is not None and most > quota:
        yield notice(
            "group-nodes-quota",
            (*path, "maxSize"),
            "more nodes than the default quota of a node group",
            value=str(most),
            limit=f"{quota} (adjustable)",
            fix="ask for a higher quota first, or split the group",
            source=facts.source("nodegroup.nodes"),
        )


def _update(group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    update = group.update
    if update.max_unavailable is not None and update.max_unavailable_percentage is not None:
        yield invalid(
            "group-update",
            (*path, "update"),
            "maxUnavailable and maxUnavailablePercentage exclude each other",
            value=f"{update.max_unavailable} and {update.max_unavailable_percentage} %",
            limit="one of the two",
            fix="keep one",
            source="https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupUpdateConfig.html",
            note="N21",
        )
    if update.max_unavailable and group.max_size and update.max_unavailable > group.max_size:
        yield invalid(
            "group-update",
            (*path, "update", "maxUnavailable"),
            "more nodes at once than the group has",
            value=str(update.max_unavailable),
            limit=f"maxSize {group.max_size}",
            fix=f"use {group.max_size} or less",
            source="https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupUpdateConfig.html",
            note="N21",
        )


def _kubelet(group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    """Settings of kubelet that an operating system does not take."""
    for asked, key, systems in (
        (group.max_pods_expression, "maxPodsExpression", ("al2023",)),
        (group.system_reserved, "systemReserved", ("al2023", "bottlerocket")),
    ):
        if asked is not None and group.os_family not in systems:
            yield invalid(
                "group-kubelet",
                (*path, key),
                f"{key} cannot be told to nodes of this operating system",
                value=f"os: {group.os}",
                limit=" or ".join(systems),
                fix=f"use os: {systems[0]}, or remove {key}",
                source="https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html",
                note="N18",
            )
    if group.max_pods_expression is not None and group.ami_id is None:
        yield notice(
            "group-expression",
            (*path, "maxPodsExpression"),
            "EKS tells kubelet a maxPods of its own, which wins: the expression sets only the memory that is kept back",
            value=group.max_pods_expression[:60],
            limit="an AMI of your own (amiId)",
            fix="nothing to do if that is meant; otherwise give maxPods",
            source="https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html",
            note="N18",
        )


def _ami(group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    if group.ami_id and group.max_pods is None and group.max_pods_expression is None:
        yield invalid(
            "group-ami-pods",
            (*path, "amiId"),
            "with an AMI of your own EKS does not tell kubelet how many pods a node takes",
            value=group.ami_id,
            limit="maxPods",
            fix=f"add maxPods; `eksplan max-pods {group.types_named[0] if group.types_named else 'TYPE'}` gives the number",
            source=_TEMPLATES,
            note="N18",
        )
    if group.ami_id and group.taints:
        yield notice(
            "group-ami-taints",
            (*path, "taints"),
            "with an AMI of your own EKS sets taints after a node joined; the plan registers them with kubelet as well",
            value=group.ami_id,
            limit="",
            fix="nothing to do",
            source=_TEMPLATES,
            note="N26",
        )


def _windows(group: NodeGroupSpec, path: Path, spec: ClusterSpec) -> Iterator[Diagnostic]:
    if not group.os.startswith("windows"):
        return
    source = "https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html"
    if spec.ip_family == "ipv6":
        yield invalid(
            "windows-ipv6",
            (*path, "os"),
            "Windows nodes need an IPv4 cluster",
            value=group.os,
            limit="ipFamily: ipv4",
            fix="use ipFamily: ipv4 or a Linux group",
            source=source,
            note="N27",
        )
    if spec.cni.custom_networking:
        yield invalid(
            "windows-custom",
            (*path, "os"),
            "Windows nodes do not support custom networking",
            value=group.os,
            limit="customNetworking: false",
            fix="use Linux groups, or turn customNetworking off",
            source=source,
            note="N27",
        )
    if not any(not other.os.startswith("windows") for other in spec.node_groups):
        yield invalid(
            "windows-only",
            (*path, "os"),
            "a cluster with Windows nodes needs Linux nodes too, for CoreDNS and the VPC controllers",
            value=group.os,
            limit="at least one Linux group",
            fix="add a Linux node group",
            source=source,
            note="N27",
        )
