"""Network ACLs, prefix lists and interfaces as they come from EC2; VPCs without a cluster; denied calls."""

from __future__ import annotations

from collections import Counter
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from planner.design import AclRule, Design, Direction, RouteTable, Unknown
from planner.observe.collect import collect_vpc
from planner.observe.names import template_groups
from planner.observe.parse import NotObservedError, parse

pytestmark = pytest.mark.usefixtures("moto")
REGION = "eu-west-1"
ALL = {"Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}


@pytest.fixture
def ec2(moto: None) -> Any:
    return boto3.client("ec2", region_name=REGION)


def made(ec2: Any, *, ipv6: bool = False) -> tuple[str, str]:
    """A VPC with a subnet."""
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=ipv6)["Vpc"]["VpcId"]
    return vpc, ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]


def seen(vpc: str) -> Design:
    return parse(collect_vpc(boto3.session.Session(), REGION, vpc))


def default_acl(ec2: Any, vpc: str) -> str:
    acls = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"]
    return str(next(one["NetworkAclId"] for one in acls if one["IsDefault"]))


@pytest.mark.parametrize("ipv6", [False, True])
def test_default_acl_that_lets_everything_pass_is_left_out(ec2: Any, ipv6: bool) -> None:
    vpc, subnet = made(ec2, ipv6=ipv6)
    design = seen(vpc)
    assert design.network_acls == ()
    assert design.acl_of(subnet) is None


def test_default_acl_without_its_rule_for_ipv6_is_kept(ec2: Any) -> None:
    vpc, subnet = made(ec2, ipv6=True)
    ec2.delete_network_acl_entry(NetworkAclId=default_acl(ec2, vpc), RuleNumber=101, Egress=False)
    acl = seen(vpc).acl_of(subnet)
    assert acl is not None
    assert not isinstance(acl, Unknown)
    assert [rule.number for rule in acl.rules if not rule.egress] == [100]


def test_changed_default_acl_is_kept_without_implicit_denies(ec2: Any) -> None:
    vpc, subnet = made(ec2)
    identity = default_acl(ec2, vpc)
    denied = {"Protocol": "6", "RuleAction": "deny", "CidrBlock": "10.9.0.0/16", "PortRange": {"From": 22, "To": 22}}
    ec2.create_network_acl_entry(NetworkAclId=identity, RuleNumber=90, Egress=False, **denied)
    (acl,) = seen(vpc).network_acls  # type: ignore[misc]
    assert acl.default
    assert acl.subnets == (subnet,)
    assert acl.rules == (
        AclRule(False, 90, False, "tcp", 22, 22, "10.9.0.0/16"),
        AclRule(False, 100, True, "-1", None, None, "0.0.0.0/0"),
        AclRule(True, 100, True, "-1", None, None, "0.0.0.0/0"),
    )


def test_default_acl_with_tags_is_kept(ec2: Any) -> None:
    vpc, _ = made(ec2)
    ec2.create_tags(Resources=[default_acl(ec2, vpc)], Tags=[{"Key": "Name", "Value": "mine"}])
    (acl,) = seen(vpc).network_acls  # type: ignore[misc]
    assert acl.name == "mine"


def test_own_acl_rules_its_subnets(ec2: Any) -> None:
    vpc, subnet = made(ec2)
    old = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])["NetworkAcls"]
    association = next(one for one in old[0]["Associations"] if one["SubnetId"] == subnet)["NetworkAclAssociationId"]
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=10, Egress=True, **ALL)
    ec2.replace_network_acl_association(AssociationId=association, NetworkAclId=acl)
    found = seen(vpc).acl_of(subnet)
    assert found is not None
    assert not isinstance(found, Unknown)
    assert (found.name, found.default, found.subnets) == (acl, False, (subnet,))


def prefix_list(ec2: Any, name: str, *cidrs: str, most: int = 10) -> str:
    entries = [{"Cidr": cidr} for cidr in cidrs]
    answer = ec2.create_managed_prefix_list(PrefixListName=name, MaxEntries=most, AddressFamily="IPv4", Entries=entries)
    return str(answer["PrefixList"]["PrefixListId"])


def allow_list(ec2: Any, group: str, identity: str) -> None:
    permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": identity}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])


def new_group(ec2: Any, vpc: str, name: str) -> str:
    return str(ec2.create_security_group(GroupName=name, Description="x", VpcId=vpc)["GroupId"])


