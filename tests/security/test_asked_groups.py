"""Security groups as specs ask for them: restricted nodes, pods, load balancers, quotas, refusals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.design import Direction, SecurityGroup, SecurityGroupRule
from planner.diagnostics import Diagnostic
from planner.plan.spec_of import spec_of
from planner.security.fitting import fewer_blocks
from planner.security.flows.matrix import ask_all
from planner.security.flows.places import Places
from planner.security.intents.features import of_spec
from planner.security.intents.flows import intents
from planner.security.intents.model import NODES
from planner.security.quotas import counted
from planner.security.reach.model import Place, Status
from tests.strategies import networks
from tests.support.plans import codes, diagnostics_of, embedded, plan_of

GROUP = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}


def rules(group: str, **spec: Any) -> set[tuple[str, str, str, str]]:
    found = plan_of(**spec).design.security_group(group)
    assert found is not None
    return {(str(one.direction), one.protocol, one.ports, one.peer) for one in found.rules}


def one(code: str, **spec: Any) -> Diagnostic:
    found = [problem for problem in diagnostics_of(**spec) if problem.code == code]
    assert found, [problem.code for problem in diagnostics_of(**spec)]
    return found[0]


def test_N35_restricted_nodes_have_what_they_need_and_nothing_else() -> None:
    found = rules("test-nodes", security={"egress": "restricted", "betweenNodes": [{"ports": "8080"}]}, nat="none")
    assert found == {
        ("egress", "tcp", "53", "test-nodes"),
        ("egress", "udp", "53", "test-nodes"),
        ("egress", "tcp", "8080", "test-nodes"),
        ("egress", "tcp", "443", "test-control-plane"),
        ("egress", "tcp", "443", "test-endpoints"),
        ("egress", "tcp", "443", "com.amazonaws.us-east-1.s3"),
        ("ingress", "tcp", "53", "test-nodes"),
        ("ingress", "udp", "53", "test-nodes"),
        ("ingress", "tcp", "8080", "test-nodes"),
        ("ingress", "tcp", "10250", "test-control-plane"),
    }


def test_N35_ipv4_and_ipv6_are_kept_apart() -> None:
    found = rules("test-nodes", security={"egress": "restricted"}, ipFamily="ipv6")
    assert {("egress", "tcp", "443", "0.0.0.0/0"), ("egress", "tcp", "443", "::/0")} <= found
    assert ("egress", "tcp", "443", "::/0") not in rules("test-nodes", security={"egress": "restricted"})


def test_N24_groups_in_a_launch_template_come_with_the_one_of_the_cluster() -> None:
    given = "sg-0123456789abcdef0"
    for egress, own in (("open", "eks-cluster-sg-test"), ("restricted", "test-nodes")):
        design = plan_of(security={"egress": egress}, nodeGroups=[{**GROUP, "securityGroups": [given]}]).design
        (template,) = design.launch_templates  # type: ignore[misc]
        assert template.security_groups == tuple(sorted((own, given)))
    (template,) = plan_of().design.launch_templates  # type: ignore[misc]
    assert template.security_groups == ()


def test_the_nodes_group_is_the_one_that_the_load_balancer_controller_looks_for() -> None:
    group = plan_of(security={"egress": "restricted"}).design.security_group("test-nodes")
    assert group is not None
    assert ("kubernetes.io/cluster/test", "owned") in group.tags


@pytest.mark.parametrize(
    ("backends", "ports"), [("shared", {"8080-9443"}), ("restricted", {"8080", "9443"}), ("controller", set())]
)
def test_load_balancers_reach_their_targets(backends: str, ports: set[str]) -> None:
    balancers: dict[str, Any] = {"backends": backends}
    if backends != "controller":
        balancers["targetPorts"] = [8080, 9443]
    found = rules("eks-cluster-sg-test", loadBalancers=balancers)
    assert {row[2] for row in found if row[3] == "test-load-balancers"} == ports


def test_neighbouring_blocks_are_joined() -> None:
    found = rules(
        "test-control-plane", endpoint={"privateCidrs": ["10.200.0.0/17", "10.200.128.0/17", "10.201.0.0/16"]}
    )
    assert {row[3] for row in found} == {"10.200.0.0/15"}


def blocks(count: int) -> list[str]:
    """Blocks that cannot be joined."""
    return [f"10.{100 + number // 100}.{2 * (number % 100)}.0/24" for number in range(count)]


def test_N34_too_many_rules_are_refused_with_the_number_and_the_quota_that_helps() -> None:
    problem = one("security-group-rules", endpoint={"privateCidrs": blocks(61)})
    assert problem.value.startswith("61 rules for IPv4")
    assert problem.limit.startswith("60")
    assert "quotas.securityGroupRules: 61" in problem.fix
    assert "security-group-rules" not in codes(endpoint={"privateCidrs": blocks(60)})
    raised = {"securityGroupRules": 61}
    assert "security-group-rules" not in codes(endpoint={"privateCidrs": blocks(61)}, quotas=raised)


def test_N34_the_product_of_both_quotas_is_bounded() -> None:
    problem = one("security-group-product", quotas={"securityGroupRules": 250})
    assert problem.value == "250 rules × 5 groups = 1,250"
    assert "securityGroupsPerInterface: 4" in problem.fix
    assert "security-group-product" not in codes(quotas={"securityGroupRules": 250, "securityGroupsPerInterface": 4})


def test_N34_references_count_in_both_families_and_prefix_lists_by_weight() -> None:
    facts = embedded().facts
    made = [
        SecurityGroupRule(Direction.EGRESS, "tcp", 443, 443, peer)
        for peer in ("10.0.0.0/8", "::/0", "other", "com.amazonaws.us-east-1.s3", "com.amazonaws.global.cloudfront")
    ]
    group = SecurityGroup("one", "", tuple(made))
    assert counted(group, Direction.EGRESS, 4, facts) == 1 + 1 + 1 + 55
    assert counted(group, Direction.EGRESS, 6, facts) == 1 + 1 + 1 + 55
    assert counted(group, Direction.INGRESS, 4, facts) == 0


def test_N34_the_refusal_names_the_field_and_the_cheapest_way_to_fit() -> None:
    problem = one("security-group-rules", endpoint={"privateCidrs": blocks(61)})
    assert problem.path == ("spec", "endpoint", "privateCidrs")
    assert problem.fix.startswith("write 10.100.0.0/22 for the blocks in it, which opens 512 further addresses")
    spec: dict[str, Any] = {
        "loadBalancers": {"backends": "restricted", "targetPorts": list(range(8001, 8051))},
        "security": {"egress": "restricted", "webhooks": [{"name": f"w{n}", "port": 9001 + n} for n in range(20)]},
    }
    problem = one("security-group-rules", **spec)
    assert problem.fix.startswith("set loadBalancers.backends: shared, which makes one rule of 50")


def test_the_load_balancer_controller_keeps_room_for_its_own_rule() -> None:
    hooks = [{"name": f"w{n}", "port": 9001 + n} for n in range(57)]
    spec: dict[str, Any] = {"security": {"egress": "restricted", "webhooks": hooks}}
    group = plan_of(**spec).design.security_group("test-nodes")
    assert group is not None
    assert counted(group, Direction.INGRESS, 4, embedded().facts) == 59
    problem = one("security-group-rules", **spec, addons=["load-balancer-controller"])  # its webhook is the 60th
    assert problem.value == "61 rules for IPv4, 0 of them for blocks, 1 kept for the load balancer controller"
    backends = {"backends": "shared", "targetPorts": [8080]}
    problem = one("security-group-rules", **spec, addons=["load-balancer-controller"], loadBalancers=backends)
    assert problem.value == "61 rules for IPv4, 0 of them for blocks"


def test_groups_are_counted_although_something_else_stops_the_plan() -> None:
    found = codes(region="mx-central-1", nat="none", addons=["karpenter"], endpoint={"privateCidrs": blocks(61)})
    assert {"endpoint-absent", "security-group-rules"} <= set(found)


@given(st.lists(networks(12, 30), min_size=1, max_size=12), st.integers(1, 12))
def test_fewer_blocks_hold_all_that_was_asked(given_blocks: list[Any], most: int) -> None:
    wider, further = fewer_blocks(given_blocks, most)
    assert len(wider) <= most
    assert all(any(block.subnet_of(large) for large in wider) for block in given_blocks)
    assert further == sum(one.num_addresses for one in wider) - sum(one.num_addresses for one in set(given_blocks))


def test_N07_endpoints_beside_nat_gateways_have_their_group_and_let_nodes_in() -> None:
    found = rules("test-endpoints", vpcEndpoints={"extra": ["secretsmanager"], "features": ["logs"]})
    assert found == {("ingress", "tcp", "443", "eks-cluster-sg-test")}


def test_fargate_pods_mount_efs_and_fetch_credentials_with_their_own_group() -> None:
    spec: dict[str, Any] = {
        "security": {"egress": "restricted"},
        "fargate": [{"name": "jobs", "pods": 4}],
        "addons": ["aws-efs-csi-driver"],
        "identity": "irsa",
        "nat": "none",
    }
    own, nodes = "eks-cluster-sg-test", "test-nodes"
    assert rules("test-efs", **spec) == {("ingress", "tcp", "2049", peer) for peer in (own, nodes)}
    group = plan_of(**spec).design.security_group("test-endpoints")
    assert group is not None
    assert "sts" in next(rule.reason for rule in group.rules if rule.peer == own)


def test_N35_everything_over_ipv4_does_not_stand_for_an_ipv6_control_plane() -> None:
    pods = {"name": "pay", "egress": [{"peer": "aws", "ports": 443}], "api": True}
    security = {"egress": "restricted", "podGroups": [pods]}
    six = rules("test-pods-pay", security=security, cni=PODS["cni"], ipFamily="ipv6")
    assert ("egress", "tcp", "443", "test-control-plane") in six
    four = rules("test-pods-pay", security=security, cni=PODS["cni"])
    assert ("egress", "tcp", "443", "test-control-plane") not in four  # 0.0.0.0/0 holds it


def test_N04_pods_use_the_interfaces_of_eks_also_with_a_public_endpoint_only() -> None:
    endpoint = {"private": False, "public": True, "publicCidrs": ["203.0.113.0/24"]}
    found = rules("test-control-plane", endpoint=endpoint, security={"egress": "restricted"})
    assert ("ingress", "tcp", "443", "test-nodes") in found


def test_karpenter_by_its_pool_has_its_webhook_and_its_tag() -> None:
    pool = [{"name": "pool", "instanceTypes": ["m5.large"], "maxNodes": 2}]
    spec: dict[str, Any] = {"security": {"egress": "restricted"}, "nodePools": pool}
    assert ("ingress", "tcp", "8443", "test-control-plane") in rules("test-nodes", **spec)
    group = plan_of(**spec).design.security_group("test-nodes")
    assert group is not None
    assert ("karpenter.sh/discovery", "test") in group.tags


@pytest.mark.parametrize("addon", ["istio", "prometheus-adapter", "ingress-nginx"])
def test_webhooks_of_what_is_no_eks_add_on_are_opened_and_it_is_not_installed(addon: str) -> None:
    spec: dict[str, Any] = {"security": {"egress": "restricted"}, "addons": [addon]}
    (port,) = embedded().facts.table("flows.webhooks")[addon]
    assert ("ingress", "tcp", str(port), "test-control-plane") in rules("test-nodes", **spec)
    cluster = plan_of(**spec).design.cluster
    assert cluster is not None
    assert cluster.addon(addon) is None


PODS = {"cni": {"securityGroupsForPods": True}}


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ({"security": {"allow": [{"cidr": "10.0.0.0/8", "ports": 5432, "reason": "db"}]}}, "security-open"),
        ({"security": {"betweenNodes": [{"ports": 80}]}}, "security-open"),
        ({"loadBalancers": {"targetPorts": [80]}}, "load-balancer-ports"),
        ({"security": {"podGroups": [{"name": "pay"}]}}, "pod-groups"),
        ({**PODS, "security": {"podGroups": [{"name": "pay"}, {"name": "pay"}]}}, "pod-group-name"),
        ({**PODS, "security": {"podGroups": [{"name": "cluster"}]}}, "pod-group-name"),
        (
            {**PODS, "security": {"podGroups": [{"name": "pay", "ingress": [{"peer": "web", "ports": 80}]}]}},
            "pod-group-peer",
        ),
        (
            {**PODS, "security": {"podGroups": [{"name": "pay", "egress": [{"peer": "::/0", "ports": 80}]}]}},
            "security-ipv6",
        ),
        (
            {"security": {"egress": "restricted", "allow": [{"cidr": "fd00::/8", "ports": 1, "reason": "x"}]}},
            "security-ipv6",
        ),
        (
            {**PODS, "security": {"podGroups": [{"name": "pay", "ingress": [{"peer": "aws", "ports": 80}]}]}},
            "pod-group-peer",
        ),
        (
            {**PODS, "security": {"podGroups": [{"name": "pay", "egress": [{"peer": "load-balancers", "ports": 80}]}]}},
            "pod-group-peer",
        ),
        (
            {
                **PODS,
                "security": {"podGroups": [{"name": "pay", "ingress": [{"peer": "load-balancers", "ports": 80}]}]},
            },
            "load-balancer-peer",
        ),
        (
            {**PODS, "security": {"podGroups": [{"name": "pay", "ingress": [{"peer": "internet", "ports": 80}]}]}},
            "pod-group-internet",
        ),
        (
            {**PODS, "security": {"podGroups": [{"name": "pay", "ingress": [{"peer": "8.8.8.0/24", "ports": 80}]}]}},
            "pod-group-internet",
        ),
        (
            {
                **PODS,
                "security": {"podGroups": [{"name": "pay", "egress": [{"peer": "aws", "ports": 443}]}]},
                "nodeGroups": [{**GROUP, "subnets": "public"}],
            },
            "pod-group-public-nodes",
        ),
        (
            {
                **PODS,
                "nat": "none",
                "security": {"podGroups": [{"name": "pay", "egress": [{"peer": "internet", "ports": 443}]}]},
            },
            "security-no-internet",
        ),
        (
            {
                "nat": "none",
                "security": {"egress": "restricted", "allow": [{"cidr": "8.8.8.0/24", "ports": 1, "reason": "x"}]},
            },
            "security-no-internet",
        ),
        ({"nat": "none", "vpcEndpoints": {"s3Gateway": False}}, "endpoint-s3"),
        ({"nodeGroups": [{**GROUP, "securityGroups": [f"sg-0000000{n}" for n in range(5)]}]}, "interface-groups"),
    ],
)
def test_what_cannot_work_is_refused_with_a_fix(spec: dict[str, Any], code: str) -> None:
    problem = one(code, **spec)
    assert problem.fix
    assert problem.source.startswith("https://")


def test_notices_name_what_the_plan_cannot_do_itself() -> None:
    pool = {"name": "pool", "manager": "auto-mode", "instanceTypes": ["m5.large"], "maxNodes": 2}
    restricted = {"egress": "restricted"}
    assert "securityGroupSelectorTerms" in one("restricted-auto-mode", security=restricted, nodePools=[pool]).fix
    assert "restricted-auto-mode" not in codes(nodePools=[pool])
    subnets = [
        {"id": f"subnet-0000000{n}", "cidr": f"10.0.{n}.0/24", "zone": f"use1-az{n}", "use": ["node", "cluster"]}
        for n in (1, 2)
    ]
    existing: dict[str, Any] = {"vpc": {"id": "vpc-00000001", "cidr": "10.0.0.0/16", "subnets": subnets}, "zones": 2}
    assert "gateway endpoint" in one("endpoint-s3-existing", nat="none", **existing).limit
    assert "endpoint-s3-existing" not in codes(nat="none")


@pytest.mark.parametrize("ports", ["0", "70000", "9-1", "http", 0, 1.5, True])
def test_ports_that_are_none_are_refused(ports: Any) -> None:
    from tests.support.plans import load, spec_text

    loaded = load(spec_text(security={"egress": "restricted", "betweenNodes": [{"ports": ports}]}))
    assert loaded.document is None
    assert any("ports" in str(problem.path) for problem in loaded.diagnostics)


def test_nodes_that_only_karpenter_starts_are_asked_about() -> None:
    """A plan without node groups still has a matrix, in the subnets and with the group that Karpenter discovers."""
    pool = {"name": "all", "instanceTypes": ["m5.large"], "maxNodes": 20}
    for egress, worn in (("restricted", "test-nodes"), ("open", "eks-cluster-sg-test")):
        plan = plan_of(security={"egress": egress}, nodePools=[pool], fargate=[{"name": "karpenter", "pods": 4}])
        found = Places(plan.design).of(NODES).parties
        assert {(one.subnet, one.groups) for one in found if isinstance(one, Place)} == {
            (subnet.name, (worn,)) for subnet in plan.design.subnets if subnet.tag("karpenter.sh/discovery")
        }
        assert len(found) == 3
        rows = ask_all(plan.design, intents(of_spec(spec_of(plan).spec, embedded().facts), embedded().facts))
        assert all(row.asked and row.status is not Status.BLOCKED for row in rows)
