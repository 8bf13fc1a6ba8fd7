"""--against PLAN: what somebody changed by hand, in the design's words."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from planner.cli.against import compared
from planner.cli.exits import CliError
from planner.plan.file import write_text
from tests.support.plans import embedded, plan_of
from tests.support.world import materialise, observe

pytestmark = pytest.mark.usefixtures("moto")


def test_a_rule_added_by_hand_is_told_and_a_faithful_copy_is_not(tmp_path: Path) -> None:
    plan = plan_of()
    file = tmp_path / "cluster.plan.json"
    file.write_text(write_text(plan), "utf-8")
    materialise(plan.design)
    assert compared(str(file), observe(plan.design), embedded().facts).count == 0
    ec2 = boto3.client("ec2", region_name="us-east-1")
    (group,) = [
        one["GroupId"]
        for one in ec2.describe_security_groups()["SecurityGroups"]
        if one["GroupName"].startswith("eks-cluster-sg-test")
    ]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "203.0.113.0/24"}]}],
    )
    found = compared(str(file), observe(plan.design), embedded().facts)
    ((resource, (line,)),) = found.resources
    assert resource == "security group eks-cluster-sg-test"
    assert (line.sign, "tcp 22 from 203.0.113.0/24" in line.text) == ("+", True)


def test_a_plan_of_another_cluster_is_refused_with_both_names(tmp_path: Path) -> None:
    plan, other = plan_of(), plan_of(region="eu-west-1")
    file = tmp_path / "other.plan.json"
    file.write_text(write_text(other), "utf-8")
    materialise(plan.design)
    with pytest.raises(CliError, match="plan is of cluster test in eu-west-1, and this is cluster test in us-east-1"):
        compared(str(file), observe(plan.design), embedded().facts)


def test_a_plan_is_not_compared_with_a_plan(tmp_path: Path) -> None:
    plan = plan_of()
    file = tmp_path / "cluster.plan.json"
    file.write_text(write_text(plan), "utf-8")
    with pytest.raises(CliError, match="compares what runs"):
        compared(str(file), plan.design, embedded().facts)
