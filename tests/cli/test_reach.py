"""``eksplan reach``: the matrix, single questions, what is open, what is needless."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.running import INFEASIBLE, MINIMAL, PRODUCTION, invoke, invoke_spec
from tests.support.plans import EXAMPLES, FEASIBLE, WITH_A_NOTE, plan_of, spec_text
from tests.support.world import materialise

RESTRICTED = spec_text(security={"egress": "restricted"})


@pytest.mark.parametrize("name", FEASIBLE)
def test_every_example_is_reachable_within_80_columns(name: str) -> None:
    ran = invoke("reach", "-f", str(EXAMPLES / f"{name}.yaml"))
    assert ran.code == 0, ran.out
    assert "none blocked" in ran.out
    assert "error" not in ran.err
    assert (ran.err == "") is (name not in WITH_A_NOTE)
    assert [line for line in ran.out.splitlines() if len(line) > 80] == []


def test_one_question_is_answered_step_by_step() -> None:
    ran = invoke("reach", "-f", MINIMAL, "--from", "nodes", "--to", "ecr.api", "--port", "443")
    assert ran.code == 0
    for word in ("hello-private-use1-az1", "hello-nat-use1-az1", "hello-internet", "eks-cluster-sg-hello"):
        assert word in ran.out


def test_4_when_something_is_blocked_with_the_component_and_the_change() -> None:
    ran = invoke_spec(RESTRICTED, "--from", "control-plane", "--to", "pods", "--port", "15017", command="reach")
    assert ran.code == 4
    text = " ".join(ran.out.split())
    assert "BLOCKED" in text
    assert "add to test-nodes: ingress tcp 15017 from eks-cluster-sg-test" in text


def test_json_of_one_question() -> None:
    ran = invoke_spec(
        RESTRICTED, "--from", "control-plane", "--to", "nodes:general", "--port", "1-9", "-o", "json", command="reach"
    )
    assert ran.code == 4
    (first, *_) = json.loads(ran.out)
    assert first["verdict"] == "blocked"
    assert first["blockedBy"]["component"] == "security group"
    assert first["code"] == "SECURITY_GROUP_INGRESS"


def test_json_of_the_matrix_has_every_pair() -> None:
    found = json.loads(invoke("reach", "-f", PRODUCTION, "-o", "json").out)
    assert found["blocked"] == 0
    kubelet = next(one for one in found["flows"] if one["flow"] == "kubelet")
    assert {pair["from"] for pair in kubelet["pairs"]} == {"apne2-az1", "apne2-az2", "apne2-az3"}
    assert kubelet["breaks"]
    assert kubelet["source"].startswith("https://")


def test_a_plan_file_answers_as_its_spec_does() -> None:
    invoke("plan", "-f", MINIMAL, "--out", "made.json")
    assert invoke("reach", "-f", "made.json").out == invoke("reach", "-f", MINIMAL).out


def test_what_is_open_to_the_internet() -> None:
    assert "nothing is open to the internet" in invoke("reach", "-f", MINIMAL, "--exposed").out
    ran = invoke_spec(spec_text(endpoint={"public": True, "publicCidrs": ["0.0.0.0/0"]}), "--exposed", command="reach")
    assert ran.code == 4
    assert "Kubernetes API" in ran.out


def test_no_rule_of_a_plan_is_needless() -> None:
    ran = invoke_spec(RESTRICTED, "--needless", command="reach")
    assert (ran.code, ran.out.strip()) == (0, "every rule is needed by a flow")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give either --file or --cluster or --vpc"),
        (["-f", MINIMAL, "--from", "nodes"], "give both --from and --to"),
        (["-f", MINIMAL, "--from", "nodes", "--to", "pods", "--exposed"], "give one of"),
        (["-f", MINIMAL, "--from", "nodes", "--to", "pods", "--port", "0"], "--port 0"),
        (["-f", MINIMAL, "--from", "nodes", "--to", "pods", "--port", "9-1"], "--port 9-1"),
        (["-f", MINIMAL, "--from", "nodes:nope", "--to", "pods"], "nodes:general"),
        (["-f", MINIMAL, "--from", "sub-net-az", "--to", "10.0.0.7"], "nothing of that name"),
        (["-f", MINIMAL, "--from", "nodes", "--to", "10.0.0.7"], "hello-node-use1-az1"),
    ],
)
def test_2_usage(arguments: list[str], message: str) -> None:
    ran = invoke("reach", *arguments)
    assert ran.code == 2
    assert message in " ".join(ran.err.split())
    assert ran.out == ""


def test_3_a_spec_without_a_plan() -> None:
    assert invoke("reach", "-f", INFEASIBLE).code == 3


def test_a_running_cluster_is_asked(moto: None) -> None:
    plan = plan_of(name="live")
    materialise(plan.design)
    region: Any = plan.design.region
    ran = invoke("reach", "--cluster", "live", "--region", region, "-o", "json")
    assert ran.code == 0, ran.said
    found = json.loads(ran.out)
    assert {one["flow"] for one in found["flows"]} >= {"api", "kubelet", "dns", "node-to-node", "service"}
    assert {one["verdict"] for one in found["flows"]} == {"reachable"}


def test_a_fault_in_a_running_cluster_is_found(moto: None) -> None:
    import boto3

    plan = plan_of(name="live")
    materialise(plan.design)
    ec2 = boto3.client("ec2", region_name=plan.design.region)
    wanted = [{"Name": "description", "Values": ["EKS created security group*"]}]
    groups: Any = ec2.describe_security_groups(Filters=wanted)["SecurityGroups"]
    own = next(one for one in groups if one["GroupName"].startswith("eks-cluster-sg-live"))
    ec2.revoke_security_group_ingress(GroupId=own["GroupId"], IpPermissions=own["IpPermissions"])
    ran = invoke("reach", "--cluster", "live", "--region", plan.design.region)
    assert ran.code == 4, ran.said
    assert "kubelet (control plane to nodes): BLOCKED" in ran.out
    assert "eks-cluster-sg-live" in ran.out


def test_a_vpc_without_a_cluster_is_asked(moto: None) -> None:
    import boto3

    ec2 = boto3.client("ec2", region_name="us-east-1")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    zones = ("us-east-1a", "us-east-1b")
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for number, zone in enumerate(zones)
    ]
    group = ec2.create_security_group(GroupName="db", Description="db", VpcId=vpc)["GroupId"]
    one, other = (
        ec2.create_network_interface(SubnetId=subnet, Groups=[group])["NetworkInterface"]["NetworkInterfaceId"]
        for subnet in subnets
    )
    asked = ("reach", "--vpc", vpc, "--region", "us-east-1", "--from", one, "--to", other, "--port", "5432")
    ran = invoke(*asked)
    assert ran.code == 4, ran.said
    assert "add to db: ingress tcp 5432 from db" in " ".join(ran.out.split())
    permission = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": group}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    assert invoke(*asked).code == 0
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    wanted = [{"Name": "vpc-id", "Values": [vpc]}]
    association = next(
        link["NetworkAclAssociationId"]
        for found in ec2.describe_network_acls(Filters=wanted)["NetworkAcls"]
        for link in found["Associations"]
        if link["SubnetId"] == subnets[1]
    )
    ec2.replace_network_acl_association(AssociationId=association, NetworkAclId=acl)
    closed = invoke(*asked)
    assert closed.code == 4
    assert f"network ACL {acl}" in " ".join(closed.out.split())
    assert invoke("reach", "--vpc", vpc, "--region", "us-east-1").code == 2
    assert invoke("reach", "--vpc", vpc, "--region", "us-east-1", "--exposed").code == 0
