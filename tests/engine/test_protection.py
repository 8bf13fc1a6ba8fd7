"""What cannot be made again outlives a ``destroy`` until the plan lets go of it."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from pulumi import automation

from tests.engine.conftest import Engine
from tests.support.plans import plan_of

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("engine")]


def test_a_protected_stack_keeps_what_cannot_be_made_again(engine: Engine) -> None:
    """The engine deletes what nothing protected stands on before it refuses, so that a caller must look first."""
    design = plan_of(secretsKey="managed").design
    stack = engine.stack(design)
    stack.up()
    protected = {one["urn"] for one in resources(stack) if one.get("protect")}
    assert len(protected) == 4
    with pytest.raises(automation.CommandError, match="protect"):
        stack.destroy()
    assert protected <= {one["urn"] for one in resources(stack)}
    assert boto3.client("eks", region_name=design.region).list_clusters()["clusters"] == ["test"]
    deleted = {kind for method, kind, _ in engine.plugin.calls if method == "delete"}
    kept = {"aws:cloudwatch/logGroup:LogGroup", "aws:ec2/vpc:Vpc", "aws:eks/cluster:Cluster", "aws:kms/key:Key"}
    assert not deleted & kept


def resources(stack: automation.Stack) -> list[dict[str, Any]]:
    """What the state of a stack holds."""
    return list((stack.export_stack().deployment or {})["resources"])
