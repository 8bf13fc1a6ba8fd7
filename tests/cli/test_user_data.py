"""``eksplan user-data``: a group's user data, with places or filled in, as text, Base64, JSON and files."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tests.cli.running import HEAD, MINIMAL, invoke, invoke_spec
from tests.support.user_data import kubernetes, mime_parts, node_config

ENDPOINT = "https://0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com"
CA = base64.b64encode(b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n").decode()
ONE = (
    HEAD + "  nodeGroups:\n    - {name: own, instanceTypes: [m5.large], maxSize: 3, amiId: ami-01234567, maxPods: 29}\n"
)
TWO = ONE + (
    "    - {name: rocket, os: bottlerocket, instanceTypes: [m5.large], maxSize: 3, maxPods: 20,"
    " systemReserved: {cpu: 100m}}\n"
    "    - {name: plain, instanceTypes: [m5.large], maxSize: 3}\n"
)


def test_the_only_group_needs_no_name() -> None:
    ran = invoke_spec(ONE, command="user-data")
    assert ran.code == 0
    (part,) = mime_parts(ran.out)
    assert node_config(part.text)["spec"]["cluster"]["apiServerEndpoint"] == "${cluster.endpoint}"
    assert "own: to be filled in once the cluster is there: ${cluster.endpoint}" in ran.err
    assert invoke("user-data", "-f", "spec.yaml", "own").out == ran.out


def test_it_is_what_the_launch_template_holds() -> None:
    invoke_spec(TWO, "--out", "made.json")
    plan = json.loads(Path("made.json").read_text("utf-8"))
    held = {one["name"]: one["userData"] for one in plan["design"]["launchTemplates"]}
    for group in ("own", "rocket"):
        from_plan = invoke("user-data", "-f", "made.json", group)
        assert from_plan.code == 0
        assert from_plan.out == held[f"test-{group}"] == invoke_spec(TWO, group, command="user-data").out


def test_endpoint_and_authority_are_filled_in() -> None:
    ran = invoke_spec(ONE, "--endpoint", ENDPOINT, "--ca", CA, "--service-cidr", "172.20.0.0/16", command="user-data")
    assert ran.err == ""
    (part,) = mime_parts(ran.out)
    assert node_config(part.text)["spec"]["cluster"] == {
        "apiServerEndpoint": ENDPOINT,
        "certificateAuthority": CA,
        "cidr": "172.20.0.0/16",
        "name": "test",
    }


def test_the_service_block_of_ipv6_fills_two_places() -> None:
    spec = ONE.replace("  region:", "  ipFamily: ipv6\n  region:")
    ran = invoke_spec(spec, "--service-cidr", "fd30:1c53:5f8a::/108", command="user-data")
    (part,) = mime_parts(ran.out)
    spec_of = node_config(part.text)["spec"]
    assert spec_of["cluster"]["cidr"] == "fd30:1c53:5f8a::/108"
    assert spec_of["kubelet"]["config"]["clusterDNS"] == ["fd30:1c53:5f8a::a"]
    wrong = invoke_spec(spec, "--service-cidr", "172.20.0.0/16", command="user-data")
    assert wrong.code == 2
    assert "IPv6 services" in wrong.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--endpoint", "http://a"], "is no endpoint"),
        (["--endpoint", "https://a'; rm -rf /"], "is no endpoint"),
        (["--ca", ""], "is no certificate in Base64"),
        (["--ca", "***"], "is no certificate in Base64"),
        (["--service-cidr", "172.20.0.1/16"], "is no block"),
        (["--service-cidr", "10.100.0.0/16"], "the plan says 172.20.0.0/16"),
        (["ownn"], "did you mean own?"),
        (["--out", "nowhere"], "nowhere: no such folder"),
        (["--out", "-"], "standard output"),
    ],
)
def test_wrong_arguments_are_told(arguments: list[str], words: str) -> None:
    ran = invoke_spec(ONE, *arguments, command="user-data")
    assert ran.code == 2
    assert ran.out == ""
    assert words in ran.err


def test_several_groups_as_text_need_a_name() -> None:
    ran = invoke_spec(TWO, command="user-data")
    assert ran.code == 2
    assert "which of the 3 groups? Name one of own, plain, rocket" in ran.err


def test_json_tells_of_every_group() -> None:
    document = json.loads(invoke_spec(TWO, "-o", "json", command="user-data").out)
    assert (document["kind"], document["cluster"]) == ("UserData", "test")
    groups = {one["group"]: one for one in document["groups"]}
    assert list(groups) == ["own", "plain", "rocket"]
    assert groups["own"]["complete"]
    assert groups["own"]["places"] == ["${cluster.endpoint}", "${cluster.certificateAuthority}"]
    assert groups["own"]["launchTemplate"] == "test-own"
    assert groups["own"]["bytes"] == len(groups["own"]["userData"].encode())
    assert (groups["plain"]["userData"], groups["plain"]["bytes"]) == ("", 0)
    assert kubernetes(groups["rocket"]["userData"]) == {"max-pods": 20, "system-reserved": {"cpu": "100m"}}
    alone = json.loads(invoke_spec(TWO, "rocket", "-o", "json", "--base64", command="user-data").out)["groups"]
    assert base64.b64decode(alone[0]["userData"]).decode() == groups["rocket"]["userData"]


def test_base64_is_what_a_launch_template_takes() -> None:
    text = invoke_spec(ONE, command="user-data").out
    coded = invoke_spec(ONE, "--base64", command="user-data").out
    assert base64.b64decode(coded.strip(), validate=True).decode() == text
    assert coded.count("\n") == 1


def test_every_group_gets_a_file() -> None:
    Path("made").mkdir()
    ran = invoke_spec(TWO, "--out", "made", command="user-data")
    assert (ran.code, ran.out) == (0, "")
    assert sorted(one.name for one in Path("made").iterdir()) == ["test-own.txt", "test-rocket.toml"]
    assert "plain: nothing to write" in ran.err
    assert Path("made/test-own.txt").read_text("utf-8") == invoke_spec(TWO, "own", command="user-data").out


def test_N09_self_managed_nodes_get_the_whole_join_without_asking_the_api() -> None:
    spec = TWO.replace("cpu: 100m}}", "cpu: 100m}, labels: {team: x}}")
    arguments = ("--self-managed", "--endpoint", ENDPOINT, "--ca", CA)
    ran = invoke_spec(spec, "plain", *arguments, command="user-data")
    assert ran.code == 0
    assert "kubernetes.io/cluster/test: owned" in ran.err
    assert "EC2_LINUX" in ran.err
    (part,) = mime_parts(ran.out)
    found = node_config(part.text)["spec"]
    assert found["cluster"]["apiServerEndpoint"] == ENDPOINT
    assert found["cluster"]["certificateAuthority"] == CA
    assert found["kubelet"]["config"] == {"maxPods": 29, "clusterDNS": ["172.20.0.10"]}
    assert "eks.amazonaws.com/nodegroup" not in ran.out, "no managed group, so none of its labels"
    rocket = kubernetes(invoke_spec(spec, "rocket", *arguments, command="user-data").out)
    assert rocket == {
        "cluster-name": "test",
        "api-server": ENDPOINT,
        "cluster-certificate": CA,
        "cluster-dns-ip": "172.20.0.10",
        "max-pods": 20,
        "node-labels": {"team": "x"},
        "system-reserved": {"cpu": "100m"},
    }
    invoke_spec(spec, "--out", "made.json")
    for group in ("plain", "rocket"):
        from_plan = invoke("user-data", "-f", "made.json", group, *arguments)
        assert from_plan.out == invoke_spec(spec, group, *arguments, command="user-data").out


def test_a_group_that_the_plan_added_has_user_data_too() -> None:
    spec = HEAD + "  workloads:\n    - {name: web, cpu: 500m, memory: 1Gi, replicas: 3}\n"
    ran = invoke_spec(spec, command="user-data")
    assert (ran.code, ran.out) == (0, "")
    assert "EKS writes all that these nodes need to join" in ran.err
    (part,) = mime_parts(invoke_spec(spec, "--self-managed", command="user-data").out)
    assert node_config(part.text)["spec"]["cluster"]["name"] == "test"


def test_a_plan_without_groups_has_none() -> None:
    spec = HEAD + "  nodePools:\n    - {name: pool, instanceTypes: [m5.large], maxNodes: 3}\n"
    ran = invoke_spec(spec, command="user-data")
    assert ran.code == 2
    assert "no managed node group" in ran.err


def test_what_grew_beyond_ec2s_limit_is_refused() -> None:
    long = base64.b64encode(b"-----BEGIN CERTIFICATE-----" + b"A" * 12_000).decode()
    ran = invoke_spec(ONE, "--ca", long, command="user-data")
    assert ran.code == 3
    assert ran.out == ""
    assert "EC2 takes 16,384" in ran.err


def test_a_spec_without_user_data_of_its_own_says_who_writes_it() -> None:
    ran = invoke("user-data", "-f", MINIMAL)
    assert (ran.code, ran.out) == (0, "")
    assert "EKS writes all that these nodes need to join" in ran.err
