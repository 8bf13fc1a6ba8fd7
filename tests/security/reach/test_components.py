"""What each component does to a packet, passing and blocking, and what is unknown and so never a pass."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.design import PrefixList, Route, RouteTable, RouteTarget, SecurityGroup, Unknown
from planner.security.reach.engine import Prover
from planner.security.reach.model import Outside, Place, Question, Service, Status
from tests.security.reach.small import (
    ALLOWED,
    ANYWHERE,
    EC2,
    INTERNET,
    NAT,
    PUBLIC,
    S3,
    A,
    B,
    acl,
    allow,
    into,
    office,
    out,
    routes,
    tcp,
    vpc,
)
from tests.support.openings import opened

ONPREM = Outside("on-premises", "10.200.0.0/16")
WORLD = Outside("internet", ANYWHERE)
ONE = Outside("a host", "203.0.113.7/32")
S3_API, EC2_API, STS = Service("s3", "s3"), Service("ec2", "ec2"), Service("sts", "sts")
TRANSIT = Route("10.200.0.0/16", RouteTarget.TRANSIT_GATEWAY, "tgw-1")
TO_OFFICE = Route("pl-office", RouteTarget.TRANSIT_GATEWAY, "tgw-1")
S3_CIDRS = ("3.5.0.0/19", "52.216.0.0/15")
S3_LIST = (PrefixList("com.amazonaws.us-east-1.s3", S3_CIDRS, id="pl-63a5400a"),)
SHUT = SecurityGroup("shut", "", ())
UNSEEN = Unknown("ec2:DescribeVpcEndpoints", "AccessDenied")
DENY_PRIVATE = (True, 50, False, "-1", None, None, "10.99.0.0/16")
DENY_ONE = (True, 50, False, "-1", None, None, "203.0.113.0/24")
OK, NO, PERHAPS = Status.REACHABLE, Status.BLOCKED, Status.UNKNOWN


def asked(design: Any, question: Question, status: Status, code: str = "") -> None:
    answer = Prover(design).ask(question)
    assert answer.status is status, answer
    assert answer.code.startswith(code), answer
    if status is NO:
        assert answer.blocked_by is not None
        assert answer.change, answer


@pytest.mark.parametrize(
    ("design", "target", "status", "code"),
    [
        pytest.param(vpc(), WORLD, OK, "", id="the internet by NAT"),
        pytest.param(vpc(), ONPREM, NO, "PRIVATE_BLOCK", id="a private block does not pass an internet gateway"),
        pytest.param(routes(NAT, TRANSIT), ONPREM, PERHAPS, "BEYOND", id="a private block by a transit gateway"),
        pytest.param(routes(), ONPREM, NO, "NO_ROUTE", id="no route"),
        pytest.param(vpc(), Outside("x", "10.0.1.9/32"), PERHAPS, "INSIDE_VPC", id="an address of the VPC itself"),
        pytest.param(routes(), Outside("x", "10.0.1.9/32"), PERHAPS, "INSIDE_VPC", id="which local routes reach"),
        pytest.param(
            routes(NAT, TO_OFFICE, prefix_lists=office("10.200.0.0/16")),
            ONPREM,
            PERHAPS,
            "BEYOND",
            id="an entry of a list that is more specific wins",
        ),
        pytest.param(
            routes(NAT, replace(TO_OFFICE, blackhole=True), prefix_lists=office("203.0.113.0/24")),
            ONE,
            NO,
            "BLACKHOLE",
            id="also if it is dead",
        ),
        pytest.param(
            routes(
                Route("203.0.113.0/24", RouteTarget.NAT_GATEWAY, "nat"),
                replace(TO_OFFICE, blackhole=True),
                prefix_lists=office("203.0.113.0/24"),
            ),
            ONE,
            OK,
            "",
            id="of equal ones the block wins",
        ),
        pytest.param(
            routes(NAT, TO_OFFICE, prefix_lists=office()), ONPREM, PERHAPS, "ROUTES_UNKNOWN", id="a list not known"
        ),
        pytest.param(
            routes(NAT, TO_OFFICE, prefix_lists=office(), security_groups=(SHUT,)),
            ONPREM,
            PERHAPS,
            "",
            id="a list not known, groups not known either",
        ),
    ],
)
def test_routes_to_what_lies_outside(design: Any, target: Outside, status: Status, code: str) -> None:
    asked(design, tcp(A, target), status, code)


def test_a_public_place_does_not_reach_private_blocks_by_the_internet_gateway() -> None:
    asked(vpc(), tcp(PUBLIC, ONE), OK)
    asked(vpc(), tcp(PUBLIC, Outside("other", "192.168.0.0/16")), NO, "PRIVATE_BLOCK")
    asked(vpc(), tcp(replace(PUBLIC, public=False), ONE), NO, "NO_PUBLIC_ADDRESS")


@pytest.mark.parametrize("route", ["10.0.1.0/24", "10.0.0.0/16"], ids=["more specific", "in place of the local one"])
@pytest.mark.parametrize("kind", [RouteTarget.VPC_ENDPOINT, RouteTarget.OTHER])
def test_a_route_within_the_vpc_leads_to_an_appliance(route: str, kind: RouteTarget) -> None:
    """A Gateway Load Balancer endpoint or an interface; rules that name groups do not hold behind it."""
    way = Route(route, kind, "middlebox-1")
    asked(routes(way), tcp(A, B), PERHAPS, "BEYOND_APPLIANCE")
    asked(routes(replace(way, blackhole=True)), tcp(A, B), NO, "BLACKHOLE")
    by_group = (SecurityGroup("open", "", (out(), into("open"))),)
    asked(vpc(security_groups=by_group), tcp(A, B), OK)
    design = routes(way, security_groups=by_group)
    asked(design, tcp(A, B), NO, "SECURITY_GROUP_INGRESS")
    (change,) = Prover(design).ask(tcp(A, B)).opening
    asked(opened(design, change), tcp(A, B), PERHAPS, "BEYOND_APPLIANCE")


def test_without_an_ipv6_address_there_is_no_ipv6() -> None:
    """An empty set of addresses must not be taken for one that is wholly covered."""
    design = vpc(out("::/0"), into("::/0"))
    asked(design, tcp(A, B, family=6), NO, "NO_ADDRESS")
    asked(design, tcp(A, Outside("internet", "::/0"), family=6), NO, "NO_ADDRESS")
    asked(vpc(), tcp(A, Outside("internet", "::/0")), NO, "NO_ADDRESS")


def test_egress_only_gateways_must_be_there() -> None:
    way = Route("::/0", RouteTarget.EGRESS_ONLY_INTERNET_GATEWAY, "egress")
    design = routes(way, security_groups=(SecurityGroup("open", "", (out("::/0"),)),))
    design = replace(
        design,
        vpc=replace(design.vpc, ipv6=True),
        subnets=tuple(replace(one, ipv6_index=number) for number, one in enumerate(design.subnets)),
    )
    asked(design, tcp(A, Outside("internet", "::/0"), family=6), NO, "NOT_ATTACHED")
    unseen = replace(design, egress_only_internet_gateways=UNSEEN)
    asked(unseen, tcp(A, Outside("internet", "::/0"), family=6), PERHAPS, "GATEWAY_UNKNOWN")


def test_a_place_in_a_subnet_that_is_not_known_is_unknown() -> None:
    asked(vpc(), tcp(A, Place("ghost", "ghost", ("open",))), PERHAPS, "SUBNET_UNKNOWN")
    asked(vpc(out()), tcp(A, Place("ghost", "ghost", ("open",))), NO, "SECURITY_GROUP_INGRESS")


def test_what_prefix_lists_and_foreign_groups_hold_may_not_be_known() -> None:
    listed = vpc(out(), into("pl-office", "tcp", 443, 443), prefix_lists=office())
    asked(listed, tcp(A, B), PERHAPS, "SECURITY_GROUP_INGRESS_UNKNOWN")
    asked(listed, tcp(A, B, 80), NO, "SECURITY_GROUP_INGRESS")
    asked(replace(listed, prefix_lists=office("10.0.0.0/24")), tcp(A, B), OK)
    asked(replace(listed, prefix_lists=office("10.0.9.0/24")), tcp(A, B), NO, "SECURITY_GROUP_INGRESS")
    of_aws = vpc(out(), into("com.amazonaws.us-east-1.s3", "tcp", 443, 443))
    asked(of_aws, tcp(A, B), NO, "SECURITY_GROUP_INGRESS")  # holds nothing that is in a VPC
    peered = (SecurityGroup("open", "", (out(), into("sg-0123456789abcdef0"))),)
    asked(routes(TRANSIT, security_groups=peered), tcp(ONPREM, A), PERHAPS)  # it may be a group of a peered VPC
    asked(vpc(security_groups=peered), tcp(WORLD, PUBLIC), NO, "SECURITY_GROUP_INGRESS")


def test_efa_wants_a_group_that_both_carry_in_both_directions() -> None:
    one, two = SecurityGroup("one", "", (out("two"),)), SecurityGroup("two", "", (into("one"),))
    question = Question(Place("x", "a", ("one",)), Place("y", "a", ("two",)), "-1", efa=True)
    asked(vpc(more=(one, two)), question, NO, "SECURITY_GROUP_EGRESS")
    both = Question(Place("x", "a", ("efa",)), Place("y", "a", ("efa", "open")), "-1", efa=True)
    asked(vpc(more=(SecurityGroup("efa", "", (out("efa"), into("efa"))),)), both, OK)
    asked(vpc(more=(SecurityGroup("efa", "", (out("efa"), into())),)), both, NO, "SECURITY_GROUP_INGRESS")
    asked(vpc(more=(SecurityGroup("efa", "", (out(), into("efa"))),)), both, NO, "SECURITY_GROUP_EGRESS")


def test_the_resolver_is_reached_unless_the_vpc_has_none() -> None:
    closed = vpc(into())
    off = replace(closed, vpc=replace(closed.vpc, dns_support=False))
    for address in ("169.254.169.253/32", "10.0.0.2/32"):
        question = Question(A, Outside("resolver", address), "udp", 53, 53)
        asked(closed, question, OK)
        asked(off, question, NO, "DNS_SUPPORT_OFF")
    asked(off, tcp(A, Outside("IMDS", "169.254.169.254/32"), 80), OK)


@pytest.mark.parametrize(
    ("design", "service", "status"),
    [
        pytest.param(acl(*ALLOWED, DENY_PRIVATE, vpc_endpoints=(S3,)), S3_API, OK, id="no service is private"),
        pytest.param(acl(*ALLOWED, DENY_PRIVATE), STS, OK, id="nor over the internet"),
        pytest.param(acl(*ALLOWED, DENY_ONE), STS, PERHAPS, id="a part of the internet is denied"),
        pytest.param(
            acl(*ALLOWED, (True, 50, False, "tcp", 443, 443, ANYWHERE)), STS, NO, id="all of the internet is denied"
        ),
        pytest.param(
            acl(ALLOWED[1], allow(egress=False, protocol="tcp", first=40000, last=65535)), STS, NO, id="replies in part"
        ),
        pytest.param(
            acl(ALLOWED[0], (True, 50, True, "tcp", 443, 443, "52.216.0.0/15"), vpc_endpoints=(S3,)),
            S3_API,
            PERHAPS,
            id="a part is allowed",
        ),
        pytest.param(acl(*ALLOWED, DENY_ONE, vpc_endpoints=(S3,), prefix_lists=S3_LIST), S3_API, OK, id="another part"),
        pytest.param(vpc(out("pl-63a5400a"), vpc_endpoints=(S3,), prefix_lists=S3_LIST), S3_API, OK, id="list by id"),
        pytest.param(vpc(out("com.amazonaws.us-east-1.s3"), vpc_endpoints=(S3,)), S3_API, OK, id="list by name"),
        pytest.param(vpc(out("pl-63a5400a"), vpc_endpoints=(S3,)), S3_API, PERHAPS, id="list by id, lists not read"),
        pytest.param(
            vpc(*map(out, S3_CIDRS), vpc_endpoints=(S3,), prefix_lists=S3_LIST), S3_API, OK, id="all blocks of the list"
        ),
        pytest.param(
            vpc(out(S3_CIDRS[0]), vpc_endpoints=(S3,), prefix_lists=S3_LIST), S3_API, NO, id="one block of the list"
        ),
        pytest.param(vpc(*map(out, S3_CIDRS), vpc_endpoints=(S3,)), S3_API, PERHAPS, id="some blocks, list not known"),
        pytest.param(vpc(into(), vpc_endpoints=(S3,)), S3_API, NO, id="nothing out"),
        pytest.param(
            routes(NAT, Route("203.0.113.0/24", RouteTarget.OTHER, "eni-1", blackhole=True)),
            STS,
            PERHAPS,
            id="a dead route for a part of the internet",
        ),
    ],
)
def test_services_with_public_addresses_that_are_not_known(design: Any, service: Service, status: Status) -> None:
    asked(design, tcp(A, service), status)


def test_a_group_that_keeps_s3_out_is_opened_for_its_list_only() -> None:
    design = vpc(into(), vpc_endpoints=(S3,))
    (change,) = Prover(design).ask(tcp(A, S3_API)).opening
    assert change.rule is not None
    assert change.rule.peer == "com.amazonaws.us-east-1.s3"
    asked(opened(design, change), tcp(A, S3_API), OK)


def test_endpoints_that_names_do_not_lead_to_do_not_count() -> None:
    shut = replace(EC2, name="second", private_dns=False, security_groups=("shut",))
    asked(vpc(vpc_endpoints=(EC2, shut), more=(SHUT,)), tcp(A, EC2_API), OK)
    asked(vpc(vpc_endpoints=(replace(EC2, subnets=()),)), tcp(A, EC2_API), PERHAPS, "ENDPOINT_WITHOUT_SUBNET")


def test_where_it_is_not_known_whether_an_endpoint_is_taken_both_ways_must_be_blocked() -> None:
    """Custom name servers may or may not forward: the closed endpoint, or the internet."""
    design = vpc(vpc_endpoints=(replace(EC2, security_groups=("shut",)),), more=(SHUT,))
    asked(design, tcp(A, EC2_API), NO, "SECURITY_GROUP_INGRESS")
    custom = replace(design, vpc=replace(design.vpc, domain_name_servers=("10.0.0.9",)))
    asked(custom, tcp(A, EC2_API), PERHAPS, "DNS_CUSTOM")
    isolated = replace(custom, route_tables=(RouteTable("private", (), ("a", "b")),))
    asked(isolated, tcp(A, EC2_API), NO, "SECURITY_GROUP_INGRESS")


def test_endpoints_that_could_not_be_read_might_take_the_name() -> None:
    asked(vpc(vpc_endpoints=UNSEEN), tcp(A, EC2_API), PERHAPS, "ENDPOINTS_UNKNOWN")


tables: Any = vpc().route_tables
without_tables = replace(vpc(), route_tables=tuple(one for one in tables if one.name == "public"))


@pytest.mark.parametrize(
    ("design", "question"),
    [
        pytest.param(without_tables, tcp(A, WORLD), id="no table of its own"),
        pytest.param(routes(), tcp(A, WORLD), id="no route"),
        pytest.param(routes(replace(NAT, blackhole=True, target="gone")), tcp(A, WORLD), id="dead route"),
        pytest.param(routes(replace(NAT, target="gone")), tcp(A, WORLD), id="NAT gateway that is not there"),
        pytest.param(replace(vpc(), internet_gateways=()), tcp(A, WORLD), id="detached"),
        pytest.param(routes(vpc_endpoints=(replace(S3, route_tables=()),)), tcp(A, S3_API), id="endpoint elsewhere"),
        pytest.param(acl(), tcp(A, WORLD), id="ACL without entries"),
        pytest.param(
            acl(ALLOWED[1], (False, 32766, True, "udp", 1, 2, ANYWHERE)), tcp(B, A), id="no number left above"
        ),
        pytest.param(
            acl(*ALLOWED, (False, 1, False, "-1", None, None, ANYWHERE)), tcp(B, A), id="no number left below"
        ),
        pytest.param(acl(*ALLOWED, DENY_ONE), tcp(A, ONE), id="a denial before"),
        pytest.param(vpc(out("10.0.0.0/16"), into("10.0.0.0/16")), tcp(A, ONE), id="group"),
        pytest.param(routes(table="public"), tcp(A, WORLD), id="NAT gateway's subnet without a route"),
        pytest.param(routes(NAT, table="public"), tcp(A, WORLD), id="NAT gateway behind itself"),
        pytest.param(
            vpc(out(), into("10.0.1.0/24", "icmp", 3, 4)), Question(A, B, "icmp", 8, -1), id="echo requests, all codes"
        ),
    ],
)
def test_what_is_proposed_opens_the_way_in_the_end(design: Any, question: Question) -> None:
    assert Prover(design).ask(question).status is NO
    for _ in range(20):
        answer = Prover(design).ask(question)
        if answer.status is OK:
            return
        assert answer.opening, answer
        for change in answer.opening:
            design = opened(design, change)
    raise AssertionError(answer)


def test_no_gateway_is_proposed_for_what_it_cannot_carry() -> None:
    """NAT is no way to a private block, and a change without a name cannot be applied."""
    for design in (routes(), vpc()):
        answer = Prover(design).ask(tcp(A, ONPREM))
        assert answer.opening == ()
        assert "transit gateway" in answer.change
        assert "private" in answer.change  # the source's table, not that of the NAT gateway


def test_a_public_route_table_carries_what_begins_outside() -> None:
    asked(vpc(), tcp(WORLD, PUBLIC), OK)
    assert INTERNET.target == "internet"
    asked(vpc(), tcp(WORLD, A), NO, "OUTWARD_ONLY")
    asked(routes(TRANSIT), tcp(ONPREM, A), PERHAPS, "BEYOND")
    asked(routes(TRANSIT, security_groups=(SecurityGroup("open", "", (out(),)),)), tcp(ONPREM, A), NO, "SECURITY_GROUP")
    asked(vpc(), tcp(ONPREM, PUBLIC), NO, "PRIVATE_BLOCK")
