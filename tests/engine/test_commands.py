"""preview, up, refresh, outputs and destroy as a user runs them, on the real engine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pulumi import automation

from planner.deploy.engine import installer_folder
from planner.design import Design
from planner.design.compare import differences
from planner.plan.file import write_text
from planner.plan.model import Plan
from stacks.parts import known
from tests.cli.running import invoke
from tests.engine.conftest import Engine
from tests.support.plans import plan_of
from tests.support.world import observe
from tools import pulumi_cli

pytestmark = [
    pytest.mark.engine,
    pytest.mark.xdist_group("engine"),
    # Pulumi's language host leaves its event loop open where a run fails
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def folder(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, with the environment that the engine's own fixture gives its stacks."""
    for name, value in engine.environment.items():
        monkeypatch.setenv(name, value)
    if pulumi_cli.binary().exists():
        monkeypatch.setenv("PATH", str(pulumi_cli.binary().parent), prepend=":")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("PULUMI_BACKEND_URL")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(plan: Plan, name: str = "cluster.plan.json") -> str:
    Path(name).write_text(write_text(plan), "utf-8")
    return name


def plan(**changes: Any) -> Plan:
    return plan_of(deletionProtection=False, **changes)


def cluster_names(design: Design) -> list[str]:
    return list(boto3.client("eks", region_name=design.region).list_clusters()["clusters"])


def test_from_preview_to_destroy(engine: Engine, folder: Path) -> None:
    one = plan()
    file = written(one)
    foreseen = invoke("preview", "-f", file, "--exit-code", "-o", "json")
    assert foreseen.code == 4, foreseen.said
    steps = json.loads(foreseen.out)["steps"]
    assert {step["action"] for step in steps} == {"create"}
    assert cluster_names(one.design) == []
    assert "account 123456789012, region us-east-1" in foreseen.err

    unasked = invoke("up", "-f", file)
    assert unasked.code == 2
    assert "give --yes" in unasked.err
    assert cluster_names(one.design) == []

    made = invoke("up", "-f", file, "--yes")
    assert made.code == 0, made.said
    assert f"{len(steps)} changes made" in made.out
    assert "kubeconfigCommand: aws eks update-kubeconfig --name test" in made.out
    assert differences(one.design, observe(one.design)) == ()
    assert invoke("preview", "-f", file, "--exit-code").code == 0
    assert "0 changes made" in invoke("up", "-f", file, "--yes").out
    outputs = json.loads(invoke("outputs", "-f", file, "-o", "json").out)
    assert outputs["clusterName"] == "test"

    gone = invoke("destroy", "-f", file, "--yes")
    assert gone.code == 0, gone.said
    assert cluster_names(one.design) == []
    assert "nothing to delete" in invoke("destroy", "-f", file, "--yes").out


def test_what_cannot_be_undone_wants_its_name(engine: Engine, folder: Path) -> None:
    group = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}
    assert invoke("up", "-f", written(plan(nodeGroups=[group])), "--yes").code == 0
    other = plan(nodeGroups=[{**group, "instanceTypes": ["m5.xlarge"]}])
    file = written(other)
    refused = invoke("up", "-f", file, "--yes")
    assert refused.code == 4, refused.said
    assert "test-general (eks.NodeGroup) would be replaced" in refused.err
    assert "--replace test-general" in refused.err
    agreed = invoke("up", "-f", file, "--yes", "--replace", "test-general")
    assert agreed.code == 0, agreed.said
    assert differences(other.design, observe(other.design)) == ()


def test_an_upgrade_changes_cluster_and_groups_in_place(engine: Engine, folder: Path) -> None:
    group = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}
    before = plan(version="1.35", nodeGroups=[group])
    assert invoke("up", "-f", written(before), "--yes").code == 0
    file = "cluster.plan.json"
    told = json.loads(invoke("outputs", "-f", file, "-o", "json").out)
    later = plan(version="1.36", nodeGroups=[group])
    steps = json.loads(invoke("preview", "-f", written(later), "-o", "json").out)["steps"]
    assert {step["name"]: step["action"] for step in steps if step["action"] != "same"} == {
        "test": "update",
        "test-general": "update",
    }
    assert invoke("up", "-f", file, "--yes").code == 0
    assert differences(later.design, observe(later.design)) == ()
    assert json.loads(invoke("outputs", "-f", file, "-o", "json").out) == told


