"""What cannot be made again outlives a ``destroy`` until the plan lets go of it."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from pulumi import automation

from planner.design.compare import differences
from tests.engine.conftest import Engine
from tests.support.inventory import inventory
from tests.support.plans import plan_of
from tests.support.world import observe

pytestmark = [
    pytest.mark.engine,
    pytest.mark.xdist_group("engine"),
    # Pulumi's language host leaves its event loop open where a run fails, in whatever test that is collected
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


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


EVERYTHING: dict[str, Any] = {
    "vpc": {"flowLogs": {}, "dhcpOptions": {"ntpServers": "10.9.0.3"}},
    "secretsKey": "managed",
    "zonalShift": True,
    "controlPlane": {"settings": {"eventTtlMinutes": 45}},
    "security": {"networkAcls": "tiers"},
}


def test_a_plan_that_lets_go_is_applied_in_place_and_destroyed(engine: Engine) -> None:
    """Retention, traffic and the way out change on the way; nothing is left."""
    design = plan_of(**EVERYTHING).design
    before = inventory(design.region)
    stack = engine.stack(design)
    stack.up()
    assert differences(design, observe(design)) == ()
    again = stack.up(refresh=True)
    assert [call for call in engine.plugin.calls if call[0] != "create"] == []
    assert set(counts(again)) == {"same"}

    later = plan_of(
        **{
            **EVERYTHING,
            "vpc": {"flowLogs": {"traffic": "reject", "retentionDays": 7}},
            "avoid": ["10.200.0.0/16"],
            "zonalShift": False,
            "logRetentionDays": "never",
            "deletionProtection": False,
        }
    ).design
    done = len(engine.plugin.calls)
    engine.stack(later).up()
    assert differences(later, observe(later)) == ()
    replaced = {kind for method, kind, _ in engine.plugin.calls[done:] if method == "delete"}
    assert replaced == {
        "aws:ec2/flowLog:FlowLog",
        "aws:ec2/networkAclRule:NetworkAclRule",
        "aws:ec2/vpcDhcpOptions:VpcDhcpOptions",
        "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
    }
    engine.stack(later).destroy()
    assert inventory(design.region) == before


def counts(result: Any) -> dict[str, int]:
    """How many resources a run touched, by what was done."""
    return {str(kind): number for kind, number in (result.summary.resource_changes or {}).items()}
