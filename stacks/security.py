"""Security groups, one resource for each rule with its reason, and interface endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network

import pulumi
import pulumi_aws as aws

from planner.design import Design, Direction, SecurityGroup, SecurityGroupRule
from stacks.parts import known, tags

DESCRIPTION_LIMIT = 255


class SecurityGroups(pulumi.ComponentResource):
    """The groups themselves, without rules: the cluster is given some of them."""

    def __init__(
        self, name: str, design: Design, vpc_id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("eksplan:index:SecurityGroups", name, None, opts)
        self.ids: dict[str, pulumi.Input[str]] = {}
        for group in known(design.security_groups):
            if group.made_by_eks:
                continue
            made = aws.ec2.SecurityGroup(
                group.name,
                name=group.name,
                description=group.description,
                vpc_id=vpc_id,
                tags=tags(group.tags),
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.ids[group.name] = made.id
        self.register_outputs({})


class SecurityRules(pulumi.ComponentResource):
    """All rules, and the interface endpoints that they protect.

    Made after the cluster, because rules name the cluster security group, which EKS makes.
    """

    def __init__(
        self,
        name: str,
        design: Design,
        groups: Mapping[str, pulumi.Input[str]],
        vpc_id: pulumi.Input[str],
        subnets: Mapping[str, pulumi.Input[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("eksplan:index:SecurityRules", name, None, opts)
        self.endpoints: list[pulumi.Resource] = []
        for group in known(design.security_groups):
            for rule in group.rules:
                if not rule.made_by_eks:
                    self.endpoints.append(self._rule(group, rule, groups))
        for endpoint in known(design.vpc_endpoints):
            if endpoint.kind != "Interface":
                continue
            self.endpoints.append(
                aws.ec2.VpcEndpoint(
                    endpoint.name,
                    vpc_id=vpc_id,
                    service_name=endpoint.service,
                    vpc_endpoint_type="Interface",
                    subnet_ids=[subnets[subnet] for subnet in endpoint.subnets],
                    security_group_ids=[groups[group] for group in endpoint.security_groups],
                    private_dns_enabled=endpoint.private_dns,
                    tags=tags(endpoint.tags),
                    opts=pulumi.ResourceOptions(parent=self),
                )
            )
        self.register_outputs({})

    def _rule(
        self, group: SecurityGroup, rule: SecurityGroupRule, groups: Mapping[str, pulumi.Input[str]]
    ) -> pulumi.Resource:
        kind = (
            aws.vpc.SecurityGroupIngressRule if rule.direction is Direction.INGRESS else aws.vpc.SecurityGroupEgressRule
        )
        made: pulumi.Resource = kind(
            f"{group.name}-{rule.direction}-{rule.protocol}-{rule.ports}-{rule.peer.replace('/', '-')}",
            security_group_id=groups[group.name],
            ip_protocol=rule.protocol,
            from_port=rule.from_port,
            to_port=rule.to_port,
            description=rule.reason[:DESCRIPTION_LIMIT],
            **_peer(rule.peer, groups),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return made


def _peer(peer: str, groups: Mapping[str, pulumi.Input[str]]) -> dict[str, pulumi.Input[str]]:
    if peer in groups:
        return {"referenced_security_group_id": groups[peer]}
    if peer.startswith("pl-"):
        return {"prefix_list_id": peer}
    if peer.startswith("com.amazonaws."):
        return {"prefix_list_id": aws.ec2.get_managed_prefix_list_output(name=peer).id}
    return {"cidr_ipv6" if ip_network(peer).version == 6 else "cidr_ipv4": peer}