def test_prefix_lists_that_rules_and_routes_name(ec2: Any) -> None:
    vpc, _ = made(ec2)
    offices = prefix_list(ec2, "offices", "198.51.100.0/24", "203.0.113.0/24", most=7)
    partners = prefix_list(ec2, "partners", "10.50.0.0/16")
    prefix_list(ec2, "unused", "10.60.0.0/16")
    allow_list(ec2, new_group(ec2, vpc, "web"), offices)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.create_route(RouteTableId=table, DestinationPrefixListId=partners, GatewayId=gateway)
    design = seen(vpc)
    lists = {one.name: one for one in design.prefix_lists}  # type: ignore[union-attr]
    own = f"com.amazonaws.{REGION}.s3"
    assert set(lists) == {"offices", "partners", own, f"com.amazonaws.{REGION}.dynamodb"}
    assert lists["offices"].cidrs == ("198.51.100.0/24", "203.0.113.0/24")
    assert (lists["offices"].weight, lists["offices"].of_aws, lists["offices"].id) == (7, False, offices)
    assert lists[own].of_aws
    assert lists[own].cidrs
    group = design.security_group("web")
    assert group is not None
    assert [one.peer for one in group.rules if one.direction is Direction.INGRESS] == ["offices"]
    assert [route.destination for one in design.route_tables for route in one.routes] == ["partners"]  # type: ignore[union-attr]


@pytest.mark.parametrize("clash", ["another list", "a security group"])
def test_ambiguous_names_of_prefix_lists_give_way_to_ids(ec2: Any, clash: str) -> None:
    vpc, _ = made(ec2)
    identity = prefix_list(ec2, "web", "198.51.100.0/24")
    group = new_group(ec2, vpc, "web" if clash == "a security group" else "front")
    allow_list(ec2, group, identity)
    if clash == "another list":
        allow_list(ec2, group, prefix_list(ec2, "web", "10.70.0.0/16"))
    peers = {rule.peer for one in seen(vpc).security_groups for rule in one.rules}  # type: ignore[union-attr]
    assert identity in peers
    assert "web" not in peers


def test_interfaces_with_groups_addresses_and_kinds(ec2: Any) -> None:
    vpc, subnet = made(ec2)
    group = new_group(ec2, vpc, "apps")
    tags = [{"ResourceType": "network-interface", "Tags": [{"Key": "owner", "Value": "me"}]}]
    identity = ec2.create_network_interface(
        SubnetId=subnet, Groups=[group], Description="mine", PrivateIpAddress="10.0.0.77", TagSpecifications=tags
    )["NetworkInterface"]["NetworkInterfaceId"]
    ec2.create_nat_gateway(SubnetId=subnet, AllocationId=ec2.allocate_address()["AllocationId"])
    _, other_subnet = made(ec2)
    ec2.create_network_interface(SubnetId=other_subnet)
    found = seen(vpc).interfaces
    assert isinstance(found, tuple)
    assert len(found) == 2
    mine = next(one for one in found if one.id == identity)
    assert (mine.subnet, mine.security_groups, mine.addresses) == (subnet, ("apps",), ("10.0.0.77",))
    assert (mine.description, mine.tags, mine.public_ip) == ("mine", (("owner", "me"),), None)
    nat = next(one for one in found if one.kind == "nat_gateway")
    assert nat.public_ip is not None
    assert nat.security_groups == ()


def test_vpc_without_a_cluster(ec2: Any) -> None:
    vpc, subnet = made(ec2)
    design = seen(vpc)
    assert design.cluster is None
    assert (design.node_groups, design.launch_templates, design.roles) == ((), (), ())
    assert [one.id for one in design.subnets] == [subnet]
    assert not design.planned


def test_absent_vpc_is_not_observed(ec2: Any) -> None:
    with pytest.raises(NotObservedError, match="vpc-00000000000000000"):
        seen("vpc-00000000000000000")


