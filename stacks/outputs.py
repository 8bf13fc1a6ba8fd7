"""What a stack tells its user: ids and commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from planner.design import Design, Subnet, known
from stacks.cluster import ControlPlane
from stacks.network import Network
from stacks.storage import Storage


@dataclass(frozen=True, slots=True)
class Made:
    """The parts of a stack that outputs tell of."""

    network: Network
    control_plane: ControlPlane
    groups: Mapping[str, pulumi.Input[str]]
    roles: Mapping[str, pulumi.Input[str]]
    node_groups: Sequence[str] = ()
    keys: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    storage: Storage | None = None


def outputs(design: Design, made: Made) -> dict[str, pulumi.Input[object]]:
    """Outputs by name: clusterName, endpoint, oidcIssuer, kubeconfigCommand; vpcId, subnetIds by name,
    subnetIdsByTier by tier and zone; clusterSecurityGroupId, securityGroupIds and roleArns by name;
    nodeGroups; logGroup, secretsKeyArn, fileSystemIds and accessPointIds by name where there are any."""
    plane, network = made.control_plane, made.network
    name = design.cluster.name if design.cluster else ""
    found: dict[str, pulumi.Input[object]] = {
        "clusterName": plane.name,
        "clusterArn": plane.resource.arn,
        "endpoint": plane.resource.endpoint,
        "oidcIssuer": plane.issuer,
        "clusterSecurityGroupId": plane.security_group_id,
        "kubeconfigCommand": f"aws eks update-kubeconfig --name {name} --region {design.region}",
        "vpcId": network.vpc_id,
        "subnetIds": dict(network.subnets),
        "subnetIdsByTier": {
            tier: {zone: [network.subnets[one] for one in names] for zone, names in zones.items()}
            for tier, zones in by_tier(design).items()
        },
        "securityGroupIds": dict(made.groups),
        "roleArns": dict(made.roles),
        "nodeGroups": list(made.node_groups),
    }
    groups = design.log_groups
    wanted = next((one.name for one in groups if one.name.startswith("/aws/eks/")), None) if known(groups) else None
    if wanted:
        found["logGroup"] = wanted
    if design.cluster and (design.cluster.secrets_key or design.cluster.secrets_key_arn):
        key = design.cluster.secrets_key
        found["secretsKeyArn"] = made.keys[key] if key else str(design.cluster.secrets_key_arn)
    if made.storage is not None:
        found["fileSystemIds"] = dict(made.storage.ids)
        if made.storage.access_points:
            found["accessPointIds"] = dict(made.storage.access_points)
    return found


def by_tier(design: Design) -> dict[str, dict[str, list[str]]]:
    """Names of subnets by what they are for (cluster, node, pod, public) and zone; one subnet may be for several."""
    found: dict[str, dict[str, list[str]]] = {}
    for subnet in design.subnets:
        for tier in _tiers(design, subnet):
            found.setdefault(tier, {}).setdefault(subnet.zone, []).append(subnet.name)
    return found


def _tiers(design: Design, subnet: Subnet) -> list[str]:
    cluster = design.cluster
    if cluster is None:
        return []
    groups = design.node_groups if known(design.node_groups) else ()
    addons = cluster.addons if known(cluster.addons) else ()
    rows = (
        ("cluster", subnet.name in cluster.subnets),
        ("node", any(subnet.name in group.subnets for group in groups)),
        ("pod", any(one.subnet == subnet.name for addon in addons for one in addon.eni_configs)),
        ("public", subnet.tag("kubernetes.io/role/elb") == "1"),
        ("internal", subnet.tag("kubernetes.io/role/internal-elb") == "1"),
    )
    return [tier for tier, given in rows if given]
