"""Pulumi's ``aws`` resources changed in place in moto (tests only).

An updater gets what changed and must read all of it; it answers with outputs that moved. Tags are
changed for every type that has them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.support.provider import Clients, Inputs, _template_data, compact, tag_list

Values = dict[str, Any]
Update = Callable[[str, Values, Inputs, Clients], Values]
UPDATE: dict[str, Update] = {}
"""By type: identity, old state, and the inputs that changed with what identifies the resource."""


TAGS: dict[str, Callable[[str, Values, list[str], dict[str, str], Clients], None]] = {}
"""By type: identity, old state, tags that go, all tags that shall be there."""


def updates(token: str) -> Callable[[Update], Update]:
    return lambda function: UPDATE.setdefault(token, function)


def change_tags(token: str, identity: str, state: Values, new: dict[str, str], c: Clients) -> None:
    """Make the tags those of ``new``. Raises LookupError for a type whose tags the double does not know."""
    gone = sorted(set(state.get("tags") or {}) - set(new))
    service = token.split(":")[1].partition("/")[0]
    if service == "ec2":
        if gone:
            c("ec2").delete_tags(Resources=[identity], Tags=[{"Key": key} for key in gone])
        if new:
            c("ec2").create_tags(Resources=[identity], Tags=tag_list(new))
    elif service == "eks":
        arn = next(state[key] for key in ("arn", "accessEntryArn", "associationArn") if key in state)
        if gone:
            c("eks").untag_resource(resourceArn=arn, tagKeys=gone)
        if new:
            c("eks").tag_resource(resourceArn=arn, tags=new)
    elif token == "aws:iam/role:Role":
        c("iam").untag_role(RoleName=identity, TagKeys=gone)
        c("iam").tag_role(RoleName=identity, Tags=tag_list(new))
    elif token == "aws:iam/openIdConnectProvider:OpenIdConnectProvider":
        c("iam").untag_open_id_connect_provider(OpenIDConnectProviderArn=identity, TagKeys=gone)
        c("iam").tag_open_id_connect_provider(OpenIDConnectProviderArn=identity, Tags=tag_list(new))
    elif token == "aws:sqs/queue:Queue":
        c("sqs").untag_queue(QueueUrl=identity, TagKeys=gone)
        c("sqs").tag_queue(QueueUrl=identity, Tags=new)
    elif token == "aws:cloudwatch/eventRule:EventRule":
        c("events").untag_resource(ResourceARN=state["arn"], TagKeys=gone)
        c("events").tag_resource(ResourceARN=state["arn"], Tags=tag_list(new))
    elif token in TAGS:
        TAGS[token](identity, state, gone, new, c)
    else:
        raise LookupError(f"{token}: the double cannot change its tags")


@updates("aws:ec2/vpc:Vpc")
def update_vpc(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    ec2 = c("ec2")
    for key, attribute in (("enableDnsSupport", "EnableDnsSupport"), ("enableDnsHostnames", "EnableDnsHostnames")):
        if i.get(key) is not None:
            ec2.modify_vpc_attribute(VpcId=identity, **{attribute: {"Value": i[key]}})
    if not i.get("assignGeneratedIpv6CidrBlock"):
        return {}
    made = ec2.associate_vpc_cidr_block(VpcId=identity, AmazonProvidedIpv6CidrBlock=True)
    return {"ipv6CidrBlock": made["Ipv6CidrBlockAssociation"]["Ipv6CidrBlock"]}


@updates("aws:ec2/subnet:Subnet")
def update_subnet(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    ec2 = c("ec2")
    if i.get("ipv6CidrBlock"):
        ec2.associate_subnet_cidr_block(SubnetId=identity, Ipv6CidrBlock=i["ipv6CidrBlock"])
    for key in ("mapPublicIpOnLaunch", "assignIpv6AddressOnCreation"):
        if i.get(key) is not None:
            ec2.modify_subnet_attribute(SubnetId=identity, **{key[0].upper() + key[1:]: {"Value": i[key]}})
    return {}


@updates("aws:ec2/internetGateway:InternetGateway")
def update_internet_gateway(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    if state.get("vpcId"):
        c("ec2").detach_internet_gateway(InternetGatewayId=identity, VpcId=state["vpcId"])
    c("ec2").attach_internet_gateway(InternetGatewayId=identity, VpcId=i["vpcId"])
    return {}


@updates("aws:ec2/route:Route")
def update_route(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    c("ec2").replace_route(
        **compact(
            RouteTableId=state["routeTableId"],
            DestinationCidrBlock=state.get("destinationCidrBlock"),
            DestinationIpv6CidrBlock=state.get("destinationIpv6CidrBlock"),
            GatewayId=i.get("gatewayId"),
            NatGatewayId=i.get("natGatewayId"),
            EgressOnlyInternetGatewayId=i.get("egressOnlyGatewayId"),
        )
    )
    return {}


@updates("aws:ec2/routeTableAssociation:RouteTableAssociation")
def update_route_table_association(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    made = c("ec2").replace_route_table_association(AssociationId=identity, RouteTableId=i["routeTableId"])
    return {"id": made["NewAssociationId"]}


@updates("aws:ec2/vpcEndpoint:VpcEndpoint")
def update_vpc_endpoint(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    arguments: Values = {}
    for key, word in (("routeTableIds", "RouteTable"), ("subnetIds", "Subnet"), ("securityGroupIds", "SecurityGroup")):
        if key not in i:
            continue
        old, new = set(state.get(key) or []), set(i.get(key) or [])
        arguments |= compact(
            **{f"Add{word}Ids": sorted(new - old) or None, f"Remove{word}Ids": sorted(old - new) or None}
        )
    if i.get("privateDnsEnabled") is not None:
        arguments["PrivateDnsEnabled"] = i["privateDnsEnabled"]
    c("ec2").modify_vpc_endpoint(VpcEndpointId=identity, **arguments)
    return {}


def update_rule(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    """A request says the whole rule."""
    whole = {**state, **{key: i.get(key) for key in ("ipProtocol", "fromPort", "toPort", "description") if key in i}}
    rule = compact(
        IpProtocol=whole["ipProtocol"],
        FromPort=whole.get("fromPort"),
        ToPort=whole.get("toPort"),
        CidrIpv4=whole.get("cidrIpv4"),
        CidrIpv6=whole.get("cidrIpv6"),
        PrefixListId=whole.get("prefixListId"),
        ReferencedGroupId=whole.get("referencedSecurityGroupId"),
        Description=whole.get("description"),
    )
    c("ec2").modify_security_group_rules(
        GroupId=state["securityGroupId"],
        SecurityGroupRules=[{"SecurityGroupRuleId": identity, "SecurityGroupRule": rule}],
    )
    return {}


for _word in ("Ingress", "Egress"):
    UPDATE[f"aws:vpc/securityGroup{_word}Rule:SecurityGroup{_word}Rule"] = update_rule


@updates("aws:iam/role:Role")
def update_role(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    c("iam").update_assume_role_policy(RoleName=identity, PolicyDocument=i["assumeRolePolicy"])
    return {}


@updates("aws:iam/rolePolicy:RolePolicy")
def update_role_policy(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    c("iam").put_role_policy(RoleName=state["role"], PolicyName=state["name"], PolicyDocument=i["policy"])
    return {}


@updates("aws:iam/openIdConnectProvider:OpenIdConnectProvider")
def update_oidc_provider(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    old, new = set(state["clientIdLists"]), set(i["clientIdLists"])
    for client in sorted(new - old):
        c("iam").add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=identity, ClientID=client)
    for client in sorted(old - new):
        c("iam").remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=identity, ClientID=client)
    return {}


@updates("aws:eks/cluster:Cluster")
def update_cluster(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    """One request for each setting: EKS takes one kind of update at a time."""
    eks = c("eks")
    if i.get("version"):
        eks.update_cluster_version(name=identity, version=i["version"])
    if i.get("accessConfig"):
        mode = i["accessConfig"]["authenticationMode"]
        eks.update_cluster_config(name=identity, accessConfig={"authenticationMode": mode})
    if i.get("vpcConfig"):
        eks.update_cluster_config(name=identity, resourcesVpcConfig=compact(**i["vpcConfig"]))
    if "enabledClusterLogTypes" in i:
        wanted = i.get("enabledClusterLogTypes") or []
        off = sorted({"api", "audit", "authenticator", "controllerManager", "scheduler"} - set(wanted))
        kinds = [{"types": wanted, "enabled": True}, {"types": off, "enabled": False}]
        eks.update_cluster_config(name=identity, logging={"clusterLogging": [one for one in kinds if one["types"]]})
    if {"computeConfig", "storageConfig"} & set(i):
        # EKS takes the three of Auto Mode in one request only
        balancing = (i.get("kubernetesNetworkConfig") or {}).get("elasticLoadBalancing")
        eks.update_cluster_config(
            name=identity,
            **compact(
                computeConfig=compact(**i.get("computeConfig", {})) or None,
                storageConfig=i.get("storageConfig"),
                kubernetesNetworkConfig={"elasticLoadBalancing": balancing} if balancing else None,
            ),
        )
    for key in (
        "upgradePolicy",
        "deletionProtection",
        "controlPlaneScalingConfig",
        "zonalShiftConfig",
        "kubeApiServerConfig",
        "kubeControllerManagerConfig",
        "kubeSchedulerConfig",
    ):
        if i.get(key) is not None:
            eks.update_cluster_config(name=identity, **{key: i[key]})
    return {}


@updates("aws:eks/addon:Addon")
def update_addon(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    cluster, name = identity.split(":")
    i.get("resolveConflictsOnCreate")
    values = i.get("configurationValues")
    if values:
        json.loads(values)
    c("eks").update_addon(
        **compact(
            clusterName=cluster,
            addonName=name,
            addonVersion=i.get("addonVersion"),
            configurationValues=values,
            podIdentityAssociations=i.get("podIdentityAssociations"),
            serviceAccountRoleArn=i.get("serviceAccountRoleArn"),
            resolveConflicts=i.get("resolveConflictsOnUpdate"),
        )
    )
    return {}


@updates("aws:eks/accessEntry:AccessEntry")
def update_access_entry(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    c("eks").update_access_entry(
        clusterName=state["clusterName"],
        principalArn=state["principalArn"],
        **compact(kubernetesGroups=i.get("kubernetesGroups"), username=i.get("userName")),
    )
    return {}


@updates("aws:eks/podIdentityAssociation:PodIdentityAssociation")
def update_pod_identity(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    c("eks").update_pod_identity_association(
        clusterName=state["clusterName"], associationId=identity, roleArn=i["roleArn"]
    )
    return {}


@updates("aws:eks/nodeGroup:NodeGroup")
def update_node_group(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    cluster, group = identity.split(":")
    eks = c("eks")
    template = i.get("launchTemplate")
    version = compact(version=i.get("version"), releaseVersion=i.get("releaseVersion"))
    if template:
        version["launchTemplate"] = {"id": template["id"], "version": str(template["version"])}
    if version:
        eks.update_nodegroup_version(clusterName=cluster, nodegroupName=group, **version)
    config: Values = {
        key: i[key]
        for key in ("scalingConfig", "updateConfig", "nodeRepairConfig", "warmPoolConfig")
        if i.get(key) is not None
    }
    if "scalingConfig" in config:
        config["scalingConfig"] = {key: int(value) for key, value in config["scalingConfig"].items()}
    if "labels" in i:
        new = i.get("labels") or {}
        gone = sorted(set(state.get("labels") or {}) - set(new))
        config["labels"] = compact(addOrUpdateLabels=new or None, removeLabels=gone or None)
    if "taints" in i:
        taints = i.get("taints") or []
        keys = [(one["key"], one["effect"]) for one in taints]
        gone_taints = [one for one in state.get("taints") or [] if (one["key"], one["effect"]) not in keys]
        config["taints"] = compact(addOrUpdateTaints=taints or None, removeTaints=gone_taints or None)
    if config:
        eks.update_nodegroup_config(clusterName=cluster, nodegroupName=group, **config)
    return {}


@updates("aws:sqs/queue:Queue")
def update_queue(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    attributes = {}
    if i.get("messageRetentionSeconds") is not None:
        attributes["MessageRetentionPeriod"] = str(int(i["messageRetentionSeconds"]))
    if i.get("sqsManagedSseEnabled") is not None:
        attributes["SqsManagedSseEnabled"] = str(i["sqsManagedSseEnabled"]).lower()
    c("sqs").set_queue_attributes(QueueUrl=identity, Attributes=attributes)
    return {}


@updates("aws:sqs/queuePolicy:QueuePolicy")
def update_queue_policy(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    c("sqs").set_queue_attributes(QueueUrl=identity, Attributes={"Policy": i["policy"]})
    return {}


@updates("aws:cloudwatch/eventRule:EventRule")
def update_event_rule(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    c("events").put_rule(
        Name=identity,
        EventPattern=i.get("eventPattern") or state["eventPattern"],
        State=i.get("state") or state.get("state") or "ENABLED",
    )
    return {}


@updates("aws:cloudwatch/eventTarget:EventTarget")
def update_event_target(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    c("events").put_targets(Rule=state["rule"], Targets=[{"Id": state["targetId"], "Arn": i["arn"]}])
    return {}


@updates("aws:ec2/launchTemplate:LaunchTemplate")
def update_launch_template(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    """A version of its own, as the provider makes it; versions do not inherit, so the data is whole."""
    ec2 = c("ec2")
    i.read |= set(i)
    data = dict(_template_data(Inputs({**state, **i})))
    for mapping in data.get("BlockDeviceMappings", []):
        for key in ("Encrypted", "DeleteOnTermination"):
            mapping["Ebs"][key] = mapping["Ebs"][key] == "true"
    made = ec2.create_launch_template_version(LaunchTemplateId=identity, LaunchTemplateData=data)
    latest = made["LaunchTemplateVersion"]["VersionNumber"]
    ec2.modify_launch_template(LaunchTemplateId=identity, DefaultVersion=str(latest))
    return {"latestVersion": latest, "defaultVersion": latest}
