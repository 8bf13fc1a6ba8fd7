"""Network ACLs: one resource for each entry and each association."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from planner.design import AclRule, Design, NetworkAcl
from stacks.parts import known, tags


def network_acls(
    design: Design,
    vpc_id: pulumi.Input[str],
    subnets: Mapping[str, pulumi.Input[str]],
    parent: pulumi.Resource,
) -> list[pulumi.Resource]:
    """The ACLs of a design as children of ``parent``; what is returned must be there before nodes join.

    A subnet gets its ACL once all entries are there: an ACL without entries denies everything.
    """
    return [one for acl in known(design.network_acls) for one in _acl(acl, vpc_id, subnets, parent)]


def _acl(
    acl: NetworkAcl,
    vpc_id: pulumi.Input[str],
    subnets: Mapping[str, pulumi.Input[str]],
    parent: pulumi.Resource,
) -> list[pulumi.Resource]:
    own = pulumi.ResourceOptions(parent=parent)
    # a number, and a subnet's association, cannot be there twice: the old one goes first
    entry = pulumi.ResourceOptions(parent=parent, delete_before_replace=True)
    made = aws.ec2.NetworkAcl(acl.name, vpc_id=vpc_id, tags=tags(acl.tags), opts=own)
    entries: list[pulumi.Resource] = [_entry(acl.name, made.id, rule, entry) for rule in acl.rules]
    after = pulumi.ResourceOptions(parent=parent, depends_on=entries, delete_before_replace=True)
    return [
        aws.ec2.NetworkAclAssociation(
            f"{acl.name}-{subnet}", network_acl_id=made.id, subnet_id=subnets[subnet], opts=after
        )
        for subnet in acl.subnets
    ]


def _entry(name: str, acl_id: pulumi.Output[str], rule: AclRule, own: pulumi.ResourceOptions) -> pulumi.Resource:
    made: pulumi.Resource = aws.ec2.NetworkAclRule(
        f"{name}-{'egress' if rule.egress else 'ingress'}-{rule.number}",
        network_acl_id=acl_id,
        egress=rule.egress,
        rule_number=rule.number,
        rule_action="allow" if rule.allow else "deny",
        protocol=rule.protocol,
        from_port=rule.from_port or 0,
        to_port=rule.to_port or 0,
        cidr_block=rule.cidr,
        opts=own,
    )
    return made
