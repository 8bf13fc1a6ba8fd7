"""Node groups and node pools in a spec."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from planner.spec.launch_template import LaunchTemplateField, RemoteAccessSpec
from planner.spec.types import (
    AmiId,
    Cpu,
    GroupId,
    GroupName,
    InstanceTypeName,
    Memory,
    MountPath,
    Name,
    Or,
    ReleaseVersion,
    SpecModel,
    VersionText,
    ZoneText,
    one_or_many,
    problem,
)
from planner.spec.upkeep import NodeRepair, NodeRepairSpec, WarmPoolSpec

OperatingSystem = Literal[
    "al2023",
    "bottlerocket",
    "bottlerocket-fips",
    "al2",
    "windows-core-2019",
    "windows-full-2019",
    "windows-core-2022",
    "windows-full-2022",
    "windows-core-2025",
    "windows-full-2025",
]


def os_of(ami_type: str) -> OperatingSystem | None:
    """The operating system of an amiType, or None where it names none: AL2023_ARM_64_NVIDIA is al2023."""
    kind, _, rest = ami_type.lower().partition("_")
    if kind == "windows":
        kind = "-".join((kind, *rest.split("_")[:2]))
    elif kind == "bottlerocket" and rest.endswith("_fips"):
        kind = "bottlerocket-fips"
    return next((one for one in get_args(OperatingSystem) if one == kind), None)


class Range(SpecModel):
    """A range with one or both ends."""

    min: Annotated[float, Field(ge=0)] | None = Field(default=None, description="Smallest value.")
    max: Annotated[float, Field(ge=0)] | None = Field(default=None, description="Largest value.")


def _range(value: Any) -> Any:
    """A plain number means exactly that many."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"min": value, "max": value}
    return value


RangeOrNumber = Annotated[Range, BeforeValidator(_range), Or("number")]


class Requirements(SpecModel):
    """What instance types must be like; the plan picks them from the catalog."""

    vcpu: RangeOrNumber = Field(default=Range(), description="vCPUs of a node: a number, or min and max.")
    memory_gib: RangeOrNumber = Field(default=Range(), description="Memory of a node in GiB: a number, or min and max.")
    architecture: Literal["x86_64", "arm64"] = Field(default="x86_64", description="Processor architecture.")
    families: tuple[Name, ...] = Field(default=(), description="Allowed families such as m7i; all when empty.")
    exclude: tuple[Name, ...] = Field(default=(), description="Excluded families or types.")
    burstable: bool = Field(default=False, description="Allow burstable types (t3, t4g).")
    previous_generations: bool = Field(default=False, description="Allow types that EC2 no longer calls current.")
    local_storage: bool = Field(default=False, description="Require local NVMe storage.")
    accelerator: Literal["none", "nvidia", "neuron"] = Field(default="none", description="Accelerator on the node.")
    count: Annotated[int, Field(ge=1, le=20)] = Field(
        default=10, description="How many types to pick at most (a managed node group takes up to 20)."
    )


class TaintSpec(SpecModel):
    """A taint that keeps other pods away."""

    key: str = Field(description="Taint key.", min_length=1, max_length=63)
    value: str = Field(default="", description="Taint value.", max_length=63)
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] = Field(
        description="What it does to pods that do not tolerate it."
    )


class DiskSpec(SpecModel):
    """The root volume of a node (set in the launch template, always encrypted)."""

    size_gib: Annotated[int, Field(ge=4, le=65_536)] | None = Field(
        default=None, description="Size in GiB; 50 when not given (Bottlerocket: of the data volume)."
    )
    type: Literal["gp3", "gp2", "io1", "io2"] = Field(default="gp3", description="EBS volume type.")
    iops: Annotated[int, Field(ge=100, le=256_000)] | None = Field(default=None, description="Provisioned IOPS.")
    throughput: Annotated[int, Field(ge=125, le=2_000)] | None = Field(
        default=None, description="Throughput in MiB/s (gp3)."
    )
    kms_key_id: str | None = Field(
        default=None, description="KMS key for the volume; the account's EBS default key when not given."
    )


class SystemReservedSpec(SpecModel):
    """What kubelet keeps back for the operating system's own processes, beside kube-reserved."""

    cpu: Cpu = Field(default=0, description="CPU, such as 100m.")
    memory: Memory = Field(default=0, description="Memory, such as 200Mi.")
    ephemeral_storage: Memory = Field(default=0, description="Ephemeral storage, such as 1Gi.")


class LocalStorageSpec(SpecModel):
    """What to do with the NVMe disks that are built into the instances."""

    strategy: Literal["RAID0", "RAID10", "Mount"] = Field(
        description="RAID0: one array under kubelet, containerd and pod logs; RAID10: the same, mirrored (four disks or more, AL2023 and AL2); Mount: each disk for itself (AL2023 and AL2)."
    )
    mount_path: MountPath | None = Field(
        default=None, description="Where nodeadm mounts (AL2023); /mnt/k8s-disks/ when not given."
    )
    disabled_mounts: tuple[Literal["Containerd", "PodLogs"], ...] = Field(
        default=(), description="What stays on the root volume (AL2023, Bottlerocket)."
    )


