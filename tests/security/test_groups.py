"""Security groups: only what is needed, each rule with its reason (notes N34, N35, N07)."""

from __future__ import annotations

from planner.design import Design, Direction, SecurityGroup
from tests.support.plans import FEASIBLE, plan_example, plan_of


def group(design: Design, name: str) -> SecurityGroup:
    return next(one for one in design.security_groups if one.name == name)  # type: ignore[union-attr]


def test_N34_the_cluster_group_has_the_three_rules_that_eks_makes() -> None:
    own = group(plan_of().design, "eks-cluster-sg-test")
    assert own.made_by_eks
    assert {(rule.direction, rule.protocol, rule.peer) for rule in own.rules} == {
        (Direction.INGRESS, "-1", "eks-cluster-sg-test"),
        (Direction.EGRESS, "-1", "eks-cluster-sg-test"),
        (Direction.EGRESS, "-1", "0.0.0.0/0"),
    }


def test_an_ipv6_cluster_has_the_twin_of_the_open_egress_rule() -> None:
    own = group(plan_of(ipFamily="ipv6").design, "eks-cluster-sg-test")
    assert "::/0" in {rule.peer for rule in own.rules}


def test_N07_endpoints_let_in_the_cluster_group_on_443_and_nobody_else() -> None:
    (rule,) = group(plan_example("private").design, "vault-endpoints").rules
    assert (rule.direction, rule.protocol, rule.from_port, rule.to_port, rule.peer) == (
        Direction.INGRESS,
        "tcp",
        443,
        443,
        "eks-cluster-sg-vault",
    )


def test_people_outside_the_vpc_get_the_api_and_nothing_else() -> None:
    design = plan_example("production").design
    (rule,) = group(design, "shop-prod-control-plane").rules
    assert (rule.from_port, rule.peer) == (443, "10.0.0.0/12")
    assert design.cluster is not None
    assert design.cluster.security_groups == ("shop-prod-control-plane",)


def test_hybrid_nodes_reach_the_api_and_kubelet_is_reached() -> None:
    design = plan_of(hybrid={"nodeCidrs": ["10.200.0.0/16"], "podCidrs": ["10.201.0.0/16"]}).design
    rules = {(rule.direction, rule.from_port, rule.peer) for rule in group(design, "test-control-plane").rules}
    # neighbouring blocks are joined; kubelet outside is reached by the cluster group's open egress rule
    assert rules == {(Direction.INGRESS, 443, "10.200.0.0/15")}


def test_every_rule_has_a_reason_and_a_source_and_nothing_of_ours_is_open_to_the_world() -> None:
    for name in FEASIBLE:
        for one in plan_example(name).design.security_groups:  # type: ignore[union-attr]
            for rule in one.rules:
                assert rule.reason
                assert rule.source.startswith("https://")
                if not rule.made_by_eks and rule.direction is Direction.INGRESS:
                    assert rule.peer not in {"0.0.0.0/0", "::/0"}
                if rule.peer in {"0.0.0.0/0", "::/0"} and not rule.made_by_eks:
                    assert (rule.protocol, rule.from_port, rule.to_port) == ("tcp", 443, 443)


def test_N24_launch_templates_name_no_groups_so_eks_adds_the_cluster_group() -> None:
    for name in FEASIBLE:
        if name == "restricted":
            continue  # its nodes have a group of their own
        assert all(not template.security_groups for template in plan_example(name).design.launch_templates)  # type: ignore[union-attr]
