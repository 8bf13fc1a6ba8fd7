"""One fault in a planned design: the flow matrix names what is broken, and what it proposes repairs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from planner.design import Design, Direction, NetworkInterface, SecurityGroupRule, Subnet, Unknown
from planner.plan.model import Plan
from planner.security.flows.matrix import Asked, Row, ask_all
from planner.security.flows.needless import needless_rules
from planner.security.reach.model import Component, Status
from tests.security.test_mutations import needed
from tests.support.designs import changed, changed_group, with_acl
from tests.support.openings import opened
from tests.support.plans import plan_of

Fault = Callable[[Design], Design]
EVERYTHING = ((False, 100, True, "-1", None, None, "0.0.0.0/0"), (True, 100, True, "-1", None, None, "0.0.0.0/0"))
IN, OUT = EVERYTHING
NAT, PRIVATE, PUBLIC = "test-nat-use1-az1", "test-private-use1-az1", "test-public"
ISOLATED: dict[str, Any] = {"nat": "none"}
RESTRICTED: dict[str, Any] = {"security": {"egress": "restricted"}}
LIMITED: dict[str, Any] = {"endpoint": {"private": False, "public": True, "publicCidrs": ["203.0.113.0/24"]}}


def acl(subnet: str, *entries: tuple[Any, ...]) -> Fault:
    return lambda design: with_acl(design, (subnet,), *entries)


def part(name: str, which: str, **fields: Any) -> Fault:
    return lambda design: changed(design, name, which, **fields)


def vpc(**fields: Any) -> Fault:
    return lambda design: replace(design, vpc=replace(design.vpc, **fields))


def without_peer(group: str, peer: str) -> Fault:
    return lambda design: changed_group(
        design, group, lambda one: replace(one, rules=tuple(rule for rule in one.rules if peer not in rule.peer))
    )


def blackhole(design: Design) -> Design:
    table = design.route_table_of("test-node-use1-az1")
    assert table is not None
    assert not isinstance(table, Unknown)
    dead = tuple(replace(one, blackhole=True, target="nat-gone") for one in table.routes)
    return changed(design, "route_tables", table.name, routes=dead)


def known_addresses(design: Design) -> Design:
    """As it is observed: NAT gateways with their addresses, and the blocks as they were set by hand."""
    assert design.cluster is not None
    assert not isinstance(design.nat_gateways, Unknown)
    access = replace(design.cluster.endpoint, nat_egress=False)
    gateways = tuple(
        replace(one, public_ips=(f"198.51.100.{number}",)) for number, one in enumerate(design.nat_gateways, 1)
    )
    return replace(design, cluster=replace(design.cluster, endpoint=access), nat_gateways=gateways)


FAULTS = [
    pytest.param({}, acl("test-node-use1-az1", OUT, (False, 100, True, "tcp", 10250, 10250, "0.0.0.0/0"),
                         (False, 110, True, "tcp", 1024, 5000, "0.0.0.0/0")),
                 "api", Component.NETWORK_ACL, "acl", "NACL_RETURN_INGRESS", id="ephemeral ports of an old system"),
    pytest.param({}, acl("test-node-use1-az1", *EVERYTHING, (False, 90, False, "tcp", 10250, 10250, "10.0.0.0/8")),
                 "kubelet", Component.NETWORK_ACL, "acl", "NACL_INGRESS", id="a denial before the allowance"),
    pytest.param({}, acl("test-public-use1-az1", OUT, (False, 100, True, "tcp", 443, 443, "0.0.0.0/0")),
                 "service", Component.NETWORK_ACL, "acl", "NACL_RETURN_INGRESS", id="ACL of the NAT gateway, replies"),
    pytest.param({}, acl("test-public-use1-az1", *EVERYTHING, (False, 50, False, "-1", None, None, "10.0.0.0/8")),
                 "service", Component.NETWORK_ACL, "acl", "NACL_INGRESS", id="ACL of the NAT gateway, nodes"),
    pytest.param({}, part("nat_gateways", NAT, state="failed"),
                 "service", Component.NAT_GATEWAY, NAT, "NAT_NOT_AVAILABLE", id="failed NAT gateway"),
    pytest.param({}, part("nat_gateways", NAT, public=False),
                 "service", Component.NAT_GATEWAY, NAT, "NAT_PRIVATE", id="private NAT gateway"),
    pytest.param({}, part("route_tables", PUBLIC, routes=()),
                 "service", Component.ROUTE, PUBLIC, "NO_ROUTE", id="NAT gateways without a way out"),
    pytest.param({}, blackhole, "service", Component.ROUTE, PRIVATE, "BLACKHOLE", id="blackhole"),
    pytest.param({}, lambda design: replace(design, internet_gateways=()),
                 "service", Component.INTERNET_GATEWAY, "test-internet", "NOT_ATTACHED", id="detached"),
    pytest.param({}, vpc(dns_support=False), "resolver", Component.DNS, "", "DNS_SUPPORT_OFF", id="no DNS"),
    pytest.param({}, vpc(dns_support=False), "api", Component.DNS, "test-vpc", "DNS_SUPPORT_OFF", id="no name of the API"),
    pytest.param({}, vpc(dns_hostnames=False),
                 "api", Component.DNS, "test-vpc", "DNS_HOSTNAMES_OFF", id="no hostnames, no private zone"),
    pytest.param(ISOLATED, part("vpc_endpoints", "test-ec2", state="pendingAcceptance"),
                 "service", Component.VPC_ENDPOINT, "test-ec2", "NO_ENDPOINT", id="endpoint not accepted"),
    pytest.param(ISOLATED, part("vpc_endpoints", "test-ecr-api", private_dns=False),
                 "service", Component.VPC_ENDPOINT, "test-ecr-api", "PRIVATE_DNS_OFF", id="private DNS off"),
    pytest.param(ISOLATED, part("vpc_endpoints", "test-s3", route_tables=()),
                 "service", Component.VPC_ENDPOINT, "test-s3", "ENDPOINT_NOT_IN_TABLE", id="S3 in no table"),
    pytest.param({**ISOLATED, **RESTRICTED}, without_peer("test-nodes", ".s3"),
                 "service", Component.SECURITY_GROUP, "test-nodes", "SECURITY_GROUP_EGRESS", id="no prefix list"),
    pytest.param({**ISOLATED, **RESTRICTED}, without_peer("test-endpoints", "test-nodes"),
                 "service", Component.SECURITY_GROUP, "test-endpoints", "SECURITY_GROUP_INGRESS", id="closed endpoints"),
    pytest.param({**ISOLATED, **RESTRICTED}, acl("test-node-use1-az1", IN, (True, 100, True, "-1", None, None, "10.0.0.0/8")),
                 "service", Component.NETWORK_ACL, "acl", "NACL_EGRESS", id="ACL keeps S3 out"),
    pytest.param({"ipFamily": "ipv6"}, acl("test-node-use1-az1", *EVERYTHING),
                 "api", Component.NETWORK_ACL, "acl", "NACL_EGRESS", id="ACL without IPv6"),
    pytest.param({"cni": {"customNetworking": True}}, acl("test-pod-use1-az1",
                 (False, 100, True, "-1", None, None, "10.0.0.0/16"), (True, 100, True, "-1", None, None, "10.0.0.0/16")),
                 "dns", Component.NETWORK_ACL, "acl", "NACL_", id="ACL without the secondary block"),
    pytest.param(LIMITED, known_addresses, "api-public",
                 Component.PUBLIC_ENDPOINT, "publicAccessCidrs", "PUBLIC_ENDPOINT_REFUSES", id="blocks without NAT"),
]  # fmt: skip
WORDS_ONLY = {"failed NAT gateway", "endpoint not accepted"}
"""What the owner of a resource repairs, and no change of the design."""


def rows(design: Design, plan: Plan, key: str) -> list[Row]:
    return [one for one in ask_all(design, needed(plan)) if one.intent.key == key]


def blocked(design: Design, plan: Plan, key: str) -> list[Asked]:
    return [asked for row in rows(design, plan, key) for asked in row.blocked]


@pytest.mark.parametrize(("spec", "fault", "key", "component", "name", "code"), FAULTS)
def test_what_is_broken_is_named_and_repaired(
    spec: dict[str, Any],
    fault: Fault,
    key: str,
    component: Component,
    name: str,
    code: str,
    request: pytest.FixtureRequest,
) -> None:
    plan = plan_of(**spec)
    assert blocked(plan.design, plan, key) == []
    design = fault(plan.design)
    found = blocked(design, plan, key)
    assert found
    for one in found:
        assert one.answer.blocked_by is not None
        assert one.answer.blocked_by.component is component, one.answer
        assert name in one.answer.blocked_by.name
        assert one.answer.code.startswith(code)
        assert one.answer.change
    if request.node.callspec.id in WORDS_ONLY:
        return
    for _ in range(40):
        found = blocked(design, plan, key)
        if not found:
            return
        assert found[0].answer.opening, found[0].answer
        for change in found[0].answer.opening:
            design = opened(design, change)
    raise AssertionError(found[0].answer)


def test_a_missing_way_out_is_still_a_missing_endpoint() -> None:
    plan = plan_of(nat="none")
    endpoints = plan.design.vpc_endpoints
    assert not isinstance(endpoints, Unknown)
    design = replace(plan.design, vpc_endpoints=tuple(one for one in endpoints if one.name != "test-ec2"))
    assert {one.answer.code for one in blocked(design, plan, "service")} == {"NO_ENDPOINT"}


def test_an_endpoint_in_one_zone_serves_all_of_them() -> None:
    plan = plan_of(nat="none")
    design = changed(plan.design, "vpc_endpoints", "test-ec2", subnets=("test-node-use1-az1",))
    assert blocked(design, plan, "service") == []


def test_ipv6_without_its_gateway_wants_a_new_one() -> None:
    plan = plan_of(ipFamily="ipv6")
    (one, *_) = blocked(replace(plan.design, egress_only_internet_gateways=()), plan, "internet-ipv6")
    assert one.answer.blocked_by is not None
    assert one.answer.blocked_by.component is Component.EGRESS_ONLY_GATEWAY
    assert one.answer.change == "make an egress-only internet gateway in the VPC and route ::/0 to it"


def test_public_blocks_pass_the_addresses_that_they_hold() -> None:
    plan = plan_of(**LIMITED)
    design = known_addresses(plan.design)
    assert design.cluster is not None

    def status(*blocks: str) -> set[Status]:
        assert design.cluster is not None
        access = replace(design.cluster.endpoint, public_cidrs=blocks)
        asked = rows(replace(design, cluster=replace(design.cluster, endpoint=access)), plan, "api-public")
        return {one.status for one in asked}

    assert status("198.51.100.0/24") == {Status.REACHABLE}
    assert status("0.0.0.0/1", "128.0.0.0/1") == {Status.REACHABLE}
    assert status("198.51.100.1/32") == {Status.BLOCKED}
    gateways = design.nat_gateways
    assert not isinstance(gateways, Unknown)
    design = replace(design, nat_gateways=tuple(replace(one, public_ips=()) for one in gateways))
    assert status("198.51.100.0/24") == {Status.UNKNOWN}


@pytest.mark.parametrize(
    ("servers", "status"),
    [
        (("AmazonProvidedDNS",), Status.REACHABLE),
        (("10.0.0.2",), Status.REACHABLE),
        (("169.254.169.253",), Status.REACHABLE),
        (("10.0.0.53",), Status.UNKNOWN),
        ((), Status.UNKNOWN),
        (Unknown("ec2:DescribeDhcpOptions", "AccessDenied"), Status.UNKNOWN),
    ],
)
def test_N05_names_depend_on_the_dhcp_options(servers: Any, status: Status) -> None:
    plan = plan_of(nat="none")
    design = replace(plan.design, vpc=replace(plan.design.vpc, domain_name_servers=servers))
    for key in ("api", "resolver", "service"):
        found = [row for row in rows(design, plan, key) if row.intent.target.name != "s3"]
        assert {row.status for row in found} == {status}, key
    answers = [one.answer for row in rows(design, plan, "api") for one in row.asked]
    assert all(status is Status.REACHABLE or one.reason for one in answers)


def test_a_name_server_that_is_seen_is_judged_as_any_interface() -> None:
    plan = plan_of(**RESTRICTED)
    subnet: Subnet = plan.design.subnets[0]
    server = NetworkInterface("eni-dns", subnet.name, ("test-nodes",), ("10.0.96.101",))
    design = replace(plan.design, vpc=replace(plan.design.vpc, domain_name_servers=("10.0.96.101",)))
    seen = replace(design, interfaces=(server,))
    assert {row.status for row in rows(seen, plan, "resolver")} == {Status.REACHABLE}
    closed = replace(seen, interfaces=(replace(server, security_groups=("eks-cluster-sg-test",)),))
    (one, *_) = blocked(closed, plan, "resolver")
    assert one.answer.code == "SECURITY_GROUP_EGRESS"
    assert "udp 53" in one.answer.change


def test_link_local_flows_make_no_rule_needed() -> None:
    plan = plan_of(**RESTRICTED)
    more = SecurityGroupRule(Direction.EGRESS, "udp", 53, 53, "169.254.169.253/32")
    design = changed_group(plan.design, "test-nodes", lambda one: replace(one, rules=(*one.rules, more)))
    assert needless_rules(design, needed(plan)) == (("test-nodes", more),)
