"""Reading and changing what ``provider_more`` makes: DHCP options, flow logs, log groups, keys, ACLs (tests only)."""

from __future__ import annotations

from typing import Any

from tests.support.provider import Clients, Inputs
from tests.support.provider_read import Values, reads, tag_table
from tests.support.provider_update import TAGS, updates

_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp"}


@reads("aws:ec2/vpcDhcpOptions:VpcDhcpOptions")
def read_dhcp_options(identity: str, state: Values, c: Clients) -> Values:
    found = c("ec2").describe_dhcp_options(DhcpOptionsIds=[identity])["DhcpOptions"][0]
    rows = {one["Key"]: [each["Value"] for each in one["Values"]] for one in found["DhcpConfigurations"]}
    return {
        "domainName": rows.get("domain-name", [None])[0],
        "domainNameServers": rows.get("domain-name-servers"),
        "ntpServers": rows.get("ntp-servers"),
        "tags": tag_table(found.get("Tags")),
    }


@reads("aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation")
def read_dhcp_association(identity: str, state: Values, c: Clients) -> Values:
    vpc = state.get("vpcId") or identity  # an import says the VPC
    options = c("ec2").describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["DhcpOptionsId"]
    return {"id": f"{options}-{vpc}", "vpcId": vpc, "dhcpOptionsId": options}


