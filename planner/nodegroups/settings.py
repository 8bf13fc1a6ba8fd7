"""Node groups and launch templates of a plan (notes N15, N17–N28)."""

from __future__ import annotations

from collections.abc import Sequence

from planner.capacity.brief import Brief
from planner.capacity.group import GroupCapacity
from planner.design import Disk, LaunchTemplate, NodeGroup, Taint, TemplateInterface, UpdateSettings
from planner.nodegroups.decisions import record_ami, record_launch_template
from planner.nodegroups.from_zero import record_from_zero, resource_tags
from planner.nodegroups.join import ClusterFacts, NodeSettings, settings_of
from planner.nodegroups.upkeep import plan_repair, plan_warm_pool, record_upkeep
from planner.nodegroups.user_data import Renderer, user_data
from planner.spec.addons import addon_names, autoscalers, identity_of
from planner.spec.check.disk import DEFAULT_GIB
from planner.spec.cluster import ClusterSpec

_IMDS = "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html"
_TYPES = "https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html"
_SIZES = "https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html"
_DESIRED = (
    "The desired size is what the group begins with: the Cluster Autoscaler moves it between min and max, EKS advises "
    "against changing it beside it, and `up` leaves it alone, or moves it just into a new min or max, for EKS refuses it "
    "outside of them"
)


def launch_template_name(cluster: str, group: str) -> str:
    """Name of a group's launch template."""
    return f"{cluster}-{group}"


def plan_launch_template(
    brief: Brief, group: GroupCapacity, cluster: ClusterFacts, render: Renderer, security_groups: Sequence[str] = ()
) -> LaunchTemplate:
    """A group's launch template: disk, metadata service, tags, user data, security groups (none
    leaves them to EKS) and what the spec says in EC2's words, and nothing that EKS forbids there (no
    subnet, profile, spot options or shutdown behaviour)."""
    spec, asked = brief.spec, group.spec.launch_template
    interfaces = _interfaces(group, security_groups)
    full = launch_template_name(cluster.name, group.name)
    tags = {**spec.tags, **group.spec.tags}
    return LaunchTemplate(
        name=full,
        disks=_disks(group),
        image_id=group.spec.ami_id,
        instance_type=asked.instance_type if asked else None,
        # EC2 takes groups at the instance or at its interfaces
        security_groups=() if interfaces else tuple(security_groups),
        http_tokens="required",
        hop_limit=2 if group.spec.pods_may_use_imds else 1,
        user_data=user_data(node_settings(brief, group), cluster, render),
        instance_tags=tuple(sorted({**tags, "Name": full}.items())),
        tags=tuple(sorted({**spec.tags, "Name": full}.items())),
        interfaces=interfaces,
        key_name=asked.key_name if asked else None,
        market_type=asked.instance_market_options.market_type if asked and asked.instance_market_options else None,
        capacity_reservation=asked.capacity_reservation_id if asked else None,
    )


def _interfaces(group: GroupCapacity, groups: Sequence[str]) -> tuple[TemplateInterface, ...]:
    """The interfaces that the spec asks for, each with the groups of every node and its own."""
    asked = group.spec.launch_template.network_interfaces if group.spec.launch_template else ()
    return tuple(
        TemplateInterface(
            one.device_index,
            tuple(sorted({*groups, *one.groups})),
            public_ip=one.associate_public_ip_address,
            kind=one.interface_type,
        )
        for one in sorted(asked, key=lambda one: one.device_index)
    )


def node_settings(brief: Brief, group: GroupCapacity) -> NodeSettings:
    """What the user data of a managed group says."""
    return settings_of(group.spec, group.max_pods, group.system_reserved, taints(group), brief.spec)


