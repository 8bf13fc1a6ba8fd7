"""The network part of a design: VPC, subnets, routes, gateways and VPC endpoints.

Parts refer to each other by name. A name is the AWS ``Name`` tag where that is there and unique,
else the resource id; ids, states and counts that only AWS can give do not take part in equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from planner.design.unknown import Unknown

NAMES_DIFFER = Unknown("ec2:DescribeSubnets", "zone names differ between accounts")

Tags = tuple[tuple[str, str], ...]
"""Tags as sorted pairs of key and value."""


@dataclass(frozen=True, slots=True)
class Vpc:
    """A VPC: its IPv4 blocks (the primary first), whether it has an IPv6 /56, DNS and DHCP."""

    name: str
    cidr: IPv4Network
    secondary_cidrs: tuple[IPv4Network, ...] = ()
    ipv6: bool = False
    dns_support: bool | Unknown = True
    dns_hostnames: bool | Unknown = True
    domain_name_servers: tuple[str, ...] | Unknown = ("AmazonProvidedDNS",)
    """Name servers in the DHCP options set."""
    domain_name: str | Unknown | None = None
    """Domain name in the DHCP options set; None is the region's own."""
    ntp_servers: tuple[str, ...] | Unknown = ()
    """Time servers in the DHCP options set."""
    peer_cidrs: tuple[tuple[str, IPv4Network], ...] | Unknown = field(default=(), compare=False)
    """Name and block of every network that can be reached from here: peers, on-premises."""
    tags: Tags = ()
    existing: bool = field(default=False, compare=False)
    associate: tuple[IPv4Network, ...] = field(default=(), compare=False)
    """Secondary blocks that a stack must associate; the others are there already."""
    id: str | None = field(default=None, compare=False)
    ipv6_cidr: IPv6Network | None = field(default=None, compare=False)

    @property
    def own_dhcp_options(self) -> bool:
        """Whether its DHCP options are others than those that AWS gives every VPC."""
        return (self.domain_name_servers, self.domain_name, self.ntp_servers) != (("AmazonProvidedDNS",), None, ())

    @property
    def cidrs(self) -> tuple[IPv4Network, ...]:
        """All IPv4 blocks, the primary first."""
        return (self.cidr, *self.secondary_cidrs)


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet. ``zone_id`` names the same Availability Zone in every account."""

    name: str
    cidr: IPv4Network
    zone_id: str | Unknown
    zone_name: str | Unknown = NAMES_DIFFER
    ipv6_index: int | None = None
    """Number of its IPv6 /64 within the VPC's /56 (0–255); None without IPv6."""
    map_public_ip: bool | Unknown = False
    assign_ipv6: bool | Unknown = False
    outpost_arn: str | None = None
    zone_kind: str | Unknown = "availability-zone"
    prefix_reservations: tuple[IPv4Network, ...] | Unknown = ()
    """CIDR reservations of type prefix, by address: blocks that single addresses stay out of."""
    tags: Tags = ()
    added_tags: Tags = field(default=(), compare=False)
    """Tags that a plan puts on a subnet that existed before; other tags of it are not the plan's."""
    existing: bool = field(default=False, compare=False)
    id: str | None = field(default=None, compare=False)
    free_addresses: int | Unknown | None = field(default=None, compare=False)
    """AvailableIpAddressCount as EC2 counts it; None in a plan, where it is computed."""

    def tag(self, key: str) -> str | None:
        """The value of a tag, or None."""
        return next((value for name, value in (*self.added_tags, *self.tags) if name == key), None)

    @property
    def reserved_blocks(self) -> tuple[IPv4Network, ...]:
        """The prefix reservations that are known."""
        return () if isinstance(self.prefix_reservations, Unknown) else self.prefix_reservations

    @property
    def zone(self) -> str:
        """Zone id where known, else the zone's name, for people to read."""
        if isinstance(self.zone_id, str):
            return self.zone_id
        return self.zone_name if isinstance(self.zone_name, str) else "?"


