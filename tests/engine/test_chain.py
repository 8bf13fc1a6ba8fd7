"""Every example on the real engine from nothing to nothing, and drift that is found and mended."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import boto3
import pytest
from pulumi import automation

from planner.design import Design
from planner.design.compare import differences
from planner.review.engine import review
from planner.review.rule import ReviewContext
from stacks.parts import known
from tests.engine.conftest import Engine
from tests.support.inventory import inventory, made_by_aws
from tests.support.plans import FEASIBLE, embedded
from tests.support.world import example_design, observe

# one worker: two engines would only wait for each other
pytestmark = [
    pytest.mark.engine,
    pytest.mark.xdist_group("engine"),
    # Pulumi's language host leaves its event loop open where a run fails, in whatever test that is collected
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def destroyable(design: Design) -> Design:
    """The design without deletion protection, which EKS keeps to."""
    assert design.cluster is not None
    return dataclasses.replace(design, cluster=dataclasses.replace(design.cluster, deletion_protection=False))


def counts(result: Any) -> dict[str, int]:
    """How many resources a run touched, by what was done."""
    return {str(kind): number for kind, number in (result.summary.resource_changes or {}).items()}


@pytest.mark.parametrize("name", FEASIBLE)
def test_every_example_is_made_kept_and_destroyed(engine: Engine, name: str) -> None:
    design = destroyable(example_design(name))
    before, aside = inventory(design.region), made_by_aws(design.region)
    stack = engine.stack(design)
    made = stack.up()
    assert set(counts(made)) == {"create"}

    found = observe(design)
    assert differences(design, found) == ()
    catalog = embedded()
    verdict = review(found, ReviewContext(catalog.facts, catalog.instance_types))
    assert verdict.findings == ()

    again = stack.up(expect_no_changes=True, refresh=True)
    assert set(counts(again)) == {"same"}
    assert {method for method, _, _ in engine.plugin.calls} == {"create"}

    stack.destroy()
    assert inventory(design.region) == before
    assert made_by_aws(design.region) == aside


def _larger(design: Design) -> Design:
    group, *others = known(design.node_groups)
    return dataclasses.replace(design, node_groups=(dataclasses.replace(group, max_size=group.max_size + 1), *others))


def _changes(stack: automation.Stack) -> Counter[tuple[str, str]]:
    """What a preview with refresh would do, by operation and type, but for what stays and components."""
    found: Counter[tuple[str, str]] = Counter()

    def hear(event: Any) -> None:
        step = event.resource_pre_event and event.resource_pre_event.metadata
        if step and automation.OpType(step.op).value not in ("same", "refresh", "read"):
            found[automation.OpType(step.op).value, step.type] += 1

    stack.preview(refresh=True, on_event=hear)
    return found


def test_minimal_from_plan_to_drift_and_back(engine: Engine) -> None:
    design = destroyable(example_design("minimal"))
    planned = engine.stack(design).preview().change_summary
    assert {str(kind) for kind in planned} == {"create"}
    assert engine.plugin.calls == []
    engine.stack(design).up()

    larger = _larger(design)
    done = len(engine.plugin.calls)
    engine.stack(larger).up()
    assert [(method, kind) for method, kind, _ in engine.plugin.calls[done:]] == [
        ("update", "aws:eks/nodeGroup:NodeGroup")
    ]
    assert differences(larger, observe(larger)) == ()

    _drift(larger)
    assert differences(larger, observe(larger)) != ()
    stack = engine.stack(larger)
    assert _changes(stack) == {
        ("create", "aws:ec2/route:Route"): 1,
        ("update", "aws:eks/nodeGroup:NodeGroup"): 1,
        ("update", "aws:ec2/subnet:Subnet"): 1,
    }
    stack.up(refresh=True)
    assert differences(larger, observe(larger)) == ()
    assert set(counts(stack.up(expect_no_changes=True, refresh=True))) == {"same"}


def _drift(design: Design) -> None:
    """Change by hand what people change by hand: a tag, a route, a size."""
    assert design.cluster is not None
    ec2, eks = (boto3.client(service, region_name=design.region) for service in ("ec2", "eks"))
    tags = ec2.describe_tags(Filters=[{"Name": "resource-type", "Values": ["subnet"]}])["Tags"]
    tag = next(one for one in tags if one["Key"].startswith("kubernetes.io/role/"))
    ec2.delete_tags(Resources=[tag["ResourceId"]], Tags=[{"Key": tag["Key"]}])
    table = next(
        one["RouteTableId"]
        for one in ec2.describe_route_tables()["RouteTables"]
        if "NatGatewayId" in str(one["Routes"])
    )
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    name = design.cluster.name
    (group,) = eks.list_nodegroups(clusterName=name)["nodegroups"]
    size = eks.describe_nodegroup(clusterName=name, nodegroupName=group)["nodegroup"]["scalingConfig"]
    eks.update_nodegroup_config(
        clusterName=name, nodegroupName=group, scalingConfig={**size, "desiredSize": size["desiredSize"] + 1}
    )


def test_a_rule_added_by_hand_is_a_difference_that_the_engine_does_not_see(engine: Engine) -> None:
    """The engine knows only what it made; the observed design shows what else is there."""
    design = destroyable(example_design("minimal"))
    stack = engine.stack(design)
    stack.up()
    ec2 = boto3.client("ec2", region_name=design.region)
    group = next(
        one for one in ec2.describe_security_groups()["SecurityGroups"] if one["GroupName"].startswith("eks-cluster-sg")
    )
    ec2.authorize_security_group_ingress(
        GroupId=group["GroupId"],
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    assert _changes(stack) == {}
    assert any("0.0.0.0/0" in str(one) for one in differences(design, observe(design)))


def test_a_rule_removed_by_hand_is_made_again(engine: Engine) -> None:
    design = destroyable(example_design("restricted"))
    stack = engine.stack(design)
    stack.up()
    ec2 = boto3.client("ec2", region_name=design.region)
    rules = ec2.describe_security_group_rules()["SecurityGroupRules"]
    gone = next(one for one in rules if not one["IsEgress"] and one.get("FromPort") == 10250)
    ec2.revoke_security_group_ingress(GroupId=gone["GroupId"], SecurityGroupRuleIds=[gone["SecurityGroupRuleId"]])
    assert differences(design, observe(design)) != ()
    done = len(engine.plugin.calls)
    stack.up(refresh=True)
    assert [(method, kind) for method, kind, _ in engine.plugin.calls[done:]] == [
        ("create", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    ]
    assert differences(design, observe(design)) == ()
