"""More of Pulumi's ``aws`` resources as boto3 calls: DHCP options, flow logs, log groups, keys, network ACLs.

``tests.support.provider`` imports it, so that its handlers are always there.
"""

from __future__ import annotations

import json
from typing import Any

from tests.support.provider import Clients, Inputs, Made, compact, creates, deletes, tag_list, tag_specification


@creates("aws:ec2/vpcDhcpOptions:VpcDhcpOptions")
def create_dhcp_options(name: str, i: Inputs, c: Clients) -> Made:
    rows = (
        ("domain-name", [i["domainName"]] if i.get("domainName") else None),
        ("domain-name-servers", i.get("domainNameServers")),
        ("ntp-servers", i.get("ntpServers")),
    )
    made = c("ec2").create_dhcp_options(
        DhcpConfigurations=[{"Key": key, "Values": values} for key, values in rows if values],
    )["DhcpOptions"]
    if i.get("tags"):  # moto drops those that come with the call
        c("ec2").create_tags(Resources=[made["DhcpOptionsId"]], Tags=tag_list(i["tags"]))
    return made["DhcpOptionsId"], {}


@deletes("aws:ec2/vpcDhcpOptions:VpcDhcpOptions")
def delete_dhcp_options(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").delete_dhcp_options(DhcpOptionsId=identity)


@creates("aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation")
def create_dhcp_association(name: str, i: Inputs, c: Clients) -> Made:
    c("ec2").associate_dhcp_options(DhcpOptionsId=i["dhcpOptionsId"], VpcId=i["vpcId"])
    return f"{i['dhcpOptionsId']}-{i['vpcId']}", {}


@deletes("aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation")
def delete_dhcp_association(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").associate_dhcp_options(DhcpOptionsId="default", VpcId=state["vpcId"])


@creates("aws:cloudwatch/logGroup:LogGroup")
def create_log_group(name: str, i: Inputs, c: Clients) -> Made:
    logs = c("logs")
    logs.create_log_group(**compact(logGroupName=i["name"], tags=i.get("tags") or None))
    if i.get("retentionInDays"):
        logs.put_retention_policy(logGroupName=i["name"], retentionInDays=i["retentionInDays"])
    (found,) = logs.describe_log_groups(logGroupNamePrefix=i["name"])["logGroups"]
    return i["name"], {"arn": found["arn"].removesuffix(":*")}


@deletes("aws:cloudwatch/logGroup:LogGroup")
def delete_log_group(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("logs").delete_log_group(logGroupName=identity)


@creates("aws:ec2/flowLog:FlowLog")
def create_flow_log(name: str, i: Inputs, c: Clients) -> Made:
    kind, destination = i["logDestinationType"], i["logDestination"]
    to = {"LogGroupName": destination.split(":log-group:")[1]} if kind == "cloud-watch-logs" else {}
    made = c("ec2").create_flow_logs(
        **compact(
            ResourceIds=[i["vpcId"]],
            ResourceType="VPC",
            TrafficType=i["trafficType"],
            LogDestinationType=kind,
            LogDestination=None if to else destination,
            DeliverLogsPermissionArn=i.get("iamRoleArn"),
            MaxAggregationInterval=i.get("maxAggregationInterval"),
            TagSpecifications=tag_specification("vpc-flow-log", i.get("tags")),
        ),
        **to,
    )
    if made.get("Unsuccessful"):
        raise RuntimeError(str(made["Unsuccessful"][0]["Error"]))
    return made["FlowLogIds"][0], {}


@deletes("aws:ec2/flowLog:FlowLog")
def delete_flow_log(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").delete_flow_logs(FlowLogIds=[identity])


@creates("aws:kms/key:Key")
def create_key(name: str, i: Inputs, c: Clients) -> Made:
    """KMS refuses a policy that names a role which is not there; moto does not, so it is checked here."""
    kms, iam = c("kms"), c("iam")
    for statement in json.loads(i["policy"])["Statement"]:
        principal = statement["Principal"]["AWS"]
        if ":role/" in principal:
            iam.get_role(RoleName=principal.rpartition("/")[2])
    made = kms.create_key(
        **compact(
            Policy=i["policy"],
            Description=i.get("description"),
            Tags=[{"TagKey": one["Key"], "TagValue": one["Value"]} for one in tag_list(i.get("tags"))] or None,
        )
    )["KeyMetadata"]
    if i.get("enableKeyRotation"):
        kms.enable_key_rotation(KeyId=made["KeyId"])
    i.get("deletionWindowInDays")
    return made["KeyId"], {"arn": made["Arn"], "keyId": made["KeyId"]}


@deletes("aws:kms/key:Key")
def delete_key(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("kms").schedule_key_deletion(KeyId=identity, PendingWindowInDays=state["deletionWindowInDays"])


@creates("aws:kms/alias:Alias")
def create_alias(name: str, i: Inputs, c: Clients) -> Made:
    c("kms").create_alias(AliasName=i["name"], TargetKeyId=i["targetKeyId"])
    return i["name"], {}


@deletes("aws:kms/alias:Alias")
def delete_alias(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("kms").delete_alias(AliasName=identity)


@creates("aws:ec2/networkAcl:NetworkAcl")
def create_network_acl(name: str, i: Inputs, c: Clients) -> Made:
    made = c("ec2").create_network_acl(
        VpcId=i["vpcId"], TagSpecifications=tag_specification("network-acl", i.get("tags"))
    )
    return made["NetworkAcl"]["NetworkAclId"], {}


@deletes("aws:ec2/networkAcl:NetworkAcl")
def delete_network_acl(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").delete_network_acl(NetworkAclId=identity)


_NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "-1": "-1"}


@creates("aws:ec2/networkAclRule:NetworkAclRule")
def create_network_acl_rule(name: str, i: Inputs, c: Clients) -> Made:
    first, last = i.get("fromPort"), i.get("toPort")
    ports = {"From": first, "To": last} if i["protocol"] in ("tcp", "udp") else None
    c("ec2").create_network_acl_entry(
        **compact(
            NetworkAclId=i["networkAclId"],
            RuleNumber=i["ruleNumber"],
            Egress=i["egress"],
            RuleAction=i["ruleAction"],
            Protocol=_NUMBERS[i["protocol"]],
            CidrBlock=i["cidrBlock"],
            PortRange=ports,
        )
    )
    return f"nacl-{i['networkAclId']}-{i['ruleNumber']}-{i['egress']}", {}


@deletes("aws:ec2/networkAclRule:NetworkAclRule")
def delete_network_acl_rule(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").delete_network_acl_entry(
        NetworkAclId=state["networkAclId"], RuleNumber=state["ruleNumber"], Egress=state["egress"]
    )


@creates("aws:ec2/networkAclAssociation:NetworkAclAssociation")
def create_network_acl_association(name: str, i: Inputs, c: Clients) -> Made:
    return _associate(c("ec2"), i["subnetId"], i["networkAclId"]), {}


@deletes("aws:ec2/networkAclAssociation:NetworkAclAssociation")
def delete_network_acl_association(identity: str, state: dict[str, Any], c: Clients) -> None:
    """The subnet goes back to the VPC's own ACL."""
    ec2 = c("ec2")
    vpc = ec2.describe_subnets(SubnetIds=[state["subnetId"]])["Subnets"][0]["VpcId"]
    wanted = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "default", "Values": ["true"]}]
    (default,) = ec2.describe_network_acls(Filters=wanted)["NetworkAcls"]
    _associate(ec2, state["subnetId"], default["NetworkAclId"])


def _associate(ec2: Any, subnet: str, acl: str) -> str:
    wanted = [{"Name": "association.subnet-id", "Values": [subnet]}]
    (now,) = ec2.describe_network_acls(Filters=wanted)["NetworkAcls"]
    (one,) = (each for each in now["Associations"] if each["SubnetId"] == subnet)
    answer = ec2.replace_network_acl_association(AssociationId=one["NetworkAclAssociationId"], NetworkAclId=acl)
    return str(answer["NewAssociationId"])
