"""Node repair and warm pools: planned, counted, and refused where EKS refuses (note N15)."""

from __future__ import annotations

from typing import Any

import pytest

from planner.diagnostics import Kind
from planner.network.demand import Tier
from planner.plan.model import Plan
from tests.support.plans import GROUP, codes, decision, diagnostics_of, plan_of

OVERRIDE = {
    "nodeMonitoringCondition": "NetworkingReady",
    "nodeUnhealthyReason": "IPAMDNotRunning",
    "minRepairWaitTimeMins": 5,
    "repairAction": "Reboot",
}


def group(**changes: Any) -> dict[str, Any]:
    return {"nodeGroups": [{**GROUP, **changes}]}


def items(plan: Plan, zone: str = "use1-az1", tier: Tier = Tier.NODE) -> dict[str, int]:
    (demand,) = [one for one in plan.demands if (one.tier, one.zone) == (tier, zone)]
    return {item.name: item.addresses for item in demand.items}


def test_N15_repair_is_on_or_off_or_in_detail() -> None:
    for given, enabled in ((True, True), (False, False), ({}, True)):
        made = plan_of(**group(nodeRepair=given)).design.node_groups[0].node_repair  # type: ignore[index]
        assert made.enabled is enabled
    plan = plan_of(**group(nodeRepair={"maxParallelNodesRepairedCount": 2, "overrides": [OVERRIDE]}))
    made = plan.design.node_groups[0].node_repair  # type: ignore[index]
    assert (made.parallel_count, made.unhealthy_count) == (2, None)
    assert [(one.condition, one.wait_minutes, one.action) for one in made.overrides] == [
        ("NetworkingReady", 5, "Reboot")
    ]
    told = {one.name: one.value for one in decision(plan, "node-repair.general").inputs}
    assert told["NetworkingReady: IPAMDNotRunning"] == "Reboot after 5 minutes"
    assert "20 %" in told["stops"]


@pytest.mark.parametrize(("action", "meant"), [("Terminate", "Replace"), ("Restart", "Reboot")])
def test_actions_of_eksctls_example_are_refused(action: str, meant: str) -> None:
    (found,) = diagnostics_of(**group(nodeRepair={"overrides": [{**OVERRIDE, "repairAction": action}]}))
    assert (found.code, found.kind, found.fix) == ("repair-action", Kind.INVALID, f"write {meant}")
    assert found.field == "spec.nodeGroups[0].nodeRepair.overrides[0].repairAction"


@pytest.mark.parametrize("missing", sorted(OVERRIDE))
def test_an_override_needs_all_four_fields(missing: str) -> None:
    partial = {key: value for key, value in OVERRIDE.items() if key != missing}
    (found,) = diagnostics_of(**group(nodeRepair={"overrides": [partial]}))
    assert (found.code, found.path[-1]) == ("missing", missing)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        (
            "repair-both",
            {"nodeRepair": {"maxUnhealthyNodeThresholdCount": 2, "maxUnhealthyNodeThresholdPercentage": 5}},
        ),
        ("repair-both", {"nodeRepair": {"maxParallelNodesRepairedCount": 2, "maxParallelNodesRepairedPercentage": 5}}),
        ("repair-off", {"nodeRepair": {"enabled": False, "maxParallelNodesRepairedCount": 2}}),
        ("repair-twice", {"nodeRepair": {"overrides": [OVERRIDE, OVERRIDE]}}),
        ("warm-pool-ami", {"warmPool": {}, "amiId": "ami-0123456789abcdef0", "maxPods": 20}),
        ("warm-pool-state", {"warmPool": {"poolState": "hibernated"}, "os": "bottlerocket"}),
        ("warm-pool-reuse", {"warmPool": {"reuseOnScaleIn": True}, "os": "bottlerocket"}),
        ("warm-pool-size", {"warmPool": {"minSize": 5, "maxGroupPreparedCapacity": 4}}),
        ("warm-pool-memory", {"warmPool": {"poolState": "hibernated"}, "instanceTypes": ["m5.4xlarge"]}),
        ("warm-pool-memory", {"warmPool": {"poolState": "hibernated"}, "instanceTypes": ["r5.8xlarge"]}),
        ("range", {"nodeRepair": {"maxUnhealthyNodeThresholdPercentage": 0}}),
        ("range", {"warmPool": {"minSize": -1}}),
        ("choice", {"warmPool": {"poolState": "asleep"}}),
    ],
)
def test_what_eks_refuses(code: str, changes: dict[str, Any]) -> None:
    found = [one for one in diagnostics_of(**group(**changes)) if one.code == code]
    assert found, codes(**group(**changes))
    assert all(one.kind is Kind.INVALID and one.fix and one.path[:2] == ("spec", "nodeGroups") for one in found)


@pytest.mark.parametrize(
    "changes",
    [
        {"nodeRepair": {"maxUnhealthyNodeThresholdCount": 2, "maxParallelNodesRepairedPercentage": 5}},
        {"warmPool": {"poolState": "running"}, "os": "bottlerocket"},
        {"warmPool": {"minSize": 4, "maxGroupPreparedCapacity": 4}},
        {"warmPool": {"poolState": "hibernated"}, "instanceTypes": ["m5.4xlarge"], "disk": {"sizeGib": 100}},
    ],
)
def test_their_neighbours_pass(changes: dict[str, Any]) -> None:
    assert not [one for one in diagnostics_of(**group(**changes)) if one.kind is not Kind.NOTICE]


def test_N15_a_warm_pool_takes_addresses() -> None:
    without = items(plan_of(**group()))
    assert "warm pool of general" not in without
    # max(3, 14 − 10) = 4 instances, of which two zones hold two each when the third is lost
    waiting = items(plan_of(**group(warmPool={"minSize": 3, "maxGroupPreparedCapacity": 14})))
    assert waiting["warm pool of general"] == 2
    back = items(plan_of(**group(warmPool={"minSize": 3, "maxGroupPreparedCapacity": 14, "reuseOnScaleIn": True})))
    assert back["warm pool of general"] == 2 * 30
    assert {**without, "warm pool of general": 2} == waiting
    # prepared for maxSize, the pool empties as the group fills
    assert items(plan_of(**group(warmPool={}))) == without


def test_pods_of_nodes_that_wait_keep_their_addresses() -> None:
    spec = {"cni": {"customNetworking": True}, **group(warmPool={"minSize": 2, "reuseOnScaleIn": True})}
    plan = plan_of(**spec)
    assert items(plan)["warm pool of general"] == 1
    assert items(plan, tier=Tier.POD)["warm pool of general"] == items(plan, tier=Tier.POD)["pods of general"] // 8
