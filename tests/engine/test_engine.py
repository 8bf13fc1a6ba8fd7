"""A plan on the real Pulumi engine: previewed, made, left alone, changed and destroyed."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from pulumi import automation

from planner.design import Design, known
from planner.design.compare import differences
from tests.engine.conftest import Engine
from tests.support.plans import plan_of
from tests.support.world import observe

# one worker: two engines would only wait for each other
pytestmark = [
    pytest.mark.engine,
    pytest.mark.xdist_group("engine"),
    # Pulumi's language host leaves its event loop open where a run fails, in whatever test that is collected
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def design() -> Design:
    """A plan without deletion protection, so that it can be destroyed."""
    return plan_of(deletionProtection=False).design


def counts(summary: Mapping[Any, int]) -> dict[str, int]:
    """How many resources an operation touched, by what was done."""
    return {str(kind): number for kind, number in summary.items()}


def test_preview_up_again_and_destroy(engine: Engine, design: Design) -> None:
    stack = engine.stack(design)
    planned = counts(stack.preview().change_summary)
    assert set(planned) == {"create"}
    assert engine.plugin.calls == []

    made = stack.up()
    assert counts(made.summary.resource_changes or {}) == planned
    assert differences(design, observe(design)) == ()
    first = list(engine.plugin.calls)
    assert {method for method, _, _ in first} == {"create"}

    again = stack.up(expect_no_changes=True)
    assert counts(again.summary.resource_changes or {}) == {"same": planned["create"]}
    assert engine.plugin.calls == first

    stack.destroy()
    deleted = Counter((kind, name) for method, kind, name in engine.plugin.calls if method == "delete")
    assert deleted == Counter((kind, name) for _, kind, name in first)
    ec2 = boto3.client("ec2", region_name=design.region)
    assert [vpc for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]] == []
    assert boto3.client("eks", region_name=design.region).list_clusters()["clusters"] == []


def test_a_changed_node_group_touches_that_group_only(engine: Engine, design: Design) -> None:
    engine.stack(design).up()
    before = len(engine.plugin.calls)
    assert known(design.node_groups)
    (group,) = design.node_groups
    larger = dataclasses.replace(design, node_groups=(dataclasses.replace(group, max_size=group.max_size + 1),))
    engine.stack(larger).up()
    assert [(method, kind) for method, kind, _ in engine.plugin.calls[before:]] == [
        ("update", "aws:eks/nodeGroup:NodeGroup")
    ]
    assert differences(larger, observe(larger)) == ()


def test_what_aws_refuses_ends_the_run_with_its_words(engine: Engine, design: Design) -> None:
    (one, *others) = design.subnets
    outside = dataclasses.replace(one, cidr=type(one.cidr)("192.168.0.0/28"))
    wrong = dataclasses.replace(design, subnets=(outside, *others))
    with pytest.raises(automation.CommandError, match=r"InvalidSubnet\.Range"):
        engine.stack(wrong).up()
