"""Managed node groups and launch templates of a design."""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.design.network import Tags
from planner.design.unknown import Unknown


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
class TemplateInterface:
    """A network interface of a launch template. Subnet and groups by name."""

    device_index: int = 0
    security_groups: tuple[str, ...] = ()
    subnet: str | None = None
    """EKS refuses one; an observed template may have it."""
    public_ip: bool | None = None
    """None leaves it to the subnet."""
    kind: str = "interface"  # or efa


@dataclass(frozen=True, slots=True)
class LaunchTemplate:
    """An EC2 launch template for managed nodes. User data is kept as readable text."""

    name: str
    disks: tuple[Disk, ...]
    image_id: str | None = None
    instance_type: str | None = None
    security_groups: tuple[str, ...] = ()
    """Of the instance. With none here and at the interfaces EKS puts the cluster security group on the nodes."""
    http_tokens: str = "required"
    hop_limit: int | None = 1
    """None where the template does not say, and the AMI or the account decides."""
    user_data: str = ""
    instance_tags: Tags = ()
    tags: Tags = ()
    id: str | None = field(default=None, compare=False)
    version: int | None = field(default=None, compare=False)
    """The version that the node groups use."""
    latest_version: int | None = field(default=None, compare=False)
    interfaces: tuple[TemplateInterface, ...] = ()
    key_name: str | None = None
    market_type: str | None = None  # spot or capacity-block
    capacity_reservation: str | None = None
    instance_profile: str | None = None
    """This and the next two EKS refuses; an observed template may have them."""
    shutdown_behavior: str | None = None
    hibernation: bool = False

    @property
    def primary_groups(self) -> tuple[str, ...]:
        """Security groups of the node's first interface, at whichever level the template says them; none
        leaves it to EKS. The VPC CNI gives them to its further interfaces too."""
        first = {name for one in self.interfaces if one.device_index == 0 for name in one.security_groups}
        return tuple(sorted({*self.security_groups, *first}))


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
class RemoteAccess:
    """EKS's remoteAccess of a group without a launch template; source groups by name."""

    key: str | None
    source_groups: tuple[str, ...] = ()
    """Without any EKS opens SSH (RDP on Windows) to everyone."""


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
    capacity_type: str  # ON_DEMAND, SPOT or CAPACITY_BLOCK
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
    disk_size: int | None = None
    """EKS's diskSize in GiB; None beside a launch template."""
    remote_access: RemoteAccess | None = None
    release_version: str | None = field(default=None, compare=False)
    """Release of EKS's AMI; None asks EKS for the latest, and EKS then says which."""
    latest_release: str | Unknown | None = field(default=None, compare=False)
    """The latest release that AWS publishes for these nodes; None where there is nothing to compare."""
    capacity_rebalance: bool | Unknown | None = field(default=None, compare=False)
    """Whether the Auto Scaling group replaces Spot instances at risk early; EKS turns it on for Spot."""
    autoscaled: bool = field(default=False, compare=False)
    """Whether the Cluster Autoscaler moves ``desired_size`` between the other two: it is then the size that the
    group begins with. Of an observed group nobody knows."""

    def clamped(self, desired: int) -> int:
        """The number of nodes nearest to ``desired`` that EKS accepts with this minimum and maximum."""
        return min(max(desired, self.min_size), self.max_size)
