"""Raw EC2 answers as network ACLs, prefix lists and network interfaces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from planner.design import AclRule, NetworkAcl, NetworkInterface, PrefixList, Unknown
from planner.observe.names import names_by_id, tags_of
from planner.observe.raw import Raw

Names = Mapping[str, str]
IMPLICIT = 32767
"""Entries from this number on are AWS's own, implicit denies (32767 for IPv4, 32768 for IPv6).

Source: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"""
_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_ENTRIES = "ec2:GetManagedPrefixListEntries"
_LISTS = "ec2:DescribeManagedPrefixLists"


def network_acls_of(raw: Raw, subnets: Names, *, ipv6: bool) -> tuple[NetworkAcl, ...] | Unknown:
    """Network ACLs. The default one is left out while it is as AWS makes it, which lets everything pass.

    ``ipv6`` says whether the VPC has an IPv6 block: only then AWS adds the rules for it.
    """
    items = raw.get("ec2:DescribeNetworkAcls")
    if isinstance(items, Unknown):
        return items
    names = names_by_id(items, "NetworkAclId")
    found = [_acl(item, names, subnets) for item in items]
    return tuple(sorted((one for one in found if not _as_made(one, ipv6=ipv6)), key=lambda one: one.name))


def _acl(item: Mapping[str, Any], names: Names, subnets: Names) -> NetworkAcl:
    associated = (one["SubnetId"] for one in item.get("Associations", ()) if one.get("SubnetId"))
    return NetworkAcl(
        name=names[item["NetworkAclId"]],
        rules=tuple(sorted(_acl_rule(one) for one in item.get("Entries", ()) if one["RuleNumber"] < IMPLICIT)),
        subnets=tuple(sorted(subnets.get(one, one) for one in associated)),
        default=bool(item.get("IsDefault", False)),
        tags=tags_of(item),
        id=item["NetworkAclId"],
    )


def _acl_rule(item: Mapping[str, Any]) -> AclRule:
    icmp = item.get("IcmpTypeCode") or {}  # -1 is every type or code
    ports = item.get("PortRange") or {"From": icmp.get("Type"), "To": icmp.get("Code")}
    protocol = str(item["Protocol"])
    return AclRule(
        egress=bool(item["Egress"]),
        number=int(item["RuleNumber"]),
        allow=item["RuleAction"] == "allow",
        protocol=_PROTOCOLS.get(protocol, protocol),
        from_port=ports.get("From"),
        to_port=ports.get("To"),
        cidr=item.get("CidrBlock") or item.get("Ipv6CidrBlock") or "",
    )


def _as_made(acl: NetworkAcl, *, ipv6: bool) -> bool:
    """Whether it is a default ACL that nobody changed: rule 100 lets all IPv4 pass, 101 all IPv6.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
    """
    if not acl.default or acl.tags:
        return False
    blocks = [(100, "0.0.0.0/0"), *([(101, "::/0")] if ipv6 else [])]
    made = {
        AclRule(egress=egress, number=number, allow=True, protocol="-1", from_port=None, to_port=None, cidr=cidr)
        for egress in (False, True)
        for number, cidr in blocks
    }
    return made == {one for one in acl.rules if ipv6 or ":" not in one.cidr}


def prefix_list_names(raw: Raw, taken: Collection[str]) -> Names:
    """Names of the prefix lists that were asked about, by id.

    Names of lists need not be unique: one that two lists share, or that is ``taken`` by a security
    group, names none, and the id stands for it.
    """
    found = {one["PrefixListId"]: str(one.get("PrefixListName") or "") for one in _listed(raw)}
    counts = Counter(found.values())
    return {
        identity: name if name and counts[name] == 1 and name not in taken else identity
        for identity, name in found.items()
    }


def prefix_lists_of(raw: Raw, names: Names) -> tuple[PrefixList, ...] | Unknown:
    """Prefix lists that routes and rules name, and AWS's own of S3 and DynamoDB."""
    failed = raw.error(_LISTS)
    if failed is not None:
        return failed
    if _LISTS not in raw.answers:
        return Unknown(_LISTS, "was not asked")
    found = {item["PrefixListId"]: _prefix_list(raw, item, names) for item in _listed(raw)}
    return tuple(sorted(found.values(), key=lambda one: one.name))


def _prefix_list(raw: Raw, item: Mapping[str, Any], names: Names) -> PrefixList:
    identity = item["PrefixListId"]
    entries = raw.get(_ENTRIES, identity)
    cidrs = entries if isinstance(entries, Unknown) else tuple(sorted(one["Cidr"] for one in entries))
    return PrefixList(
        name=names[identity],
        cidrs=cidrs,
        weight=int(item.get("MaxEntries") or 1),
        of_aws=item.get("OwnerId") == "AWS",
        id=identity,
    )


def _listed(raw: Raw) -> list[Mapping[str, Any]]:
    return [one for items in raw.keyed(_LISTS).values() for one in items]


def interfaces_of(raw: Raw, subnets: Names, groups: Names) -> tuple[NetworkInterface, ...] | Unknown:
    """The network interfaces of the VPC, by id."""
    items = raw.get("ec2:DescribeNetworkInterfaces")
    if isinstance(items, Unknown):
        return items
    return tuple(sorted((_interface(one, subnets, groups) for one in items), key=lambda one: one.id))


def _interface(item: Mapping[str, Any], subnets: Names, groups: Names) -> NetworkInterface:
    own = [one["PrivateIpAddress"] for one in item.get("PrivateIpAddresses") or () if one.get("PrivateIpAddress")]
    if item.get("PrivateIpAddress") and item["PrivateIpAddress"] not in own:
        own.insert(0, item["PrivateIpAddress"])
    own += [one["Ipv4Prefix"] for one in item.get("Ipv4Prefixes") or () if one.get("Ipv4Prefix")]
    own += [one["Ipv6Address"] for one in item.get("Ipv6Addresses") or () if one.get("Ipv6Address")]
    own += [one["Ipv6Prefix"] for one in item.get("Ipv6Prefixes") or () if one.get("Ipv6Prefix")]
    subnet = item.get("SubnetId", "")
    return NetworkInterface(
        id=item["NetworkInterfaceId"],
        subnet=subnets.get(subnet, subnet),
        security_groups=tuple(sorted(groups.get(one["GroupId"], one["GroupId"]) for one in item.get("Groups") or ())),
        addresses=tuple(own),
        kind=item.get("InterfaceType") or "interface",
        description=item.get("Description") or "",
        public_ip=(item.get("Association") or {}).get("PublicIp"),
        instance=(item.get("Attachment") or {}).get("InstanceId"),
        tags=tags_of({"Tags": item.get("TagSet") or ()}),
    )
