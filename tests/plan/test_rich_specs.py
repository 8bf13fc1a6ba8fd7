"""Specs with settings of every kind: a plan that all reports can show, or reasons; never anything else."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from planner.diagnostics import Kind
from planner.plan.build import build
from planner.plan.file import read_text, sealed, write_text
from planner.report.markdown import plan_markdown
from planner.report.text import plan_tables
from planner.review.engine import review
from planner.review.rule import ReviewContext
from planner.templates import render
from tests.strategies import rich_specs
from tests.support.plans import embedded, load, spec_text

#: Findings that a spec asks for: public nodes, one NAT gateway, no private endpoint, pods that may use the
#: metadata service, no node repair, Spot from one type, types with different maxPods, file systems
#: that are not encrypted.
ASKED_FOR = {"CAP001", "EFS003", "NSN004", "RTE003", "API003", "NGP011", "NGP015", "NGP016"}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rich_specs())
def test_a_plan_or_reasons(spec: dict[str, Any]) -> None:
    loaded = load(spec_text(**spec))
    diagnostics, plan = loaded.diagnostics, None
    if loaded.document is not None:
        result = build(loaded.document, embedded(), render)
        diagnostics, plan = (*diagnostics, *result.diagnostics), result.plan
    wrong = [one for one in diagnostics if one.kind is not Kind.NOTICE]
    assert (plan is None) == bool(wrong)
    assert all(one.summary and one.fix for one in wrong), wrong
    if plan is None:
        return
    catalog = embedded()
    verdict = review(plan.design, ReviewContext(catalog.facts, catalog.instance_types))
    assert {one.rule for one in verdict.findings} <= ASKED_FOR
    whole = sealed(plan)
    assert read_text(write_text(whole), "plan.json") == whole
    assert plan.name in plan_markdown(whole)
    assert plan_tables(whole, details=True)
