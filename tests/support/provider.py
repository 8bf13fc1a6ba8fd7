"""Pulumi's ``aws`` resources as boto3 calls: type token to handler, for tests only.

Strict on purpose: an unknown type, or an input that no handler reads, is an error and never a
silent pass. Handlers do what the real provider does where that shows, such as revoking the egress
rule that EC2 puts into a new security group.
"""

from __future__ import annotations

import base64
import functools
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import boto3
from botocore.config import Config

Clients = Callable[[str], Any]
Made = tuple[str, dict[str, Any]]


class UnknownTypeError(Exception):
    """No handler for a resource type."""


class UnreadInputError(Exception):
    """An input that the handler did not look at."""


class Inputs(dict[str, Any]):
    """Inputs of a resource that remember which were read."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.read.add(key)
        value = super().get(key)
        return default if value is None else value

    def unread(self) -> list[str]:
        return sorted(
            key
            for key, value in self.items()
            if key not in self.read and value is not None and not key.startswith("__")
        )


def compact(**arguments: Any) -> dict[str, Any]:
    return {key: value for key, value in arguments.items() if value is not None}


def tag_list(tags: dict[str, str] | None) -> list[dict[str, str]]:
    return [{"Key": key, "Value": str(value)} for key, value in (tags or {}).items()]


def tag_specification(kind: str, tags: dict[str, str] | None) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": tag_list(tags)}] if tags else []


Create = Callable[[str, Inputs, Clients], Made]
Delete = Callable[[str, dict[str, Any], Clients], None]
CREATE: dict[str, Create] = {}
DELETE: dict[str, Delete] = {}


def creates(token: str) -> Callable[[Create], Create]:
    return lambda function: CREATE.setdefault(token, function)


def deletes(token: str) -> Callable[[Delete], Delete]:
    return lambda function: DELETE.setdefault(token, function)


_lock = threading.Lock()


@functools.cache
def _client(service: str, region: str, endpoint_url: str | None) -> Any:
    """A client, made once: loading EC2's model takes longer than most of its calls here."""
    return boto3.session.Session().client(
        service,  # type: ignore[call-overload]
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"max_attempts": 1}),
    )