def test_drift_is_shown_and_repaired(engine: Engine, folder: Path) -> None:
    one = plan()
    file = written(one)
    assert invoke("up", "-f", file, "--yes").code == 0
    (group,) = known(one.design.node_groups)
    boto3.client("eks", region_name="us-east-1").update_nodegroup_config(
        clusterName="test", nodegroupName=group.name, scalingConfig={"minSize": 0, "maxSize": 9, "desiredSize": 1}
    )
    seen = invoke("refresh", "-f", file, "--look", "--exit-code")
    assert seen.code == 4, seen.said
    assert f"test-{group.name}" in seen.out
    mended = invoke("up", "-f", file, "--yes", "--refresh")
    assert mended.code == 0, mended.said
    assert differences(one.design, observe(one.design)) == ()


def test_what_others_added_beside_the_stack_is_drift_too(engine: Engine, folder: Path) -> None:
    """Rules, routes, tags and subnets of nobody's stack: Pulumi sees none of them, the design all."""
    one = plan()
    file = written(one)
    assert invoke("up", "-f", file, "--yes").code == 0
    quiet = invoke("refresh", "-f", file, "--look", "--exit-code")
    assert quiet.code == 0, quiet.said
    assert "AWS holds what the plan says" in quiet.out
    ids = json.loads(invoke("outputs", "-f", file, "-o", "json").out)
    ec2 = boto3.client("ec2", region_name="us-east-1")
    opening = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    ec2.authorize_security_group_ingress(
        GroupId=ids["clusterSecurityGroupId"],
        IpPermissions=[
            opening | {"IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "for a minute"}]},
            {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
            | {"IpRanges": [{"CidrIp": "10.9.0.0/16", "Description": "elbv2.k8s.aws/targetGroupBinding=shared"}]},
        ],
    )
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [ids["vpcId"]]}])["RouteTables"]
    named = {tag["Value"]: one["RouteTableId"] for one in tables for tag in one["Tags"] if tag["Key"] == "Name"}
    table = min(named)
    (gateway,) = [
        route["GatewayId"] for one in tables for route in one["Routes"] if "igw-" in route.get("GatewayId", "")
    ][:1]
    ec2.create_route(RouteTableId=named[table], DestinationCidrBlock="198.51.100.0/24", GatewayId=gateway)
    ec2.create_subnet(VpcId=ids["vpcId"], CidrBlock="10.0.200.0/24")
    seen = invoke("refresh", "-f", file, "--look", "--exit-code")
    assert seen.code == 4, seen.said
    assert "0 of" in seen.out  # Pulumi's own look finds nothing
    flat = " ".join(seen.out.split())
    assert "security group eks-cluster-sg-test + rules: ingress tcp 22 from 0.0.0.0/0 (for a minute)" in flat
    assert f"route table {table} + routes: route 198.51.100.0/24 to internet-gateway" in flat
    assert "+ in AWS, not in the plan" in flat
    assert "1 groups and rules are those of load balancers" in flat
    assert "10.9.0.0/16" not in flat
    foreseen = invoke("preview", "-f", file, "--refresh", "--exit-code", "-o", "json")
    assert foreseen.code == 4
    told = json.loads(foreseen.out)
    assert told["steps"] == []
    assert {one["resource"].partition(" ")[0] for one in told["differences"]} == {"security", "route", "subnet"}
    assert invoke("preview", "-f", file, "--exit-code").code == 0  # the state alone knows of nothing


def test_one_way_doors_are_told_before_the_question(engine: Engine, folder: Path) -> None:
    file = written(plan())
    foreseen = invoke("preview", "-f", file)
    assert "one-way doors that this passes through:" in foreseen.out
    assert "VPC primary block: 10.0.0.0/16; cannot be changed" in foreseen.out
    unasked = invoke("up", "-f", file)
    assert unasked.err.index("VPC primary block") < unasked.err.index("Make these")
    assert invoke("up", "-f", file, "--yes").code == 0
    assert "one-way doors" not in invoke("preview", "-f", file).out
    larger = plan(
        nodeGroups=[
            {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3},
            {"name": "more", "instanceTypes": ["m5.large"], "maxSize": 3},
        ]
    )
    again = invoke("preview", "-f", written(larger, "larger.json"), "-o", "json")
    passed = [one["id"] for one in json.loads(again.out)["oneWayDoors"]]
    assert passed == ["node-groups.launch-template", "node-groups.ami"]


def sizes_of(group: str = "general") -> dict[str, int]:
    found = boto3.client("eks", region_name="us-east-1").describe_nodegroup(clusterName="test", nodegroupName=group)
    return dict(found["nodegroup"]["scalingConfig"])


