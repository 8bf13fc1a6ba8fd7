"""Who may use the key of secrets, as KMS says it (note N02)."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from planner.design import KeyAccess, Unknown
from planner.observe.collect import collect
from planner.observe.parse import parse
from planner.review.engine import review
from planner.review.registry import rule_by_code
from planner.review.rule import context_of
from tests.support.plans import embedded, plan_of
from tests.support.world import materialise, observe

pytestmark = pytest.mark.usefixtures("moto")


def codes(design: Any) -> list[str]:
    rule = rule_by_code("IAM004")
    assert rule is not None
    return [one.rule for one in review(design, context_of(embedded()), [rule]).findings]


def test_n02_the_plans_key_lets_the_cluster_role_in_until_its_policy_forgets_it() -> None:
    design = plan_of(secretsKey="managed").design
    materialise(design)
    seen = observe(design)
    access = seen.secrets_key_access
    assert isinstance(access, KeyAccess)
    assert access.state == "Enabled"
    assert codes(seen) == []
    other = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/a"}, "Action": "kms:*"}
    kms = boto3.client("kms", region_name="us-east-1")
    kms.put_key_policy(KeyId=access.arn, PolicyName="default", Policy=json.dumps({"Statement": [other]}))
    assert codes(observe(design)) == ["IAM004"]


def test_n02_a_denied_call_leaves_it_unknown() -> None:
    from botocore.exceptions import ClientError

    materialise(plan_of(secretsKey="managed").design)
    session = boto3.session.Session(region_name="us-east-1")

    def deny(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "ListGrants")

    session.events.register("before-call.kms.ListGrants", deny)
    access = parse(collect(session, "us-east-1", "test")).secrets_key_access
    assert isinstance(access, KeyAccess)
    assert isinstance(access.grants, Unknown)
    assert access.grants.call == "kms:ListGrants"