class MotoProvider:
    """Makes and deletes resources in moto (or at ``endpoint_url``)."""

    def __init__(self, region: str, endpoint_url: str | None = None) -> None:
        self.region, self.endpoint_url = region, endpoint_url
        self.made: list[tuple[str, str, str]] = []

    def client(self, service: str) -> Any:
        with _lock:
            return _client(service, self.region, self.endpoint_url)

    def create(self, token: str, name: str, values: dict[str, Any]) -> Made:
        if token not in CREATE:
            raise UnknownTypeError(f"{token} ({name}): no handler")
        inputs = Inputs(values)
        inputs.read |= {"tagsAll", "region"}
        identity, outputs = CREATE[token](name, inputs, self.client)
        if inputs.unread():
            raise UnreadInputError(f"{token} ({name}): inputs not applied: {inputs.unread()}")
        self.made.append((token, name, identity))
        return identity, {**values, **outputs}

    def delete(self, token: str, identity: str, state: dict[str, Any]) -> None:
        DELETE[token](identity, state, self.client)

    def invoke(self, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if token == "aws:ec2/getSubnet:getSubnet":
            found = self.client("ec2").describe_subnets(SubnetIds=[arguments["id"]])["Subnets"][0]
            return {**arguments, "availabilityZone": found["AvailabilityZone"], "cidrBlock": found["CidrBlock"]}
        if token == "aws:ec2/getVpc:getVpc":
            found = self.client("ec2").describe_vpcs(VpcIds=[arguments["id"]])["Vpcs"][0]
            blocks = [one["Ipv6CidrBlock"] for one in found.get("Ipv6CidrBlockAssociationSet", [])]
            return {**arguments, "ipv6CidrBlock": blocks[0] if blocks else ""}
        if token == "aws:ec2/getManagedPrefixList:getManagedPrefixList":
            wanted = [{"Name": "prefix-list-name", "Values": [arguments["name"]]}]
            found = self.client("ec2").describe_managed_prefix_lists(Filters=wanted)["PrefixLists"]
            return {**arguments, "id": found[0]["PrefixListId"]}
        if token == "aws:index/getCallerIdentity:getCallerIdentity":
            found = self.client("sts").get_caller_identity()
            return {
                "id": found["Account"],
                "accountId": found["Account"],
                "arn": found["Arn"],
                "userId": found["UserId"],
            }
        raise UnknownTypeError(f"{token}: no such function here")


# --- network -------------------------------------------------------------------------------------


@creates("aws:ec2/vpc:Vpc")
def create_vpc(name: str, i: Inputs, c: Clients) -> Made:
    ec2 = c("ec2")
    made = ec2.create_vpc(
        **compact(
            CidrBlock=i["cidrBlock"],
            AmazonProvidedIpv6CidrBlock=i.get("assignGeneratedIpv6CidrBlock"),
            TagSpecifications=tag_specification("vpc", i.get("tags")),
        )
    )
    identity = made["Vpc"]["VpcId"]
    for key, attribute in (("enableDnsSupport", "EnableDnsSupport"), ("enableDnsHostnames", "EnableDnsHostnames")):
        if i.get(key) is not None:
            ec2.modify_vpc_attribute(VpcId=identity, **{attribute: {"Value": i[key]}})
    found = ec2.describe_vpcs(VpcIds=[identity])["Vpcs"][0]
    blocks = [one["Ipv6CidrBlock"] for one in found.get("Ipv6CidrBlockAssociationSet", [])]
    return identity, {"ipv6CidrBlock": blocks[0] if blocks else ""}


@deletes("aws:ec2/vpc:Vpc")
def delete_vpc(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").delete_vpc(VpcId=identity)


@creates("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation")
def create_association(name: str, i: Inputs, c: Clients) -> Made:
    made = c("ec2").associate_vpc_cidr_block(VpcId=i["vpcId"], CidrBlock=i["cidrBlock"])
    return made["CidrBlockAssociation"]["AssociationId"], {}


@deletes("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation")
def delete_association(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").disassociate_vpc_cidr_block(AssociationId=identity)


@creates("aws:ec2/subnet:Subnet")
def create_subnet(name: str, i: Inputs, c: Clients) -> Made:
    ec2 = c("ec2")
    made = ec2.create_subnet(
        **compact(
            VpcId=i["vpcId"],
            CidrBlock=i.get("cidrBlock"),
            Ipv6CidrBlock=i.get("ipv6CidrBlock"),
            AvailabilityZone=i.get("availabilityZone"),
            AvailabilityZoneId=i.get("availabilityZoneId"),
            TagSpecifications=tag_specification("subnet", i.get("tags")),
        )
    )["Subnet"]
    for key, attribute in (
        ("mapPublicIpOnLaunch", "MapPublicIpOnLaunch"),
        ("assignIpv6AddressOnCreation", "AssignIpv6AddressOnCreation"),
    ):
        if i.get(key) is not None:
            ec2.modify_subnet_attribute(SubnetId=made["SubnetId"], **{attribute: {"Value": i[key]}})
    return made["SubnetId"], {
        "availabilityZone": made["AvailabilityZone"],
        "availabilityZoneId": made["AvailabilityZoneId"],
    }


@deletes("aws:ec2/subnet:Subnet")
def delete_subnet(identity: str, state: dict[str, Any], c: Clients) -> None:
    """AWS refuses while interfaces are left; moto does not, so it is checked here."""
    ec2 = c("ec2")
    left = ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [identity]}])["NetworkInterfaces"]
    if left:
        raise RuntimeError(f"DependencyViolation: {identity} has {len(left)} interfaces")
    ec2.delete_subnet(SubnetId=identity)


