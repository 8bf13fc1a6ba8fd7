"""The document: apiVersion, kind, metadata, spec."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from planner.spec.access import AccessEntrySpec
from planner.spec.fargate import FargateSpec
from planner.spec.network import (
    AvoidCidr,
    CniSpec,
    EndpointSpec,
    HybridSpec,
    LoadBalancersSpec,
    OtherAddresses,
    QuotasSpec,
    ScenariosSpec,
    VpcEndpointsSpec,
    VpcSpec,
)
from planner.spec.nodes import NodeGroupSpec, NodePoolSpec
from planner.spec.observability import Retention
from planner.spec.scaling import AutoscalingSpec, ControlPlaneSpec
from planner.spec.security import SecuritySpec
from planner.spec.storage import FileSystems
from planner.spec.types import (
    ClusterName,
    HostedZoneId,
    Ipv4Cidr,
    KeyArn,
    Name,
    Or,
    Percent,
    RegionName,
    SpecModel,
    VersionText,
    ZoneText,
    one_or_many,
    problem,
)
from planner.spec.workloads import WorkloadSpec

API_VERSION = "eksplan/v1"

Identity = Literal["pod-identity", "irsa"]
"""How service accounts get IAM roles: EKS Pod Identity, or roles for service accounts (IRSA)."""


class AddonSpec(SpecModel):
    """An add-on with more to say than its name."""

    name: Name = Field(description="Name, such as aws-ebs-csi-driver.")
    version: str | None = Field(default=None, max_length=64, description="Version; EKS's default when not given.")
    configuration: dict[str, Any] = Field(
        default={}, description="configurationValues, as the add-on's own schema says."
    )
    identity: Identity | None = Field(
        default=None, description="How its service account gets its IAM role; as spec.identity says when not given."
    )
    hosted_zones: Annotated[tuple[HostedZoneId, ...], BeforeValidator(one_or_many), Or("string")] = Field(
        default=(),
        max_length=50,
        description="Route 53 hosted zones that external-dns or cert-manager may change; it gets a role for these and no others.",
    )


def _addon(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def avoid_text(value: Any) -> Any:
    """A block alone stands for a block to avoid without a name."""
    return {"cidr": value} if isinstance(value, str) else value


def _zones(value: Any) -> Any:
    """Neither too few zones nor too many, and nothing else than a number or a list."""
    limit = "a number from 2 to 6, or a list of 2 to 6 zone ids"
    if isinstance(value, bool) or not isinstance(value, int | list | tuple):
        raise problem("zones", "neither a number nor a list", limit=limit, fix="write 3, or [apne2-az1, apne2-az2]")
    count = value if isinstance(value, int) else len(value)
    if not 2 <= count <= 6:
        raise problem(
            "zones",
            f"{count} zones",
            limit=limit,
            fix="EKS asks for subnets in at least two zones; three are usual",
            source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
        )
    return value if isinstance(value, int) else tuple(value)


Zones = Annotated[
    Annotated[int, Tag("count")] | Annotated[tuple[ZoneText, ...], Tag("ids")],
    # one of the two is tried, so that a wrong id is one problem and not two
    Discriminator(lambda value: "count" if isinstance(value, int) else "ids"),
    BeforeValidator(_zones),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 2, "maximum": 6},
                {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 6},
            ]
        }
    ),
]
"""How many zones, or which."""


LogType = Literal["api", "audit", "authenticator", "controllerManager", "scheduler"]


class ClusterSpec(SpecModel):
    """What the cluster has to carry, and where."""

    region: RegionName = Field(description="AWS region, such as ap-northeast-2.")
    version: VersionText | None = Field(
        default=None, description="Kubernetes minor version; the catalog's default when not given."
    )
    zones: Zones | None = Field(
        default=None,
        description="How many Availability Zones (chosen by the plan; 3 when not given, 2 where the region has no more), or which: ids (apne2-az1) mean the same place in every account, names do not.",
    )
    vpc: VpcSpec = Field(default=VpcSpec(), description="The VPC.")
    ip_family: Literal["ipv4", "ipv6"] = Field(
        default="ipv4", description="Addresses of pods and services. Can never be changed."
    )
    avoid: tuple[Annotated[AvoidCidr, BeforeValidator(avoid_text), Or("string")], ...] = Field(
        default=(), description="Blocks of peers and on-premises networks that nothing may overlap."
    )
    hybrid: HybridSpec | None = Field(default=None, description="EKS Hybrid Nodes.")
    service_cidr: Ipv4Cidr | None = Field(
        default=None,
        description="Kubernetes service block (RFC 1918, /12 to /24); chosen clear of everything else when not given. Can never be changed.",
    )
    endpoint: EndpointSpec = Field(default=EndpointSpec(), description="Access to the Kubernetes API.")
    nat: Literal["none", "single", "perZone", "regional"] = Field(
        default="perZone",
        description="Way out to the internet for private subnets: none (VPC endpoints only), one NAT gateway, one in each zone, or one regional gateway.",
    )
    cni: CniSpec = Field(default=CniSpec(), description="The VPC CNI.")
    security: SecuritySpec = Field(default=SecuritySpec(), description="Ways in and out of nodes and pods.")
    node_groups: tuple[NodeGroupSpec, ...] = Field(
        default=(),
        max_length=100,
        description="Managed node groups. One named `default` is planned when only workloads are given.",
    )
    node_pools: tuple[NodePoolSpec, ...] = Field(
        default=(),
        max_length=100,
        description="Pools of Karpenter or EKS Auto Mode to keep addresses for. A pool of Auto Mode turns it on; one called general-purpose or system is EKS's own. Other pools are NodePools that you apply.",
    )
    fargate: tuple[FargateSpec, ...] = Field(
        default=(),
        max_length=1_000,
        description="Fargate profiles: which pods run on Fargate, and how many. Without node groups, pools and workloads everything runs there.",
    )
    workloads: tuple[WorkloadSpec, ...] = Field(
        default=(), max_length=10_000, description="What the cluster must carry."
    )
    autoscaling: AutoscalingSpec = Field(default=AutoscalingSpec(), description="Who scales the nodes.")
    control_plane: ControlPlaneSpec = Field(default=ControlPlaneSpec(), description="Capacity of the control plane.")
    load_balancers: LoadBalancersSpec = Field(
        default=LoadBalancersSpec(), description="Load balancers to keep room for."
    )
    addons: tuple[Annotated[AddonSpec, BeforeValidator(_addon), Or("string")], ...] = Field(
        default=(),
        description="Add-ons beyond vpc-cni, kube-proxy, coredns and eks-pod-identity-agent: names, or objects with version and configuration. Controllers installed by Helm (load-balancer-controller, cluster-autoscaler, karpenter) count here too.",
    )
    efs: FileSystems = Field(
        default=(),
        max_length=100,
        description="File systems that pods of all zones share (Amazon EFS), with a mount target in each zone: names, or objects. The add-on aws-efs-csi-driver mounts them.",
    )
    identity: Identity = Field(
        default="pod-identity",
        description="How add-ons and controllers get their IAM roles: pod-identity (an association and an agent on each node), or irsa (the cluster's OIDC issuer as an identity provider in IAM).",
    )
    access_entries: tuple[AccessEntrySpec, ...] = Field(
        default=(),
        max_length=500,
        description="IAM roles and users that may talk to the Kubernetes API. EKS adds those of managed node groups and Fargate itself.",
    )
    creator_is_admin: bool = Field(
        default=True, description="Whether who makes the cluster becomes its administrator. Only asked at creation."
    )
    vpc_endpoints: VpcEndpointsSpec = Field(default=VpcEndpointsSpec(), description="VPC endpoints.")
    other_addresses: tuple[OtherAddresses, ...] = Field(
        default=(), description="Whatever else takes addresses in these subnets."
    )
    growth_percent: Percent = Field(
        default=0, description="How many percent more nodes the subnets must be able to hold one day."
    )
    tolerate_zone_loss: Annotated[int, Field(ge=0, le=2)] | None = Field(
        default=None,
        description="Zones that may fail while the others hold all nodes; 1 when there are two or more zones, 0 asks for none.",
    )
    scenarios: ScenariosSpec = Field(
        default=ScenariosSpec(), description="Bad days that the plan must survive (`eksplan simulate`)."
    )
    quotas: QuotasSpec = Field(default=QuotasSpec(), description="Quotas of the account that were raised.")
    log_types: tuple[LogType, ...] = Field(
        default=("api", "audit", "authenticator"), description="Control-plane logs sent to CloudWatch."
    )
    log_retention_days: Retention = Field(
        default=90,
        description="How many days CloudWatch keeps the control-plane logs, or never (they never expire). The plan makes the log group; EKS would make one that never expires.",
    )
    secrets_key: Literal["managed"] | None = Field(
        default=None,
        description="managed: the plan makes a KMS key that envelopes Kubernetes secrets, with an alias, yearly rotation and a policy for the cluster role. Excludes secretsKeyArn.",
    )
    secrets_key_arn: KeyArn | None = Field(
        default=None,
        description="KMS key that envelopes Kubernetes secrets; AWS's own key when not given (EKS encrypts either way).",
    )
    support_type: Literal["standard", "extended"] = Field(
        default="standard",
        description="What happens when standard support ends: upgrade by EKS (standard), or paid extended support.",
    )
    zonal_shift: bool = Field(
        default=False,
        description="Whether EKS takes part in zonal shifts (Amazon Application Recovery Controller): traffic inside the cluster can then be moved away from an impaired zone.",
    )
    deletion_protection: bool = Field(
        default=True,
        description="EKS refuses to delete the cluster until this is off, and Pulumi what cannot be made again: cluster, VPC, KMS key, log groups and file systems. To destroy a cluster, set it to false, apply that plan, then destroy.",
    )
    tags: dict[str, str] = Field(default={}, description="Tags on everything.")

    def tells_max_pods(self, group: NodeGroupSpec) -> bool:
        """Whether the plan itself tells kubelet of a group how many pods a node takes: with an AMI
        of the user's own always (unless an expression does), else where EKS's number is not the
        one that is wanted. Windows and AL2 take it from EKS's own part."""
        if group.ami_id is not None:
            return group.max_pods is not None or group.max_pods_expression is None
        prefix = self.cni.mode == "prefix" and self.ip_family == "ipv4"
        return group.os_family in ("al2023", "bottlerocket") and (group.max_pods is not None or prefix)

    def writes_kubelet_settings(self, group: NodeGroupSpec) -> bool:
        """Whether the plan writes kubelet's settings into a group's user data."""
        asked = group.max_pods_expression is not None or group.system_reserved is not None
        return group.ami_id is not None or asked or self.tells_max_pods(group)


class Metadata(SpecModel):
    """Name of the cluster."""

    name: ClusterName = Field(description="Name of the cluster; also the beginning of every resource's name.")


class ClusterDocument(SpecModel):
    """A cluster spec: what `eksplan plan -f` reads."""

    api_version: Literal["eksplan/v1"] = Field(description="Always eksplan/v1.")
    kind: Literal["Cluster"] = Field(description="Always Cluster.")
    metadata: Metadata = Field(description="Name.")
    spec: ClusterSpec = Field(description="What the cluster has to carry.")
