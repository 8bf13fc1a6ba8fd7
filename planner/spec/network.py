"""The network part of a spec."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from planner.catalog.facts import Facts
from planner.spec.observability import DhcpOptionsSpec, FlowLogsSpec
from planner.spec.ports import PortsSpec, PortsText
from planner.spec.types import (
    AnyCidr,
    CniVersion,
    Count,
    GatewayId,
    Ipv4Cidr,
    Name,
    Or,
    SpecModel,
    SubnetId,
    VpcId,
    ZoneText,
    one_or_many,
)

SubnetUse = Literal["cluster", "node", "pod", "public", "other"]


class ExistingSubnet(SpecModel):
    """A subnet that is already in the VPC: used for what `use` says, or only kept clear of."""

    id: SubnetId = Field(description="Subnet id, such as subnet-0123456789abcdef0.")
    cidr: Ipv4Cidr = Field(description="Its IPv4 CIDR block.")
    zone: ZoneText = Field(description="Its Availability Zone, by id (apne2-az1) or name.")
    use: Annotated[tuple[SubnetUse, ...], BeforeValidator(one_or_many), Or("string")] = Field(
        default=("other",),
        min_length=1,
        description="What the cluster may use it for: control-plane interfaces (cluster), nodes, pods with custom networking, public load balancers and NAT (public), nothing (other), or several of these.",
    )
    name: Name | None = Field(default=None, description="Its Name tag; the id when not given.")
    free: Count | None = Field(
        default=None,
        description="Free addresses that EC2 reports (AvailableIpAddressCount); all usable ones when not given.",
    )
    free_prefixes: Count | None = Field(
        default=None,
        description="Whole /28 blocks that are free in it, for prefix mode: AvailableIpAddressCount hides how scattered the free addresses are. Without it every address in use is taken to spoil a block of its own.",
    )


class VpcSpec(SpecModel):
    """The VPC: its blocks, or a pool to choose one from, or an existing VPC to build in."""

    cidr: Ipv4Cidr | None = Field(
        default=None, description="Primary IPv4 CIDR block, /16 to /28. Chosen from `pool` when not given."
    )
    pool: Annotated[tuple[Ipv4Cidr, ...], BeforeValidator(one_or_many)] = Field(
        default=(),
        description="Blocks to choose the VPC's CIDR block from; nothing in `avoid` is ever overlapped. 10.0.0.0/8 when neither cidr nor pool is given.",
        json_schema_extra={"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    )
    prefix_length: Annotated[int, Field(ge=16, le=28)] | None = Field(
        default=None,
        description="Length of the block to choose from `pool` (16 to 28); as short as the demand needs when not given.",
    )
    secondary_cidrs: tuple[Ipv4Cidr, ...] = Field(
        default=(), description="Further IPv4 CIDR blocks; pods live there with custom networking."
    )
    layout: Literal["roomy", "minimal"] | None = Field(
        default=None,
        description="roomy: node and pod subnets grow while half of the VPC stays free (default for a new VPC); minimal: the smallest subnets that carry the demand (default in an existing VPC).",
    )
    id: VpcId | None = Field(
        default=None, description="Id of an existing VPC to build in; `cidr` must then be its primary block."
    )
    name: Name | None = Field(default=None, description="Name tag of the existing VPC; its id when not given.")
    internet_gateway: GatewayId | None = Field(
        default=None, description="Internet gateway that is already attached to the existing VPC."
    )
    subnets: tuple[ExistingSubnet, ...] = Field(
        default=(), description="Every subnet that is already in the existing VPC."
    )
    subnet_tags: Literal["add", "keep"] = Field(
        default="add",
        description="Tags of existing subnets: add puts kubernetes.io/role/elb or kubernetes.io/role/internal-elb = 1 on those that the plan uses for load balancers, and leaves them when the stack is destroyed; keep leaves all tags as they are (they are there, or others look after them).",
    )
    cluster_subnets: Literal["dedicated", "shared"] = Field(
        default="dedicated",
        description="Where EKS puts its own interfaces: in a /28 of their own in each zone (dedicated), or in the node subnets (shared), which then also keep addresses free for updates.",
    )

    dhcp_options: DhcpOptionsSpec | None = Field(
        default=None, description="DHCP options of a new VPC; AWS's own (AmazonProvidedDNS) when not given."
    )
    flow_logs: FlowLogsSpec | None = Field(default=None, description="Flow logs of the VPC; none when not given.")

    def subnet_names(self) -> dict[str, str]:
        """A name for each existing subnet's id: its Name tag where no other has it, else the id."""
        counts = Counter(one.name for one in self.subnets)
        return {one.id: one.name if one.name and counts[one.name] == 1 else one.id for one in self.subnets}


