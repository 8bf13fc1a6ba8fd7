"""What `eksplan explain` says of flows: every key that a rule of a plan names is explained, and without gaps."""

from __future__ import annotations

import pytest

from planner.design import Unknown
from tests.cli.running import invoke
from tests.support.plans import FEASIBLE, embedded, plan_example


@pytest.mark.parametrize("flow", sorted(embedded().facts.table("flows.table")))
def test_every_flow_says_why_and_what_breaks(flow: str) -> None:
    ran = invoke("explain", flow)
    assert ran.code == 0
    assert "Why: " in ran.out
    assert "Without it: " in ran.out
    assert "{" not in ran.out


def test_the_list_of_flows_has_no_gaps() -> None:
    assert "{" not in invoke("explain", "flows").out


def test_services_and_webhooks_are_told_one_by_one() -> None:
    assert "ecr.dkr: ImagePullBackOff" in invoke("explain", "service").out
    assert "metrics-server: 10251" in invoke("explain", "webhook").out


@pytest.mark.parametrize("name", FEASIBLE)
def test_every_rule_of_a_plan_names_flows_that_are_explained(name: str) -> None:
    plan, known = plan_example(name), embedded().facts.table("flows.table")
    groups = plan.design.security_groups
    assert not isinstance(groups, Unknown)
    for group in groups:
        told = next(one for one in plan.decisions if one.id == f"security-group.{group.name}")
        for rule, words in zip(group.rules, told.inputs, strict=True):
            assert set(rule.feature.split(", ")) <= set(known)
            assert f"{rule.reason}. Without it: " in words.value
            assert rule.source in words.value
