"""Plans for tests: from an example, or from a few lines of spec."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

from planner.catalog import store
from planner.diagnostics import Diagnostic
from planner.plan.build import PlanResult, build
from planner.plan.model import Plan
from planner.review.engine import review
from planner.review.rule import ReviewContext
from planner.spec.load import Loaded, load_text
from planner.templates import render

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
CLUSTER_EXAMPLES = tuple(sorted(path for path in EXAMPLES.glob("*.yaml") if path.stem != "fleet"))
"""Specs of single clusters."""
FEASIBLE = (
    "minimal",
    "production",
    "private",
    "ipv6",
    "custom-networking",
    "restricted",
    "existing-vpc",
    "fargate",
    "auto-mode",
    "shared-storage",
)
WITH_A_NOTE = ("existing-vpc", "auto-mode")
"""Of these, those that work and of which the reader should know something."""


@functools.cache
def embedded() -> Any:
    """The embedded catalog."""
    return store.load(store.EMBEDDED)


def example_text(name: str) -> str:
    """The text of an example."""
    return (EXAMPLES / f"{name}.yaml").read_text("utf-8")


def load(text: str, file: str = "spec.yaml") -> Loaded:
    """A spec from text."""
    return load_text(text, file, embedded().facts)


def build_text(text: str) -> PlanResult:
    """Plan a text. Raises AssertionError if the spec itself is wrong."""
    loaded = load(text)
    assert loaded.document is not None, [one.summary for one in loaded.diagnostics]
    return build(loaded.document, embedded(), render)


@functools.cache
def plan_example(name: str) -> Plan:
    """The plan of an example."""
    result = build_text(example_text(name))
    assert result.plan is not None, result.diagnostics
    return result.plan


GROUP = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 10}


def spec_text(name: str = "test", **spec: Any) -> str:
    """A spec in us-east-1 with one group of m5.large, changed by the given fields."""
    body: dict[str, Any] = {"region": "us-east-1", "nodeGroups": [GROUP], **spec}
    document = {"apiVersion": "eksplan/v1", "kind": "Cluster", "metadata": {"name": name}, "spec": body}
    return yaml.safe_dump(document, sort_keys=False)


def plan_of(**spec: Any) -> Plan:
    """The plan of ``spec_text``; it must exist."""
    result = build_text(spec_text(**spec))
    assert result.plan is not None, [
        f"{one.field}: {one.summary} {one.value} {one.limit}" for one in result.diagnostics
    ]
    return result.plan


def diagnostics_of(**spec: Any) -> tuple[Diagnostic, ...]:
    """All diagnostics of ``spec_text``, of the spec and of the plan."""
    loaded = load(spec_text(**spec))
    if loaded.document is None:
        return loaded.diagnostics
    return (*loaded.diagnostics, *build(loaded.document, embedded(), render).diagnostics)


def codes(**spec: Any) -> set[str]:
    """Codes of all diagnostics of ``spec_text``."""
    return {one.code for one in diagnostics_of(**spec)}


def findings_of(plan: Plan) -> set[str]:
    """Codes of what a review of the plan finds."""
    catalog = embedded()
    return {one.rule for one in review(plan.design, ReviewContext(catalog.facts, catalog.instance_types)).findings}


def decision(plan: Plan, key: str) -> Any:
    """A decision by id."""
    (found,) = [one for one in plan.decisions if one.id == key]
    return found
