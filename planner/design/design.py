"""The Design: one frozen value for a VPC and its EKS cluster, planned or observed."""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.design.cluster import Cluster
from planner.design.events import EventRule, Queue
from planner.design.fargate import FargateProfile
from planner.design.index import by_name, by_subnet
from planner.design.network import (
    EgressOnlyInternetGateway,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkInterface,
    PrefixList,
    RouteTable,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from planner.design.nodes import LaunchTemplate, NodeGroup
from planner.design.observability import FlowLog, Key, KeyAccess, LogGroup
from planner.design.operations import Operations
from planner.design.security import Role, SecurityGroup
from planner.design.storage import FileSystem
from planner.design.unknown import Unknown


@dataclass(frozen=True, slots=True)
class Design:
    """A VPC and the EKS cluster in it. Every tuple is sorted by name.

    Planning and observing give the same type, so the same rules judge both. A part that AWS did
    not let us read is ``Unknown`` as a whole.
    """

    region: str
    vpc: Vpc
    subnets: tuple[Subnet, ...]
    route_tables: tuple[RouteTable, ...] | Unknown
    internet_gateways: tuple[InternetGateway, ...] | Unknown
    egress_only_internet_gateways: tuple[EgressOnlyInternetGateway, ...] | Unknown
    nat_gateways: tuple[NatGateway, ...] | Unknown
    vpc_endpoints: tuple[VpcEndpoint, ...] | Unknown
    security_groups: tuple[SecurityGroup, ...] | Unknown
    roles: tuple[Role, ...] | Unknown
    cluster: Cluster | None
    node_groups: tuple[NodeGroup, ...] | Unknown
    launch_templates: tuple[LaunchTemplate, ...] | Unknown
    network_acls: tuple[NetworkAcl, ...] | Unknown = ()
    """Network ACLs. The VPC's default one is left out while it lets everything pass, as AWS makes it."""
    queues: tuple[Queue, ...] | Unknown = ()
    """The queue that Karpenter listens to, named after the cluster."""
    event_rules: tuple[EventRule, ...] | Unknown = ()
    """EventBridge rules that send to it."""
    log_groups: tuple[LogGroup, ...] | Unknown = ()
    """Log groups of the control plane and of flow logs."""
    flow_logs: tuple[FlowLog, ...] | Unknown = ()
    """Flow logs of the VPC."""
    keys: tuple[Key, ...] | Unknown = ()
    """The key of secrets, where it carries the alias that a plan gives; other keys are ARNs alone."""
    file_systems: tuple[FileSystem, ...] | Unknown = ()
    """File systems with a mount target in the VPC, and those that are named after the cluster."""
    fargate_profiles: tuple[FargateProfile, ...] | Unknown = ()
    """Fargate profiles of the cluster."""
    prefix_lists: tuple[PrefixList, ...] | Unknown = field(default=(), compare=False)
    """Prefix lists that routes and rules name."""
    interfaces: tuple[NetworkInterface, ...] | Unknown | None = field(default=None, compare=False)
    """Interfaces that exist; None in a plan, where there are none yet."""
    ebs_encryption_by_default: bool | Unknown | None = field(default=None, compare=False)
    """Whether the account encrypts every new EBS volume here; None in a plan, which always asks for it."""
    operations: Operations | None = field(default=None, compare=False)
    """What only a running cluster tells; None in a plan, and for a VPC without a cluster."""
    secrets_key_access: KeyAccess | Unknown | None = field(default=None, compare=False)
    """Who may use the key of secrets; None in a plan, and where no key is set."""
    group_rules_quota: int | Unknown | None = field(default=None, compare=False)
    """Rules that a security group may have in a direction and address family here; None in a plan."""
    planned: bool = field(default=True, compare=False)
    """True when it comes from a plan, False when it was observed."""

    def subnet(self, name: str) -> Subnet | None:
        """The subnet of that name, or None."""
        found: Subnet | None = by_name(self.subnets).get(name)
        return found

    def acl_of(self, subnet: str) -> NetworkAcl | Unknown | None:
        """The network ACL that rules a subnet; None means AWS's default one, which lets everything
        pass. Of a subnet that existed before a plan it is unknown.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
        """
        if isinstance(self.network_acls, Unknown):
            return self.network_acls
        own: NetworkAcl | None = by_subnet(self.network_acls).get(subnet)
        if own is not None:
            return own
        found = self.subnet(subnet)
        if self.planned and found is not None and found.existing:
            return Unknown(
                "ec2:DescribeNetworkAcls", "the subnet existed before; the spec does not describe its network ACL"
            )
        return next((acl for acl in reversed(self.network_acls) if acl.default), None)

    def launch_template(self, name: str | None) -> LaunchTemplate | None:
        """The launch template of that name, or None if it is absent or the list is unknown."""
        if name is None or isinstance(self.launch_templates, Unknown):
            return None
        found: LaunchTemplate | None = by_name(self.launch_templates).get(name)
        return found

    def types_of(self, group: NodeGroup) -> tuple[str, ...]:
        """The instance types of a group: its own, else that of its launch template; empty if not known."""
        template = self.launch_template(group.launch_template)
        inside = (template.instance_type,) if template and template.instance_type else ()
        return group.instance_types or inside

    def security_group(self, name: str) -> SecurityGroup | None:
        """The security group of that name, or None if it is absent or the list is unknown."""
        if isinstance(self.security_groups, Unknown):
            return None
        found: SecurityGroup | None = by_name(self.security_groups).get(name)
        return found

    def named_subnets(self, names: tuple[str, ...]) -> tuple[Subnet, ...]:
        """The subnets of these names that exist, in this design's order."""
        wanted = set(names)
        return tuple(subnet for subnet in self.subnets if subnet.name in wanted)

    def route_table_of(self, subnet: str) -> RouteTable | Unknown | None:
        """The route table that rules a subnet: its own, else the VPC's main one.

        None means the main table with nothing but local routes. Of a subnet that existed before
        a plan the routes are unknown.
        Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
        """
        if isinstance(self.route_tables, Unknown):
            return self.route_tables
        own: RouteTable | None = by_subnet(self.route_tables).get(subnet)
        if own is not None:
            return own
        found = self.subnet(subnet)
        if self.planned and found is not None and found.existing:
            return Unknown(
                "ec2:DescribeRouteTables", "the subnet existed before; the spec does not describe its routes"
            )
        return next((table for table in reversed(self.route_tables) if table.main), None)
