"""The Design and its parts: frozen values that know nothing else in the house."""

from planner.design.cluster import AccessEntry, AccessPolicy, Addon, Cluster, EndpointAccess, EniConfig, PodIdentity
from planner.design.design import Design
from planner.design.network import (
    AclRule,
    EgressOnlyInternetGateway,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkInterface,
    PrefixList,
    Route,
    RouteTable,
    RouteTarget,
    Subnet,
    Tags,
    Vpc,
    VpcEndpoint,
)
from planner.design.nodes import Disk, LaunchTemplate, NodeGroup, Taint, UpdateSettings
from planner.design.security import Direction, Role, SecurityGroup, SecurityGroupRule, TrustCondition
from planner.design.unknown import Unknown, known

__all__ = [
    "AccessEntry",
    "AccessPolicy",
    "AclRule",
    "Addon",
    "Cluster",
    "Design",
    "Direction",
    "Disk",
    "EgressOnlyInternetGateway",
    "EndpointAccess",
    "EniConfig",
    "InternetGateway",
    "LaunchTemplate",
    "NatGateway",
    "NetworkAcl",
    "NetworkInterface",
    "NodeGroup",
    "PodIdentity",
    "PrefixList",
    "Role",
    "Route",
    "RouteTable",
    "RouteTarget",
    "SecurityGroup",
    "SecurityGroupRule",
    "Subnet",
    "Tags",
    "Taint",
    "TrustCondition",
    "Unknown",
    "UpdateSettings",
    "Vpc",
    "VpcEndpoint",
    "known",
]
