"""AMI types: which there are, which is chosen and why, and where AWS publishes them (note N14)."""

from __future__ import annotations

import re
from typing import Any

import botocore.session
import pytest

from planner.capacity.selection import accelerator_of
from planner.catalog.amis import ami_row, parameters, release_order
from planner.catalog.model import Version
from planner.diagnostics import Diagnostic, Kind
from planner.nodegroups.skew import allowed_skew, behind
from planner.spec.nodes import os_of
from tests.support.plans import decision, diagnostics_of, embedded, plan_of

LINUX = {"name": "linux", "instanceTypes": ["m5.large"], "maxSize": 3}
TYPES = {
    ("x86_64", ""): "m5.large",
    ("arm64", ""): "m7g.large",
    ("x86_64", "nvidia"): "g4dn.xlarge",
    ("arm64", "nvidia"): "g5g.xlarge",
    ("x86_64", "neuron"): "trn1.32xlarge",
}
ROWS = [dict(row) for row in embedded().facts["ami.types"].value]


def wrong(version: str = "1.35", **changes: Any) -> list[Diagnostic]:
    group = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3, **changes}
    found = diagnostics_of(nodeGroups=[LINUX, group], version=version)
    return [one for one in found if one.kind is not Kind.NOTICE]


def test_n14_the_table_has_every_type_of_the_api() -> None:
    shape: Any = botocore.session.get_session().get_service_model("eks").shape_for("AMITypes")
    assert {row["name"] for row in ROWS} == set(shape.enum) - {"CUSTOM"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["name"]))
def test_n14_every_type_is_chosen_for_what_it_is_made_for(row: dict[str, Any]) -> None:
    catalog = embedded()
    name = TYPES[row["arch"], row["accelerator"]]
    assert accelerator_of(catalog.instance_types[name]) == row["accelerator"]
    group = {"name": "general", "os": row["os"], "instanceTypes": [name], "maxSize": 2}
    plan = plan_of(nodeGroups=[LINUX, group], version=row.get("last", "1.35"))
    found = decision(plan, "ami.general")
    assert found.value == row["name"]
    assert row["arch"] in found.worked
    image, _ = parameters(row, row.get("last", "1.35"))
    assert ("SSM parameter", image) in [(one.name, one.value) for one in found.inputs]
    assert os_of(row["name"]) == row["os"], "the type says the system"


def test_n14_parameters_have_the_forms_that_aws_documents() -> None:
    expected = {
        "AL2_x86_64_GPU": (
            "/aws/service/eks/optimized-ami/1.32/amazon-linux-2-gpu/recommended/image_id",
            "/aws/service/eks/optimized-ami/1.32/amazon-linux-2-gpu/recommended/release_version",
        ),
        "AL2023_ARM_64_NVIDIA": (
            "/aws/service/eks/optimized-ami/1.32/amazon-linux-2023/arm64/nvidia/recommended/image_id",
            "/aws/service/eks/optimized-ami/1.32/amazon-linux-2023/arm64/nvidia/recommended/release_version",
        ),
        "BOTTLEROCKET_x86_64": (
            "/aws/service/bottlerocket/aws-k8s-1.32/x86_64/latest/image_id",
            "/aws/service/bottlerocket/aws-k8s-1.32/x86_64/latest/image_version",
        ),
        "BOTTLEROCKET_ARM_64_NVIDIA_FIPS": (
            "/aws/service/bottlerocket/aws-k8s-1.32-nvidia-fips/arm64/latest/image_id",
            "/aws/service/bottlerocket/aws-k8s-1.32-nvidia-fips/arm64/latest/image_version",
        ),
        "WINDOWS_FULL_2022_x86_64": (
            "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-EKS_Optimized-1.32/image_id",
            "",
        ),
    }
    for name, both in expected.items():
        row = ami_row(name, embedded().facts)
        assert row is not None
        assert parameters(row, "1.32") == both


def test_n14_fips_is_in_the_name_and_nowhere_else() -> None:
    assert {row["name"] for row in ROWS if row["fips"]} == {row["name"] for row in ROWS if "FIPS" in row["name"]}
    assert all(re.search("nvidia|neuron|gpu", row["parameter"]) for row in ROWS if row["accelerator"])


def test_n14_al2_ended_with_1_32() -> None:
    (one,) = wrong(version="1.33", os="al2")
    assert "1.32" in one.summary
    assert "1.33" in one.value
    found = diagnostics_of(nodeGroups=[{**LINUX, "os": "al2"}], version="1.32")
    assert {"ami-al2"} <= {one.code for one in found if one.kind is Kind.NOTICE}
    assert "2025-11-26" in next(one.limit for one in found if one.code == "ami-al2")


def test_n14_windows_2025_begins_with_1_35() -> None:
    (one,) = wrong(version="1.34", amiType="WINDOWS_CORE_2025_x86_64")
    assert one.field == "spec.nodeGroups[1].amiType"
    assert "1.35" in one.limit
    assert not wrong(amiType="WINDOWS_CORE_2025_x86_64")


