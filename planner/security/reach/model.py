"""Questions and answers about who can reach whom."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from planner.design import AclRule, Route, SecurityGroupRule
from planner.security.reach.ranges import ICMP, Interval, ports_text, spans


@dataclass(frozen=True, slots=True)
class Place:
    """An interface in the VPC, or a class of alike ones."""

    label: str
    subnet: str
    """Name of its subnet."""
    groups: tuple[str, ...]
    """Security groups by name."""
    addresses: tuple[str, ...] = ()
    """Its own addresses or blocks; none means anywhere in the subnet."""
    public: bool = False
    """Whether it has a public IPv4 address, which an internet gateway asks for."""
    ephemeral: tuple[int, int] = (1024, 65535)
    """Ports from which it begins connections."""
    branch: bool = False
    """Whether everything it sends leaves by a branch interface, past the node (strict mode of security
    groups for pods)."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Addresses outside of the VPC."""

    label: str
    cidr: str
    ephemeral: tuple[int, int] = (1024, 65535)


@dataclass(frozen=True, slots=True)
class PublicEndpoint(Outside):
    """The public endpoint of a cluster's API: in the internet, and open to some blocks only."""


@dataclass(frozen=True, slots=True)
class Service:
    """An AWS service by its endpoint name, such as ``ecr.api``."""

    label: str
    name: str


Party = Place | Outside | Service


@dataclass(frozen=True, slots=True)
class Question:
    """Whether the source can begin a connection to the target.

    ``protocol`` is tcp, udp, icmp, icmpv6 or -1; ports are the target's, inclusive, None for all. Of ICMP
    ``from_port`` is the type and ``to_port`` the code, None or -1 for all.
    ``efa`` asks for traffic that only rules between a group and itself let pass; ``named`` is the name by
    which the target is called, if only the VPC's own DNS knows it.
    """

    source: Party
    target: Party
    protocol: str
    from_port: int | None = None
    to_port: int | None = None
    family: int = 4
    efa: bool = False
    named: str = ""

    @property
    def ports(self) -> Interval:
        """The target's ports; of ICMP types and codes, 256 codes for each type."""
        return spans(self.protocol, self.from_port, self.to_port)

    @property
    def port_text(self) -> str:
        """Protocol and ports for people."""
        if self.protocol == "-1":
            return "all traffic"
        if self.from_port is None:
            return self.protocol
        if self.protocol in ICMP:
            return f"{self.protocol} {ports_text(self.ports, self.protocol)}"
        return f"{self.protocol} {self.from_port}" + (f"-{self.to_port}" if self.to_port != self.from_port else "")


class Status(StrEnum):
    """The verdict."""

    REACHABLE = "reachable"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


class Component(StrEnum):
    """What a packet passes or stops at."""

    SECURITY_GROUP = "security group"
    NETWORK_ACL = "network ACL"
    ROUTE = "route table"
    INTERNET_GATEWAY = "internet gateway"
    EGRESS_ONLY_GATEWAY = "egress-only internet gateway"
    NAT_GATEWAY = "NAT gateway"
    VPC_ENDPOINT = "VPC endpoint"
    DNS = "DNS"
    PUBLIC_ENDPOINT = "public endpoint"
    ADDRESS = "address"
    BEYOND = "beyond"
    LINK = "link"
    SUBNET = "subnet"


@dataclass(frozen=True, slots=True)
class Step:
    """One component on the way, and what it said."""

    component: Component
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change that opens what blocks: one of the parts is set, ``resource`` is what changes."""

    kind: str
    """add-rule, add-entry, replace-entry, add-route, replace-route, add-main-table (the main route table holds
    nothing yet), private-dns, dns-attribute, endpoint-table, attach-gateway, public-block (``resource``, of the public endpoint), or public-address (of a place,
    which a design does not hold)."""
    resource: str
    table: str = ""
    """The route table that an endpoint is to be associated with."""
    rule: SecurityGroupRule | None = None
    entry: AclRule | None = None
    route: Route | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict with the way to it. ``code`` is an explanation code in the manner of AWS's Reachability
    Analyzer; ``change`` says the smallest change in words, ``opening`` as data."""

    status: Status
    steps: tuple[Step, ...]
    reason: str
    code: str = ""
    blocked_by: Step | None = None
    change: str = ""
    opening: tuple[Change, ...] = ()
    partial: bool = False
    """Whether only some of the packets asked about are blocked: others may pass."""