@creates("aws:ec2/subnetCidrReservation:SubnetCidrReservation")
def create_subnet_cidr_reservation(name: str, i: Inputs, c: Clients) -> Made:
    made = c("ec2").create_subnet_cidr_reservation(
        SubnetId=i["subnetId"],
        Cidr=i["cidrBlock"],
        ReservationType=i["reservationType"],
        **compact(Description=i.get("description")),
    )["SubnetCidrReservation"]
    return made["SubnetCidrReservationId"], {"ownerId": made["OwnerId"]}


@deletes("aws:ec2/subnetCidrReservation:SubnetCidrReservation")
def delete_subnet_cidr_reservation(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").delete_subnet_cidr_reservation(SubnetCidrReservationId=identity)


@creates("aws:ec2/internetGateway:InternetGateway")
def create_internet_gateway(name: str, i: Inputs, c: Clients) -> Made:
    ec2 = c("ec2")
    identity = ec2.create_internet_gateway(TagSpecifications=tag_specification("internet-gateway", i.get("tags")))[
        "InternetGateway"
    ]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=identity, VpcId=i["vpcId"])
    return identity, {}


@deletes("aws:ec2/internetGateway:InternetGateway")
def delete_internet_gateway(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").detach_internet_gateway(InternetGatewayId=identity, VpcId=state["vpcId"])
    c("ec2").delete_internet_gateway(InternetGatewayId=identity)


@creates("aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway")
def create_egress_only(name: str, i: Inputs, c: Clients) -> Made:
    made = c("ec2").create_egress_only_internet_gateway(
        VpcId=i["vpcId"], TagSpecifications=tag_specification("egress-only-internet-gateway", i.get("tags"))
    )
    return made["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"], {}


@deletes("aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway")
def delete_egress_only(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=identity)


@creates("aws:ec2/eip:Eip")
def create_eip(name: str, i: Inputs, c: Clients) -> Made:
    made = c("ec2").allocate_address(
        Domain=i["domain"], TagSpecifications=tag_specification("elastic-ip", i.get("tags"))
    )
    return made["AllocationId"], {"publicIp": made["PublicIp"]}


@deletes("aws:ec2/eip:Eip")
def delete_eip(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").release_address(AllocationId=identity)


@creates("aws:ec2/natGateway:NatGateway")
def create_nat_gateway(name: str, i: Inputs, c: Clients) -> Made:
    made = c("ec2").create_nat_gateway(
        **compact(
            SubnetId=i.get("subnetId"),
            VpcId=i.get("vpcId"),
            AllocationId=i.get("allocationId"),
            AvailabilityMode=i.get("availabilityMode"),
            ConnectivityType=i.get("connectivityType"),
            TagSpecifications=tag_specification("natgateway", i.get("tags")),
        )
    )
    return made["NatGateway"]["NatGatewayId"], {}


@deletes("aws:ec2/natGateway:NatGateway")
def delete_nat_gateway(identity: str, state: dict[str, Any], c: Clients) -> None:
    """The interface goes with the gateway in AWS; moto leaves it."""
    ec2 = c("ec2")
    found = ec2.describe_nat_gateways(NatGatewayIds=[identity])["NatGateways"][0]
    ec2.delete_nat_gateway(NatGatewayId=identity)
    for address in found.get("NatGatewayAddresses", []):
        ec2.delete_network_interface(NetworkInterfaceId=address["NetworkInterfaceId"])


@creates("aws:ec2/routeTable:RouteTable")
def create_route_table(name: str, i: Inputs, c: Clients) -> Made:
    made = c("ec2").create_route_table(
        VpcId=i["vpcId"], TagSpecifications=tag_specification("route-table", i.get("tags"))
    )
    return made["RouteTable"]["RouteTableId"], {}


@deletes("aws:ec2/routeTable:RouteTable")
def delete_route_table(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").delete_route_table(RouteTableId=identity)


@creates("aws:ec2/route:Route")
def create_route(name: str, i: Inputs, c: Clients) -> Made:
    destination = compact(
        DestinationCidrBlock=i.get("destinationCidrBlock"), DestinationIpv6CidrBlock=i.get("destinationIpv6CidrBlock")
    )
    target = compact(
        GatewayId=i.get("gatewayId"),
        NatGatewayId=i.get("natGatewayId"),
        EgressOnlyInternetGatewayId=i.get("egressOnlyGatewayId"),
    )
    c("ec2").create_route(RouteTableId=i["routeTableId"], **destination, **target)
    return f"r-{i['routeTableId']}-{next(iter(destination.values()))}", {}


@deletes("aws:ec2/route:Route")
def delete_route(identity: str, state: dict[str, Any], c: Clients) -> None:
    destination = compact(
        DestinationCidrBlock=state.get("destinationCidrBlock"),
        DestinationIpv6CidrBlock=state.get("destinationIpv6CidrBlock"),
    )
    c("ec2").delete_route(RouteTableId=state["routeTableId"], **destination)


@creates("aws:ec2/routeTableAssociation:RouteTableAssociation")
def create_route_table_association(name: str, i: Inputs, c: Clients) -> Made:
    return c("ec2").associate_route_table(RouteTableId=i["routeTableId"], SubnetId=i["subnetId"])["AssociationId"], {}


@deletes("aws:ec2/routeTableAssociation:RouteTableAssociation")
def delete_route_table_association(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").disassociate_route_table(AssociationId=identity)


@creates("aws:ec2/vpcEndpoint:VpcEndpoint")
def create_vpc_endpoint(name: str, i: Inputs, c: Clients) -> Made:
    made = c("ec2").create_vpc_endpoint(
        **compact(
            VpcId=i["vpcId"],
            ServiceName=i["serviceName"],
            VpcEndpointType=i.get("vpcEndpointType"),
            RouteTableIds=i.get("routeTableIds"),
            SubnetIds=i.get("subnetIds"),
            SecurityGroupIds=i.get("securityGroupIds"),
            PrivateDnsEnabled=i.get("privateDnsEnabled"),
            TagSpecifications=tag_specification("vpc-endpoint", i.get("tags")),
        )
    )
    return made["VpcEndpoint"]["VpcEndpointId"], {}


@deletes("aws:ec2/vpcEndpoint:VpcEndpoint")
def delete_vpc_endpoint(identity: str, state: dict[str, Any], c: Clients) -> None:
    """The interfaces go with the endpoint in AWS; moto leaves some of them."""
    ec2 = c("ec2")
    made = set(ec2.describe_vpc_endpoints(VpcEndpointIds=[identity])["VpcEndpoints"][0].get("NetworkInterfaceIds", []))
    ec2.delete_vpc_endpoints(VpcEndpointIds=[identity])
    inside = [{"Name": "vpc-id", "Values": [state["vpcId"]]}]
    left = {one["NetworkInterfaceId"] for one in ec2.describe_network_interfaces(Filters=inside)["NetworkInterfaces"]}
    for interface in sorted(made & left):
        ec2.delete_network_interface(NetworkInterfaceId=interface)


# --- security groups -----------------------------------------------------------------------------


@creates("aws:ec2/securityGroup:SecurityGroup")
def create_security_group(name: str, i: Inputs, c: Clients) -> Made:
    ec2 = c("ec2")
    made = ec2.create_security_group(
        GroupName=i["name"],
        Description=i["description"],
        VpcId=i["vpcId"],
        TagSpecifications=tag_specification("security-group", i.get("tags")),
    )
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [made["GroupId"]]}])[
        "SecurityGroupRules"
    ]
    ec2.revoke_security_group_egress(
        GroupId=made["GroupId"], SecurityGroupRuleIds=[one["SecurityGroupRuleId"] for one in rules]
    )
    return made["GroupId"], {}


@deletes("aws:ec2/securityGroup:SecurityGroup")
def delete_security_group(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").delete_security_group(GroupId=identity)


def _permission(i: Inputs) -> dict[str, Any]:
    description = compact(Description=i.get("description"))
    permission: dict[str, Any] = compact(IpProtocol=i["ipProtocol"], FromPort=i.get("fromPort"), ToPort=i.get("toPort"))
    if i.get("referencedSecurityGroupId"):
        permission["UserIdGroupPairs"] = [{"GroupId": i["referencedSecurityGroupId"], **description}]
    if i.get("cidrIpv4"):
        permission["IpRanges"] = [{"CidrIp": i["cidrIpv4"], **description}]
    if i.get("cidrIpv6"):
        permission["Ipv6Ranges"] = [{"CidrIpv6": i["cidrIpv6"], **description}]
    if i.get("prefixListId"):
        permission["PrefixListIds"] = [{"PrefixListId": i["prefixListId"], **description}]
    return permission


def _rules(direction: str) -> tuple[Create, Delete]:
    def create(name: str, i: Inputs, c: Clients) -> Made:
        made = getattr(c("ec2"), f"authorize_security_group_{direction}")(
            GroupId=i["securityGroupId"], IpPermissions=[_permission(i)]
        )
        return made["SecurityGroupRules"][0]["SecurityGroupRuleId"], {}

    def delete(identity: str, state: dict[str, Any], c: Clients) -> None:
        getattr(c("ec2"), f"revoke_security_group_{direction}")(
            GroupId=state["securityGroupId"], SecurityGroupRuleIds=[identity]
        )

    return create, delete


for _direction, _word in (("ingress", "Ingress"), ("egress", "Egress")):
    _token = f"aws:vpc/securityGroup{_word}Rule:SecurityGroup{_word}Rule"
    CREATE[_token], DELETE[_token] = _rules(_direction)


# --- IAM -----------------------------------------------------------------------------------------


@creates("aws:iam/role:Role")
def create_role(name: str, i: Inputs, c: Clients) -> Made:
    trust = json.loads(i["assumeRolePolicy"])
    if not trust.get("Statement"):
        raise ValueError("MalformedPolicyDocument: a trust policy without Statement")
    made = c("iam").create_role(
        **compact(RoleName=i["name"], AssumeRolePolicyDocument=json.dumps(trust), Tags=tag_list(i.get("tags")) or None)
    )
    return made["Role"]["RoleName"], {"arn": made["Role"]["Arn"]}


@deletes("aws:iam/role:Role")
def delete_role(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("iam").delete_role(RoleName=identity)


@creates("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
def create_attachment(name: str, i: Inputs, c: Clients) -> Made:
    c("iam").attach_role_policy(RoleName=i["role"], PolicyArn=i["policyArn"])
    return f"{i['role']}-{i['policyArn']}", {}


@deletes("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
def delete_attachment(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("iam").detach_role_policy(RoleName=state["role"], PolicyArn=state["policyArn"])


@creates("aws:iam/rolePolicy:RolePolicy")
def create_role_policy(name: str, i: Inputs, c: Clients) -> Made:
    c("iam").put_role_policy(RoleName=i["role"], PolicyName=i["name"], PolicyDocument=i["policy"])
    return f"{i['role']}:{i['name']}", {}


@deletes("aws:iam/rolePolicy:RolePolicy")
def delete_role_policy(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("iam").delete_role_policy(RoleName=state["role"], PolicyName=state["name"])


@creates("aws:iam/openIdConnectProvider:OpenIdConnectProvider")
def create_oidc_provider(name: str, i: Inputs, c: Clients) -> Made:
    made = c("iam").create_open_id_connect_provider(
        **compact(Url=i["url"], ClientIDList=i["clientIdLists"], Tags=tag_list(i.get("tags")) or None)
    )
    return made["OpenIDConnectProviderArn"], {"arn": made["OpenIDConnectProviderArn"]}


@deletes("aws:iam/openIdConnectProvider:OpenIdConnectProvider")
def delete_oidc_provider(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("iam").delete_open_id_connect_provider(OpenIDConnectProviderArn=identity)


# --- EKS -----------------------------------------------------------------------------------------


@creates("aws:eks/cluster:Cluster")
def create_cluster(name: str, i: Inputs, c: Clients) -> Made:
    logs, encryption, remote = i.get("enabledClusterLogTypes"), i.get("encryptionConfig"), i.get("remoteNetworkConfig")
    made = c("eks").create_cluster(
        **compact(
            name=i["name"],
            roleArn=i["roleArn"],
            version=i.get("version"),
            bootstrapSelfManagedAddons=i.get("bootstrapSelfManagedAddons"),
            tags=i.get("tags"),
            resourcesVpcConfig=compact(**i["vpcConfig"]),
            kubernetesNetworkConfig=compact(**i.get("kubernetesNetworkConfig", {})) or None,
            accessConfig=i.get("accessConfig"),
            upgradePolicy=i.get("upgradePolicy"),
            deletionProtection=i.get("deletionProtection"),
            controlPlaneScalingConfig=i.get("controlPlaneScalingConfig"),
            zonalShiftConfig=i.get("zonalShiftConfig"),
            computeConfig=compact(**i.get("computeConfig", {})) or None,
            storageConfig=i.get("storageConfig"),
            kubeApiServerConfig=i.get("kubeApiServerConfig"),
            kubeControllerManagerConfig=i.get("kubeControllerManagerConfig"),
            kubeSchedulerConfig=i.get("kubeSchedulerConfig"),
            logging={"clusterLogging": [{"types": logs, "enabled": True}]} if logs else None,
            encryptionConfig=[encryption] if encryption else None,
            remoteNetworkConfig={
                "remoteNodeNetworks": [remote["remoteNodeNetworks"]],
                **({"remotePodNetworks": [remote["remotePodNetworks"]]} if remote.get("remotePodNetworks") else {}),
            }
            if remote
            else None,
        )
    )["cluster"]
    found = c("eks").describe_cluster(name=made["name"])["cluster"]
    return made["name"], {
        "arn": found["arn"],
        "identities": [{"oidcs": [{"issuer": found["identity"]["oidc"]["issuer"]}]}],
        "endpoint": found["endpoint"],
        "certificateAuthority": {"data": found["certificateAuthority"]["data"]},
        "kubernetesNetworkConfig": found["kubernetesNetworkConfig"],
        "vpcConfig": {
            **i["vpcConfig"],
            **{key: found["resourcesVpcConfig"][key] for key in ("clusterSecurityGroupId", "vpcId")},
        },
    }


@deletes("aws:eks/cluster:Cluster")
def delete_cluster(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("eks").delete_cluster(name=identity)


@creates("aws:eks/addon:Addon")
def create_addon(name: str, i: Inputs, c: Clients) -> Made:
    values = i.get("configurationValues")
    if values:
        json.loads(values)
    i.get("resolveConflictsOnUpdate")
    c("eks").create_addon(
        **compact(
            clusterName=i["clusterName"],
            addonName=i["addonName"],
            addonVersion=i.get("addonVersion"),
            configurationValues=values,
            podIdentityAssociations=i.get("podIdentityAssociations"),
            serviceAccountRoleArn=i.get("serviceAccountRoleArn"),
            resolveConflicts=i.get("resolveConflictsOnCreate"),
            tags=i.get("tags"),
        )
    )
    return f"{i['clusterName']}:{i['addonName']}", {}


@deletes("aws:eks/addon:Addon")
def delete_addon(identity: str, state: dict[str, Any], c: Clients) -> None:
    cluster, addon = identity.split(":")
    c("eks").delete_addon(clusterName=cluster, addonName=addon)


@creates("aws:eks/accessEntry:AccessEntry")
def create_access_entry(name: str, i: Inputs, c: Clients) -> Made:
    c("eks").create_access_entry(
        **compact(
            clusterName=i["clusterName"],
            principalArn=i["principalArn"],
            type=i.get("type"),
            kubernetesGroups=i.get("kubernetesGroups"),
            username=i.get("userName"),
            tags=i.get("tags"),
        )
    )
    return f"{i['clusterName']}:{i['principalArn']}", {}


@deletes("aws:eks/accessEntry:AccessEntry")
def delete_access_entry(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("eks").delete_access_entry(clusterName=state["clusterName"], principalArn=state["principalArn"])


@creates("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
def create_access_policy(name: str, i: Inputs, c: Clients) -> Made:
    c("eks").associate_access_policy(
        clusterName=i["clusterName"],
        principalArn=i["principalArn"],
        policyArn=i["policyArn"],
        accessScope=compact(**i["accessScope"]),
    )
    return f"{i['clusterName']}#{i['principalArn']}#{i['policyArn']}", {}


@deletes("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
def delete_access_policy(identity: str, state: dict[str, Any], c: Clients) -> None:
    cluster, principal, policy = identity.split("#")
    c("eks").disassociate_access_policy(clusterName=cluster, principalArn=principal, policyArn=policy)


@creates("aws:eks/podIdentityAssociation:PodIdentityAssociation")
def create_pod_identity(name: str, i: Inputs, c: Clients) -> Made:
    made = c("eks").create_pod_identity_association(
        **compact(
            clusterName=i["clusterName"],
            namespace=i["namespace"],
            serviceAccount=i["serviceAccount"],
            roleArn=i["roleArn"],
            tags=i.get("tags"),
        )
    )["association"]
    return made["associationId"], {"associationId": made["associationId"]}


@deletes("aws:eks/podIdentityAssociation:PodIdentityAssociation")
def delete_pod_identity(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("eks").delete_pod_identity_association(clusterName=state["clusterName"], associationId=identity)


@creates("aws:eks/nodeGroup:NodeGroup")
def create_node_group(name: str, i: Inputs, c: Clients) -> Made:
    scaling = {key: int(value) for key, value in i["scalingConfig"].items()}
    if not scaling["minSize"] <= scaling["desiredSize"] <= scaling["maxSize"]:
        raise ValueError(f"InvalidParameterException: scaling {scaling}")
    template = i["launchTemplate"]
    made = c("eks").create_nodegroup(
        **compact(
            clusterName=i["clusterName"],
            nodegroupName=i["nodeGroupName"],
            nodeRole=i["nodeRoleArn"],
            subnets=i["subnetIds"],
            scalingConfig=scaling,
            instanceTypes=i.get("instanceTypes"),
            amiType=i.get("amiType"),
            capacityType=i.get("capacityType"),
            launchTemplate={"id": template["id"], "version": str(template["version"])},
            labels=i.get("labels"),
            taints=i.get("taints"),
            updateConfig=compact(**i["updateConfig"]),
            nodeRepairConfig=i.get("nodeRepairConfig"),
            # a warm pool is there because it is declared; EKS asks for the word
            warmPoolConfig={"enabled": True, **i.get("warmPoolConfig")} if i.get("warmPoolConfig") else None,
            version=i.get("version"),
            releaseVersion=i.get("releaseVersion"),
            tags=i.get("tags"),
        )
    )["nodegroup"]
    return f"{made['clusterName']}:{made['nodegroupName']}", {"arn": made["nodegroupArn"]}


@deletes("aws:eks/nodeGroup:NodeGroup")
def delete_node_group(identity: str, state: dict[str, Any], c: Clients) -> None:
    cluster, group = identity.split(":")
    c("eks").delete_nodegroup(clusterName=cluster, nodegroupName=group)


@creates("aws:sqs/queue:Queue")
def create_queue(name: str, i: Inputs, c: Clients) -> Made:
    attributes = {"MessageRetentionPeriod": str(int(i["messageRetentionSeconds"]))}
    if i.get("sqsManagedSseEnabled") is not None:
        attributes["SqsManagedSseEnabled"] = str(i["sqsManagedSseEnabled"]).lower()
    url = c("sqs").create_queue(QueueName=i["name"], Attributes=attributes, tags=i.get("tags") or {})["QueueUrl"]
    arn = c("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return url, {"url": url, "arn": arn}


@deletes("aws:sqs/queue:Queue")
def delete_queue(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("sqs").delete_queue(QueueUrl=identity)


@creates("aws:sqs/queuePolicy:QueuePolicy")
def create_queue_policy(name: str, i: Inputs, c: Clients) -> Made:
    c("sqs").set_queue_attributes(QueueUrl=i["queueUrl"], Attributes={"Policy": i["policy"]})
    return i["queueUrl"], {}


@deletes("aws:sqs/queuePolicy:QueuePolicy")
def delete_queue_policy(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("sqs").set_queue_attributes(QueueUrl=identity, Attributes={"Policy": ""})


@creates("aws:cloudwatch/eventRule:EventRule")
def create_event_rule(name: str, i: Inputs, c: Clients) -> Made:
    if not 1 <= len(i["name"]) <= 64:
        raise ValueError(f"ValidationException: rule name of {len(i['name'])} characters")
    made = c("events").put_rule(
        Name=i["name"], EventPattern=i["eventPattern"], State=i.get("state"), Tags=tag_list(i.get("tags"))
    )
    return i["name"], {"arn": made["RuleArn"]}


@deletes("aws:cloudwatch/eventRule:EventRule")
def delete_event_rule(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("events").delete_rule(Name=identity)


@creates("aws:cloudwatch/eventTarget:EventTarget")
def create_event_target(name: str, i: Inputs, c: Clients) -> Made:
    c("events").put_targets(Rule=i["rule"], Targets=[{"Id": i["targetId"], "Arn": i["arn"]}])
    return f"{i['rule']}-{i['targetId']}", {}


@deletes("aws:cloudwatch/eventTarget:EventTarget")
def delete_event_target(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("events").remove_targets(Rule=state["rule"], Ids=[state["targetId"]])


def _pascal(value: Any) -> Any:
    """Pulumi's camelCase as EC2's PascalCase; tables of tags as EC2's lists."""
    if isinstance(value, list):
        return [_pascal(item) for item in value]
    if isinstance(value, dict):
        return {
            key[0].upper() + key[1:]: tag_list(item) if key == "tags" else _pascal(item)
            for key, item in value.items()
            if item is not None
        }
    return value


def _template_data(i: Inputs) -> Iterator[tuple[str, Any]]:
    for key in (
        "imageId",
        "instanceType",
        "keyName",
        "instanceMarketOptions",
        "capacityReservationSpecification",
        "metadataOptions",
        "tagSpecifications",
        "blockDeviceMappings",
    ):
        value = i.get(key)
        if value is not None:
            yield key[0].upper() + key[1:], _pascal(value)
    if i.get("userData"):
        base64.b64decode(i["userData"], validate=True)
        yield "UserData", i["userData"]
    if i.get("vpcSecurityGroupIds"):
        yield "SecurityGroupIds", i["vpcSecurityGroupIds"]
    if i.get("networkInterfaces"):
        yield "NetworkInterfaces", [_interface(one) for one in i["networkInterfaces"]]


def _interface(one: dict[str, Any]) -> dict[str, Any]:
    """An interface of a template: the provider's own name for groups, and booleans as text."""
    words = {"true": True, "false": False}
    made = _pascal({key: words.get(value, value) for key, value in one.items() if key != "securityGroups"})
    return {**made, "Groups": one.get("securityGroups", []), "DeviceIndex": int(one.get("deviceIndex", 0))}


@creates("aws:ec2/launchTemplate:LaunchTemplate")
def create_launch_template(name: str, i: Inputs, c: Clients) -> Made:
    data = dict(_template_data(i))
    for mapping in data.get("BlockDeviceMappings", []):
        for key in ("Encrypted", "DeleteOnTermination"):
            mapping["Ebs"][key] = mapping["Ebs"][key] == "true"
    i.get("updateDefaultVersion")
    made = c("ec2").create_launch_template(
        LaunchTemplateName=i["name"],
        LaunchTemplateData=data,
        TagSpecifications=tag_specification("launch-template", i.get("tags")),
    )["LaunchTemplate"]
    return made["LaunchTemplateId"], {
        "latestVersion": made["LatestVersionNumber"],
        "defaultVersion": made["DefaultVersionNumber"],
    }


@deletes("aws:ec2/launchTemplate:LaunchTemplate")
def delete_launch_template(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").delete_launch_template(LaunchTemplateId=identity)


# the handlers of other files register themselves
from tests.support import provider_compute, provider_more, provider_storage  # noqa: F401
