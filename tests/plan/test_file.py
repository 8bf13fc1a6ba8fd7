"""The plan file: schema, digest, and what is refused."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest
import referencing

from planner.plan.file import PlanFileError, digest_of, looks_like_plan, read_text, sealed, write_text
from planner.plan.schema import plan_schema
from planner.spec.schema import SCHEMA_ID, spec_schema
from tests.support.plans import FEASIBLE, plan_example


def validator() -> jsonschema.Draft202012Validator:
    registry: referencing.Registry = referencing.Registry().with_resource(
        SCHEMA_ID, referencing.Resource.from_contents(spec_schema())
    )
    jsonschema.Draft202012Validator.check_schema(plan_schema())
    return jsonschema.Draft202012Validator(plan_schema(), registry=registry)


@pytest.mark.parametrize("name", FEASIBLE)
def test_plans_follow_the_published_schema(name: str) -> None:
    document = json.loads(write_text(sealed(plan_example(name))))
    validator().validate(document)


def test_the_schema_is_strict() -> None:
    document = json.loads(write_text(sealed(plan_example("minimal"))))
    document["design"]["vpc"]["cidrr"] = "10.0.0.0/16"
    with pytest.raises(jsonschema.ValidationError, match="cidrr"):
        validator().validate(document)


def test_a_changed_plan_is_refused() -> None:
    text = write_text(sealed(plan_example("minimal")))
    with pytest.raises(PlanFileError, match="was changed after it was written"):
        read_text(text.replace('"maxSize": 6', '"maxSize": 7', 1), "plan.json")


def rewritten(**changes: object) -> str:
    document = {**json.loads(write_text(sealed(plan_example("minimal")))), **changes}
    document["digest"] = digest_of(document)
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is not a plan"),
        ('{"kind": "Cluster"}', "is not a plan"),
        (rewritten(schema=99), "plan schema 99, this eksplan reads 4"),
        (rewritten(design={"region": 1}), "plan of another eksplan"),
    ],
    ids=["broken", "deep", "list", "spec", "schema", "design"],
)
def test_anything_else_is_refused_with_the_remedy(text: str, message: str) -> None:
    with pytest.raises(PlanFileError, match=message) as caught:
        read_text(text, "plan.json")
    assert "plan" in str(caught.value).rpartition(";")[2]


def test_plans_are_told_from_specs() -> None:
    assert looks_like_plan(write_text(sealed(plan_example("minimal"))))
    assert not looks_like_plan("apiVersion: eksplan/v1\nkind: Plan\n")
    assert not looks_like_plan('{"kind": "Cluster"}')
    assert not looks_like_plan('{"kind": "Plan"')


def test_nothing_secret_and_no_clock_in_a_plan() -> None:
    text = write_text(sealed(plan_example("production")))
    assert "AKIA" not in text
    assert not re.search(r"20\d\d-\d\d-\d\dT", text)
