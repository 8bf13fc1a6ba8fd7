"""Fargate profiles in moto: made one at a time, read back, and what EKS refuses."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from planner.design import Design, Unknown
from planner.design.compare import differences
from planner.observe.collect import collect
from planner.observe.parse import parse
from planner.observe.raw import Raw
from planner.security.intents.features import of_design
from tests.support.plans import embedded, plan_of
from tests.support.provider_compute import PROFILE
from tests.support.world import materialise, observe

pytestmark = pytest.mark.usefixtures("moto")

PROFILES = [
    {"name": "web", "pods": 5, "selectors": ["web", {"namespace": "dev-*", "labels": {"tier": "front"}}]},
    {"name": "batch", "pods": 5},
    {"name": "jobs", "pods": 5},
]


def design_of(**spec: Any) -> Design:
    return plan_of(fargate=PROFILES, tags={"team": "core"}, **spec).design


def test_profiles_come_back_as_they_were_planned() -> None:
    design = design_of()
    materialise(design)
    found = observe(design)
    assert found.fargate_profiles == design.fargate_profiles
    assert differences(design, found) == ()
    assert of_design(found, embedded().facts).fargate


def test_each_profile_waits_for_the_one_before_it() -> None:
    run = materialise(design_of())
    profiles = sorted((one for one in run.resources if one.token == PROFILE), key=lambda one: one.order)
    assert [one.name for one in profiles] == ["test-batch", "test-jobs", "test-web"]
    for before, after in itertools.pairwise(profiles):
        assert before.urn in after.dependencies
    addons = [one for one in run.resources if one.token == "aws:eks/addon:Addon" and one.name == "test-coredns"]
    assert profiles[-1].urn in addons[0].dependencies


def test_eks_adds_the_access_entry_of_the_role_itself() -> None:
    design = design_of()
    materialise(design)
    found = observe(design)
    assert found.cluster is not None
    assert ("test-fargate", "FARGATE_LINUX") in [(one.name, one.type) for one in found.cluster.access_entries_of_eks]


def test_a_profile_in_public_subnets_is_refused_as_eks_refuses_it() -> None:
    design = design_of()
    public = tuple(one.name for one in design.subnets if one.tag("kubernetes.io/role/elb"))
    first, *others = design.fargate_profiles  # type: ignore[misc]
    wrong = dataclasses.replace(design, fargate_profiles=(dataclasses.replace(first, subnets=public), *others))
    with pytest.raises(ClientError, match="not a private subnet"):
        materialise(wrong)


def test_profiles_are_read_page_by_page() -> None:
    design = plan_of(fargate=[{"name": f"p{number}", "pods": 1} for number in range(7)]).design
    materialise(design)
    session = boto3.session.Session()
    short = session.client("eks", region_name=design.region)
    assert len(short.list_fargate_profiles(clusterName="test", maxResults=3)["fargateProfileNames"]) == 3
    raw = collect(session, design.region, "test")
    listed = raw.get("eks:ListFargateProfiles")
    assert not isinstance(listed, Unknown)
    assert len(listed) == 7


@pytest.mark.parametrize("call", ["eks:ListFargateProfiles", "eks:DescribeFargateProfile"])
def test_profiles_that_could_not_be_read_are_unknown(call: str) -> None:
    design = design_of()
    materialise(design)
    raw = collect(boto3.session.Session(), design.region, "test")
    denied = Raw(raw.region, raw.cluster, dict(raw.answers))
    denied.answers.pop(call)
    denied.fail(call, "AccessDenied", "web" if call.endswith("Profile") else "")
    found = parse(denied).fargate_profiles
    assert isinstance(found, Unknown)
    assert found.call == call
