"""Readiness for an upgrade as one verdict, trends of free addresses, and maxPods in user data."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from planner.review.engine import review
from planner.review.forecast import forecast, looks_of
from planner.review.readiness import readiness
from planner.review.told_pods import max_pods_in
from tests.rules.test_rules import context, design_of

NODE = "hello-node-use1-az1"
PARTS: dict[str, Any] = {"versions": [], "insights": [], "addonVersions": [], "quotas": []}


def state(target: str, **changes: Any) -> str:
    design = design_of("minimal", **changes)
    return readiness(review(design, context(target=target)), design, target).state


def test_ready_not_ready_and_not_proven() -> None:
    assert state("1.36") == "ready"
    assert state("1.37") == "not ready"
    hidden = {"cluster.addons": {"unknown": "eks:ListAddons", "reason": "denied"}}
    assert state("1.36", set=hidden) == "not proven ready"


def test_a_trend_is_of_least_squares_and_ends_where_the_last_count_does() -> None:
    free = {"2026-11-01": 400, "2026-11-11": 310, "2026-11-21": 200}
    designs = [
        design_of(
            "minimal",
            set={
                "planned": False,
                "operations": {**PARTS, "observed": f"{day}T00:00:00Z"},
                f"subnets[{NODE}].freeAddresses": count,
            },
        )
        for day, count in free.items()
    ]
    (trend,) = forecast(looks_of(reversed(designs))).subnets
    assert (trend.name, trend.free, trend.points, trend.per_day) == (NODE, 200, 3, -10.0)
    assert (trend.since, trend.exhausted) == (date(2026, 11, 1), date(2026, 12, 11))
    (single,) = forecast(looks_of(designs[:1])).subnets
    assert (single.per_day, single.exhausted) == (0, None)


@pytest.mark.parametrize(
    ("text", "pods"),
    [
        ("", None),
        ("kind: NodeConfig\napiVersion: node.eks.aws/v1alpha1\nspec: {kubelet: {config: {maxPods: 58}}}\n", 58),
        ("kind: NodeConfig\napiVersion: node.eks.aws/v1alpha1\nspec: {kubelet: {flags: [--max-pods=17]}}\n", 17),
        ("kind: NodeConfig\napiVersion: node.eks.aws/v1alpha1\nspec: [broken\n", None),
        ("[settings.kubernetes]\nmax-pods = 44\n", 44),
        ("#!/bin/sh\n/etc/eks/bootstrap.sh x --kubelet-extra-args '--max-pods=20'\n", 20),
    ],
)
def test_max_pods_in_user_data(text: str, pods: int | None) -> None:
    assert max_pods_in(text) == pods
