"""Specs: every problem at once, each with place, value, limit and fix."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from planner.diagnostics import Diagnostic, Kind
from planner.spec.schema import fields, keys_at, spec_schema
from tests.support.plans import CLUSTER_EXAMPLES, example_text, load, spec_text

WRONG = """\
apiVersion: eksplan/v1
kind: Cluster
metadata:
  name: shop
spec:
  region: ap-northeast-2
  version: 1.30
  nodegroups: [x]
  Zones: 3
  cni: {minimumIpTarget: 10, mode: Prefix}
  vpc: {cidr: 10.0.0.1/16, secondaryCidrs: [172.16.0.0/16, 100.64.0.0/9]}
  endpoint: {private: no, publicCidrs: [10.0.0.0/8]}
  nodeGroups:
    - name: general
      instanceTypes: [m7i.large]
      maxSize: 10
      minSize: 11
      labels: {a: 1.10}
"""


def found(text: str) -> dict[str, Diagnostic]:
    return {one.field: one for one in load(text, "shop.yaml").diagnostics}


def test_all_problems_come_at_once_with_their_places() -> None:
    problems = found(WRONG)
    places = {field: str(one.range) for field, one in problems.items()}
    assert places == {
        "spec.nodegroups": "shop.yaml:8:3",
        "spec.Zones": "shop.yaml:9:3",
        "spec.cni.mode": "shop.yaml:10:36",
        "spec.vpc.cidr": "shop.yaml:11:15",
        "spec.vpc.secondaryCidrs[1]": "shop.yaml:11:60",
        "spec.endpoint.private": "shop.yaml:12:23",
        "spec.endpoint.publicCidrs[0]": "shop.yaml:12:41",
        "spec.nodeGroups[0].minSize": "shop.yaml:17:16",
    }
    assert problems["spec.nodegroups"].fix == "did you mean `nodeGroups`?"
    assert problems["spec.Zones"].fix == "did you mean `zones`?"
    assert problems["spec.vpc.cidr"].fix == "write 10.0.0.0/16"
    assert problems["spec.nodeGroups[0].minSize"].value == "11"
    assert problems["spec.nodeGroups[0].minSize"].limit == "maxSize 10"
    assert all(one.kind is Kind.INVALID and one.fix for one in problems.values())


def test_every_problem_says_value_or_limit_and_a_fix() -> None:
    for one in load(WRONG).diagnostics:
        assert one.summary
        assert one.fix
        assert one.limit or one.value


def test_an_unquoted_version_keeps_its_zero() -> None:
    loaded = load(spec_text().replace("region: us-east-1", "region: us-east-1\n  version: 1.30"))
    assert loaded.document is not None
    assert loaded.document.spec.version == "1.30"


def test_labels_and_tags_keep_their_text() -> None:
    text = spec_text() + "  tags: {cost-center: 0042, on: true}\n"
    document = load(text).document
    assert document is not None
    assert document.spec.tags == {"cost-center": "0042", "on": "true"}


@pytest.mark.parametrize(
    ("key", "guess"),
    [
        ("instance_types", "instanceTypes"),
        ("InstanceTypes", "instanceTypes"),
        ("instanceTyps", "instanceTypes"),
        ("max_size", "maxSize"),
        ("maxsize", "maxSize"),
    ],
)
def test_unknown_keys_get_the_nearest_right_one(key: str, guess: str) -> None:
    text = spec_text(nodeGroups=[{"name": "a", "instanceTypes": ["m5.large"], "maxSize": 3, key: 1}])
    (one,) = [one for one in load(text).diagnostics if one.code == "unknown-key"]
    assert guess in one.fix
    assert one.range is not None
    assert text.splitlines()[one.range.line - 1].lstrip("- ").startswith(key)


@pytest.mark.parametrize("text", ["just text", "- a\n- b\n", "42", "null"])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    loaded = load(text)
    assert loaded.document is None
    assert loaded.diagnostics[0].code in {"document", "yaml-empty"}


def test_missing_fields_are_named_with_what_they_are() -> None:
    problems = found("apiVersion: eksplan/v1\nkind: Cluster\nspec: {}\n")
    assert set(problems) == {"metadata", "spec.region"}
    assert "AWS region" in problems["spec.region"].fix


def test_wrong_kind_and_version_are_refused() -> None:
    problems = found("apiVersion: eksplan/v2\nkind: cluster\nmetadata: {name: a}\nspec: {region: us-east-1}\n")
    assert problems["kind"].fix == "did you mean Cluster?"
    assert problems["apiVersion"].limit == "eksplan/v1"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("zones", 1, "zones"),
        ("zones", "three", "zones"),
        ("zones", [], "zones"),
        ("zones", True, "zones"),
        ("growthPercent", -1, "range"),
        ("growthPercent", "50", "type"),
        ("growthPercent", 1.5, "type"),
        ("nat", "perzone", "choice"),
        ("ipFamily", "ipv5", "choice"),
        ("serviceCidr", "172.20.0.0", "cidr"),
        ("serviceCidr", "172.20.0.0/33", "cidr"),
        ("serviceCidr", "fd00::/108", "cidr"),
        ("serviceCidr", 5, "cidr"),
        ("region", "Seoul", "text"),
        ("version", "1.x", "text"),
        ("tags", ["a"], "type"),
        ("nodeGroups", {"a": 1}, "type"),
        ("logTypes", ["everything"], "choice"),
        ("secretsKeyArn", "alias/key", "text"),
    ],
)
def test_wrong_values_are_refused(field: str, value: object, code: str) -> None:
    loaded = load(spec_text("test", **{field: value}))
    assert loaded.document is None
    assert code in {one.code for one in loaded.diagnostics}


def test_the_smallest_spec_has_less_than_ten_lines() -> None:
    text = example_text("minimal")
    assert len(text.strip().splitlines()) < 10
    assert load(text).document is not None


@pytest.mark.parametrize("path", CLUSTER_EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_valid_by_the_published_schema(path: object) -> None:
    schema = json.loads(json.dumps(spec_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    document = yaml.safe_load(example_text(getattr(path, "stem", "")))
    jsonschema.Draft202012Validator(schema).validate(document)


def test_the_schema_refuses_unknown_keys_too() -> None:
    document = yaml.safe_load(spec_text(zone=3))
    with pytest.raises(jsonschema.ValidationError, match="zone"):
        jsonschema.validate(document, spec_schema())


def test_every_field_has_a_description() -> None:
    bare = [one.path for one in fields() if not one.description]
    assert bare == []


def test_keys_are_found_inside_lists() -> None:
    assert "maxUnavailable" in keys_at(("spec", "nodeGroups", 0, "update"))
    assert keys_at(("spec", "nowhere")) == []