def _disks(group: GroupCapacity) -> tuple[Disk, ...]:
    wanted = group.spec.disk
    size = wanted.size_gib or DEFAULT_GIB
    device = (
        "/dev/sda1"
        if group.spec.os.startswith("windows")
        else "/dev/xvdb"
        if group.spec.os.startswith("bottlerocket")
        else "/dev/xvda"
    )
    main = Disk(device, size, wanted.type, iops=wanted.iops, throughput=wanted.throughput, kms_key_id=wanted.kms_key_id)
    if device == "/dev/xvdb":  # Bottlerocket: the system on a small disk, images and logs on the other
        return (Disk("/dev/xvda", 4, wanted.type, kms_key_id=wanted.kms_key_id), main)
    return (main,)


def taints(group: GroupCapacity) -> tuple[Taint, ...]:
    """The spec's taints, sorted."""
    return tuple(sorted(Taint(one.key, one.effect, one.value) for one in group.spec.taints))


def plan_node_group(
    brief: Brief, group: GroupCapacity, sizes: tuple[int, int, int], role: str, subnets: Sequence[str], version: str
) -> NodeGroup:
    """A managed node group; ``sizes`` are (min, desired, max) nodes."""
    spec = brief.spec
    update = group.spec.update
    settings = UpdateSettings(
        max_unavailable=None if update.max_unavailable_percentage else update.max_unavailable or 1,
        max_unavailable_percentage=update.max_unavailable_percentage,
        strategy=update.strategy.upper(),
    )
    return NodeGroup(
        name=group.name,
        role=role,
        subnets=tuple(sorted(subnets)),
        # a type in the template leaves none to the group: EKS refuses both
        instance_types=() if _typed(group) else tuple(one.name for one in group.types),
        ami_type=group.ami_type,
        capacity_type=group.spec.capacity_type.replace("-", "_").upper(),
        min_size=sizes[0],
        desired_size=sizes[1],
        max_size=sizes[2],
        launch_template=launch_template_name(brief.name, group.name),
        labels=tuple(sorted(group.spec.labels.items())),
        taints=taints(group),
        update=settings,
        node_repair=plan_repair(group.spec),
        warm_pool=plan_warm_pool(group.spec),
        # an AMI id forbids version, so the group then has none
        version=None if group.spec.ami_id else group.spec.version or version,
        tags=tuple(
            sorted({**resource_tags(group, spec, sizes[0], brief.facts), **spec.tags, **group.spec.tags}.items())
        ),
        max_pods=group.max_pods,
        pods_per_node=group.spec.pods_per_node,
        release_version=group.spec.release_version,
        capacity_rebalance=True if group.spec.capacity_type == "spot" else None,
        autoscaled=_autoscaled(spec, sizes),
    )


def _autoscaled(spec: ClusterSpec, sizes: tuple[int, int, int]) -> bool:
    """EKS tags the Auto Scaling group of every managed group for the Cluster Autoscaler's discovery."""
    return "cluster-autoscaler" in autoscalers(spec) and sizes[0] < sizes[2]


def _typed(group: GroupCapacity) -> bool:
    """Whether the launch template names the group's instance type."""
    asked = group.spec.launch_template
    return asked is not None and asked.instance_type is not None


