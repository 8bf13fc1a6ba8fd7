"""A bad design in moto yields every one of its faults, and no other finding."""

from __future__ import annotations

from datetime import date

import boto3
import pytest

from planner.diagnostics import Verdict
from planner.observe.collect import collect
from planner.observe.parse import parse
from planner.review.engine import review
from planner.review.rule import context_of
from tests.support.plans import embedded
from tests.support.seeded import CLUSTER, REGION, seed

pytestmark = pytest.mark.usefixtures("moto")

#: What was seeded, and the rules that say it.
FAULTS = {
    "DNS support off": {"VPC001"},
    "DNS hostnames off": {"VPC002"},
    "three free addresses": {"CSN002"},
    "a zone that EKS does not take": {"CSN005"},
    "no NAT gateway, no endpoints": {"RTE001", "API004"},
    "no tags for load balancers": {"LBS002", "LBS006"},
    "no rule in the nodes' group": {"SGR001", "SGR002", "SGR004"},
    "open endpoint, private one off": {"API002", "API003"},
    "no control-plane logs": {"API005"},
    "types with different maxPods": {"CAP001"},
    "AL2": {"NGP004"},
    "version out of support": {"UPG002"},
    "core add-ons that EKS does not manage": {"ADD004"},
    "50 nodes in a /28": {"NSN001"},
    "all in two /28s, one for nodes": {"CSN004", "CSN008", "NSN005"},
}


@pytest.fixture
def verdict() -> Verdict:
    seed()
    context = context_of(embedded(), today=date(2026, 11, 28))
    return review(parse(collect(boto3.session.Session(region_name=REGION), REGION, CLUSTER)), context)


@pytest.mark.parametrize("fault", FAULTS)
def test_the_fault_is_found(verdict: Verdict, fault: str) -> None:
    assert FAULTS[fault] - {one.rule for one in verdict.findings} == set()


def test_nothing_else_is_found(verdict: Verdict) -> None:
    seeded = set().union(*FAULTS.values())
    assert [one for one in verdict.findings if one.rule not in seeded] == []
    assert {one.rule for one in verdict.findings} & set(verdict.passed) == set()
