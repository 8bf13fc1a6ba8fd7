"""What the messages promise: a fix that is named works, and what is called impossible is."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from tests.cli.running import INFEASIBLE, invoke
from tests.support.plans import spec_text

HUGE: dict[str, Any] = {
    "nodeGroups": [{"name": "general", "instanceTypes": ["m5.large"], "maxSize": 5000}],
    "quotas": {"networkAddressUsage": 256_000},
}
BUSY: dict[str, Any] = {
    "nodeGroups": [{"name": "general", "instanceTypes": ["m5.large"], "maxSize": 1600}],
    "workloads": [{"name": "jobs", "cpu": 1, "memory": "1Gi", "replicas": 1500}],
}
SMALL: dict[str, Any] = {"vpc": {"cidr": "10.0.0.0/20"}, "growthPercent": 900}


def plan(spec: dict[str, Any], *options: str) -> tuple[int, str, str]:
    """Exit code, output and messages of a plan."""
    ran = invoke("plan", "-f", "-", *options, given=spec_text(**spec))
    return ran.code, ran.out, re.sub(r"\s+", " ", ran.err)


def group(**fields: Any) -> dict[str, Any]:
    """A spec with one group of m5.large."""
    return {"nodeGroups": [{"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3, **fields}]}


@pytest.mark.parametrize("spec", [HUGE, BUSY, SMALL], ids=["huge", "busy", "small"])
def test_the_maxsize_that_is_advised_is_one_that_can_be_planned(spec: dict[str, Any]) -> None:
    code, _, err = plan(spec)
    assert code == 3
    advised = re.search(r"maxSize general (\d+)", err)
    if advised is None:
        assert spec is BUSY  # its workloads need more nodes than there is room for
        return
    group = spec.get("nodeGroups", [{"name": "general", "instanceTypes": ["m5.large"]}])[0]
    code, _, err = plan({**spec, "nodeGroups": [{**group, "maxSize": int(advised[1])}]})
    assert code == 0, err


@pytest.mark.parametrize("spec", [HUGE, BUSY, SMALL], ids=["huge", "busy", "small"])
def test_settings_that_are_advised_make_a_plan(spec: dict[str, Any]) -> None:
    code, _, err = plan(spec)
    assert code == 3
    changes: dict[str, dict[str, Any]] = {
        "tolerateZoneLoss: 0": {"tolerateZoneLoss": 0},
        "growthPercent: 0": {"growthPercent": 0},
        "cni.warmIpTarget: 2": {"cni": {"warmIpTarget": 2}},
        "cni.customNetworking: true": {"cni": {"customNetworking": True}},
    }
    advised = [change for text, change in changes.items() if text in err]
    assert advised
    for change in advised:
        assert plan({**spec, **change})[0] == 0, change


def test_the_quota_that_is_advised_is_enough() -> None:
    spec = {**HUGE, "quotas": {}, "cni": {"customNetworking": True}}
    code, _, err = plan(spec)
    advised = re.search(r"say quotas.networkAddressUsage: (\d+)", err)
    assert code == 3
    assert advised is not None
    quota = int(advised[1])
    assert plan({**spec, "quotas": {"networkAddressUsage": quota}})[0] == 0
    assert plan({**spec, "quotas": {"networkAddressUsage": quota - 1}})[0] == 3


def test_a_quota_that_aws_never_grants_is_not_advised() -> None:
    many = {**HUGE, "nodeGroups": [{"name": "general", "instanceTypes": ["m5.24xlarge"], "maxSize": 2000}]}
    code, _, err = plan({**many, "cni": {"customNetworking": True}})
    assert code == 3
    assert "256,000 is the highest that AWS grants" in err
    assert "have the quota raised" not in err.partition("vpc-nau")[2].partition("infeasible[")[0]


def test_the_block_that_is_advised_is_large_enough_and_no_larger() -> None:
    _, _, err = plan(SMALL)
    advised = re.search(r"a VPC block of /(\d+) or larger", err)
    assert advised is not None
    length = int(advised[1])
    assert plan({**SMALL, "vpc": {"cidr": f"10.0.0.0/{length}"}})[0] == 0
    assert plan({**SMALL, "vpc": {"cidr": f"10.0.0.0/{length + 1}"}})[0] == 3


def test_the_blocks_that_are_advised_make_a_plan_that_passes_its_own_review() -> None:
    _, _, err = plan(HUGE)
    advised = re.search(r"(\d+) blocks of /16 \(vpc.secondaryCidrs\)", err)
    assert advised is not None
    more = [f"10.{number}.0.0/16" for number in range(1, int(advised[1]))]
    code, out, err = plan({**HUGE, "vpc": {"cidr": "10.0.0.0/16", "secondaryCidrs": more}})
    assert code == 0, out


def test_the_number_of_nodes_that_is_advised_carries_the_workloads() -> None:
    workloads = [{"name": "web", "cpu": 1, "memory": "1Gi", "replicas": 40}]
    code, _, err = plan({**group(), "workloads": workloads})
    advised = re.search(r"raise maxSize to (\d+)", err)
    assert code == 3
    assert advised is not None
    most = int(advised[1])
    assert plan({**group(maxSize=most), "workloads": workloads})[0] == 0
    assert plan({**group(maxSize=most - 1), "workloads": workloads})[0] == 3


@pytest.mark.parametrize("region", ["eu-west-1", "us-west-1", "cn-north-1"])
def test_the_number_of_zones_that_is_advised_can_be_planned(region: str) -> None:
    code, _, err = plan({"region": region, "zones": 6})
    assert code == 3
    advised = re.search(r"use zones: (\d)", err)
    assert advised is not None
    assert plan({"region": region, "zones": int(advised[1])})[0] == 0


def test_a_pool_is_not_called_full_when_the_cluster_fits_into_it() -> None:
    """The same block is accepted as vpc.cidr."""
    assert plan({**group(), "vpc": {"cidr": "10.0.0.0/22"}})[0] == 0
    code, out, err = plan({**group(), "vpc": {"pool": "10.0.0.0/22"}}, "-o", "json")
    assert code == 0, err
    assert json.loads(out)["design"]["vpc"]["cidr"] == "10.0.0.0/22"


def test_every_reason_says_both_numbers_and_the_fix() -> None:
    err = invoke("plan", "-f", INFEASIBLE).err
    for one in err.split("infeasible[")[1:]:
        assert re.search(r"value:.*\d", one)
        assert re.search(r"limit:.*\d", one)
        assert "fix:" in one
        assert "source: https://" in one


@pytest.mark.parametrize(
    ("spec", "place"),
    [
        ({**group(), "zones": 2, "tolerateZoneLoss": 2}, "spec.tolerateZoneLoss"),
        (group(maxPods=10, podsPerNode=20), "podsPerNode"),
        (group(podsPerNode=500), "podsPerNode"),
        (group(disk={"type": "gp2", "iops": 3000}), "disk"),
        (group(disk={"type": "io2"}), "disk"),
        (group(disk={"sizeGib": 8, "iops": 16000}), "disk"),
        (group(disk={"throughput": 2000}), "disk"),
        (group(userData="hello"), "userData"),
        (group(taints=[{"key": "not a key", "effect": "NoSchedule"}]), "taints"),
        ({"nodeGroups": [{"name": "a", "requirements": {"vcpu": {"min": 8, "max": 4}}, "maxSize": 3}]}, "vcpu"),
        ({"workloads": [{"name": "a", "kind": "DaemonSet", "cpu": 10, "memory": "1Gi"}]}, "workloads[0]"),
    ],
    ids=[
        "as many zones lost as there are",
        "more pods than maxPods",
        "more pods than addresses",
        "iops of gp2",
        "io2 without iops",
        "iops beyond the size",
        "throughput beyond the iops",
        "user data of no kind",
        "a taint key that is none",
        "requirements turned around",
        "a DaemonSet beyond its nodes",
    ],
)
def test_what_can_never_work_is_not_planned(spec: dict[str, Any], place: str) -> None:
    code, _, err = plan(spec)
    assert code in {2, 3}
    assert place in err


def test_a_node_without_room_for_pods_is_not_blamed_on_cpu() -> None:
    code, _, err = plan({**group(maxPods=2), "workloads": [{"name": "a", "cpu": "1m", "memory": "1Mi"}]})
    assert code == 3
    assert "pods" in err
    assert "smaller requests" not in err


def test_a_daemonset_too_large_is_the_one_that_is_blamed() -> None:
    agent = {"name": "agent", "kind": "DaemonSet", "cpu": 10, "memory": "1Gi"}
    code, _, err = plan({"workloads": [agent, {"name": "web", "cpu": "100m", "memory": "1Gi"}]})
    assert code == 3
    assert "agent" in err
    assert "-8" not in err


@pytest.mark.parametrize("length", [37, 57, 100])
def test_names_stay_within_what_aws_takes(length: int) -> None:
    """IAM role names have at most 64 characters."""
    text = spec_text(name="a" * length, addons=["aws-ebs-csi-driver", "aws-efs-csi-driver"])
    ran = invoke("plan", "-f", "-", "-o", "json", given=text)
    if ran.code == 0:
        roles = [role["name"] for role in json.loads(ran.out)["design"]["roles"]]
        assert max(map(len, roles)) <= 64
        assert len(set(roles)) == len(roles)
    else:
        assert ran.code == 2
        assert "metadata.name" in ran.err


def test_an_endpoint_open_to_all_is_not_told_to_add_nat_addresses() -> None:
    spec = {"endpoint": {"private": False, "public": True, "publicCidrs": ["0.0.0.0/0"]}}
    code, _, err = plan(spec, "--fail-on", "never")
    assert code == 0
    assert "must hold their NAT addresses" not in err


def test_no_message_shows_python() -> None:
    _, _, err = plan({"cni": {"minimumIpTarget": 5}})
    assert "cni" in err
    assert "None" not in err


def test_no_message_stammers() -> None:
    _, _, err = plan({"vpcEndpoints": {"extra": ["nonsense"]}})
    assert "vpcEndpoints.extra" in err
    assert "needed by asked for" not in err
    _, _, err = plan({"vpc": {"cidr": "10.0.0.0/16"}, "avoid": ["10.0.0.0/8"]})
    assert "10.0.0.0/8" in err
    assert "'avoid' to avoid" not in err


def test_sizes_of_several_blocks_are_told_apart() -> None:
    more = [f"10.{number}.0.0/16" for number in range(1, 5)]
    _, out, _ = plan({**HUGE, "vpc": {"cidr": "10.0.0.0/16", "secondaryCidrs": more}}, "--fail-on", "never")
    (line,) = [line for line in out.splitlines() if line.startswith("Subnet sizes")]
    assert "//" not in line


def test_the_yaml_that_is_printed_is_the_plan() -> None:
    _, out, _ = plan({}, "-o", "yaml")
    assert yaml.safe_load(out)["kind"] == "Plan"


def test_the_block_that_is_called_the_lowest_is_the_lowest() -> None:
    text = spec_text(avoid=["10.100.0.0/16", "172.16.0.0/12"])
    ran = invoke("why", "-f", "-", "vpc.cidr", given=text)
    assert "the lowest aligned block of this length" in " ".join(ran.out.split())
    assert ran.out.startswith("VPC block: 10.0.0.0/16")


@pytest.mark.parametrize(
    "names", [("same", "same"), ("test-node-use1-az1", "other")], ids=["alike", "like a planned one"]
)
@pytest.mark.parametrize("use", ["node", "other"])
def test_subnets_are_told_apart_whatever_their_name_tags_say(use: str, names: tuple[str, str]) -> None:
    """Name tags need not differ in AWS; ids do."""
    subnets = [
        {"id": f"subnet-0000000{zone}", "cidr": f"10.0.{zone}.0/24", "zone": f"use1-az{zone}", "use": use, "name": name}
        for zone, name in enumerate(names, 1)
    ]
    vpc = {"id": "vpc-0a1b2c3d4e5f60718", "cidr": "10.0.0.0/16", "subnets": subnets}
    code, out, err = plan({**group(), "zones": ["use1-az1", "use1-az2"], "vpc": vpc}, "-o", "json")
    if code == 2:
        assert "vpc.subnets" in err
        return
    design = json.loads(out)["design"]
    assert {one["id"] for one in design["subnets"]} >= {"subnet-00000001", "subnet-00000002"}
    assert len({one["name"] for one in design["subnets"]}) == len(design["subnets"])
    (nodes,) = design["nodeGroups"]
    assert len(set(nodes["subnets"])) == 2


def test_two_names_for_what_may_be_one_zone_are_not_passed_over() -> None:
    """use1-az1 and us-east-1a are the same place in some accounts."""
    code, _, err = plan({**group(), "zones": ["use1-az1", "us-east-1a"]})
    assert code == 2 or "same" in err
