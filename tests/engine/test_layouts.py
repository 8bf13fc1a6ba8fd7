"""A stack that was made before its components stood in rooms moves there without a change in AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pulumi import automation

from planner.design import Design
from tests.engine.conftest import Engine
from tests.support.plans import plan_of

pytestmark = [
    pytest.mark.engine,
    pytest.mark.xdist_group("engine"),
    # Pulumi's language host leaves its event loop open where a run fails, in whatever test that is collected
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

_ROOMS = ("eksplan:index:Security", "eksplan:index:Cluster", "eksplan:index:Addons")
_NEW = ("eksplan:index:LogGroups", "eksplan:index:Keys")


@pytest.fixture
def design() -> Design:
    """Karpenter and IRSA, so that every component has children; no logs, which the old layout did not have."""
    return plan_of(
        deletionProtection=False,
        logTypes=[],
        addons=["karpenter", {"name": "aws-ebs-csi-driver", "identity": "irsa"}],
    ).design


def as_before(deployment: dict[str, Any]) -> dict[str, Any]:
    """A state as the layout without rooms left it."""
    (stack,) = [one["urn"] for one in deployment["resources"] if one["type"] == "pulumi:pulumi:Stack"]
    kept = [one for one in deployment["resources"] if one["type"] not in (*_ROOMS, *_NEW)]
    rooms = {one["urn"] for one in deployment["resources"] if one["type"] in _ROOMS}
    assert len(rooms) == 3
    for one in kept:
        if one.get("parent") in rooms or one["type"] == "eksplan:index:Events":
            one["parent"] = stack
    text = json.dumps({**deployment, "resources": kept})
    for new, old in (
        ("eksplan:index:Addons$eksplan:index:AddonSet", "eksplan:index:Addons"),
        ("eksplan:index:AddonSet", "eksplan:index:Addons"),
        ("eksplan:index:Security$", ""),
        ("eksplan:index:Cluster$", ""),
        ("eksplan:index:Nodes$eksplan:index:Events", "eksplan:index:Events"),
    ):
        assert new in text
        text = text.replace(new, old)
    return dict(json.loads(text))


def state(stack: automation.Stack) -> dict[str, Any]:
    """The state of a stack, of the engine's third format."""
    exported = stack.export_stack()
    assert exported.version == 3
    return dict(exported.deployment or {})


def test_a_stack_of_the_old_layout_replaces_nothing(engine: Engine, design: Design) -> None:
    stack = engine.stack(design)
    stack.up()
    before = list(engine.plugin.calls)
    exported = state(stack)
    stack.import_stack(automation.Deployment(version=3, deployment=as_before(exported)))

    moved = stack.up()
    assert engine.plugin.calls == before
    changes = {str(kind): count for kind, count in (moved.summary.resource_changes or {}).items()}
    assert set(changes) == {"create", "same"}
    assert changes["create"] == len(_ROOMS) + len(_NEW)
    assert {one["urn"] for one in state(stack)["resources"]} == {one["urn"] for one in exported["resources"]}
    stack.destroy()
