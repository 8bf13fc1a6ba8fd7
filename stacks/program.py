"""declare(design): every resource of a plan, in the order that AWS needs."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from planner.design import Design
from stacks import keys
from stacks.access import Access, OidcProvider
from stacks.cluster import Addons, ControlPlane
from stacks.events import Events
from stacks.fargate import FargateProfiles
from stacks.network import Network
from stacks.nodes import Nodes
from stacks.observability import LogGroups, flow_logs
from stacks.outputs import Made, outputs
from stacks.parts import known
from stacks.roles import Roles
from stacks.rooms import AddonsRoom, ClusterRoom, Security, moved_into
from stacks.security import SecurityGroups, SecurityRules
from stacks.storage import Storage


@dataclass(frozen=True, slots=True)
class Declared:
    """The components of a declared design."""

    network: Network
    control_plane: ControlPlane
    nodes: Nodes


def declare(design: Design) -> Declared:
    """Declare a planned design inside a Pulumi program.

    Five rooms: network, security, cluster, nodes, addons; a sixth, storage, where there are file systems. Order: network, roles, groups, key and log
    groups; the cluster; roles that trust its OIDC issuer; access entries;
    rules and endpoints (they name the cluster security group); the add-ons that nodes need; node
    groups; the other add-ons. Raises
    ValueError for a design that was not planned, or that has unknown parts.
    """
    cluster = design.cluster
    if cluster is None or not design.planned:
        raise ValueError("only a planned design with a cluster can be declared")
    name = cluster.name
    network = Network(f"{name}-network", design)
    in_security, in_cluster = Security(f"{name}-security"), ClusterRoom(f"{name}-cluster")
    in_addons = AddonsRoom(f"{name}-addons")
    planned = known(design.roles)
    roles = Roles(f"{name}-roles", [role for role in planned if not role.federated], opts=moved_into(in_security))
    security = SecurityGroups(f"{name}-security-groups", design, network.vpc_id, moved_into(in_security))
    inside = pulumi.ResourceOptions(parent=in_security)
    made_keys = keys.Keys(f"{name}-keys", design, roles.attachments[cluster.role], inside)
    logs = LogGroups(f"{name}-log-groups", design, pulumi.ResourceOptions(parent=in_cluster))
    auto_role = cluster.auto_mode.node_role if cluster.auto_mode else None
    of_auto = roles.attachments[auto_role] if auto_role else []
    control_plane = ControlPlane(
        f"{name}-control-plane",
        cluster,
        roles.arns[cluster.role],
        [network.subnets[subnet] for subnet in cluster.subnets],
        [security.ids[group] for group in cluster.security_groups],
        network.nodes_come_from,
        keys.of(made_keys.arns, cluster.secrets_key, cluster.secrets_key_arn),
        moved_into(
            in_cluster,
            depends_on=[*roles.attachments[cluster.role], *of_auto, *logs.resources.values(), *made_keys.aliases],
        ),
        auto_node_role_arn=roles.arns[auto_role] if auto_role else None,
    )
    storage = Storage(f"{name}-storage", design, network.subnets, security.ids) if known(design.file_systems) else None
    flow_logs(design, network.vpc_id, logs.arns, roles.arns, roles.attachments, network)
    arns, policies = dict(roles.arns), [one for many in roles.attachments.values() for one in many]
    if cluster.oidc_provider:
        issuer = control_plane.issuer
        provider = OidcProvider(f"{name}-oidc-provider", cluster, issuer, moved_into(in_security))
        federated = Roles(
            f"{name}-service-account-roles",
            [role for role in planned if role.federated],
            issuer,
            moved_into(in_security),
        )
        arns |= federated.arns
        policies += [provider.resource, *(one for many in federated.attachments.values() for one in many)]
    groups: dict[str, pulumi.Input[str]] = dict(security.ids)
    if cluster.cluster_security_group:
        groups[cluster.cluster_security_group] = control_plane.security_group_id
    rules = SecurityRules(
        f"{name}-security-rules", design, groups, network.vpc_id, network.subnets, moved_into(in_security)
    )

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
            opts=moved_into(in_addons, depends_on=after, type_="eksplan:index:Addons"),
        )

    access = Access(
        f"{name}-access",
        cluster,
        control_plane,
        arns,
        _partition(cluster.role, design),
        policies,
        moved_into(in_cluster),
    )
    early = addons("before-nodes", policies, before_nodes=True)
    ready = [*policies, *network.ways_out, *rules.endpoints, *early.resources, *access.entries.values()]
    nodes = Nodes(
        f"{name}-nodes",
        design,
        control_plane,
        arns,
        network.subnets,
        groups,
        pulumi.ResourceOptions(depends_on=ready),
    )
    on_fargate: list[pulumi.Resource] = []
    if known(design.fargate_profiles):
        inside_nodes = pulumi.ResourceOptions(parent=nodes, depends_on=ready)
        profiles = FargateProfiles(f"{name}-fargate", design, control_plane, arns, network.subnets, inside_nodes)
        on_fargate = profiles.resources
    Events(f"{name}-events", design, moved_into(nodes))
    addons("after-nodes", [*nodes.resources, *on_fargate, *policies], before_nodes=False)
    told = Made(
        network,
        control_plane,
        groups,
        arns,
        [group.name for group in known(design.node_groups)],
        made_keys.arns,
        storage,
    )
    for key, value in outputs(design, told).items():
        pulumi.export(key, value)
    return Declared(network, control_plane, nodes)


def _partition(role: str, design: Design) -> str:
    """The partition of the region, as the cluster role's policies name it."""
    found = next(one for one in known(design.roles) if one.name == role)
    return found.managed_policies[0].split(":")[1]