class AvoidCidr(SpecModel):
    """A block that must not be overlapped: a peer VPC, an on-premises network, a VPN."""

    cidr: Ipv4Cidr = Field(description="IPv4 CIDR block.")
    name: Name = Field(default="avoid", description="What it is, for the messages.")


class HybridSpec(SpecModel):
    """EKS Hybrid Nodes: the blocks of nodes and pods outside AWS."""

    node_cidrs: tuple[Ipv4Cidr, ...] = Field(
        default=(), max_length=15, description="Blocks of the remote nodes (RFC 1918 or RFC 6598)."
    )
    pod_cidrs: tuple[Ipv4Cidr, ...] = Field(
        default=(), max_length=15, description="Blocks of the remote pods (RFC 1918 or RFC 6598)."
    )


class EndpointSpec(SpecModel):
    """Access to the Kubernetes API."""

    private: bool = Field(default=True, description="Reach the API inside the VPC and from connected networks.")
    public: bool = Field(default=False, description="Reach the API from the internet; needs `publicCidrs`.")
    public_cidrs: tuple[AnyCidr, ...] = Field(
        default=(),
        description='Blocks that may reach the public endpoint, at most 40; "0.0.0.0/0" opens it to everyone.',
    )
    private_cidrs: tuple[AnyCidr, ...] = Field(
        default=(),
        description="Blocks outside the VPC (VPN, on-premises, peers) whose people may reach the private endpoint on TCP 443.",
    )


class CniSpec(SpecModel):
    """The Amazon VPC CNI: how pods get their addresses."""

    mode: Literal["secondary-ip", "prefix"] = Field(
        default="secondary-ip",
        description="secondary-ip: one address at a time; prefix: /28 blocks, more pods on a node (Nitro types only). IPv6 clusters always delegate prefixes.",
    )
    warm_eni_target: Annotated[int, Field(ge=0, le=20)] | None = Field(
        default=None, description="WARM_ENI_TARGET: spare network interfaces kept on each node (EKS default 1)."
    )
    warm_ip_target: Annotated[int, Field(ge=0, le=1000)] | None = Field(
        default=None,
        description="WARM_IP_TARGET: spare addresses kept on each node; overrides the warm ENI and prefix targets.",
    )
    minimum_ip_target: Annotated[int, Field(ge=0, le=1000)] | None = Field(
        default=None, description="MINIMUM_IP_TARGET: addresses a node holds at least; only together with warmIpTarget."
    )
    warm_prefix_target: Annotated[int, Field(ge=0, le=100)] | None = Field(
        default=None, description="WARM_PREFIX_TARGET: spare /28 prefixes kept on each node (EKS default 1)."
    )
    max_eni: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None, description="MAX_ENI: lowers the number of interfaces that the CNI uses on a node."
    )
    custom_networking: bool = Field(
        default=False,
        description="Pods get addresses from subnets of their own in a secondary CIDR block; the node's first interface then carries no pods.",
    )
    security_groups_for_pods: bool = Field(
        default=False,
        description="Pods may have security groups of their own; the trunk takes one interface of every node.",
    )
    host_network_pods: Annotated[int, Field(ge=0, le=100)] = Field(
        default=0,
        description="Further pods on every node that use the node's own network, beyond aws-node and kube-proxy.",
    )
    version: CniVersion | None = Field(default=None, description="Add-on version; EKS's default when not given.")


class LoadBalancersSpec(SpecModel):
    """Load balancers that the subnets must have room for (eight addresses each per zone)."""

    public: Annotated[int, Field(ge=0, le=50)] | None = Field(
        default=None, description="Internet-facing load balancers; 2 when not given, none without internet (nat: none)."
    )
    internal: Annotated[int, Field(ge=0, le=50)] = Field(default=2, description="Internal load balancers.")
    backends: Literal["controller", "shared", "restricted"] = Field(
        default="controller",
        description="Who opens nodes and pods to load balancers: the AWS Load Balancer Controller as Services appear (controller), or the plan, from a group for load balancers, as one range that holds all target ports (shared) or each alone (restricted).",
    )
    target_ports: tuple[PortsText, ...] = Field(
        default=(),
        max_length=60,
        description="TCP ports of load balancers' targets, for backends shared and restricted; NodePorts (30000-32767) when not given.",
    )

    def targets(self, facts: Facts, node_ports: tuple[int, int] | None = None) -> tuple[PortsSpec, ...]:
        """What the plan itself opens to load balancers; ``node_ports`` where the cluster has its own."""
        if self.backends == "controller":
            return ()
        first, last = node_ports or facts["load_balancer.node_ports"].value
        found = [PortsSpec(protocol="tcp", ports=text) for text in self.target_ports]
        found = found or [PortsSpec(protocol="tcp", ports=f"{first}-{last}")]
        if self.backends == "restricted":
            return tuple(found)
        low, high = min(one.range[0] for one in found), max(one.range[1] for one in found)
        return (PortsSpec(protocol="tcp", ports=f"{low}-{high}"),)


