"""``eksplan review`` and ``eksplan snapshot`` of what runs: clusters, VPCs, regions, accounts, and files of them."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.client
import pytest
from botocore.exceptions import ClientError

from planner.observe.policy import ACTIONS, read_only_policy
from planner.review.registry import ALL_RULES
from tests.cli.running import MINIMAL, invoke
from tests.support.plans import FEASIBLE, plan_of
from tests.support.world import example_design, materialise

CALL = "_make_api_call"  # botocore's own, which moto stands behind
GROUP = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}


def running(name: str = "live", region: str = "us-east-1") -> None:
    """A cluster in moto, as its plan has it."""
    materialise(plan_of(name=name, region=region, nodeGroups=[GROUP]).design)


def reviewed(*arguments: str) -> Any:
    ran = invoke("review", *arguments, "-o", "json")
    assert ran.code in (0, 4), ran.err
    return json.loads(ran.out)


def vpc_of(region: str = "us-east-1") -> str:
    subnets = boto3.client("ec2", region_name=region).describe_subnets(
        Filters=[{"Name": "tag-key", "Values": ["kubernetes.io/role/internal-elb"]}]
    )
    return str(subnets["Subnets"][0]["VpcId"])


def test_a_running_cluster_is_judged_and_its_snapshot_alike(moto: None) -> None:
    running()
    live = reviewed("--cluster", "live", "--region", "us-east-1")
    assert [one["name"] for one in live["subjects"]] == ["live"]
    assert live["findings"] == []
    ran = invoke("snapshot", "--cluster", "live", "--region", "us-east-1", "--out", "s.json")
    assert ran.code == 0, ran.err
    assert "snapshot written to s.json" in ran.err
    assert ran.out == ""
    again = reviewed("-f", "s.json")
    for part in ("subjects", "findings", "notEvaluated", "passed", "counts"):
        assert again[part] == live[part]
    document = json.loads(Path("s.json").read_text("utf-8"))
    assert document["account"] == "123456789012"
    assert document["taken"].endswith("Z")


def test_a_redacted_snapshot_is_judged_alike(moto: None) -> None:
    running()
    live = reviewed("--cluster", "live", "--region", "us-east-1")
    Path("out").mkdir()
    assert invoke("snapshot", "--cluster", "live", "--region", "us-east-1", "--redact", "--out", "out").code == 0
    (path,) = Path("out").iterdir()
    assert path.name == "100000000001-us-east-1-cluster-1.snapshot.json"
    found = reviewed("-f", str(path))
    assert found["passed"] == live["passed"]
    assert "123456789012" not in path.read_text("utf-8")


def test_a_spec_beside_a_snapshot_gives_two_subjects(moto: None) -> None:
    running()
    invoke("snapshot", "--cluster", "live", "--region", "us-east-1", "--out", "s.json")
    assert [one["name"] for one in reviewed("-f", MINIMAL, "-f", "s.json")["subjects"]] == ["hello", "live"]


def test_a_vpc_without_its_cluster(moto: None) -> None:
    running()
    vpc = vpc_of()
    found = reviewed("--vpc-id", vpc, "--region", "us-east-1")
    assert [one["name"] for one in found["subjects"]] == [vpc]
    assert "VPC001" in found["passed"]


def test_everything_of_two_regions(moto: None) -> None:
    running("one")
    running("two")
    running("three", "eu-west-1")
    found = reviewed("--all", "--region", "us-east-1", "--region", "eu-west-1")
    names = [one["name"] for one in found["subjects"]]
    # a VPC is judged with its cluster, and once
    assert names == ["one", "two", "three"]
    Path("all").mkdir()
    ran = invoke("snapshot", "--all", "--region", "us-east-1", "--region", "eu-west-1", "--out", "all")
    assert ran.code == 0
    assert sorted(one.name for one in Path("all").iterdir()) == [
        "123456789012-eu-west-1-three.snapshot.json",
        "123456789012-us-east-1-one.snapshot.json",
        "123456789012-us-east-1-two.snapshot.json",
    ]
    assert invoke("snapshot", "--all", "--region", "us-east-1", "--out", "one.json").code == 2


def test_a_tagged_vpc_without_a_cluster_is_found(moto: None) -> None:
    ec2 = boto3.client("ec2", region_name="us-east-1")
    made = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    # moto knows no wildcards in this filter, AWS does
    tags: Any = [{"Key": "kubernetes.io/role/elb", "Value": "1"}]
    ec2.create_subnet(VpcId=made, CidrBlock="10.7.0.0/20", TagSpecifications=[{"ResourceType": "subnet", "Tags": tags}])
    found = reviewed("--all", "--region", "us-east-1")
    assert [one["name"] for one in found["subjects"]] == [made]


def test_what_cannot_be_read_is_told_and_the_rest_is_judged(moto: None) -> None:
    running()
    ran = invoke("review", "--cluster", "live", "--cluster", "nowhere", "--region", "us-east-1", "-o", "json")
    assert ran.code == 0
    assert "not read: cluster nowhere in us-east-1" in ran.err
    found = json.loads(ran.out)
    assert [one["name"] for one in found["subjects"]] == ["live", "cluster nowhere in us-east-1"]
    assert found["subjects"][1]["passed"] == []
    assert len(found["subjects"][1]["notEvaluated"]) == len(ALL_RULES)
    assert found["passed"] == []


def test_5_only_where_nothing_could_be_read(moto: None) -> None:
    ran = invoke("review", "--cluster", "nowhere", "--region", "us-east-1")
    assert ran.code == 5
    assert "nothing could be read" in ran.err
    assert invoke("review", "--vpc-id", "vpc-0123456789abcdef0", "--region", "us-east-1").code == 5


ROLES = ["--role-arn", "arn:aws:iam::111111111111:role/reader", "--role-arn", "arn:aws:iam::222222222222:role/reader"]


def test_an_account_that_cannot_be_entered_is_told(moto: None, monkeypatch: pytest.MonkeyPatch) -> None:
    real = getattr(botocore.client.BaseClient, CALL)

    def call(self: Any, operation: str, arguments: Any) -> Any:
        if operation == "AssumeRole" and "222222222222" in arguments["RoleArn"]:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, operation)
        return real(self, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, CALL, call)
    ran = invoke("review", "--all", "--region", "us-east-1", *ROLES)
    assert ran.code == 5
    assert "not you" in ran.err
    # the other account has nothing to read
    assert "Traceback" not in ran.said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "review wants -f FILE"),
        (["-f", MINIMAL, "--all"], "one of both"),
        (["--cluster", "x"], "--region"),
        (["--all", "--region", "us-east-1", "--external-id", "x"], "--external-id goes with --role-arn"),
    ],
)
def test_2_usage(moto: None, arguments: list[str], message: str) -> None:
    ran = invoke("review", *arguments)
    assert ran.code == 2
    assert message in ran.err


def test_nothing_there(moto: None) -> None:
    ran = invoke("review", "--all", "--region", "us-east-1")
    assert ran.code == 2
    assert "there is no cluster" in ran.err
    assert invoke("snapshot", "--out", "x").code == 2


def test_files_that_are_no_snapshot(moto: None) -> None:
    running()
    invoke("snapshot", "--cluster", "live", "--region", "us-east-1", "--out", "s.json")
    text = Path("s.json").read_text("utf-8")
    Path("half.json").write_text(text[: len(text) // 2], "utf-8")
    Path("newer.json").write_text(text.replace('"schema": 1', '"schema": 99'), "utf-8")
    for name, message in (("half.json", "no whole JSON"), ("newer.json", "snapshot schema 99")):
        ran = invoke("review", "-f", name)
        assert ran.code == 2
        assert message in ran.err
    # a snapshot never takes the place of something else
    Path("mine.json").write_text("{}", "utf-8")
    assert invoke("snapshot", "--cluster", "live", "--region", "us-east-1", "--out", "mine.json").code == 2
    assert Path("mine.json").read_text("utf-8") == "{}"


def test_the_time_of_the_run_ends(moto: None, monkeypatch: pytest.MonkeyPatch) -> None:
    running()
    real, asked = getattr(botocore.client.BaseClient, CALL), []
    monkeypatch.setattr("planner.cli.reading.time", SimpleNamespace(monotonic=lambda: -1e9))

    def call(self: Any, operation: str, arguments: Any) -> Any:
        asked.append(operation)
        return real(self, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, CALL, call)
    ran = invoke("review", "--cluster", "live", "--region", "us-east-1", "--max-time", "1")
    assert ran.code == 5
    assert "time for the whole run was over" in ran.err


def test_the_policy_is_printed(moto: None) -> None:
    ran = invoke("review", "--policy")
    assert ran.code == 0
    policy = json.loads(ran.out)
    assert policy == read_only_policy()
    named = [action for one in policy["Statement"] for action in one["Action"]]
    assert named == sorted(set(ACTIONS))
    reading = ("Describe", "List", "Get")
    assert all(action.partition(":")[2].startswith(reading) for action in named)


@pytest.mark.xdist_group("policy")
def test_the_policy_has_every_call_that_is_made_and_no_other(moto: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every example in one account; a user data of its own, a warm group, a key and a queue are among them."""
    regions = set()
    for name in FEASIBLE:
        design = example_design(name)
        materialise(design)
        regions.add(design.region)
    own: Any = {"dhcpOptions": {"domainName": "corp.example.com"}}
    more = plan_of(name="more", secretsKey="managed", addons=["karpenter"], vpc=own, nodeGroups=[GROUP])
    materialise(more.design)
    regions.add(more.design.region)
    seen: set[str] = set()
    real = getattr(botocore.client.BaseClient, CALL)

    def call(self: Any, operation: str, arguments: Any) -> Any:
        seen.add(f"{self.meta.service_model.signing_name}:{operation}")
        if operation == "ListInsights":  # of which moto knows nothing
            return {"insights": [{"id": "one", "insightStatus": {"status": "ERROR"}}]}
        return real(self, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, CALL, call)
    asked = [part for region in sorted(regions) for part in ("--region", region)]
    assert invoke("review", "--all", *asked).code in (0, 4)
    seen -= {"sts:GetCallerIdentity"}
    assert seen - set(ACTIONS) == set(), "calls that planner/observe/policy.py lacks"
    assert set(ACTIONS) - seen == set(), "actions in planner/observe/policy.py that nothing needs"
