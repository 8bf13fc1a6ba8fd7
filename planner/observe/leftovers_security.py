"""Leftovers of security: rules of groups, roles with their policies, identity providers, keys.

Ids are those of the provider's imports (https://www.pulumi.com/registry/packages/aws/api-docs/vpc/, iam, kms).
"""

from __future__ import annotations

import re
from typing import Any

from planner.observe.leftovers_search import Found, Search, finds, pages

_RULES = {
    False: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    True: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
}
_ROLE, _ATTACHMENT = "aws:iam/role:Role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_INLINE, _PROVIDER = "aws:iam/rolePolicy:RolePolicy", "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
_KEY, _ALIAS = "aws:kms/key:Key", "aws:kms/alias:Alias"

#: EKS calls the cluster security group eks-cluster-sg-CLUSTER-NUMBER; the number is not known before.
_NUMBER = re.compile(r"^(eks-cluster-sg-.+)-\d+$")


@finds(*_RULES.values())
def rules(search: Search) -> Found:
    """Rules of groups, which the stacks call GROUP-DIRECTION-PROTOCOL-PORTS-PEER."""
    ec2 = search.client("ec2")
    groups = {
        one["GroupId"]: _names(one["GroupName"]) for one in pages(ec2, "describe_security_groups", "SecurityGroups")
    }
    lists = {one["PrefixListId"]: one["PrefixListName"] for one in _prefix_lists(ec2)}
    for rule in pages(ec2, "describe_security_group_rules", "SecurityGroupRules"):
        direction = "egress" if rule["IsEgress"] else "ingress"
        for group in groups.get(rule["GroupId"], ()):
            for peer in _peers(rule, groups, lists):
                name = f"{group}-{direction}-{rule['IpProtocol']}-{_ports(rule)}-{peer.replace('/', '-')}"
                yield (_RULES[rule["IsEgress"]], name), rule["SecurityGroupRuleId"]


def _names(group: str) -> tuple[str, ...]:
    """What a plan may call a group: its name, and that of a cluster security group without its number."""
    without = _NUMBER.match(group)
    return (group, without[1]) if without else (group,)


def _peers(rule: dict[str, Any], groups: dict[str, tuple[str, ...]], lists: dict[str, str]) -> tuple[str, ...]:
    if "ReferencedGroupInfo" in rule:
        return groups.get(rule["ReferencedGroupInfo"]["GroupId"], ())
    if listed := rule.get("PrefixListId"):
        return tuple(one for one in (listed, lists.get(listed)) if one)
    return tuple(one for one in (rule.get("CidrIpv4"), rule.get("CidrIpv6")) if one)


def _ports(rule: dict[str, Any]) -> str:
    """Ports as the design writes them (`SecurityGroupRule.ports`)."""
    first, last = rule.get("FromPort", -1), rule.get("ToPort", -1)
    if rule["IpProtocol"] == "-1" or first is None:
        return "all"
    return str(first) if first == last else f"{first}-{last}"


def _prefix_lists(ec2: Any) -> list[dict[str, Any]]:
    return list(pages(ec2, "describe_managed_prefix_lists", "PrefixLists"))


@finds(_ROLE, _ATTACHMENT, _INLINE)
def roles(search: Search) -> Found:
    """Roles, which IAM knows by name, with their policies (ROLE-POLICY)."""
    iam = search.client("iam")
    for role in pages(iam, "list_roles", "Roles"):
        name = role["RoleName"]
        yield (_ROLE, name), name
        if not search.begins(name):
            continue
        for one in pages(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name):
            arn = one["PolicyArn"]
            yield (_ATTACHMENT, f"{name}-{arn.rpartition('/')[2]}"), f"{name}/{arn}"
        for policy in pages(iam, "list_role_policies", "PolicyNames", RoleName=name):
            yield (_INLINE, f"{name}-{policy}"), f"{name}:{policy}"


@finds(_PROVIDER)
def identity_providers(search: Search) -> Found:
    """The issuers of clusters (CLUSTER-oidc), which IAM knows by their address."""
    eks, issuers = search.client("eks"), {}
    for cluster in pages(eks, "list_clusters", "clusters"):
        if search.begins(cluster):
            identity = eks.describe_cluster(name=cluster)["cluster"].get("identity", {})
            issuers[identity.get("oidc", {}).get("issuer", "").removeprefix("https://")] = cluster
    for one in search.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        host = one["Arn"].partition(":oidc-provider/")[2]
        if host in issuers:
            yield (_PROVIDER, f"{issuers[host]}-oidc"), one["Arn"]


@finds(_KEY, _ALIAS)
def keys(search: Search) -> Found:
    """Aliases (called without alias/ and with - for /), and keys: by their alias, and where it was not
    made yet, by the alias in their description."""
    kms = search.client("kms")
    for one in pages(kms, "list_aliases", "Aliases"):
        yield (_ALIAS, _short(one["AliasName"])), one["AliasName"]
        if "TargetKeyId" in one:
            yield (_KEY, _short(one["AliasName"])), one["TargetKeyId"]
    if not any(kind == _KEY for kind, _ in search.wanted):
        return
    for one in pages(kms, "list_keys", "Keys"):
        key = kms.describe_key(KeyId=one["KeyId"])["KeyMetadata"]
        if key["KeyState"] != "PendingDeletion" and ", alias/" in key.get("Description", ""):
            yield (_KEY, _short(key["Description"].rpartition(", ")[2])), one["KeyId"]


def _short(alias: str) -> str:
    """An alias as the stacks have it in names."""
    return alias.removeprefix("alias/").replace("/", "-")