@updates("aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation")
def update_dhcp_association(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    c("ec2").associate_dhcp_options(DhcpOptionsId=i["dhcpOptionsId"], VpcId=state["vpcId"])
    return {}


@reads("aws:cloudwatch/logGroup:LogGroup")
def read_log_group(identity: str, state: Values, c: Clients) -> Values | None:
    logs = c("logs")
    for one in logs.describe_log_groups(logGroupNamePrefix=identity)["logGroups"]:
        if one["logGroupName"] == identity:
            arn = one["arn"].removesuffix(":*")
            tags = logs.list_tags_for_resource(resourceArn=arn)["tags"]
            return {
                "name": identity,
                "arn": arn,
                "retentionInDays": one.get("retentionInDays", 0),
                "tags": tags or None,
            }
    return None


@updates("aws:cloudwatch/logGroup:LogGroup")
def update_log_group(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    days = i.get("retentionInDays")
    if days:
        c("logs").put_retention_policy(logGroupName=identity, retentionInDays=days)
    else:
        c("logs").delete_retention_policy(logGroupName=identity)
    return {}


@reads("aws:ec2/flowLog:FlowLog")
def read_flow_log(identity: str, state: Values, c: Clients) -> Values | None:
    found = c("ec2").describe_flow_logs(FlowLogIds=[identity])["FlowLogs"]
    if not found:
        return None
    (one,) = found
    return {
        "vpcId": one["ResourceId"],
        "trafficType": one["TrafficType"],
        "logDestinationType": one["LogDestinationType"],
        "logDestination": one.get("LogDestination") or _group_arn(one["LogGroupName"], c),
        "maxAggregationInterval": one["MaxAggregationInterval"],
        "iamRoleArn": one.get("DeliverLogsPermissionArn"),
        "tags": tag_table(one.get("Tags")),
    }


def _group_arn(name: str, c: Clients) -> str:
    found = c("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return str(next(one["arn"] for one in found if one["logGroupName"] == name)).removesuffix(":*")


@reads("aws:kms/key:Key")
def read_key(identity: str, state: Values, c: Clients) -> Values | None:
    kms = c("kms")
    found = kms.describe_key(KeyId=identity)["KeyMetadata"]
    if found["KeyState"] == "PendingDeletion":
        return None
    tags = [{"Key": one["TagKey"], "Value": one["TagValue"]} for one in kms.list_resource_tags(KeyId=identity)["Tags"]]
    return {
        "arn": found["Arn"],
        "keyId": found["KeyId"],
        "description": found["Description"],
        "policy": kms.get_key_policy(KeyId=identity, PolicyName="default")["Policy"],
        "enableKeyRotation": kms.get_key_rotation_status(KeyId=identity)["KeyRotationEnabled"],
        "tags": tag_table(tags),
    }


@updates("aws:kms/key:Key")
def update_key(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    kms = c("kms")
    if i.get("policy"):
        kms.put_key_policy(KeyId=identity, PolicyName="default", Policy=i["policy"])
    if "enableKeyRotation" in i:
        turn = kms.enable_key_rotation if i.get("enableKeyRotation") else kms.disable_key_rotation
        turn(KeyId=identity)
    if i.get("description"):
        kms.update_key_description(KeyId=identity, Description=i["description"])
    i.get("deletionWindowInDays")  # counts when it is deleted
    return {}


@reads("aws:kms/alias:Alias")
def read_alias(identity: str, state: Values, c: Clients) -> Values | None:
    for one in c("kms").list_aliases()["Aliases"]:
        if one["AliasName"] == identity:
            return {"name": identity, "targetKeyId": one.get("TargetKeyId")}
    return None


@updates("aws:kms/alias:Alias")
def update_alias(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    c("kms").update_alias(AliasName=identity, TargetKeyId=i["targetKeyId"])
    return {}


@reads("aws:ec2/networkAcl:NetworkAcl")
def read_network_acl(identity: str, state: Values, c: Clients) -> Values:
    (found,) = c("ec2").describe_network_acls(NetworkAclIds=[identity])["NetworkAcls"]
    return {"vpcId": found["VpcId"], "tags": tag_table(found.get("Tags"))}


@reads("aws:ec2/networkAclRule:NetworkAclRule")
def read_network_acl_rule(identity: str, state: Values, c: Clients) -> Values | None:
    if not state.get("networkAclId"):  # an import says the ACL, the number, the protocol and the direction
        acl, number, _, egress = identity.split(":")
        state = {"networkAclId": acl, "ruleNumber": int(number), "egress": egress == "true"}
    (found,) = c("ec2").describe_network_acls(NetworkAclIds=[state["networkAclId"]])["NetworkAcls"]
    for one in found["Entries"]:
        if (one["RuleNumber"], one["Egress"]) == (state["ruleNumber"], state["egress"]):
            ports: dict[str, Any] = one.get("PortRange") or {}
            return {
                "id": f"nacl-{state['networkAclId']}-{state['ruleNumber']}-{state['egress']}",
                "networkAclId": state["networkAclId"],
                "ruleNumber": one["RuleNumber"],
                "egress": one["Egress"],
                "ruleAction": one["RuleAction"],
                "protocol": _PROTOCOLS.get(one["Protocol"], one["Protocol"]),
                "cidrBlock": one["CidrBlock"],
                "fromPort": ports.get("From", 0),
                "toPort": ports.get("To", 0),
            }
    return None


@reads("aws:ec2/networkAclAssociation:NetworkAclAssociation")
def read_network_acl_association(identity: str, state: Values, c: Clients) -> Values | None:
    for acl in c("ec2").describe_network_acls()["NetworkAcls"]:
        for one in acl["Associations"]:
            if one["NetworkAclAssociationId"] == identity:
                return {"networkAclId": acl["NetworkAclId"], "subnetId": one["SubnetId"]}
    return None


def _tag_log_group(identity: str, state: Values, gone: list[str], new: dict[str, str], c: Clients) -> None:
    if gone:
        c("logs").untag_resource(resourceArn=state["arn"], tagKeys=gone)
    if new:
        c("logs").tag_resource(resourceArn=state["arn"], tags=new)


def _tag_key(identity: str, state: Values, gone: list[str], new: dict[str, str], c: Clients) -> None:
    c("kms").untag_resource(KeyId=identity, TagKeys=gone)
    c("kms").tag_resource(KeyId=identity, Tags=[{"TagKey": key, "TagValue": value} for key, value in new.items()])


TAGS["aws:cloudwatch/logGroup:LogGroup"] = _tag_log_group
TAGS["aws:kms/key:Key"] = _tag_key