def test_n15_what_the_cluster_autoscaler_did_stays(engine: Engine, folder: Path) -> None:
    """Its desired size is no drift, no run takes it back, and new bounds move it only as far as they must."""

    def scaled(least: int, most: int) -> Plan:
        group = {"name": "general", "instanceTypes": ["m5.large"], "minSize": least, "maxSize": most}
        return plan(nodeGroups=[group], addons=["cluster-autoscaler"])

    first = scaled(2, 10)
    file = written(first)
    assert invoke("up", "-f", file, "--yes").code == 0
    assert sizes_of() == {"minSize": 2, "desiredSize": 2, "maxSize": 10}

    boto3.client("eks", region_name="us-east-1").update_nodegroup_config(
        clusterName="test", nodegroupName="general", scalingConfig={"desiredSize": 6}
    )
    seen = invoke("refresh", "-f", file, "--look", "--exit-code")
    assert seen.code == 0, seen.said
    assert "0 of" in seen.out
    assert "the Cluster Autoscaler moved within their bounds: general" in seen.out
    for more in ((), ("--refresh",)):
        assert invoke("preview", "-f", file, "--exit-code", *more).code == 0
        again = invoke("up", "-f", file, "--yes", *more)
        assert "0 changes made" in again.out, again.said
        assert sizes_of()["desiredSize"] == 6

    for least, most, desired, told in (
        (2, 12, 6, ""),
        (8, 12, 8, "general has 6 nodes, the plan allows 8 to 12: it gets 8"),
        (2, 5, 5, "general has 8 nodes, the plan allows 2 to 5: it gets 5"),
        (2, 6, 5, ""),
    ):
        ran = invoke("up", "-f", written(scaled(least, most), "other.json"), "--yes")
        assert ran.code == 0, ran.said
        assert sizes_of() == {"minSize": least, "desiredSize": desired, "maxSize": most}
        assert told in ran.err
        assert ("has" in ran.err) == bool(told)
        assert invoke("preview", "-f", "other.json", "--refresh", "--exit-code").code == 0


def test_names_that_are_taken_stop_before_anything_is_made(engine: Engine, folder: Path) -> None:
    one = plan()
    (template,) = known(one.design.launch_templates)
    boto3.client("ec2", region_name="us-east-1").create_launch_template(
        LaunchTemplateName=template.name, LaunchTemplateData={"ImageId": "ami-12345678"}
    )
    stopped = invoke("up", "-f", written(one), "--yes")
    assert stopped.code == 5
    assert f"a launch template {template.name} is there already" in stopped.err
    assert "--skip-check launch-templates" in stopped.err
    assert engine.plugin.calls == []


def test_deletion_protection_is_said_before_anything_goes(engine: Engine, folder: Path) -> None:
    protected = plan_of()
    file = written(protected)
    assert invoke("up", "-f", file, "--yes").code == 0
    refused = invoke("destroy", "-f", file, "--yes")
    assert refused.code == 4
    assert "deletionProtection: false" in refused.err
    lifted = written(plan(), "lifted.json")
    held = invoke("destroy", "-f", lifted, "--yes")  # not applied yet: the state still protects
    assert held.code == 4
    assert f"eksplan up -f {lifted}" in held.err
    assert cluster_names(protected.design) == ["test"]
    assert differences(protected.design, observe(protected.design)) == ()
    assert invoke("up", "-f", lifted, "--yes").code == 0
    assert invoke("destroy", "-f", lifted, "--yes").code == 0
    assert cluster_names(protected.design) == []


def test_what_aws_refuses_ends_with_5_its_words_and_how_to_go_on(engine: Engine, folder: Path) -> None:
    engine.plugin.provider.client("ec2")  # the double is there
    one = plan()
    file = written(one)
    assert invoke("outputs", "-f", file).code == 5
    boto3.client("iam").create_role(
        RoleName=next(role.name for role in known(one.design.roles)), AssumeRolePolicyDocument="{}"
    )
    refused = invoke("up", "-f", file, "--yes", "--skip-check", "roles")
    assert refused.code == 5
    assert "EntityAlreadyExists" in refused.err
    assert f"Go on with: eksplan up -f {file}" in refused.err


def test_a_spec_and_a_changed_plan_are_refused(engine: Engine, folder: Path) -> None:
    Path("spec.yaml").write_text("apiVersion: eksplan/v1\n")
    refused = invoke("up", "-f", "spec.yaml", "--yes")
    assert refused.code == 2
    assert "eksplan plan -f SPEC --out FILE" in refused.err
    file = written(plan())
    Path(file).write_text(Path(file).read_text().replace('"m5.large"', '"m5.xlarge"'))
    changed = invoke("up", "-f", file, "--yes")
    assert changed.code == 2
    assert "digest" in changed.err


