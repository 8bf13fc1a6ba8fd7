"""Changes of Fargate profiles on the real engine."""

from __future__ import annotations

import dataclasses

import pytest

from planner.design import FargateSelector
from planner.design.compare import differences
from tests.engine.conftest import Engine
from tests.engine.test_chain import counts, destroyable
from tests.stacks.test_existing_tags import EXPECTED, in_existing_vpc, tags_of
from tests.support.plans import plan_of
from tests.support.provider_compute import PROFILE
from tests.support.world import observe

pytestmark = [
    pytest.mark.engine,
    pytest.mark.xdist_group("engine"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_another_selector_makes_another_profile_and_touches_nothing_else(engine: Engine) -> None:
    design = destroyable(plan_of(fargate=[{"name": name, "pods": 2} for name in ("a", "b")]).design)
    engine.stack(design).up()
    done = len(engine.plugin.calls)
    first, second = design.fargate_profiles  # type: ignore[misc]
    changed = dataclasses.replace(first, selectors=(FargateSelector("other"),))
    other = dataclasses.replace(design, fargate_profiles=(changed, second))
    engine.stack(other).up()
    # its name is taken while the old one is there
    assert [(method, kind) for method, kind, _ in engine.plugin.calls[done:]] == [
        ("delete", PROFILE),
        ("create", PROFILE),
    ]
    assert differences(other, observe(other)) == ()

    done = len(engine.plugin.calls)
    tagged = dataclasses.replace(
        other, fargate_profiles=(dataclasses.replace(changed, tags=(("team", "core"),)), second)
    )
    stack = engine.stack(tagged)
    stack.up()
    assert [(method, kind) for method, kind, _ in engine.plugin.calls[done:]] == [("update", PROFILE)]
    assert differences(tagged, observe(tagged)) == ()
    assert set(counts(stack.up(expect_no_changes=True, refresh=True))) == {"same"}
    stack.destroy()


def test_auto_mode_is_turned_on_in_place(engine: Engine) -> None:
    """A cluster that is there gets the three settings in one request; nothing of it is replaced."""
    shared = {"vpc": {"clusterSubnets": "shared"}}
    pool = {"name": "general-purpose", "manager": "auto-mode", "instanceTypes": ["m7i.large"], "maxNodes": 2}
    before = destroyable(plan_of(**shared).design)
    after = destroyable(plan_of(**shared, nodePools=[pool]).design)
    engine.stack(before).up()
    done = len(engine.plugin.calls)
    stack = engine.stack(dataclasses.replace(after, vpc=before.vpc, subnets=before.subnets))
    stack.up()
    assert {kind for method, kind, _ in engine.plugin.calls[done:] if method in ("delete", "update")} <= {
        "aws:eks/cluster:Cluster",
        "aws:iam/role:Role",
    }
    assert observe(after).cluster.auto_mode == after.cluster.auto_mode  # type: ignore[union-attr]
    assert set(counts(stack.up(expect_no_changes=True, refresh=True))) == {"same"}
    stack.destroy()


def test_n33_tags_on_existing_subnets_are_made_once_and_outlive_the_stack(engine: Engine) -> None:
    design = in_existing_vpc().design
    before = tags_of(design)
    stack = engine.stack(design)
    stack.up()
    tagged = tags_of(design)
    assert {name for name in tagged if tagged[name] != before[name]} == set(EXPECTED)
    assert differences(design, observe(design)) == ()
    assert set(counts(stack.up(expect_no_changes=True, refresh=True))) == {"same"}
    stack.destroy()
    assert tags_of(design) == tagged