EndpointFeature = Literal[
    "certificates",
    "eks-api",
    "guardduty",
    "kms",
    "logs",
    "oidc",
    "pricing",
    "prometheus",
    "shield",
    "ssm",
    "waf",
    "xray",
]


class VpcEndpointsSpec(SpecModel):
    """VPC endpoints beyond those that the plan derives."""

    features: tuple[EndpointFeature, ...] = Field(
        default=(),
        description="What pods and tools do beyond what the add-ons tell, so that its endpoints are planned: logs (containers to CloudWatch), xray, prometheus, ssm, kms, eks-api, oidc, guardduty, pricing (Karpenter), certificates, waf and shield (load balancer controller).",
    )

    extra: tuple[Name, ...] = Field(
        default=(), description="Short service names of further interface endpoints, such as ssm or secretsmanager."
    )
    s3_gateway: bool = Field(
        default=True, description="Gateway endpoint for S3: free, and image layers come through it."
    )
    hourly_price: Annotated[float, Field(gt=0, le=10)] | None = Field(
        default=None,
        description="Price of an interface endpoint in US dollars per hour and zone, for the monthly cost; the catalog's where it was refreshed with prices.",
    )


class OtherAddresses(SpecModel):
    """Addresses that something else takes in every zone: databases, Lambda, caches."""

    name: Name = Field(description="What takes them.")
    per_zone: Annotated[int, Field(ge=1, le=60_000)] = Field(description="Addresses in each zone.")
    subnets: Literal["node", "public", "pod"] = Field(default="node", description="Which subnets they come from.")


class QuotasSpec(SpecModel):
    """Quotas of the account that were raised; AWS's defaults where not given."""

    vpc_cidrs: Annotated[int, Field(ge=5, le=50)] | None = Field(
        default=None, description="IPv4 CIDR blocks of a VPC (default 5, adjustable to 50)."
    )
    security_group_rules: Annotated[int, Field(ge=60, le=1_000)] | None = Field(
        default=None,
        description="Rules of a security group in each direction and address family (default 60; times groups per interface at most 1,000).",
    )
    security_groups_per_interface: Annotated[int, Field(ge=1, le=16)] | None = Field(
        default=None, description="Security groups of a network interface (default 5, adjustable to 16)."
    )
    network_acl_rules: Annotated[int, Field(ge=20, le=40)] | None = Field(
        default=None,
        description="Entries of a network ACL in each direction and address family (default 20, adjustable to 40).",
    )
    fargate_profiles: Annotated[int, Field(ge=10, le=1_000)] | None = Field(
        default=None, description="Fargate profiles of a cluster (default 10, adjustable)."
    )
    fargate_selectors: Annotated[int, Field(ge=5, le=100)] | None = Field(
        default=None, description="Selectors of a Fargate profile (default 5, adjustable)."
    )
    fargate_label_pairs: Annotated[int, Field(ge=5, le=100)] | None = Field(
        default=None, description="Label pairs of a selector of a Fargate profile (default 5, adjustable)."
    )
    subnets: Annotated[int, Field(ge=200, le=100_000)] | None = Field(
        default=None, description="Subnets of a VPC (default 200, adjustable)."
    )
    network_address_usage: Annotated[int, Field(ge=64_000, le=256_000)] | None = Field(
        default=None, description="Network address units of a VPC (default 64,000, adjustable to 256,000)."
    )


ScenarioName = Literal["all-max", "zone-loss", "update", "update-all", "growth", "fragmentation", "bad-day"]


class ScenariosSpec(SpecModel):
    """What the plan must survive: `eksplan simulate` ends with 3 when a required one does not fit."""

    require: tuple[ScenarioName, ...] = Field(
        default=(),
        description="Scenarios that must fit: all-max, zone-loss, update, update-all, growth, fragmentation, bad-day.",
    )
    growth_percent_per_month: Annotated[int, Field(ge=0, le=100)] = Field(
        default=5, description="How many percent the groups grow in a month, for the scenario growth."
    )
    months: Annotated[int, Field(ge=1, le=120)] = Field(
        default=24, description="How many months the addresses must last, for the scenario growth."
    )
