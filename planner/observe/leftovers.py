"""Resources of a plan that AWS has and a state does not know, found by their names and tags.

Whatever the stacks make carries its name in AWS, or in its ``Name`` tag, so a resource that was made
by a run that did not live to write it down is found again. What has neither name nor tag of its own
is a part of something that has: a route of its table, a rule of its group.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

#: EC2's word for a resource that carries a Name tag, by Pulumi's type.
_TAGGED = {
    "aws:ec2/vpc:Vpc": "vpc",
    "aws:ec2/subnet:Subnet": "subnet",
    "aws:ec2/internetGateway:InternetGateway": "internet-gateway",
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": "egress-only-internet-gateway",
    "aws:ec2/routeTable:RouteTable": "route-table",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpc-endpoint",
    "aws:ec2/securityGroup:SecurityGroup": "security-group",
    "aws:ec2/launchTemplate:LaunchTemplate": "launch-template",
}

_ADDRESS, _ROUTE = "aws:ec2/eip:Eip", "aws:ec2/route:Route"
_NAT = "aws:ec2/natGateway:NatGateway"
_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"


def leftovers(session: Any, region: str, missing: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Ids of those of ``missing`` (Pulumi's type and name) that AWS has.

    Takes a boto3 session. A name that two resources carry is left out: a person must choose.
    """
    wanted = set(missing)
    ec2, iam = session.client("ec2", region_name=region), session.client("iam", region_name=region)
    found = _tagged(ec2, wanted) | _described(ec2, wanted) | _parts(ec2, wanted)
    found |= _roles(iam, wanted) | _clusters(session.client("eks", region_name=region), wanted)
    found |= _log_groups(session.client("logs", region_name=region), wanted)
    return {key: ids[0] for key, ids in found.items() if len(ids) == 1}


def _tagged(ec2: Any, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """What EC2 finds by tag in one question."""
    found: dict[tuple[str, str], list[str]] = {}
    names = sorted({name for kind, name in wanted if kind in _TAGGED})
    if not names:
        return found
    kinds = {word: kind for kind, word in _TAGGED.items()}
    filters = [{"Name": "key", "Values": ["Name"]}, {"Name": "value", "Values": names}]
    for page in ec2.get_paginator("describe_tags").paginate(Filters=filters):
        for tag in page["Tags"]:
            key = kinds.get(tag["ResourceType"], ""), tag["Value"]
            if key in wanted:
                found.setdefault(key, []).append(tag["ResourceId"])
    return found


def _described(ec2: Any, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Elastic IP addresses, and NAT gateways that are not on their way out."""
    found: dict[tuple[str, str], list[str]] = {}
    kinds = {kind for kind, _ in wanted}
    if _ADDRESS in kinds:
        for address in ec2.describe_addresses()["Addresses"]:
            found.setdefault((_ADDRESS, _name(address)), []).append(address["AllocationId"])
    if _NAT in kinds:
        for page in ec2.get_paginator("describe_nat_gateways").paginate():
            for gateway in page["NatGateways"]:
                if gateway["State"] in ("pending", "available"):
                    found.setdefault((_NAT, _name(gateway)), []).append(gateway["NatGatewayId"])
    return {key: ids for key, ids in found.items() if key in wanted}


def _roles(iam: Any, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Roles, which IAM knows by name."""
    kind = "aws:iam/role:Role"
    if not any(one == kind for one, _ in wanted):
        return {}
    pages = iam.get_paginator("list_roles").paginate()
    names = {role["RoleName"] for page in pages for role in page["Roles"]}
    return {(kind, name): [name] for name in names if (kind, name) in wanted}


def _log_groups(logs: Any, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Log groups, which the stacks call by their path with - for /."""
    kind = "aws:cloudwatch/logGroup:LogGroup"
    if not any(one == kind for one, _ in wanted):
        return {}
    pages = logs.get_paginator("describe_log_groups").paginate()
    names = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    named = [((kind, name.strip("/").replace("/", "-")), [name]) for name in names]
    return {key: ids for key, ids in named if key in wanted}


def _name(owner: dict[str, Any]) -> str:
    """The Name tag of what EC2 describes."""
    return next((tag["Value"] for tag in owner.get("Tags", []) if tag["Key"] == "Name"), "")


def _parts(ec2: Any, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Default routes (the stacks name them TABLE-FAMILY) and associations (named as their subnet), with
    the ids that the provider imports them by: TABLE_DESTINATION and SUBNET/TABLE."""
    found: dict[tuple[str, str], list[str]] = {}
    names = {name for kind, name in wanted if kind in (_ROUTE, _ASSOCIATION)}
    if not names:
        return found
    subnets = {
        subnet["SubnetId"]: _name(subnet)
        for page in ec2.get_paginator("describe_subnets").paginate()
        for subnet in page["Subnets"]
        if _name(subnet) in names
    }
    for page in ec2.get_paginator("describe_route_tables").paginate():
        for table in page["RouteTables"]:
            identity = table["RouteTableId"]
            name = _name(table)
            destinations = {
                one.get("DestinationCidrBlock") or one.get("DestinationIpv6CidrBlock") for one in table["Routes"]
            }
            for family, destination in (("ipv4", "0.0.0.0/0"), ("ipv6", "::/0")):
                if destination in destinations:
                    found.setdefault((_ROUTE, f"{name}-{family}"), []).append(f"{identity}_{destination}")
            for one in table["Associations"]:
                subnet = one.get("SubnetId")
                if subnet in subnets:
                    found.setdefault((_ASSOCIATION, subnets[subnet]), []).append(f"{subnet}/{identity}")
    return {key: ids for key, ids in found.items() if key in wanted}


def _clusters(eks: Any, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """The cluster, its node groups, Fargate profiles and add-ons; the stacks name them CLUSTER-GROUP and so on."""
    found: dict[tuple[str, str], list[str]] = {}
    names = {name for _, name in wanted}
    for cluster in eks.list_clusters()["clusters"]:
        found["aws:eks/cluster:Cluster", cluster] = [cluster]
        if not any(name.startswith(f"{cluster}-") for name in names):
            continue
        for group in eks.list_nodegroups(clusterName=cluster)["nodegroups"]:
            found["aws:eks/nodeGroup:NodeGroup", f"{cluster}-{group}"] = [f"{cluster}:{group}"]
        for page in eks.get_paginator("list_fargate_profiles").paginate(clusterName=cluster):
            for profile in page["fargateProfileNames"]:
                found["aws:eks/fargateProfile:FargateProfile", f"{cluster}-{profile}"] = [f"{cluster}:{profile}"]
        for addon in eks.list_addons(clusterName=cluster)["addons"]:
            found["aws:eks/addon:Addon", f"{cluster}-{addon}"] = [f"{cluster}:{addon}"]
    return {key: ids for key, ids in found.items() if key in wanted}
