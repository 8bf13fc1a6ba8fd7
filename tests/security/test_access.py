"""Access entries: what EKS refuses, and what a plan adds itself (note N36); the key of secrets (N02)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.design import AccessPolicy
from planner.diagnostics import Kind
from tests.support.plans import codes, diagnostics_of, embedded, plan_of

ROLE = "arn:aws:iam::111122223333:role/team/Admin"
USER = "arn:aws:iam::111122223333:user/bob"
ADMIN = [{"policy": "AmazonEKSClusterAdminPolicy"}]


def entry(**fields: Any) -> dict[str, Any]:
    return {"principalArn": ROLE, **fields}


REFUSED: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "session": ("text", [entry(principalArn="arn:aws:sts::111122223333:assumed-role/x/y")]),
    "root": ("text", [entry(principalArn="arn:aws:iam::111122223333:root")]),
    "short account": ("text", [entry(principalArn="arn:aws:iam::1111:role/x")]),
    "twice": ("access-twice", [entry(), entry(policies=ADMIN)]),
    "service-linked": (
        "access-service-linked",
        [
            entry(
                principalArn="arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"
            )
        ],
    ),
    "other partition": ("access-partition", [entry(principalArn="arn:aws-cn:iam::111122223333:role/x")]),
    "unknown type": ("access-type", [entry(type="EC2_LINUS")]),
    "a user as node": ("access-node-user", [entry(principalArn=USER, type="EC2_LINUX")]),
    "groups of nodes": ("access-node-fields", [entry(type="EC2_LINUX", groups=["a"])]),
    "user name of nodes": ("access-node-fields", [entry(type="HYBRID_LINUX", username="a")]),
    "policies of nodes": ("access-node-policies", [entry(type="EC2_WINDOWS", policies=ADMIN)]),
    "another policy for Auto Mode": ("access-node-policies", [entry(type="EC2", policies=ADMIN)]),
    "unknown policy": ("access-policy", [entry(policies=[{"policy": "AmazonEKSClusterAdmin"}])]),
    "an IAM policy": ("access-policy", [entry(policies=[{"policy": "AdministratorAccess"}])]),
    "policy twice": ("access-policy-twice", [entry(policies=ADMIN * 2)]),
    "reserved group": ("access-reserved", [entry(groups=["ok", "system:masters"])]),
    "reserved user name": ("access-reserved", [entry(username="eks:me")]),
    "session name": ("access-session-name", [entry(username="team{{SessionName}}")]),
    "namespace": ("text", [entry(policies=[{"policy": "AmazonEKSViewPolicy", "namespaces": ["No_Such"]}])]),
}


@pytest.mark.parametrize(("code", "entries"), REFUSED.values(), ids=REFUSED)
def test_N36_what_EKS_refuses_is_said_before(code: str, entries: list[dict[str, Any]]) -> None:
    found = [one for one in diagnostics_of(accessEntries=entries) if one.code == code]
    assert found
    assert all(one.kind is Kind.INVALID and one.value and one.fix for one in found)


def test_a_near_name_is_guessed() -> None:
    (found,) = [
        one
        for one in diagnostics_of(accessEntries=[entry(policies=[{"policy": "AmazonEKSClusterAdminPolcy"}])])
        if one.code == "access-policy"
    ]
    assert "AmazonEKSClusterAdminPolicy" in found.fix


GOOD = st.sampled_from(["developers", "team:ops", "systems", "awsome", "iamgroot", "eksperts"])


@given(st.lists(GOOD, max_size=4), st.sampled_from(embedded().facts.strings("access.policies")))
def test_what_EKS_takes_is_taken(groups: list[str], policy: str) -> None:
    found = codes(accessEntries=[entry(groups=groups, policies=[{"policy": policy, "namespaces": ["dev-*"]}])])
    assert not {one for one in found if one.startswith("access") and one != "access-creator"}


def test_entries_reach_the_design_sorted() -> None:
    cluster = plan_of(
        creatorIsAdmin=False,
        accessEntries=[
            entry(principalArn=USER, groups=["b", "a", "b"], username="bob"),
            entry(policies=[{"policy": "AmazonEKSViewPolicy", "namespaces": ["b", "a"]}, *ADMIN]),
        ],
    ).design.cluster
    assert cluster is not None
    assert cluster.creator_is_admin is False
    admin, bob = cluster.access_entries  # type: ignore[misc]
    assert admin.name == ROLE
    assert admin.policies == (
        AccessPolicy("AmazonEKSClusterAdminPolicy"),
        AccessPolicy("AmazonEKSViewPolicy", ("a", "b")),
    )
    assert (bob.groups, bob.username) == (("a", "b"), "bob")


def test_nobody_left_outside_in_silence() -> None:
    assert "access-nobody" in codes(creatorIsAdmin=False)
    assert "access-nobody" not in codes(creatorIsAdmin=False, accessEntries=[entry(policies=ADMIN)])
    assert "access-nobody" not in codes()
    assert "access-creator" in codes(accessEntries=[entry(policies=ADMIN)])


def test_roles_of_the_plan_have_their_entries_already() -> None:
    mine = entry(principalArn="arn:aws:iam::111122223333:role/test-node", type="EC2_LINUX")
    assert "access-planned" in codes(accessEntries=[mine])
    other = entry(principalArn="arn:aws:iam::111122223333:role/old-nodes", type="EC2_LINUX")
    plan = plan_of(accessEntries=[other])
    (role,) = [one for one in plan.design.roles if one.existing]  # type: ignore[union-attr]
    assert (role.name, role.arn) == ("old-nodes", other["principalArn"])


def test_pods_on_fargate_get_no_role_through_pod_identity() -> None:
    fargate = [{"name": "jobs", "pods": 3}]
    assert "identity-fargate" in codes(fargate=fargate)
    assert "identity-fargate" not in codes(fargate=fargate, identity="irsa")
    assert "identity-fargate" not in codes()


KEY = "arn:{}:kms:{}:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"


@pytest.mark.parametrize(
    ("partition", "region", "code"),
    [
        ("aws", "us-east-1", None),
        ("aws", "us-west-2", "secrets-key-region"),
        ("aws-cn", "us-east-1", "secrets-key-partition"),
    ],
)
def test_N02_the_key_of_secrets_lies_in_the_clusters_region(partition: str, region: str, code: str | None) -> None:
    found = {one for one in codes(secretsKeyArn=KEY.format(partition, region)) if one.startswith("secrets-key")}
    assert found == ({code} if code else set())


def test_N02_the_key_of_secrets_is_a_one_way_door() -> None:
    plan = plan_of(secretsKeyArn=KEY.format("aws", "us-east-1"))
    assert "cluster.encryption" in {one.id for one in plan.one_way_doors}


def test_N02_the_plan_says_whose_key_secrets_are_encrypted_with() -> None:
    def told(**spec: Any) -> tuple[str, dict[str, str]]:
        found = next(one for one in plan_of(**spec).decisions if one.id == "secrets.encryption")
        return found.value, {one.name: one.value for one in found.inputs}

    key = KEY.format("aws", "us-east-1")
    assert told()[0] == "AWS's own key"
    assert "the key" not in told()[1]
    assert told(secretsKeyArn=key)[0] == key
    assert "kms:CreateGrant" in told(secretsKeyArn=key)[1]["who makes the cluster"]


def test_N07_IRSA_without_internet_needs_the_endpoint_of_STS() -> None:
    def services(**spec: Any) -> set[str]:
        endpoints = plan_of(nat="none", **spec).design.vpc_endpoints
        return {one.service.rpartition(".")[2] for one in endpoints}  # type: ignore[union-attr]

    assert "sts" in services(identity="irsa")
    assert "sts" not in services()
