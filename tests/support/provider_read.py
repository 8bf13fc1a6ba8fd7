"""Pulumi's ``aws`` resources read back from moto, for refresh and import (tests only).

A reader answers with inputs and outputs as AWS has them now, or None when the resource is gone; an
error of AWS that says "not found" means the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from tests.support.provider import Clients, compact

Values = dict[str, Any]
Read = Callable[[str, Values, Clients], Values | None]
READ: dict[str, Read] = {}


def reads(token: str) -> Callable[[Read], Read]:
    return lambda function: READ.setdefault(token, function)


def tag_table(tags: list[dict[str, str]] | None) -> dict[str, str] | None:
    """AWS's list as a table, without AWS's own tags."""
    table = {one["Key"]: one["Value"] for one in tags or [] if not one["Key"].startswith("aws:")}
    return table or None


def _one(found: list[Any]) -> Any:
    return found[0] if found else None


def _filtered(name: str, value: str) -> list[dict[str, Any]]:
    return [{"Name": name, "Values": [value]}]


# --- network -------------------------------------------------------------------------------------


@reads("aws:ec2/vpc:Vpc")
def read_vpc(identity: str, state: Values, c: Clients) -> Values:
    ec2 = c("ec2")
    found = ec2.describe_vpcs(VpcIds=[identity])["Vpcs"][0]
    blocks = [one["Ipv6CidrBlock"] for one in found.get("Ipv6CidrBlockAssociationSet", [])]
    switches = {
        key: ec2.describe_vpc_attribute(VpcId=identity, Attribute=key)[key[0].upper() + key[1:]]["Value"]
        for key in ("enableDnsSupport", "enableDnsHostnames")
    }
    return {
        "cidrBlock": found["CidrBlock"],
        "assignGeneratedIpv6CidrBlock": True if blocks else None,
        "ipv6CidrBlock": blocks[0] if blocks else "",
        "tags": tag_table(found.get("Tags")),
        **switches,
    }


@reads("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation")
def read_association(identity: str, state: Values, c: Clients) -> Values | None:
    for vpc in c("ec2").describe_vpcs()["Vpcs"]:
        for one in vpc.get("CidrBlockAssociationSet", []):
            if one["AssociationId"] == identity and one["CidrBlockState"]["State"] != "disassociated":
                return {"vpcId": vpc["VpcId"], "cidrBlock": one["CidrBlock"]}
    return None


@reads("aws:ec2/subnet:Subnet")
def read_subnet(identity: str, state: Values, c: Clients) -> Values:
    found = c("ec2").describe_subnets(SubnetIds=[identity])["Subnets"][0]
    blocks = [one["Ipv6CidrBlock"] for one in found.get("Ipv6CidrBlockAssociationSet", [])]
    return {
        "vpcId": found["VpcId"],
        "cidrBlock": found["CidrBlock"],
        "availabilityZone": found["AvailabilityZone"],
        "availabilityZoneId": found["AvailabilityZoneId"],
        "ipv6CidrBlock": blocks[0] if blocks else None,
        "assignIpv6AddressOnCreation": found["AssignIpv6AddressOnCreation"],
        "mapPublicIpOnLaunch": found["MapPublicIpOnLaunch"],
        "tags": tag_table(found.get("Tags")),
    }


@reads("aws:ec2/subnetCidrReservation:SubnetCidrReservation")
def read_reservation(identity: str, state: Values, c: Clients) -> Values | None:
    ec2 = c("ec2")
    told = state.get("subnetId")
    for subnet in [told] if told else [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]]:
        for one in ec2.get_subnet_cidr_reservations(SubnetId=subnet)["SubnetIpv4CidrReservations"]:
            if one["SubnetCidrReservationId"] == identity.rpartition(":")[2]:
                return {
                    "id": one["SubnetCidrReservationId"],
                    "subnetId": one["SubnetId"],
                    "cidrBlock": one["Cidr"],
                    "reservationType": one["ReservationType"],
                    # moto loses the description
                    **compact(description=one.get("Description")),
                }
    return None


@reads("aws:ec2/internetGateway:InternetGateway")
def read_internet_gateway(identity: str, state: Values, c: Clients) -> Values:
    found = c("ec2").describe_internet_gateways(InternetGatewayIds=[identity])["InternetGateways"][0]
    attached = _one(found.get("Attachments", []))
    return {"vpcId": attached["VpcId"] if attached else None, "tags": tag_table(found.get("Tags"))}


@reads("aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway")
def read_egress_only(identity: str, state: Values, c: Clients) -> Values | None:
    answer = c("ec2").describe_egress_only_internet_gateways(EgressOnlyInternetGatewayIds=[identity])
    found = _one(answer["EgressOnlyInternetGateways"])
    return found and {"vpcId": found["Attachments"][0]["VpcId"], "tags": tag_table(found.get("Tags"))}


@reads("aws:ec2/eip:Eip")
def read_eip(identity: str, state: Values, c: Clients) -> Values:
    found = c("ec2").describe_addresses(AllocationIds=[identity])["Addresses"][0]
    return {"domain": found["Domain"], "publicIp": found["PublicIp"], "tags": tag_table(found.get("Tags"))}


@reads("aws:ec2/natGateway:NatGateway")
def read_nat_gateway(identity: str, state: Values, c: Clients) -> Values | None:
    found = _one(c("ec2").describe_nat_gateways(NatGatewayIds=[identity])["NatGateways"])
    if found is None or found["State"] in ("deleting", "deleted", "failed"):
        return None
    regional = found.get("AvailabilityMode") == "regional"
    address = _one(found.get("NatGatewayAddresses", []))
    return {
        "subnetId": found.get("SubnetId"),
        "vpcId": found["VpcId"] if regional else None,
        "allocationId": address.get("AllocationId") if address else None,
        "availabilityMode": "regional" if regional else None,
        "connectivityType": found.get("ConnectivityType", "public"),
        "tags": tag_table(found.get("Tags")),
    }


@reads("aws:ec2/routeTable:RouteTable")
def read_route_table(identity: str, state: Values, c: Clients) -> Values:
    found = c("ec2").describe_route_tables(RouteTableIds=[identity])["RouteTables"][0]
    return {"vpcId": found["VpcId"], "tags": tag_table(found.get("Tags"))}


@reads("aws:ec2/route:Route")
def read_route(identity: str, state: Values, c: Clients) -> Values | None:
    # the id of the state, or that of an import
    table, destination = re.fullmatch(r"(?:r-)?(rtb-[0-9a-f]+)[-_](.+)", identity).groups()  # type: ignore[union-attr]
    key = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    routes = c("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    found = _one([one for one in routes if one.get(key) == destination])
    return found and {
        "id": f"r-{table}-{destination}",
        "routeTableId": table,
        key[0].lower() + key[1:]: destination,
        "gatewayId": found.get("GatewayId"),
        "natGatewayId": found.get("NatGatewayId"),
        "egressOnlyGatewayId": found.get("EgressOnlyInternetGatewayId"),
    }


@reads("aws:ec2/routeTableAssociation:RouteTableAssociation")
def read_route_table_association(identity: str, state: Values, c: Clients) -> Values | None:
    subnet, _, table_id = identity.partition("/")  # an import says both, the state has the association's id
    key = "association.subnet-id" if table_id else "association.route-table-association-id"
    wanted = _filtered(key, subnet)
    for table in c("ec2").describe_route_tables(Filters=wanted)["RouteTables"]:
        for one in table["Associations"]:
            if subnet in (one["RouteTableAssociationId"], one.get("SubnetId")):
                return {
                    "id": one["RouteTableAssociationId"],
                    "routeTableId": table["RouteTableId"],
                    "subnetId": one["SubnetId"],
                }
    return None


@reads("aws:ec2/vpcEndpoint:VpcEndpoint")
def read_vpc_endpoint(identity: str, state: Values, c: Clients) -> Values | None:
    found = _one(c("ec2").describe_vpc_endpoints(VpcEndpointIds=[identity])["VpcEndpoints"])
    if found is None or found["State"].lower() in ("deleting", "deleted"):
        return None
    interface = found["VpcEndpointType"] == "Interface"
    return {
        "vpcId": found["VpcId"],
        "serviceName": found["ServiceName"],
        "vpcEndpointType": found["VpcEndpointType"],
        "routeTableIds": found.get("RouteTableIds") or None,
        "subnetIds": found.get("SubnetIds") or None,
        "securityGroupIds": [one["GroupId"] for one in found.get("Groups", [])] or None,
        "privateDnsEnabled": found.get("PrivateDnsEnabled") if interface else None,
        "tags": tag_table(found.get("Tags")),
    }


# --- security groups -----------------------------------------------------------------------------


@reads("aws:ec2/securityGroup:SecurityGroup")
def read_security_group(identity: str, state: Values, c: Clients) -> Values:
    found = c("ec2").describe_security_groups(GroupIds=[identity])["SecurityGroups"][0]
    return {
        "name": found["GroupName"],
        "description": found["Description"],
        "vpcId": found["VpcId"],
        "tags": tag_table(found.get("Tags")),
    }


def read_rule(identity: str, state: Values, c: Clients) -> Values | None:
    found = _one(c("ec2").describe_security_group_rules(SecurityGroupRuleIds=[identity])["SecurityGroupRules"])
    if found is None:
        return None
    every = found["IpProtocol"] == "-1"
    return {
        "securityGroupId": found["GroupId"],
        "ipProtocol": found["IpProtocol"],
        "fromPort": None if every else found.get("FromPort"),
        "toPort": None if every else found.get("ToPort"),
        "cidrIpv4": found.get("CidrIpv4"),
        "cidrIpv6": found.get("CidrIpv6"),
        "prefixListId": found.get("PrefixListId"),
        "referencedSecurityGroupId": (found.get("ReferencedGroupInfo") or {}).get("GroupId"),
        # moto loses the description of some kinds of rules
        **compact(description=found.get("Description")),
    }


for _word in ("Ingress", "Egress"):
    READ[f"aws:vpc/securityGroup{_word}Rule:SecurityGroup{_word}Rule"] = read_rule


# --- IAM -----------------------------------------------------------------------------------------


def _document(value: Any) -> str:
    return json.dumps(json.loads(unquote(value)) if isinstance(value, str) else value, sort_keys=True)


@reads("aws:iam/role:Role")
def read_role(identity: str, state: Values, c: Clients) -> Values:
    found = c("iam").get_role(RoleName=identity)["Role"]
    return {
        "name": found["RoleName"],
        "arn": found["Arn"],
        "assumeRolePolicy": _document(found["AssumeRolePolicyDocument"]),
        "tags": tag_table(found.get("Tags")),
    }


@reads("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
def read_attachment(identity: str, state: Values, c: Clients) -> Values | None:
    role, _, policy = identity.replace("/arn:", "-arn:", 1).partition("-arn:")
    attached = c("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    arn = f"arn:{policy}"
    found = {"id": f"{role}-{arn}", "role": role, "policyArn": arn}
    return found if arn in {one["PolicyArn"] for one in attached} else None


@reads("aws:iam/rolePolicy:RolePolicy")
def read_role_policy(identity: str, state: Values, c: Clients) -> Values:
    role, name = identity.split(":")
    found = c("iam").get_role_policy(RoleName=role, PolicyName=name)
    return {"role": role, "name": name, "policy": _document(found["PolicyDocument"])}


@reads("aws:iam/openIdConnectProvider:OpenIdConnectProvider")
def read_oidc_provider(identity: str, state: Values, c: Clients) -> Values:
    found = c("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=identity)
    url = found["Url"] if found["Url"].startswith("https://") else f"https://{found['Url']}"
    return {
        "url": url,
        "arn": identity,
        "clientIdLists": found["ClientIDList"],
        "tags": tag_table(found.get("Tags")),
    }


# --- EKS -----------------------------------------------------------------------------------------


@reads("aws:eks/cluster:Cluster")
def read_cluster(identity: str, state: Values, c: Clients) -> Values:
    found = c("eks").describe_cluster(name=identity)["cluster"]
    logs = [kind for one in found["logging"]["clusterLogging"] if one["enabled"] for kind in one["types"]]
    remote = found.get("remoteNetworkConfig") or {}
    return {
        "name": found["name"],
        "arn": found["arn"],
        "roleArn": found["roleArn"],
        "version": found["version"],
        "endpoint": found["endpoint"],
        "certificateAuthority": {"data": found["certificateAuthority"]["data"]},
        "identities": [{"oidcs": [{"issuer": found["identity"]["oidc"]["issuer"]}]}],
        "vpcConfig": found["resourcesVpcConfig"],
        "kubernetesNetworkConfig": found["kubernetesNetworkConfig"],
        "accessConfig": found.get("accessConfig"),
        "enabledClusterLogTypes": logs or None,
        "encryptionConfig": _one(found.get("encryptionConfig") or []),
        "upgradePolicy": found.get("upgradePolicy"),
        "deletionProtection": found.get("deletionProtection"),
        "controlPlaneScalingConfig": found.get("controlPlaneScalingConfig"),
        "zonalShiftConfig": found.get("zonalShiftConfig"),
        "computeConfig": found.get("computeConfig"),
        "storageConfig": found.get("storageConfig"),
        "kubeApiServerConfig": found.get("kubeApiServerConfig"),
        "kubeControllerManagerConfig": found.get("kubeControllerManagerConfig"),
        "kubeSchedulerConfig": found.get("kubeSchedulerConfig"),
        "remoteNetworkConfig": {key: value[0] for key, value in remote.items() if value} or None,
        "tags": found.get("tags") or None,
    }


@reads("aws:eks/addon:Addon")
def read_addon(identity: str, state: Values, c: Clients) -> Values:
    cluster, name = identity.split(":")
    eks = c("eks")
    found = eks.describe_addon(clusterName=cluster, addonName=name)["addon"]
    identities = [
        eks.describe_pod_identity_association(clusterName=cluster, associationId=arn.split("/")[2])["association"]
        for arn in found.get("podIdentityAssociations", [])
    ]
    return {
        "clusterName": cluster,
        "addonName": name,
        "arn": found["addonArn"],
        "addonVersion": found["addonVersion"],
        "configurationValues": found.get("configurationValues"),
        "podIdentityAssociations": [
            {"serviceAccount": one["serviceAccount"], "roleArn": one["roleArn"]} for one in identities
        ]
        or None,
        "serviceAccountRoleArn": found.get("serviceAccountRoleArn"),
        "tags": found.get("tags") or None,
    }


@reads("aws:eks/accessEntry:AccessEntry")
def read_access_entry(identity: str, state: Values, c: Clients) -> Values:
    cluster, _, arn = identity.partition(":")
    found = c("eks").describe_access_entry(clusterName=cluster, principalArn=arn)["accessEntry"]
    return {
        "clusterName": cluster,
        "principalArn": arn,
        "accessEntryArn": found["accessEntryArn"],
        "type": found["type"],
        "kubernetesGroups": found.get("kubernetesGroups") or None,
        "userName": found["username"],
        "tags": found.get("tags") or None,
    }


@reads("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
def read_access_policy(identity: str, state: Values, c: Clients) -> Values | None:
    cluster, principal, policy = identity.split("#")
    answer = c("eks").list_associated_access_policies(clusterName=cluster, principalArn=principal)
    found = _one([one for one in answer["associatedAccessPolicies"] if one["policyArn"] == policy])
    return found and {
        "clusterName": cluster,
        "principalArn": principal,
        "policyArn": policy,
        "accessScope": {key: value for key, value in found["accessScope"].items() if value},
    }


@reads("aws:eks/podIdentityAssociation:PodIdentityAssociation")
def read_pod_identity(identity: str, state: Values, c: Clients) -> Values:
    cluster = state.get("clusterName") or identity.partition(",")[0]
    found = c("eks").describe_pod_identity_association(clusterName=cluster, associationId=identity.rpartition(",")[2])[
        "association"
    ]
    return {
        "id": found["associationId"],
        "clusterName": cluster,
        "namespace": found["namespace"],
        "serviceAccount": found["serviceAccount"],
        "roleArn": found["roleArn"],
        "associationId": found["associationId"],
        "associationArn": found["associationArn"],
        "tags": found.get("tags") or None,
    }


@reads("aws:eks/nodeGroup:NodeGroup")
def read_node_group(identity: str, state: Values, c: Clients) -> Values:
    cluster, name = identity.split(":")
    found = c("eks").describe_nodegroup(clusterName=cluster, nodegroupName=name)["nodegroup"]
    template = found.get("launchTemplate")
    return {
        "clusterName": cluster,
        "nodeGroupName": name,
        "arn": found["nodegroupArn"],
        "nodeRoleArn": found["nodeRole"],
        "subnetIds": found["subnets"],
        "scalingConfig": found["scalingConfig"],
        "instanceTypes": found.get("instanceTypes") or None,
        "amiType": found.get("amiType"),
        "capacityType": found.get("capacityType"),
        "launchTemplate": {"id": template["id"], "version": str(template["version"])} if template else None,
        "labels": found.get("labels") or None,
        "taints": found.get("taints") or None,
        "updateConfig": found.get("updateConfig"),
        "nodeRepairConfig": found.get("nodeRepairConfig"),
        "warmPoolConfig": found.get("warmPoolConfig"),
        "version": found["version"],
        "releaseVersion": found.get("releaseVersion"),
        "tags": found.get("tags") or None,
    }


# --- queues and events ---------------------------------------------------------------------------


@reads("aws:sqs/queue:Queue")
def read_queue(identity: str, state: Values, c: Clients) -> Values:
    sqs = c("sqs")
    found = sqs.get_queue_attributes(QueueUrl=identity, AttributeNames=["All"])["Attributes"]
    return {
        "name": identity.rpartition("/")[2],
        "url": identity,
        "arn": found["QueueArn"],
        "messageRetentionSeconds": int(found["MessageRetentionPeriod"]),
        "sqsManagedSseEnabled": str(found.get("SqsManagedSseEnabled")).lower() == "true",
        "tags": sqs.list_queue_tags(QueueUrl=identity).get("Tags") or None,
    }


@reads("aws:sqs/queuePolicy:QueuePolicy")
def read_queue_policy(identity: str, state: Values, c: Clients) -> Values | None:
    found = c("sqs").get_queue_attributes(QueueUrl=identity, AttributeNames=["All"])["Attributes"].get("Policy")
    return {"queueUrl": identity, "policy": _document(found)} if found else None


@reads("aws:cloudwatch/eventRule:EventRule")
def read_event_rule(identity: str, state: Values, c: Clients) -> Values:
    events = c("events")
    found = events.describe_rule(Name=identity)
    return {
        "name": found["Name"],
        "arn": found["Arn"],
        "eventPattern": found["EventPattern"],
        "state": found["State"],
        "tags": tag_table(events.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]),
    }


@reads("aws:cloudwatch/eventTarget:EventTarget")
def read_event_target(identity: str, state: Values, c: Clients) -> Values | None:
    rule = state.get("rule") or identity.partition("/")[0]
    target = state.get("targetId") or identity.partition("/")[2]
    found = _one([one for one in c("events").list_targets_by_rule(Rule=rule)["Targets"] if one["Id"] == target])
    return found and {"id": f"{rule}-{target}", "rule": rule, "targetId": target, "arn": found["Arn"]}


def _camel(value: Any, key: str = "") -> Any:
    """EC2's PascalCase as Pulumi's camelCase; lists of tags as tables, booleans as text."""
    if key == "Tags":
        return tag_table(value)
    if isinstance(value, list):
        return [_camel(item) for item in value]
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: _camel(item, name) for name, item in value.items()}
    return str(value).lower() if isinstance(value, bool) else value


@reads("aws:ec2/launchTemplate:LaunchTemplate")
def read_launch_template(identity: str, state: Values, c: Clients) -> Values:
    ec2 = c("ec2")
    found = ec2.describe_launch_templates(LaunchTemplateIds=[identity])["LaunchTemplates"][0]
    latest = ec2.describe_launch_template_versions(LaunchTemplateId=identity, Versions=["$Latest"])
    data = _camel(latest["LaunchTemplateVersions"][0]["LaunchTemplateData"])
    for one in data.get("networkInterfaces", []):
        one["securityGroups"] = one.pop("groups", [])
    # moto keeps the template's own tags among those of what it launches
    data["tagSpecifications"] = [
        one for one in data.get("tagSpecifications", []) if one["resourceType"] != "launch-template"
    ] or None
    if "securityGroupIds" in data:
        data["vpcSecurityGroupIds"] = data.pop("securityGroupIds")
    return {
        "name": found["LaunchTemplateName"],
        "latestVersion": found["LatestVersionNumber"],
        "defaultVersion": found["DefaultVersionNumber"],
        "tags": tag_table(found.get("Tags")),
        **data,
    }