def test_rules_of_many_groups_are_asked_for_in_few_calls(ec2: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    vpc, _ = made(ec2)
    for number in range(205):
        new_group(ec2, vpc, f"group-{number}")
    calls: Counter[str] = Counter()
    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def counted(self: Any, operation: str, arguments: Any) -> Any:
        calls[operation] += 1
        return real(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    design = seen(vpc)
    assert calls["DescribeSecurityGroupRules"] == 2
    assert sum(calls.values()) < 25
    # each has AWS's own rule that lets everything out
    assert {len(one.rules) for one in design.security_groups} == {1}  # type: ignore[union-attr]
    assert len(design.security_groups) == 205  # type: ignore[arg-type]


DENIED = {
    "DescribeNetworkAcls": "network_acls",
    "DescribeManagedPrefixLists": "prefix_lists",
    "DescribeNetworkInterfaces": "interfaces",
    "DescribeSecurityGroupRules": "security_groups",
}


@pytest.mark.parametrize(("operation", "part"), DENIED.items(), ids=DENIED)
def test_denied_calls_are_unknown_and_name_the_call(
    ec2: Any, monkeypatch: pytest.MonkeyPatch, operation: str, part: str
) -> None:
    vpc, _ = made(ec2)
    _deny(monkeypatch, operation)
    found = getattr(seen(vpc), part)
    assert isinstance(found, Unknown)
    assert found.call == f"ec2:{operation}"


def test_prefix_list_whose_entries_are_denied_keeps_its_name(ec2: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    vpc, _ = made(ec2)
    _deny(monkeypatch, "GetManagedPrefixListEntries")
    lists = seen(vpc).prefix_lists
    assert isinstance(lists, tuple)
    assert {one.name for one in lists} == {f"com.amazonaws.{REGION}.{name}" for name in ("s3", "dynamodb")}
    assert all(isinstance(one.cidrs, Unknown) for one in lists)


def _deny(monkeypatch: pytest.MonkeyPatch, denied: str) -> None:
    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(self: Any, operation: str, arguments: Any) -> Any:
        if operation == denied:
            raise ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": "denied"}}, operation)
        return real(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)


def test_cluster_whose_answer_lacks_vpc_and_cluster_security_group(ec2: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from planner.observe.collect import collect
    from tests.support.plans import plan_of
    from tests.support.world import materialise

    design = plan_of().design
    materialise(design)
    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(self: Any, operation: str, arguments: Any) -> Any:
        answer = real(self, operation, arguments)
        if operation == "DescribeCluster":
            for key in ("vpcId", "clusterSecurityGroupId"):
                del answer["cluster"]["resourcesVpcConfig"][key]
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    assert design.cluster is not None
    found = parse(collect(boto3.session.Session(), design.region, design.cluster.name))
    assert found.cluster is not None
    assert found.cluster.cluster_security_group is None
    assert {one.name for one in found.subnets} == {one.name for one in design.subnets}


def test_an_entry_for_one_icmp_type_is_read_as_such() -> None:
    from planner.observe.parse_lists import _acl_rule

    item = {"Egress": False, "RuleNumber": 7, "RuleAction": "allow", "Protocol": "1", "CidrBlock": "0.0.0.0/0"}
    one = _acl_rule({**item, "IcmpTypeCode": {"Type": 8, "Code": -1}})
    assert (one.protocol, one.from_port, one.to_port) == ("icmp", 8, -1)
    assert _acl_rule({**item, "Protocol": "-1"}).from_port is None


def test_of_equal_routes_the_static_one_is_kept(ec2: Any) -> None:
    """What a virtual private gateway propagates comes after static routes and after prefix lists."""
    vpc, subnet = made(ec2)
    raw = collect_vpc(boto3.session.Session(), REGION, vpc)
    tables: Any = raw.get("ec2:DescribeRouteTables")
    (table,) = tables
    blocks = ("10.8.0.0/16", "10.9.0.0/16", "10.10.0.0/16")
    by_gateway = [
        {"DestinationCidrBlock": one, "GatewayId": "vgw-1", "State": "active", "Origin": "EnableVgwRoutePropagation"}
        for one in blocks
    ]
    peering = {"VpcPeeringConnectionId": "pcx-1", "State": "active", "Origin": "CreateRoute"}
    static = [{"DestinationCidrBlock": blocks[0], **peering}, {"DestinationPrefixListId": "pl-1", **peering}]
    table["Routes"] = [*by_gateway, *static]
    raw.put("ec2:GetManagedPrefixListEntries", [{"Cidr": blocks[1]}], "pl-1")
    design = parse(raw)
    found = design.route_table_of(subnet)
    assert isinstance(found, RouteTable)
    targets = sorted((one.destination, one.target) for one in found.routes)
    assert targets == [(blocks[2], "vgw-1"), (blocks[0], "pcx-1"), ("pl-1", "pcx-1")]


def test_groups_of_a_launch_template_may_stand_at_its_interfaces() -> None:
    data = {"SecurityGroupIds": ["sg-1"], "NetworkInterfaces": [{"Groups": ["sg-2"]}, {"DeviceIndex": 1}]}
    assert template_groups(data) == {"sg-1", "sg-2"}
    assert template_groups({}) == set()
