"""declare(design): every resource of a plan, in the order that AWS needs."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from planner.design import Design
from stacks.access import Access, OidcProvider
from stacks.cluster import Addons, ControlPlane
from stacks.events import Events
from stacks.network import Network
from stacks.nodes import Nodes
from stacks.parts import known
from stacks.roles import Roles
from stacks.security import SecurityGroups, SecurityRules


@dataclass(frozen=True, slots=True)
class Declared:
    """The components of a declared design."""

    network: Network
    control_plane: ControlPlane
    nodes: Nodes


def declare(design: Design) -> Declared:
    """Declare a planned design inside a Pulumi program.

    Order: network, roles and groups; the cluster; roles that trust its OIDC issuer; access entries;
    rules and endpoints (they name the cluster security group); the add-ons that nodes need; node
    groups; the other add-ons. Raises
    ValueError for a design that was not planned, or that has unknown parts.
    """
    cluster = design.cluster
    if cluster is None or not design.planned:
        raise ValueError("only a planned design with a cluster can be declared")
    name = cluster.name
    network = Network(f"{name}-network", design)
    planned = known(design.roles)
    roles = Roles(f"{name}-roles", [role for role in planned if not role.federated])
    security = SecurityGroups(f"{name}-security-groups", design, network.vpc_id)
    control_plane = ControlPlane(
        f"{name}-control-plane",
        cluster,
        roles.arns[cluster.role],
        [network.subnets[subnet] for subnet in cluster.subnets],
        [security.ids[group] for group in cluster.security_groups],
        network.nodes_come_from,
        pulumi.ResourceOptions(depends_on=roles.attachments[cluster.role]),
    )
    arns, policies = dict(roles.arns), [one for many in roles.attachments.values() for one in many]
    if cluster.oidc_provider:
        provider = OidcProvider(f"{name}-oidc-provider", cluster, control_plane.issuer)
        federated = Roles(
            f"{name}-service-account-roles", [role for role in planned if role.federated], control_plane.issuer
        )
        arns |= federated.arns
        policies += [provider.resource, *(one for many in federated.attachments.values() for one in many)]
    groups: dict[str, pulumi.Input[str]] = dict(security.ids)
    if cluster.cluster_security_group:
        groups[cluster.cluster_security_group] = control_plane.security_group_id
    rules = SecurityRules(f"{name}-security-rules", design, groups, network.vpc_id, network.subnets)

    def addons(part: str, after: list[pulumi.Resource], *, before_nodes: bool) -> Addons:
        return Addons(
            f"{name}-addons-{part}",
            cluster,
            control_plane,
            design.region,
            arns,
            network.subnets,
            network.zone_names,
            before_nodes=before_nodes,
            opts=pulumi.ResourceOptions(depends_on=after),
        )

    Events(f"{name}-events", design)
    access = Access(f"{name}-access", cluster, control_plane, arns, _partition(cluster.role, design), policies)
    early = addons("before-nodes", policies, before_nodes=True)
    nodes = Nodes(
        f"{name}-nodes",
        design,
        control_plane,
        arns,
        network.subnets,
        groups,
        pulumi.ResourceOptions(
            depends_on=[*policies, *network.ways_out, *rules.endpoints, *early.resources, *access.entries.values()]
        ),
    )
    addons("after-nodes", [*nodes.resources, *policies], before_nodes=False)
    pulumi.export("clusterName", control_plane.name)
    pulumi.export("endpoint", control_plane.resource.endpoint)
    pulumi.export("clusterSecurityGroupId", control_plane.security_group_id)
    pulumi.export("vpcId", network.vpc_id)
    pulumi.export("subnetIds", dict(network.subnets))
    pulumi.export("kubeconfigCommand", f"aws eks update-kubeconfig --name {name} --region {design.region}")
    return Declared(network, control_plane, nodes)


def _partition(role: str, design: Design) -> str:
    """The partition of the region, as the cluster role's policies name it."""
    found = next(one for one in known(design.roles) if one.name == role)
    return found.managed_policies[0].split(":")[1]