class UpdateSpec(SpecModel):
    """How the group is updated."""

    max_unavailable: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None, description="Nodes replaced at once, 1 to 100; 1 when nothing is given."
    )
    max_unavailable_percentage: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None, description="The same as a percentage of the group; not both."
    )
    strategy: Literal["default", "minimal"] = Field(
        default="default",
        description="default: new nodes first (needs addresses for the surge); minimal: old nodes go first.",
    )


class NodeGroupSpec(SpecModel):
    """A managed node group."""

    name: GroupName = Field(description="Name of the group.")
    os: OperatingSystem = Field(default="al2023", description="Operating system of the nodes.")
    instance_types: tuple[InstanceTypeName, ...] = Field(
        default=(),
        max_length=20,
        description="Instance types in order of preference, up to 20. Or give `requirements`.",
    )
    requirements: Requirements | None = Field(
        default=None, description="What the types must be like, instead of naming them."
    )
    capacity_type: Literal["on-demand", "spot", "capacity-block"] = Field(
        default="on-demand",
        description="How the capacity is bought; one kind in a group. A Capacity Block needs launchTemplate.instanceType, capacityReservationId and instanceMarketOptions.marketType: capacity-block, and one zone.",
    )
    min_size: Annotated[int, Field(ge=0, le=5_000)] | None = Field(
        default=None, description="Fewest nodes; one per zone (or maxSize, if that is less) when not given."
    )
    desired_size: Annotated[int, Field(ge=0, le=5_000)] | None = Field(
        default=None, description="Nodes at the start; minSize when not given."
    )
    max_size: Annotated[int, Field(ge=1, le=5_000)] | None = Field(
        default=None, description="Most nodes. Subnets are sized for it. From the workloads when not given."
    )
    zones: tuple[ZoneText, ...] = Field(
        default=(), description="Zones of this group, of those of the cluster; all when empty."
    )
    subnets: Literal["private", "public"] = Field(default="private", description="Where the nodes live.")
    labels: dict[str, str] = Field(default={}, description="Kubernetes labels on the nodes.")
    taints: tuple[TaintSpec, ...] = Field(default=(), max_length=50, description="Taints on the nodes, up to 50.")
    disk: DiskSpec = Field(default=DiskSpec(), description="Root volume.")
    update: UpdateSpec = Field(default=UpdateSpec(), description="Update settings.")
    ami_id: AmiId | None = Field(
        default=None, description="An AMI of your own. EKS then merges no user data, and maxPods must be given."
    )
    user_data: Annotated[tuple[str, ...], BeforeValidator(one_or_many), Or("string")] = Field(
        default=(),
        max_length=20,
        description="Your own parts of the user data, one or a list, after the plan's (on AL2 and Windows before): a shell script (#!...), #cloud-config, a NodeConfig (AL2023), a whole MIME document, TOML (Bottlerocket) or PowerShell (Windows). Where a part says what the plan says too, yours wins and a note says so.",
    )
    local_storage: LocalStorageSpec | None = Field(
        default=None,
        description="Use the NVMe disks of types that have some (AL2023, Bottlerocket, AL2 with an AMI of your own).",
    )
    containerd_config: str | None = Field(
        default=None,
        max_length=16_384,
        description="TOML that nodeadm merges into containerd's configuration (AL2023).",
    )
    feature_gates: dict[str, bool] = Field(
        default={}, description="Feature gates of nodeadm, such as FastImagePull (AL2023)."
    )
    max_pods: Annotated[int, Field(ge=1, le=1_000)] | None = Field(
        default=None, description="Pods per node given to kubelet; computed when not given."
    )
    max_pods_expression: str | None = Field(
        default=None,
        min_length=1,
        max_length=1_000,
        description="nodeadm's maxPodsExpression (AL2023): pods per node as CEL over default_enis, ips_per_eni and max_pods. It also sets the memory kept back; EKS's own maxPods wins unless the group has an AMI of your own.",
    )
    system_reserved: SystemReservedSpec | None = Field(
        default=None,
        description="Kept back for the operating system (AL2023, Bottlerocket), beside what kubelet reserves.",
    )
    pods_per_node: Annotated[int, Field(ge=1, le=1_000)] | None = Field(
        default=None,
        description="Pods that a node really carries at peak, for sizing subnets; maxPods when not given.",
    )
    security_group_pods_per_node: Annotated[int, Field(ge=0, le=1_000)] | None = Field(
        default=None,
        description="Pods with security groups of their own on a node at peak (cni.securityGroupsForPods), for sizing subnets; as many as the type has branch interfaces when not given.",
    )
    security_groups: tuple[GroupId, ...] = Field(
        default=(),
        max_length=15,
        description="Further security groups of these nodes, by id. EKS then no longer adds the cluster security group by itself, so the plan names it as well.",
    )
    pods_may_use_imds: bool = Field(
        default=False, description="Raise the hop limit to 2 so that pods reach the instance metadata service."
    )
    node_repair: NodeRepair = Field(
        default=NodeRepairSpec(), description="Let EKS replace or reboot unhealthy nodes: true, false, or how."
    )
    warm_pool: WarmPoolSpec | None = Field(
        default=None,
        description="Keep booted instances beside the group, for nodes that take long to start. They take addresses too.",
    )
    per_zone: bool | None = Field(
        default=None,
        description="Plan one group in each zone (NAME-ZONE) instead of one over all. When not given: where the Cluster Autoscaler scales the group and a workload of it has zonalStorage.",
    )
    tags: dict[str, str] = Field(default={}, description="Tags on the instances and volumes of this group.")
    ami_type: str | None = Field(
        default=None,
        description="EKS's amiType, such as AL2023_x86_64_STANDARD; from `os` and the instance types when not given. Says the os as well.",
    )
    version: VersionText | None = Field(
        default=None,
        description="Kubernetes version of the nodes, where they stay behind the control plane; only for a group that an earlier plan made (--from). The cluster's when not given.",
    )
    release_version: ReleaseVersion | None = Field(
        default=None, description="Release of EKS's AMI; the latest at the time of creation when not given."
    )
    disk_size: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="EKS's diskSize in GiB; refused beside a launch template: use disk.sizeGib."
    )
    remote_access: RemoteAccessSpec | None = Field(
        default=None, description="EKS's remoteAccess; refused beside a launch template: use launchTemplate.keyName."
    )
    launch_template: LaunchTemplateField | None = Field(
        default=None, description="Further contents of the group's launch template, in EC2's words."
    )

    @model_validator(mode="after")
    def _in_our_words(self) -> NodeGroupSpec:
        """What is said in AWS's words only, in the spec's own as well: amiType, imageId and securityGroupIds."""
        template = self.launch_template
        said: dict[str, Any] = {}
        if self.ami_type is not None and "os" not in self.model_fields_set and os_of(self.ami_type) is not None:
            said["os"] = os_of(self.ami_type)
        if template is not None and template.image_id is not None and self.ami_id is None:
            said["ami_id"] = template.image_id
        if template is not None and template.security_group_ids and not self.security_groups:
            said["security_groups"] = template.security_group_ids
        return self.model_copy(update=said) if said else self

    @property
    def types_named(self) -> tuple[str, ...]:
        """The instance types that it names, in the group or in the launch template."""
        template = self.launch_template
        inside = (template.instance_type,) if template and template.instance_type else ()
        return self.instance_types or inside

    @property
    def os_family(self) -> Literal["al2023", "al2", "bottlerocket", "windows"]:
        """The operating system without its variant."""
        if self.os in ("al2023", "al2"):
            return self.os
        return "windows" if self.os.startswith("windows") else "bottlerocket"