def test_n27_an_arm_ami_with_x86_types_names_both_and_the_right_one() -> None:
    (one,) = wrong(amiType="AL2023_ARM_64_STANDARD")
    assert (one.field, one.note) == ("spec.nodeGroups[1].amiType", "N27")
    assert "arm64" in one.value
    assert "m5.large (x86_64)" in one.limit
    assert "AL2023_x86_64_STANDARD" in one.fix


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("AL2023_x86_64", "AL2023_x86_64_STANDARD"),
        ("al2023_arm_64_standard", "AL2023_ARM_64_STANDARD"),
        ("BOTTLEROCKET_X86", "BOTTLEROCKET_x86_64"),
        ("WINDOWS_CORE_2022", "WINDOWS_CORE_2022_x86_64"),
        ("AL2023_x86_64_NVIDA", "AL2023_x86_64_NVIDIA"),
    ],
)
def test_an_unknown_ami_type_gets_the_nearest_names(asked: str, near: str) -> None:
    (one,) = [found for found in wrong(amiType=asked) if found.code == "ami-type"]
    assert near in one.fix


def test_an_ami_type_that_is_like_nothing_gets_the_list() -> None:
    (one,) = [found for found in wrong(amiType="ubuntu") if found.code == "ami-type"]
    assert "AL2023_x86_64_STANDARD" in one.fix


def test_n26_custom_is_never_asked_for() -> None:
    (one,) = wrong(amiType="CUSTOM")
    assert (one.code, one.note) == ("ami-type", "N26")
    (one,) = wrong(amiType="CUSTOM", amiId="ami-0123456789abcdef0", maxPods=20)
    assert one.fix == "remove amiType"


def test_the_ami_type_says_the_system_and_must_agree_with_it() -> None:
    plan = plan_of(nodeGroups=[{**LINUX, "amiType": "BOTTLEROCKET_x86_64_FIPS"}])
    (template,) = plan.design.launch_templates  # type: ignore[misc]
    assert len(template.disks) == 2, "Bottlerocket's two volumes"
    assert decision(plan, "ami.linux").worked.startswith("amiType as the spec says")
    (one,) = wrong(amiType="BOTTLEROCKET_x86_64_FIPS", os="al2023")
    assert (one.value, one.limit) == ("amiType: BOTTLEROCKET_x86_64_FIPS", "os: al2023")


@pytest.mark.parametrize(
    ("types", "asked", "said"),
    [("m5.large", "AL2023_x86_64_NVIDIA", "no accelerator"), ("g4dn.xlarge", "AL2023_x86_64_STANDARD", "nvidia")],
)
def test_an_accelerator_that_ami_and_types_do_not_share_is_noticed(types: str, asked: str, said: str) -> None:
    group = {"name": "general", "instanceTypes": [types], "maxSize": 2, "amiType": asked}
    (one,) = [found for found in diagnostics_of(nodeGroups=[group]) if found.code == "ami-accelerator"]
    assert one.kind is Kind.NOTICE
    assert said in one.summary


@pytest.mark.parametrize(
    ("os", "good", "bad"),
    [
        ("al2023", "1.35.2-20260903", "1.53.0-1a2b3c4d"),
        ("bottlerocket", "1.53.0-1a2b3c4d", "1.35.2-20260903"),
        ("windows-core-2022", "1.35-2026.04.18", "1.35.2-20260903"),
    ],
)
def test_a_release_has_the_form_of_its_system(os: str, good: str, bad: str) -> None:
    assert not wrong(os=os, releaseVersion=good)
    if not (os == "bottlerocket" and bad.partition("-")[2].isdecimal()):
        assert {one.code for one in wrong(os=os, releaseVersion=bad)} == {"ami-release"}
    plan = plan_of(nodeGroups=[LINUX, {**LINUX, "name": "general", "os": os, "releaseVersion": good}])
    assert good in decision(plan, "ami.general").value


def test_a_release_is_of_the_groups_kubernetes_version() -> None:
    (one,) = wrong(releaseVersion="1.34.5-20260903")
    assert (one.code, one.limit) == ("ami-release", "Kubernetes 1.35 of the group")
    assert not wrong(os="bottlerocket", releaseVersion="1.53.0-1a2b3c4d"), "which says Bottlerocket's own version"


def test_releases_are_ordered_by_version_and_day() -> None:
    in_order = [
        ("1.35.1-20260903", "1.35.2-20260818", "1.35.2-20260903"),
        ("1.9.2-ffffffff", "1.53.0-1a2b3c4d"),
        ("1.35-2026.02.16", "1.35-2026.04.18"),
    ]
    for releases in in_order:
        orders = [release_order(one) for one in releases]
        assert orders == sorted(set(orders))


def test_n26_an_ami_of_your_own_is_a_decision_too() -> None:
    plan = plan_of(nodeGroups=[{**LINUX, "amiId": "ami-0123456789abcdef0", "maxPods": 20}])
    found = decision(plan, "ami.linux")
    assert (found.value, found.note) == ("ami-0123456789abcdef0", "N26")


def test_kubelet_may_be_three_versions_behind_from_1_28_and_two_before() -> None:
    facts = embedded().facts
    assert [allowed_skew(Version(1, minor), facts) for minor in (27, 28, 35)] == [2, 3, 3]
    assert behind(Version(1, 32), Version(1, 35)) == 3
    assert behind(Version(1, 36), Version(1, 35)) == -1
