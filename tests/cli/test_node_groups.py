"""Node groups on the command line: conflicts with their place in the file, AMIs in the details of a plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import HEAD, PRODUCTION, invoke, invoke_spec

CONFLICTS = (
    HEAD
    + """\
  nodeGroups:
    - name: general
      instanceTypes: [m5.large]
      maxSize: 3
      diskSize: 30
      remoteAccess: {ec2SshKey: ops}
      amiType: AL2023_x86_64
      launchTemplate:
        instanceType: m5.xlarge
        hibernation: true
        networkInterfaces:
          - subnetId: subnet-0123456789abcdef0
"""
)


def test_n23_all_conflicts_at_once_each_with_its_line() -> None:
    ran = invoke_spec(CONFLICTS, name="spec.yaml")
    assert ran.code == 2
    for line, field in (
        (10, "diskSize"),
        (11, "remoteAccess"),
        (12, "amiType"),
        (14, "launchTemplate.instanceType"),
        (15, "launchTemplate.hibernation"),
        (17, "launchTemplate.networkInterfaces[0].subnetId"),
    ):
        assert f"spec.yaml:{line}:" in ran.err, field
        assert f"spec.nodeGroups[0].{field}" in ran.err
    assert "(N23)" in ran.err
    assert "AL2023_x86_64_STANDARD" in ran.err
    assert "Traceback" not in ran.said


BAD = {
    "desired below min": ("minSize: 2\n      desiredSize: 1", "minSize 2"),
    "21 types": (f"instanceTypes: [{', '.join(['m5.large'] * 21)}]", "at most 20"),
    "bad effect": ("taints: [{key: a, effect: NO_SCHEDULE}]", "NoSchedule"),
    "reserved label": ("labels: {eks.amazonaws.com/x: y}", "reserved"),
    "unknown word of the template": ("launchTemplate: {instanceTyp: m5.large}", "instanceType"),
    "no template": ("launchTemplate: none", "can never get one"),
    "not a template": ("launchTemplate: 3", "not a mapping"),
}


@pytest.mark.parametrize(("line", "said"), BAD.values(), ids=BAD)
def test_bad_input_is_an_ordinary_error(line: str, said: str) -> None:
    types = "" if line.startswith("instanceTypes") else "      instanceTypes: [m5.large]\n"
    text = f"{HEAD}  nodeGroups:\n    - name: general\n      maxSize: 3\n{types}      {line}\n"
    ran = invoke_spec(text)
    assert ran.code == 2
    assert said in " ".join(ran.err.split())
    assert "Traceback" not in ran.said


@pytest.mark.parametrize("width", ["80", "120"])
def test_n14_details_say_which_ami_and_why(width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    ran = invoke("plan", "-f", PRODUCTION, "--details")
    assert ran.code == 0
    assert max(len(line.rstrip()) for line in ran.out.splitlines()) <= int(width)
    assert "AL2023_x86_64_STANDARD" in ran.out
    joined = "".join(ran.out.split())
    assert "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/standard/recommended/image_id" in joined
    assert "no accelerator" in ran.out
    assert "AL2023_x86_64_STANDARD" not in invoke("plan", "-f", PRODUCTION).out


def test_why_and_explain_know_the_new_words() -> None:
    assert "SSM parameter" in invoke("why", "-f", PRODUCTION, "ami.web").out
    assert "NGP006" in invoke("explain", "NGP006").out
    ran = invoke("explain", "spec.nodeGroups[].launchTemplate.keyName")
    assert ran.code == 0
    assert "key pair" in ran.out


def test_n20_switching_to_an_ami_of_your_own_is_refused_in_place() -> None:
    group = "  nodeGroups:\n    - name: general\n      instanceTypes: [m5.large]\n      maxSize: 3\n"
    invoke_spec(HEAD + group, "--out", "first.json")
    assert Path("first.json").exists()
    changed = HEAD + group + "      maxPods: 20\n      amiId: ami-0123456789abcdef0\n"
    ran = invoke_spec(changed, "--from", "first.json", name="second.yaml")
    assert ran.code == 2
    assert "second.yaml:11:" in ran.err
    assert "another name" in ran.err
    assert "(N26)" in ran.err
