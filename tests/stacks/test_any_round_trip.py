"""Plans of any kind come back from moto as they were meant; each in an account of its own."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from planner.design.compare import differences
from planner.plan.build import build
from planner.templates import render
from tests.strategies import rich_specs
from tests.support import moto_eks
from tests.support.moto_calls import one_at_a_time
from tests.support.plans import embedded, load, spec_text
from tests.support.world import materialise, observe

#: moto has the managed policies of these regions' partition only.
COMMERCIAL = ("us-east-1", "eu-central-1", "ap-northeast-2", "us-west-1")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rich_specs(), st.sampled_from(COMMERCIAL))
def test_any_plan_comes_back(spec: dict[str, Any], region: str) -> None:
    loaded = load(spec_text("any", **spec | {"region": region}))
    plan = build(loaded.document, embedded(), render).plan if loaded.document else None
    if plan is not None:
        moto_eks.install()
        with mock_aws(), one_at_a_time():
            materialise(plan.design)
            assert differences(plan.design, observe(plan.design)) == ()