def test_a_stack_that_a_killed_run_left_locked_is_given_free(engine: Engine, folder: Path) -> None:
    one = plan()
    file = written(one)
    assert invoke("preview", "-f", file).code == 0
    locks = next(Path("data").rglob(".pulumi")) / "locks" / "organization" / "eksplan" / "test"
    locks.mkdir(parents=True, exist_ok=True)
    lock = {"pid": 4_194_300, "username": "gone", "hostname": "gone", "timestamp": "2026-11-28T00:00:00Z"}
    (locks / "00000000-0000-4000-8000-000000000000.json").write_text(json.dumps(lock))
    held = invoke("up", "-f", file, "--yes")
    assert held.code == 5, held.said
    assert "--unlock" in held.err
    assert engine.plugin.calls == []
    free = invoke("up", "-f", file, "--yes", "--unlock")
    assert free.code == 0, free.said
    assert differences(one.design, observe(one.design)) == ()


def test_ctrl_c_stops_the_engine_and_the_same_command_goes_on(engine: Engine, folder: Path) -> None:
    one = plan()
    file = written(one)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        running = subprocess.Popen(
            [sys.executable, "-m", "planner", "up", "-f", file, "--yes"],
            env={**os.environ, "AWS_ENDPOINT_URL": f"http://{host}:{port}"},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        deadline = time.monotonic() + 120
        while len(engine.plugin.calls) < 8 and running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does
        _, said = running.communicate(timeout=120)
    finally:
        server.stop()
    assert running.returncode == 130, said
    assert "what was made is in the state" in said
    assert f"Go on with: eksplan up -f {file}" in said
    begun = len(engine.plugin.calls)
    rest = invoke("up", "-f", file, "--yes")
    assert rest.code == 0, rest.said
    made = [(kind, name) for method, kind, name in engine.plugin.calls if method == "create"]
    assert 8 <= begun < len(made) == len(set(made))  # nothing was made twice
    assert differences(one.design, observe(one.design)) == ()


def test_without_the_pulumi_command_it_says_what_to_install(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch, pulumi_command: automation.PulumiCommand
) -> None:
    """The installer itself downloads, and is replaced here; where it puts the command is found again."""
    file = written(plan())
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HOME", str(folder))
    told = invoke("preview", "-f", file)
    assert told.code == 5
    assert "https://www.pulumi.com/docs/install/" in told.err
    assert "--install-pulumi" in told.err

    def failing() -> None:
        raise OSError("no route to get.pulumi.com")

    monkeypatch.setattr(automation.PulumiCommand, "install", failing)
    failed = invoke("preview", "-f", file, "--install-pulumi")
    assert failed.code == 5
    assert "Pulumi's installer failed: no route to get.pulumi.com" in failed.err

    def installed() -> automation.PulumiCommand:
        there = installer_folder() / "bin"
        there.mkdir(parents=True)
        (there / "pulumi").symlink_to(pulumi_command.command)
        return automation.PulumiCommand(root=str(there.parent))

    monkeypatch.setattr(automation.PulumiCommand, "install", installed)
    made = invoke("preview", "-f", file, "--install-pulumi")
    assert made.code == 0, made.said
    assert str(folder / ".pulumi" / "versions") in made.err
    monkeypatch.setattr(automation.PulumiCommand, "install", failing)
    again = invoke("preview", "-f", file)  # neither asked nor installed again
    assert again.code == 0, again.said


def test_what_a_dead_run_left_is_taken_over(engine: Engine, folder: Path) -> None:
    """What is found by its name or tag is imported and not made again, also where a whole state was lost."""
    one = plan()
    file = written(one)
    assert invoke("up", "-f", file, "--yes").code == 0
    shutil.rmtree("data/eksplan/state")
    shutil.rmtree("data/eksplan/stacks")
    stopped = invoke("up", "-f", file, "--yes")
    assert stopped.code == 5
    assert "--adopt" in stopped.err
    before = len(engine.plugin.calls)
    taken = invoke("up", "-f", file, "--yes", "--adopt")
    again = [(method, kind) for method, kind, _ in engine.plugin.calls[before:] if method == "create"]
    assert "adopts Cluster test" in taken.err
    assert ("create", "aws:eks/cluster:Cluster") not in again
    assert ("create", "aws:ec2/vpc:Vpc") not in again


def test_without_the_sdk_it_says_which_extra_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(plan())
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    told = invoke("up", "-f", file, "--yes")
    assert told.code == 5
    assert "pip install 'eksplan[provision]'" in told.err
