"""Snapshot files: written alike, read back, refused where they are no good; and they replay."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import jsonschema
import pytest

from planner.design import Unknown
from planner.observe.collect import collect
from planner.observe.parse import NotObservedError, parse
from planner.observe.raw import SCHEMA, Raw
from planner.observe.secrets import without_secrets
from planner.observe.snapshot import SnapshotError, read_snapshot, snapshot_schema, write_snapshot
from planner.observe.understood import understood
from tests.support.plans import FEASIBLE
from tests.support.world import example_design, materialise


def small(**changes: Any) -> Raw:
    raw = Raw("us-east-1", "prod", account="123456789012", taken="2026-11-28T10:00:00Z", **changes)
    raw.put(
        "eks:DescribeCluster", {"name": "prod", "createdAt": datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=2)))}
    )
    raw.fail("iam:GetRole", "AccessDenied", "node")
    return raw


@pytest.mark.usefixtures("moto")
@pytest.mark.parametrize("name", FEASIBLE)
def test_a_snapshot_replays_as_what_was_seen(name: str) -> None:
    design = example_design(name)
    materialise(design)
    raw = collect(boto3.session.Session(), design.region, design.cluster.name)  # type: ignore[union-attr]
    text = write_snapshot(without_secrets(raw))
    again = read_snapshot(text, "s.json")
    assert parse(again) == parse(raw)
    assert write_snapshot(again) == text
    jsonschema.Draft202012Validator(snapshot_schema()).validate(json.loads(text))


def test_times_and_errors_come_back() -> None:
    again = read_snapshot(write_snapshot(small()), "s.json")
    assert again == small()
    cluster: Any = again.get("eks:DescribeCluster")
    assert cluster["createdAt"] == "2026-01-01T22:00:00Z"
    assert again.get("iam:GetRole", "node") == Unknown("iam:GetRole", "AccessDenied")
    assert Raw("r", "c").get("x") == Unknown("x", "was not asked")


def test_a_time_without_zone_is_utc_and_halves_of_characters_can_be_written() -> None:
    raw = small()
    raw.put("ec2:DescribeVpcs", {"at": datetime(2026, 1, 2), "Name": "\ud800"})  # noqa: DTZ001 - on purpose
    vpc: Any = raw.get("ec2:DescribeVpcs")
    assert vpc["at"] == "2026-01-02T00:00:00Z"
    write_snapshot(raw).encode()


def changed(**parts: Any) -> str:
    document = json.loads(write_snapshot(small()))
    document.update(parts)
    return json.dumps({key: value for key, value in document.items() if value != "gone"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (write_snapshot(small())[:-40], "is no whole JSON"),
        ("", "is no whole JSON"),
        ("[" * 100_000, "is no whole JSON"),
        ("[]", "is no snapshot"),
        (changed(kind="Plan"), "is no snapshot"),
        (changed(schema=SCHEMA + 1, eksplan="9.9"), "read it with the eksplan that wrote it (9.9)"),
        (changed(schema="one"), "no schema number"),
        (changed(schema=True), "no schema number"),
        (changed(region="gone"), "region is missing"),
        (changed(region=7), "region is no text"),
        (changed(cluster=""), "neither a cluster nor a VPC"),
        (changed(taken="yesterday"), "taken is no ISO time"),
        (changed(taken="2026-11-28T10:00:00"), "taken is no ISO time"),
        (changed(redacted="yes"), "redacted is neither"),
        (changed(answers="gone"), "answers are missing"),
        (changed(answers={"x": []}), "answers of x are no table"),
        (changed(answers={"x": {"": {"what": 1}}}), "neither ok nor an error"),
    ],
)
def test_no_usable_snapshot(text: str, message: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        read_snapshot(text, "s.json")
    assert message in str(caught.value)
    assert str(caught.value).startswith("s.json: ")


@pytest.mark.usefixtures("moto")
def test_an_answer_of_an_unknown_form_is_not_seen_and_the_rest_is() -> None:
    design = example_design("minimal")
    materialise(design)
    raw = collect(boto3.session.Session(), design.region, design.cluster.name)  # type: ignore[union-attr]
    raw.put("ec2:DescribeVpcEndpoints", [{"another": "new form"}])
    raw.put("ec2:DescribeFlowLogs", [{"new": "form"}])
    with pytest.raises(KeyError):
        parse(raw)
    found = understood(raw)
    assert isinstance(found.flow_logs, Unknown)
    assert found.flow_logs.call == "ec2:DescribeFlowLogs"
    assert "does not understand" in found.flow_logs.reason
    assert isinstance(found.vpc_endpoints, Unknown)
    assert found.subnets == understood(collect(boto3.session.Session(), design.region, design.cluster.name)).subnets  # type: ignore[union-attr]


@pytest.mark.usefixtures("moto")
def test_where_leaving_one_out_does_not_help_that_is_told() -> None:
    raw = small()
    raw.put("eks:DescribeCluster", ["no", "cluster"])
    with pytest.raises(NotObservedError, match="does not understand"):
        understood(raw)