def record(brief: Brief, group: GroupCapacity, sizes: tuple[int, int, int], why_sizes: str) -> None:
    """The decisions behind a group."""
    facts, ledger = brief.facts, brief.ledger
    name = group.name
    ruling = group.ruling
    several = len(group.types) > 1
    source = "https://docs.aws.amazon.com/eks/latest/userguide/create-managed-node-group.html" if several else _TYPES
    parts = [ruling.explanation] if ruling.explanation else []
    if several and len({answer.pods for answer in group.answers}) > 1:
        others = ", ".join(f"{answer.instance_type} {answer.pods}" for answer in group.answers)
        parts.append(
            f"EKS gives every node of a group the smallest value, here that of {ruling.instance_type} ({others})"
        )
    if group.spec.max_pods is not None:
        parts.append(f"maxPods {group.spec.max_pods} as the spec says; the formula gives {ruling.pods}")
    ledger.add(
        f"max-pods.{name}",
        f"Pods per node of {name}",
        group.max_pods,
        unit="pods",
        formula=ruling.formula,
        worked=ruling.worked,
        inputs={
            "type": ruling.instance_type,
            "limited by": ruling.limiter,
            "recommended cap": facts.number("pods.cap_small"),
        },
        explanation="; ".join(parts),
        source=source,
        note="N18",
    )
    ledger.add(
        f"addresses-per-node.{name}",
        f"Addresses of one node of {name}",
        group.addresses.footprint.node_subnet + group.addresses.footprint.pod_subnet,
        unit="addresses",
        formula=group.addresses.footprint.formula,
        worked=group.addresses.footprint.worked,
        inputs={
            "type": group.addresses.of,
            "pods with addresses": group.addresses.pods,
            "in the node subnet": group.addresses.footprint.node_subnet,
            "in the pod subnet": group.addresses.footprint.pod_subnet,
        },
        explanation="a node's footprint is a high-water mark, so it is taken at the peak number of pods",
        source="https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.1/docs/eni-and-ip-target.md",
        note="N29",
    )
    ledger.add(
        f"allocatable.{name}",
        f"CPU and memory for pods on a node of {name}",
        f"{group.allocatable.cpu_millicores}m CPU, {group.allocatable.memory_mib} MiB",
        formula="capacity − kube-reserved − eviction threshold",
        worked=group.allocatable.worked,
        explanation="of the smallest type; what hypervisor and kernel keep is Karpenter's allowance, which real nodes meet",
        source=facts.source("reserved.memory_base_mib"),
        note="N38",
    )
    ledger.add(
        f"nodes.{name}",
        f"Size of {name}",
        f"min {sizes[0]}, desired {sizes[1]}, max {sizes[2]}",
        unit="nodes",
        explanation=f"{why_sizes}. {_DESIRED}" if _autoscaled(brief.spec, sizes) else why_sizes,
        source=_SIZES,
        note="N15",
    )
    record_upkeep(brief, group.spec, sizes[2])
    record_from_zero(brief, group, sizes[0])
    ledger.add(
        f"types.{name}",
        f"Instance types of {name}",
        ", ".join(one.name for one in group.types),
        explanation=_why_types(group),
        source=_TYPES,
        note="N27",
    )
    hop = 2 if group.spec.pods_may_use_imds else 1
    ledger.add(
        f"imds.{name}",
        f"Instance metadata on {name}",
        f"IMDSv2 only, hop limit {hop}",
        explanation=_why_hop(brief, hop),
        source=_IMDS,
        note="N19",
    )
    record_ami(brief, group)
    record_launch_template(brief, group)


def _why_hop(brief: Brief, hop: int) -> str:
    """Why pods may or may not reach the metadata service, and what follows for controllers."""
    if hop == 2:
        return "a second hop lets pods reach the metadata service, and with it the node's role, as the spec asks (podsMayUseImds)"
    ways = {identity_of(brief.spec, name) for name in addon_names(brief.spec, brief.facts)}
    way = " and ".join({"pod-identity": "Pod Identity", "irsa": "IRSA"}[one] for one in sorted(ways, reverse=True))
    settings = brief.facts.table("imds.settings")
    told = [f"{one.name} its {settings[one.name]}" for one in brief.spec.addons if one.name in settings]
    tell = f". So tell {'; '.join(told)}" if told else ""
    return f"one hop keeps pods away from the node's credentials; pods get roles through {way}{tell}. AWS's pages disagree on the default (1 or 2), so it is always set"


def _why_types(group: GroupCapacity) -> str:
    order = (
        "spot: price-capacity-optimized over all of them"
        if group.spec.capacity_type == "spot"
        else "the reservation's type"
        if group.spec.capacity_type == "capacity-block"
        else "on-demand: tried in this order"
    )
    if group.spec.requirements is not None:
        return f"chosen from the catalog by the group's requirements: one shape, newest families first; {order}"
    return f"as the spec says; {order}"
