"""`eksplan forecast`: when addresses run out, from snapshots, and what it refuses."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import pytest

from planner.observe.collect import collect
from planner.observe.raw import Raw
from planner.observe.snapshot import write_snapshot
from tests.cli.running import invoke
from tests.support.plans import EXAMPLES, plan_of
from tests.support.world import materialise

pytestmark = pytest.mark.usefixtures("moto")
NODE = "test-node-use1-az1"


@pytest.fixture
def raw() -> Raw:
    materialise(plan_of().design)
    return collect(boto3.session.Session(), "us-east-1", "test")


def taken(raw: Raw, folder: Path, day: str, free: int) -> str:
    """A snapshot of that day, with so many free addresses in one subnet."""
    raw.taken = f"{day}T00:00:00Z"
    subnets: Any = raw.get("ec2:DescribeSubnets")
    for subnet in subnets:
        if {"Key": "Name", "Value": NODE} in subnet["Tags"]:
            subnet["AvailableIpAddressCount"] = free
    file = folder / f"{day}.json"
    file.write_text(write_snapshot(raw), "utf-8")
    return str(file)


def test_a_subnet_that_falls_gets_a_date_and_others_none(raw: Raw, tmp_path: Path) -> None:
    files = [
        taken(raw, tmp_path, day, free) for day, free in (("2026-11-01", 400), ("2026-11-11", 300), ("2026-11-21", 200))
    ]
    # in any order: the snapshots say when they were taken
    ran = invoke("forecast", *reversed(files), "-o", "json")
    assert ran.code == 0, ran.said
    (found,) = json.loads(ran.out)["forecasts"]
    by_name = {one["name"]: one for one in found["subnets"]}
    assert by_name[NODE]["exhausted"] == "2026-12-11"
    assert (by_name[NODE]["perDay"], by_name[NODE]["looks"], by_name[NODE]["use"]) == (-10.0, 3, "nodes")
    assert by_name[NODE]["blocks"]["whole"] > 0
    assert next(one["name"] for one in found["subnets"]) == NODE  # the first that runs out stands first
    assert by_name["test-node-use1-az2"]["exhausted"] is None
    shown = invoke("forecast", *files).out
    assert "2026-12-11" in shown
    assert "not in sight" in shown


def test_within_so_many_days_it_fails(raw: Raw, tmp_path: Path) -> None:
    files = [taken(raw, tmp_path, day, free) for day, free in (("2026-11-01", 400), ("2026-11-21", 200))]
    last, end = date(2026, 11, 21), date(2026, 12, 11)
    days = (end - last).days
    assert invoke("forecast", *files, "--within", str(days)).code == 4
    assert invoke("forecast", *files, "--within", str(days - 1)).code == 0


def test_one_snapshot_is_no_trend_and_a_plan_no_snapshot(raw: Raw, tmp_path: Path) -> None:
    alone = invoke("forecast", taken(raw, tmp_path, "2026-11-01", 400))
    assert alone.code == 0, alone.said
    assert "a trend takes two" in alone.err
    assert "one look only" in alone.out
    plan = invoke("forecast", str(EXAMPLES / "minimal.yaml"))
    assert plan.code == 2
    assert "no snapshot that says when it was taken" in plan.err


def test_a_review_of_several_snapshots_judges_the_last_by_those_before(raw: Raw, tmp_path: Path) -> None:
    files = [taken(raw, tmp_path, day, free) for day, free in (("2026-11-01", 400), ("2026-11-21", 60))]
    ran = invoke("review", "-f", files[0], "-f", files[1], "--select", "CAP005", "-o", "json", "--today", "2026-11-22")
    (finding,) = json.loads(ran.out)["findings"]
    assert (finding["rule"], finding["resource"]) == ("CAP005", NODE)