def _nodes_or_percent(value: Any) -> Any:
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    share = isinstance(value, str) and value.endswith("%") and value[:-1].isdecimal() and int(value[:-1]) <= 100
    if not (whole or share):
        raise problem(
            "budget",
            "neither a number of nodes nor a percentage",
            limit="0 or more nodes, or 0% to 100%",
            fix="write 2 or 10%",
        )
    return value


class NodePoolSpec(SpecModel):
    """Nodes that Karpenter or EKS Auto Mode starts: the plan keeps addresses for them."""

    name: GroupName = Field(description="Name of the node pool.")
    manager: Literal["karpenter", "auto-mode"] = Field(
        default="karpenter",
        description="Who starts the nodes: Karpenter with the cluster's VPC CNI settings, or EKS Auto Mode, which gives its nodes /28 prefixes and at most 110 pods whatever cni says.",
    )
    instance_types: tuple[InstanceTypeName, ...] = Field(
        default=(), max_length=100, description="Instance types that it may start. Or give `requirements`."
    )
    requirements: Requirements | None = Field(default=None, description="What the types must be like.")
    max_nodes: Annotated[int, Field(ge=1, le=5_000)] = Field(
        description="Most nodes. Subnets are sized for it; give the pool limits that keep to it."
    )
    pods_per_node: Annotated[int, Field(ge=1, le=1_000)] | None = Field(
        default=None, description="Pods that a node really carries at peak; maxPods when not given."
    )
    zones: tuple[ZoneText, ...] = Field(
        default=(), description="Zones of this pool, of those of the cluster; all when empty."
    )
    disruption_budget: Annotated[int | str, BeforeValidator(_nodes_or_percent)] = Field(
        default="10%",
        description="Nodes that may be replaced at once, as a number or a percentage (Karpenter's default budget is 10%): their replacements come first.",
    )

    @property
    def as_group(self) -> NodeGroupSpec:
        """The same nodes as a group, for working out what one of them carries."""
        return NodeGroupSpec.model_construct(
            name=self.name,
            instance_types=self.instance_types,
            requirements=self.requirements,
            max_size=self.max_nodes,
            pods_per_node=self.pods_per_node,
            zones=self.zones,
        )
