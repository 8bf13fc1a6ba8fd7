"""What people ran into, as designs: the component that stopped them is named, and the change that helps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.design import (
    Design,
    Direction,
    Route,
    RouteTarget,
    SecurityGroup,
    SecurityGroupRule,
    Unknown,
)
from planner.review.engine import review
from planner.review.registry import rule_by_code
from planner.review.rule import ReviewContext
from planner.security.flows.named import parties
from planner.security.reach.engine import Prover
from planner.security.reach.model import Answer, Component, Outside, Place, PublicEndpoint, Question, Status
from tests.support.designs import changed, changed_group, with_acl
from tests.support.openings import opened
from tests.support.plans import embedded, plan_of

GROUP = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}
RESTRICTED: dict[str, Any] = {"security": {"egress": "restricted"}, "nodeGroups": [GROUP]}


def ask(design: Design, source: str, target: str, port: int | None, protocol: str = "tcp", family: int = 4) -> Answer:
    """The worst answer of all pairs."""
    prover = Prover(design)
    answers = [
        prover.ask(Question(one, other, protocol, port, port, family=family))
        for one in parties(design, source, family)
        for other in parties(design, target, family)
    ]
    order = [Status.BLOCKED, Status.UNKNOWN, Status.REACHABLE]
    return min(answers, key=lambda one: order.index(one.status))


def blocked_by(answer: Answer, component: Component, name: str, code: str = "") -> None:
    assert answer.status is Status.BLOCKED, answer
    assert answer.blocked_by is not None
    assert answer.blocked_by.component is component, answer
    assert name in answer.blocked_by.name, answer
    assert code in answer.code
    assert answer.change


def nodes_group(*rules: SecurityGroupRule, design: Design | None = None) -> Design:
    """Nodes with a group of these rules alone (beside everything out)."""
    made = design or plan_of(**RESTRICTED).design
    out = SecurityGroupRule(Direction.EGRESS, "-1", None, None, "0.0.0.0/0")
    return changed_group(made, "test-nodes", lambda one: replace(one, rules=(out, *rules)))


def ingress(port: int, last: int, peer: str, protocol: str = "tcp") -> SecurityGroupRule:
    return SecurityGroupRule(Direction.INGRESS, protocol, port, last, peer)


def test_istio_its_webhook_port_15017_is_closed() -> None:
    answer = ask(plan_of(**RESTRICTED).design, "control-plane", "pods", 15017)
    blocked_by(answer, Component.SECURITY_GROUP, "test-nodes", "SECURITY_GROUP_INGRESS")
    assert "15017" in answer.change
    open_ = plan_of(
        **{**RESTRICTED, "security": {"egress": "restricted", "webhooks": [{"name": "istio", "port": 15017}]}}
    )
    assert ask(open_.design, "control-plane", "pods", 15017).status is Status.REACHABLE


def test_nginx_the_target_port_counts_and_not_the_services_443() -> None:
    design = nodes_group(ingress(443, 443, "test-control-plane"), ingress(10250, 10250, "test-control-plane"))
    blocked_by(ask(design, "control-plane", "pods", 8443), Component.SECURITY_GROUP, "test-nodes")
    assert ask(design, "control-plane", "pods", 443).status is Status.REACHABLE


def test_cert_manager_on_the_hosts_network_wants_10260() -> None:
    design = plan_of(**{**RESTRICTED, "addons": ["cert-manager"]}).design
    assert ask(design, "control-plane", "pods", 10250).status is Status.REACHABLE
    blocked_by(ask(design, "control-plane", "nodes", 10260), Component.SECURITY_GROUP, "test-nodes")


def test_fargate_pods_do_not_reach_coredns_on_restricted_nodes() -> None:
    without = plan_of(**RESTRICTED).design
    pod = Place("Fargate pod", "test-node-use1-az1", ("eks-cluster-sg-test",))
    (target, *_) = parties(without, "pods")
    answer = Prover(without).ask(Question(pod, target, "udp", 53, 53))
    blocked_by(answer, Component.SECURITY_GROUP, "test-nodes", "SECURITY_GROUP_INGRESS")
    planned = plan_of(**RESTRICTED, fargate=[{"name": "jobs", "pods": 10}]).design
    assert Prover(planned).ask(Question(pod, target, "udp", 53, 53)).status is Status.REACHABLE


def test_a_second_node_group_with_a_group_of_its_own_finds_no_dns() -> None:
    design = plan_of(nodeGroups=[GROUP, {**GROUP, "name": "second"}]).design
    out = SecurityGroupRule(Direction.EGRESS, "-1", None, None, "0.0.0.0/0")
    groups = design.security_groups
    assert not isinstance(groups, Unknown)
    design = replace(design, security_groups=(*groups, SecurityGroup("second-nodes", "", (out,))))
    design = changed(design, "launch_templates", "test-second", security_groups=("second-nodes",))
    blocked_by(ask(design, "nodes:second", "pods:general", 53, "udp"), Component.SECURITY_GROUP, "eks-cluster-sg-test")
    blocked_by(ask(design, "nodes:second", "control-plane", 443), Component.SECURITY_GROUP, "eks-cluster-sg-test")


def test_ports_below_1025_between_nodes_are_closed() -> None:
    design = nodes_group(ingress(1025, 65535, "test-nodes"))
    blocked_by(ask(design, "pods", "pods", 80), Component.SECURITY_GROUP, "test-nodes")
    assert ask(design, "pods", "pods", 8080).status is Status.REACHABLE
    everything = ask(design, "pods", "pods", None)
    blocked_by(everything, Component.SECURITY_GROUP, "test-nodes")
    assert "0-1024" in everything.reason


def test_N04_public_blocks_without_the_nat_gateways_and_no_private_endpoint() -> None:
    plan = plan_of(endpoint={"private": False, "public": True, "publicCidrs": ["203.0.113.0/24"]})
    cluster = plan.design.cluster
    assert cluster is not None
    assert ask(plan.design, "nodes", "internet", 443).status is Status.REACHABLE  # the way out is not the trouble
    access = replace(cluster.endpoint, nat_egress=False)
    design = replace(plan.design, cluster=replace(cluster, endpoint=access))
    for gateway in ("test-nat-use1-az1", "test-nat-use1-az2", "test-nat-use1-az4"):
        design = changed(design, "nat_gateways", gateway, public_ips=("198.51.100.7",))
    (node, *_) = parties(design, "nodes")
    question = Question(node, PublicEndpoint("the public endpoint", "0.0.0.0/0"), "tcp", 443, 443)
    answer = Prover(design).ask(question)
    blocked_by(answer, Component.PUBLIC_ENDPOINT, "publicAccessCidrs", "PUBLIC_ENDPOINT_REFUSES")
    assert "198.51.100.7/32" in answer.change
    assert Prover(opened(design, answer.opening[0])).ask(question).status is Status.REACHABLE


def test_the_group_of_an_endpoint_leaves_the_nodes_out() -> None:
    design = plan_of(nat="none", endpoint={"private": True}).design
    other = [ingress(443, 443, "sg-0123456789abcdef0")]
    design = changed_group(design, "test-endpoints", lambda one: replace(one, rules=tuple(other)))
    answer = ask(design, "nodes", "ec2", 443)
    blocked_by(answer, Component.SECURITY_GROUP, "test-endpoints", "SECURITY_GROUP_INGRESS")
    assert ask(opened(design, answer.opening[0]), "nodes", "ec2", 443).status is Status.REACHABLE


def test_nodes_with_the_wrong_group() -> None:
    design = plan_of().design
    groups = design.security_groups
    assert not isinstance(groups, Unknown)
    design = replace(design, security_groups=(*groups, SecurityGroup("wrong", "", ())))
    design = changed(design, "launch_templates", "test-general", security_groups=("wrong",))
    blocked_by(ask(design, "nodes", "control-plane", 443), Component.SECURITY_GROUP, "wrong", "SECURITY_GROUP_EGRESS")
    blocked_by(
        ask(design, "control-plane", "nodes", 10250), Component.SECURITY_GROUP, "wrong", "SECURITY_GROUP_INGRESS"
    )


def test_ipv6_without_its_egress_rule() -> None:
    design = plan_of(ipFamily="ipv6").design
    design = changed_group(
        design,
        "eks-cluster-sg-test",
        lambda one: replace(one, rules=tuple(rule for rule in one.rules if rule.peer != "::/0")),
    )
    answer = ask(design, "pods", "internet", 443, family=6)
    blocked_by(answer, Component.SECURITY_GROUP, "eks-cluster-sg-test", "SECURITY_GROUP_EGRESS")
    assert "::/0" in answer.change
    assert ask(opened(design, answer.opening[0]), "pods", "internet", 443, family=6).status is Status.REACHABLE


def test_a_dual_stack_vpc_without_a_route_for_ipv6() -> None:
    design = plan_of(ipFamily="ipv6").design
    tables = design.route_tables
    assert not isinstance(tables, Unknown)
    design = replace(
        design,
        route_tables=tuple(
            replace(one, routes=tuple(route for route in one.routes if route.destination != "::/0")) for one in tables
        ),
    )
    answer = ask(design, "pods", "internet", 443, family=6)
    blocked_by(answer, Component.ROUTE, "test-private", "NO_ROUTE")
    assert "test-egress" in answer.change
    assert ask(design, "pods", "ecr.api", 443).status is Status.REACHABLE


@pytest.mark.parametrize("service", ["autoscaling", "sts", "elasticloadbalancing", "acm", "iam"])
def test_without_internet_a_service_without_endpoint_is_not_reached(service: str) -> None:
    answer = ask(plan_of(nat="none").design, "pods", service, 443)
    blocked_by(answer, Component.VPC_ENDPOINT, service, "NO_ENDPOINT")
    assert f"interface endpoint for {service}" in answer.change


def test_private_dns_that_is_off_is_named() -> None:
    design = changed(plan_of(nat="none").design, "vpc_endpoints", "test-ec2", private_dns=False)
    answer = ask(design, "nodes", "ec2", 443)
    blocked_by(answer, Component.VPC_ENDPOINT, "test-ec2", "PRIVATE_DNS_OFF")
    assert ask(opened(design, answer.opening[0]), "nodes", "ec2", 443).status is Status.REACHABLE


def test_N05_dns_attributes_that_are_off_are_named() -> None:
    design = plan_of(nat="none").design
    for field, attribute in (("dns_support", "enableDnsSupport"), ("dns_hostnames", "enableDnsHostnames")):
        vpc: dict[str, Any] = {field: False}
        broken = replace(design, vpc=replace(design.vpc, **vpc))
        answer = ask(broken, "nodes", "ec2", 443)
        blocked_by(answer, Component.DNS, "test", "DNS_")
        assert attribute in answer.change
        assert ask(opened(broken, answer.opening[0]), "nodes", "ec2", 443).status is Status.REACHABLE


def test_N05_custom_name_servers_may_or_may_not_forward() -> None:
    design = plan_of(nat="none").design
    broken = replace(design, vpc=replace(design.vpc, domain_name_servers=("10.0.0.9",)))
    assert ask(broken, "nodes", "ec2", 443).status is Status.UNKNOWN


def test_the_s3_gateway_endpoint_must_be_in_the_table_of_each_subnet() -> None:
    design = plan_of(nat="none").design
    assert ask(design, "nodes", "s3", 443).status is Status.REACHABLE
    answer = ask(changed(design, "vpc_endpoints", "test-s3", route_tables=()), "nodes", "s3", 443)
    blocked_by(answer, Component.VPC_ENDPOINT, "test-s3", "ENDPOINT_NOT_IN_TABLE")


def test_nodelocal_dns_is_bypassed_by_pods_with_groups_of_their_own() -> None:
    pod = Place("pod", "test-node-use1-az1", ("eks-cluster-sg-test",), branch=True)
    local = Outside("NodeLocal DNS", "169.254.20.10/32")
    prover = Prover(plan_of().design)
    blocked_by(prover.ask(Question(pod, local, "udp", 53, 53)), Component.LINK, "169.254.20.10", "LINK_LOCAL_BYPASSED")
    on_node = replace(pod, branch=False)
    assert prover.ask(Question(on_node, local, "udp", 53, 53)).status is Status.REACHABLE


ALLOW_ALL = [(False, 100, True, "-1", None, None, "0.0.0.0/0"), (True, 100, True, "-1", None, None, "0.0.0.0/0")]


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ([ALLOW_ALL[0], (True, 100, True, "tcp", 443, 443, "0.0.0.0/0")], "NACL_RETURN_EGRESS"),
        ([ALLOW_ALL[0], (True, 100, True, "tcp", 1024, 50000, "0.0.0.0/0")], "NACL_RETURN_EGRESS"),
        ([ALLOW_ALL[1], (False, 100, True, "tcp", 443, 443, "0.0.0.0/0")], "NACL_INGRESS"),
        ([*ALLOW_ALL, (False, 50, False, "tcp", 10000, 11000, "10.0.0.0/8")], "NACL_INGRESS"),
        ([ALLOW_ALL[1]], "NACL_INGRESS"),
    ],
    ids=["no ephemeral ports out", "a part of them", "10250 not in", "an earlier deny", "nothing in"],
)
def test_network_acls_of_node_subnets_stop_kubelet(rules: list[tuple[Any, ...]], code: str) -> None:
    """The ACL of one zone only: the other zones would hide it from a test of one pair."""
    design = with_acl(plan_of().design, ("test-node-use1-az2",), *rules)
    answer = ask(design, "control-plane", "nodes", 10250)
    blocked_by(answer, Component.NETWORK_ACL, "acl", code)
    for _ in range(5):
        answer = ask(design, "control-plane", "nodes", 10250)
        for change in answer.opening:
            design = opened(design, change)
    assert answer.status is Status.REACHABLE


def test_a_network_acl_that_lets_everything_pass_stops_nothing() -> None:
    design = with_acl(plan_of().design, ("test-node-use1-az2", "test-public-use1-az2"), *ALLOW_ALL)
    assert ask(design, "control-plane", "nodes", 10250).status is Status.REACHABLE
    assert ask(design, "nodes", "ecr.api", 443).status is Status.REACHABLE


def test_the_network_acl_of_the_nat_gateways_subnet_counts_too() -> None:
    design = with_acl(
        plan_of().design, ("test-public-use1-az1",), ALLOW_ALL[1], (False, 1, True, "tcp", 443, 443, "0.0.0.0/0")
    )
    blocked_by(ask(design, "nodes", "ecr.api", 443), Component.NETWORK_ACL, "acl", "NACL_RETURN_INGRESS")


def routes(design: Design, name: str, *made: Route) -> Design:
    return changed(design, "route_tables", name, routes=made)


def test_routes_decide_where_packets_leave() -> None:
    design = plan_of().design
    table = "test-private-use1-az1"
    anywhere = "0.0.0.0/0"
    none = ask(routes(design, table), "nodes", "internet", 443)
    blocked_by(none, Component.ROUTE, table, "NO_ROUTE")
    assert "test-nat-use1-az1" in none.change
    dead = Route(anywhere, RouteTarget.NAT_GATEWAY, "nat-gone", blackhole=True)
    blocked_by(ask(routes(design, table, dead), "nodes", "internet", 443), Component.ROUTE, table, "BLACKHOLE")
    internet = Route(anywhere, RouteTarget.INTERNET_GATEWAY, "test-internet")
    answer = ask(routes(design, table, internet), "nodes", "internet", 443)
    blocked_by(answer, Component.ADDRESS, "nodes of general", "NO_PUBLIC_ADDRESS")
    transit = Route(anywhere, RouteTarget.TRANSIT_GATEWAY, "tgw-1")
    assert ask(routes(design, table, transit), "nodes", "internet", 443).status is Status.UNKNOWN


def test_a_nat_gateway_in_a_private_subnet_leads_nowhere() -> None:
    design = changed(plan_of().design, "nat_gateways", "test-nat-use1-az1", subnet="test-node-use1-az1")
    answer = ask(design, "nodes", "internet", 443)
    blocked_by(answer, Component.ROUTE, "test-private-use1-az1", "NAT_IN_PRIVATE_SUBNET")


def test_the_longest_prefix_wins() -> None:
    design = plan_of().design
    there = design.route_table_of("test-node-use1-az1")
    assert there is not None
    assert not isinstance(there, Unknown)
    more = (*there.routes, Route("203.0.113.0/24", RouteTarget.TRANSIT_GATEWAY, "tgw-1", blackhole=True))
    design = routes(design, there.name, *more)
    blocked_by(ask(design, "nodes", "203.0.113.7/32", 443), Component.ROUTE, there.name, "BLACKHOLE")
    assert ask(design, "nodes", "198.51.100.7/32", 443).status is Status.REACHABLE


def test_nothing_comes_in_through_a_nat_gateway() -> None:
    answer = ask(plan_of().design, "internet", "nodes", 443)
    assert answer.status is Status.BLOCKED
    assert answer.code == "OUTWARD_ONLY"


def test_groups_that_could_not_be_read_are_unknown_and_never_open() -> None:
    unseen = Unknown("ec2:DescribeSecurityGroups", "AccessDenied")
    answer = ask(replace(plan_of().design, security_groups=unseen), "internet", "nodes", 22)
    assert answer.status is not Status.REACHABLE
    design = replace(plan_of().design, security_groups=unseen)
    (node, *_) = parties(plan_of().design, "nodes")
    found = Prover(design).ask(Question(node, node, "tcp", 443, 443))
    assert found.status is Status.UNKNOWN
    assert "AccessDenied" in found.reason


def test_two_groups_with_the_clusters_tag_on_one_interface_are_named() -> None:
    """The load balancer controller then adds no rules at all."""
    design = plan_of(nodeGroups=[GROUP], loadBalancers={"backends": "shared"}).design
    tagged = (("Name", "test-load-balancers"), ("kubernetes.io/cluster/test", "owned"))
    design = changed(design, "security_groups", "test-load-balancers", tags=tagged)
    both = ("eks-cluster-sg-test", "test-load-balancers")
    design = changed(design, "launch_templates", "test-general", security_groups=both)
    rule = rule_by_code("LBS007")
    assert rule is not None
    (found,) = review(design, ReviewContext(embedded().facts, embedded().instance_types), [rule]).findings
    assert found.resource == "test-general"
    assert found.measured == "eks-cluster-sg-test, test-load-balancers"
