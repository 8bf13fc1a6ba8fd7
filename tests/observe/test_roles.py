"""Roles that somebody deleted or changed after the cluster was made."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from planner.design import Design
from planner.review.engine import review
from planner.review.rule import ReviewContext
from tests.support.plans import embedded, plan_of
from tests.support.world import materialise, observe

pytestmark = pytest.mark.usefixtures("moto")


@pytest.fixture
def made() -> Design:
    design = plan_of().design
    materialise(design)
    return design


def codes(design: Design) -> set[str]:
    """Codes of all findings about IAM in what is observed."""
    catalog = embedded()
    verdict = review(observe(design), ReviewContext(catalog.facts, catalog.instance_types))
    assert not any(one.rule.startswith("IAM") for one in verdict.not_evaluated)
    return {one.rule for one in verdict.findings if one.rule.startswith("IAM")}


def deleted(name: str) -> None:
    iam = boto3.client("iam", region_name="us-east-1")
    for one in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=one["PolicyArn"])
    for profile in iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"]:
        iam.remove_role_from_instance_profile(InstanceProfileName=profile["InstanceProfileName"], RoleName=name)
    iam.delete_role(RoleName=name)


def test_as_made(made: Design) -> None:
    assert codes(made) == set()


@pytest.mark.parametrize(("role", "code"), [("test-cluster", "IAM001"), ("test-node", "IAM002")])
def test_a_deleted_role_is_an_answer_and_hides_no_other(made: Design, role: str, code: str) -> None:
    deleted(role)
    found: Any = observe(made).roles
    assert {one.name for one in found} == {one.name for one in made.roles} - {role}  # type: ignore[union-attr]
    assert codes(made) == {code}


def test_policies_changed_by_hand(made: Design) -> None:
    iam = boto3.client("iam", region_name="us-east-1")
    iam.detach_role_policy(RoleName="test-node", PolicyArn="arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy")
    iam.attach_role_policy(RoleName="test-node", PolicyArn="arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy")
    assert codes(made) == {"IAM002", "IAM003"}