class RouteTarget(StrEnum):
    """Kinds of route targets."""

    INTERNET_GATEWAY = "internet-gateway"
    EGRESS_ONLY_INTERNET_GATEWAY = "egress-only-internet-gateway"
    NAT_GATEWAY = "nat-gateway"
    VPC_ENDPOINT = "vpc-endpoint"
    TRANSIT_GATEWAY = "transit-gateway"
    PEERING = "vpc-peering"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Route:
    """A route beyond the VPC's own local ones. ``blackhole`` is how AWS marks a dead target."""

    destination: str
    """CIDR block or prefix-list id."""
    target_kind: RouteTarget
    target: str
    blackhole: bool = False


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A route table with the subnets associated to it (by name)."""

    name: str
    routes: tuple[Route, ...]
    subnets: tuple[str, ...]
    main: bool = False
    tags: Tags = ()
    existing: bool = field(default=False, compare=False)
    id: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class InternetGateway:
    """An internet gateway attached to the VPC."""

    name: str
    tags: Tags = ()
    existing: bool = field(default=False, compare=False)
    id: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class EgressOnlyInternetGateway:
    """An egress-only internet gateway: the way out for IPv6."""

    name: str
    tags: Tags = ()
    id: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class NatGateway:
    """A NAT gateway: zonal in one subnet, or regional (no subnet, all zones)."""

    name: str
    subnet: str | None
    regional: bool = False
    public: bool = True
    tags: Tags = ()
    id: str | None = field(default=None, compare=False)
    state: str = field(default="available", compare=False)
    public_ips: tuple[str, ...] = field(default=(), compare=False)
    failure: str = field(default="", compare=False)
    """Why it failed: EC2's code and message."""


@dataclass(frozen=True, slots=True)
class VpcEndpoint:
    """A VPC endpoint: a gateway in route tables, or an interface in subnets."""

    name: str
    service: str
    """Full name, such as ``com.amazonaws.eu-west-1.s3``."""
    kind: str  # Gateway or Interface
    subnets: tuple[str, ...] = ()
    route_tables: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    private_dns: bool = False
    tags: Tags = ()
    id: str | None = field(default=None, compare=False)
    state: str = field(default="available", compare=False)

    @property
    def short_service(self) -> str:
        """The service without prefix and region: ``ecr.api`` of ``com.amazonaws.eu-west-1.ecr.api``.

        China's ``cn.`` prefix goes too; a service without a region (``com.amazonaws.route53``)
        gives its last part.
        """
        parts = self.service.removeprefix("cn.").split(".")
        return ".".join(parts[3:]) if len(parts) > 3 else parts[-1]


@dataclass(frozen=True, slots=True, order=True)
class AclRule:
    """An entry of a network ACL. The lowest number that matches decides; what none matches is denied.

    ``protocol`` is ``tcp``, ``udp``, ``icmp``, ``icmpv6``, another protocol's number, or ``-1`` (all);
    ports are inclusive and None where the protocol has none. ``cidr`` is an IPv4 or IPv6 block.
    """

    egress: bool
    number: int
    allow: bool
    protocol: str
    from_port: int | None
    to_port: int | None
    cidr: str

    @property
    def ports(self) -> str:
        """Ports for people: ``443``, ``1024-65535`` or ``all``."""
        if self.from_port is None:
            return "all"
        return str(self.from_port) if self.from_port == self.to_port else f"{self.from_port}-{self.to_port}"


@dataclass(frozen=True, slots=True)
class NetworkAcl:
    """A network ACL with the subnets associated to it (by name). Its last, implicit entry denies."""

    name: str
    rules: tuple[AclRule, ...]
    subnets: tuple[str, ...]
    default: bool = False
    """The VPC's own ACL, which rules the subnets that have no other."""
    tags: Tags = ()
    id: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PrefixList:
    """A managed prefix list: AWS's own (such as ``com.amazonaws.eu-west-1.s3``) or a customer's."""

    name: str
    cidrs: tuple[str, ...] | Unknown = field(
        default=Unknown("ec2:GetManagedPrefixListEntries", "AWS changes its lists; they are read from AWS only"),
        compare=False,
    )
    weight: int = field(default=1, compare=False)
    """Rules that it counts as: AWS's weight, or the most entries that a customer's list may have."""
    of_aws: bool = True
    id: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class NetworkInterface:
    """A network interface that exists, with its groups (by name)."""

    id: str
    subnet: str
    security_groups: tuple[str, ...]
    addresses: tuple[str, ...]
    """Private addresses, IPv4 and IPv6; delegated prefixes as blocks."""
    kind: str = "interface"
    """EC2's InterfaceType: interface, nat_gateway, vpc_endpoint, branch, trunk, lambda, ..."""
    description: str = ""
    public_ip: str | None = None
    instance: str | None = None
    tags: Tags = ()
