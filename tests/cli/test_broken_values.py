"""Sound YAML with wrong content: every problem at once, with its place, the limit and the fix."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import GROUPS, HEAD, SPEC, invoke, invoke_spec

GROUP = "  nodeGroups:\n    - {name: general, instanceTypes: [m5.large], maxSize: "

VALUES: dict[str, tuple[str, str, str]] = {
    "wrong apiVersion": (SPEC.replace("eksplan/v1", "eksplan/v2"), "1:13", "did you mean eksplan/v1?"),
    "no apiVersion": (SPEC.partition("\n")[2], "1:1", "add `apiVersion`"),
    "wrong kind": (SPEC.replace("Cluster", "Klaster"), "2:7", "did you mean Cluster?"),
    "unknown key": (SPEC + "  nonsense: 1\n", "8:3", "unknown key"),
    "mis-cased key": (SPEC.replace("nodeGroups", "nodegroups"), "6:3", "did you mean `nodeGroups`?"),
    "snake-cased key": (SPEC.replace("maxSize", "max_size"), "7:", "did you mean `maxSize`?"),
    "unknown key in a list": (SPEC.replace("maxSize: 3", "maxSize: 3, maxSise: 4"), "7:", "`maxSize`"),
    "text for a number": (HEAD + GROUP + '"3"}\n', "7:", "a whole number"),
    "a number with a colon": (HEAD + GROUP + "1:30}\n", "7:", "a whole number"),
    "a date for a number": (HEAD + GROUP + "2026-01-02}\n", "7:", "a whole number"),
    "NaN as a word": (HEAD + GROUP + "NaN}\n", "7:", "a whole number"),
    "a negative number": (HEAD + GROUP + "-3}\n", "7:", "at least 1"),
    "zero": (HEAD + GROUP + "0}\n", "7:", "at least 1"),
    "a huge number": (HEAD + GROUP + "9" * 30 + "}\n", "7:", "at most 5000"),
    "one more than may be": (HEAD + GROUP + "5001}\n", "7:", "5001 where at most 5000"),
    "the Norway problem": (HEAD + "  endpoint: {private: no}\n" + GROUPS, "6:23", "true or false"),
    "a number for a name": (SPEC.replace("name: test", "name: 123"), "3:", "write it in quotes"),
    "text for a mapping": (HEAD + "  vpc: 10.0.0.0/16\n" + GROUPS, "6:8", "not a mapping"),
    "a mapping for a list": (HEAD + "  nodeGroups: {a: 1}\n", "6:15", "not a list"),
    "text for a list": (SPEC.replace("[m5.large]", "m5.large"), "7:", "not a list"),
    "nothing for a mapping": (HEAD + "  cni:\n" + GROUPS, "6:", "nothing"),
    "host bits": (HEAD + "  vpc: {cidr: 10.0.0.5/16}\n" + GROUPS, "6:15", "write 10.0.0.0/16"),
    "IPv6 for IPv4": (HEAD + "  vpc: {cidr: 2001:db8::/56}\n" + GROUPS, "6:15", "an IPv6 block where IPv4"),
    "no length": (HEAD + "  vpc: {cidr: 10.0.0.0}\n" + GROUPS, "6:15", "no prefix length"),
    "an impossible length": (HEAD + "  vpc: {cidr: 10.0.0.0/33}\n" + GROUPS, "6:15", "not an IPv4 CIDR block"),
    "an octet too large": (HEAD + "  vpc: {cidr: 10.0.0.256/32}\n" + GROUPS, "6:15", "not an IPv4 CIDR block"),
    "a mask for a length": (HEAD + "  vpc: {cidr: 10.0.0.0/255.255.0.0}\n" + GROUPS, "6:15", "length"),
    "a VPC too large": (HEAD + "  vpc: {cidr: 10.0.0.0/15}\n" + GROUPS, "6:15", "/16 to /28"),
    "a VPC too small": (HEAD + "  vpc: {cidr: 10.0.0.0/29}\n" + GROUPS, "6:15", "/16 to /28"),
    "a VPC of multicast": (HEAD + "  vpc: {cidr: 224.0.0.0/16}\n" + GROUPS, "6:15", "224.0.0.0/3"),
    "one zone": (HEAD + "  zones: 1\n" + GROUPS, "6:10", "2 to 6"),
    "seven zones": (HEAD + "  zones: 7\n" + GROUPS, "6:10", "2 to 6"),
    "a zone twice": (HEAD + "  zones: [use1-az1, use1-az1]\n" + GROUPS, "6:21", "listed twice"),
    "a zone elsewhere": (HEAD + "  zones: [use1-az1, use2-az1]\n" + GROUPS, "6:21", "no such zone in us-east-1"),
    "a region that is none": (SPEC.replace("us-east-1", "Virginia"), "5:11", "write it as eu-west-1"),
    "a region misspelt": (SPEC.replace("us-east-1", "us-esat-1"), "5:11", "us-east-1"),
    "an unknown version": (HEAD + '  version: "1.99"\n' + GROUPS, "6:12", "1.35"),
    "a type misspelt": (SPEC.replace("m5.large", "m5.lagre"), "7:", "did you mean m5.large"),
    "two architectures": (SPEC.replace("[m5.large]", "[m5.large, m6g.large]"), "7:", "one architecture"),
    "a namespace that is none": (
        HEAD + "  fargate:\n    - {name: a, pods: 1, selectors: [Prod]}\n" + GROUPS,
        "7:",
        "small letters",
    ),
    "six selectors": (
        HEAD + "  fargate:\n    - {name: z, pods: 1, selectors: [a, b, c, d, e, f]}\n" + GROUPS,
        "7:",
        "quotas.fargateSelectors",
    ),
    "Fargate without CoreDNS": (HEAD + "  fargate:\n    - {name: jobs, pods: 1}\n", "7:", "k8s-app: kube-dns"),
    "no groups at all": (HEAD, "4:1", "add nodeGroups"),
    "minSize above maxSize": (SPEC.replace("maxSize: 3", "maxSize: 3, minSize: 4"), "7:", "maxSize 3"),
    "an open endpoint": (HEAD + "  endpoint: {public: true}\n" + GROUPS, "6:22", "add publicCidrs"),
    "an unknown suffix": (
        SPEC + "  workloads:\n    - {name: a, cpu: 1, memory: 512mi}\n",
        "9:33",
        "did you mean Mi?",
    ),
}


@pytest.mark.parametrize("kind", VALUES)
def test_it_is_refused_with_place_limit_and_fix(kind: str) -> None:
    text, place, message = VALUES[kind]
    ran = invoke_spec(text)
    assert ran.code == 2
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert f"spec.yaml:{place}" in ran.err
    assert message in ran.err
    for one in ran.err.split("spec.yaml:")[1:]:
        assert "  fix:" in one
        assert "  value:" in one or "  limit:" in one


def test_all_problems_are_said_in_one_run_in_the_order_of_the_file() -> None:
    text = HEAD.replace("name: test", "name: a b") + "  zones: 1\n  nat: None\n  growthPercent: -1\n" + GROUP + "0}\n"
    lines = [line for line in invoke_spec(text).err.splitlines() if line.startswith("spec.yaml:")]
    assert [line.split(" ")[0] for line in lines] == [
        "spec.yaml:3:18:",
        "spec.yaml:6:10:",
        "spec.yaml:7:8:",
        "spec.yaml:8:18:",
        "spec.yaml:10:59:",
    ]


@pytest.mark.parametrize("value", ["3.0", "1e3", "2.5"])
def test_a_fraction_is_not_blamed_on_quotes(value: str) -> None:
    ran = invoke_spec(HEAD + GROUP + value + "}\n")
    assert ran.code == 2
    assert "quotes" not in ran.err


@pytest.mark.parametrize("zones", ["[3, 4]", "[USE1-AZ1, use1-az2]", "[use1-az1, [x]]"])
def test_a_wrong_zone_is_one_problem_at_its_own_place(zones: str) -> None:
    ran = invoke_spec(HEAD + f"  zones: {zones}\n" + GROUPS)
    assert ran.code == 2
    assert "not a whole number" not in ran.err
    assert "spec.zones[" in ran.err


def test_problems_also_come_as_json() -> None:
    ran = invoke_spec(HEAD + "  zones: 1\n" + GROUPS, "-o", "json")
    assert ran.code == 2
    document = json.loads(ran.out)
    assert document["kind"] == "Diagnostics"
    (one,) = document["diagnostics"]
    assert one["field"] == "spec.zones"
    assert one["range"] == {"file": "spec.yaml", "line": 6, "column": 10}


@pytest.mark.parametrize("tricky", ["\\e[31mred", "\\e]0;title\\a", "a\\nb", "a\\u202eb"])
def test_what_the_file_says_cannot_steer_the_terminal(tricky: str) -> None:
    Path("spec.yaml").write_text(SPEC + f'  "{tricky}": 1\n', "utf-8")
    ran = invoke("--color", "always", "plan", "-f", "spec.yaml")
    assert ran.code == 2
    assert ran.err.splitlines()[0].endswith("unknown key")
    assert "\x1b[31mred" not in ran.err
    assert not {"\u202e", "\x07"} & set(ran.err)


@pytest.mark.parametrize("command", ["explain", "max-pods"])
def test_what_the_arguments_say_cannot_steer_the_terminal(command: str) -> None:
    ran = invoke("--color", "always", command, "\x1b]0;title\x07")
    assert ran.code == 2
    assert "\x1b]0" not in ran.err
