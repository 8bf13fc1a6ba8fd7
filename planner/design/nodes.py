"""Managed node groups and launch templates of a design."""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.design.network import Tags


@dataclass(frozen=True, slots=True, order=True)
class Taint:
    """A node taint; ``effect`` as Kubernetes writes it: NoSchedule, PreferNoSchedule, NoExecute."""

    key: str
    effect: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Disk:
    """Root (or data) volume of a node: size in GiB, throughput in MiB/s."""

    device: str
    size_gib: int
    volume_type: str = "gp3"
    encrypted: bool = True
    iops: int | None = None
    throughput: int | None = None
    kms_key_id: str | None = None


@dataclass(frozen=True, slots=True)
class LaunchTemplate:
    """An EC2 launch template for managed nodes. User data is kept as readable text."""

    name: str
    disks: tuple[Disk, ...]
    image_id: str | None = None
    instance_type: str | None = None
    security_groups: tuple[str, ...] = ()
    """Empty means that EKS puts the cluster security group on the nodes."""
    http_tokens: str = "required"
    hop_limit: int = 1
    user_data: str = ""
    instance_tags: Tags = ()
    tags: Tags = ()
    id: str | None = field(default=None, compare=False)
    version: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class UpdateSettings:
    """How a managed node group is updated: nodes at once, by number or percentage."""

    max_unavailable: int | None = 1
    max_unavailable_percentage: int | None = None
    strategy: str = "DEFAULT"  # or MINIMAL


@dataclass(frozen=True, slots=True, order=True)
class RepairOverride:
    """What node repair does about one reason of a node condition, after so many minutes."""

    condition: str
    reason: str
    wait_minutes: int
    action: str  # Replace, Reboot or NoAction


@dataclass(frozen=True, slots=True)
class NodeRepair:
    """Repair of unhealthy nodes; thresholds by number of nodes or percentage, None where EKS decides."""

    enabled: bool = False
    unhealthy_count: int | None = None
    unhealthy_percentage: int | None = None
    parallel_count: int | None = None
    parallel_percentage: int | None = None
    overrides: tuple[RepairOverride, ...] = ()


@dataclass(frozen=True, slots=True)
class WarmPool:
    """Instances that wait beside a group. ``max_prepared`` counts the group too; None is its maxSize."""

    min_size: int = 0
    max_prepared: int | None = None
    state: str = "STOPPED"  # or RUNNING, HIBERNATED
    reuse: bool = False


@dataclass(frozen=True, slots=True)
class NodeGroup:
    """A managed node group. Subnets, role and launch template by name.

    ``max_pods`` is what kubelet will be told (pods per node); None where it is not known.
    """

    name: str
    role: str
    subnets: tuple[str, ...]
    instance_types: tuple[str, ...]
    ami_type: str | None
    """None with an AMI id in the launch template."""
    capacity_type: str  # ON_DEMAND or SPOT
    min_size: int
    desired_size: int
    max_size: int
    launch_template: str | None
    labels: Tags = ()
    taints: tuple[Taint, ...] = ()
    update: UpdateSettings = UpdateSettings()
    node_repair: NodeRepair = NodeRepair()
    warm_pool: WarmPool | None = None
    version: str | None = None
    tags: Tags = ()
    max_pods: int | None = field(default=None, compare=False)
    pods_per_node: int | None = field(default=None, compare=False)
    """Pods that a node really carries at peak, where the spec says so."""
    arn: str | None = field(default=None, compare=False)
    status: str = field(default="ACTIVE", compare=False)
    health_issues: tuple[str, ...] = field(default=(), compare=False)
