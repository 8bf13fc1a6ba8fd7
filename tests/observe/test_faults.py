"""Faults of AWS while it is read: never a traceback, never a rule that passes because it saw nothing."""

from __future__ import annotations

import dataclasses
import functools
import json
from pathlib import Path
from typing import Any

import boto3
import botocore.client
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from botocore.parsers import ResponseParserError
from moto import mock_aws

from planner.diagnostics import Verdict
from planner.observe.collect import collect
from planner.observe.parse import NotObservedError
from planner.observe.raw import Raw
from planner.observe.snapshot import write_snapshot
from planner.observe.understood import understood
from planner.review.engine import review
from planner.review.rule import ReviewContext
from tests.cli.running import invoke
from tests.observe.test_redact import spoiled
from tests.support import moto_eks
from tests.support.moto_calls import one_at_a_time
from tests.support.plans import FEASIBLE, embedded, plan_of
from tests.support.world import example_design, materialise

CALL = "_make_api_call"  # botocore's own, which moto stands behind
HOSTILE = "\x1b[31mred\x07</script><b>&\u202e=cmd()|\r\n# heading"


@functools.cache
def taken(name: str) -> Raw:
    """An example in moto, as it was read."""
    moto_eks.install()
    with mock_aws(), one_at_a_time():
        design = example_design(name)
        materialise(design)
        return collect(boto3.session.Session(), design.region, design.cluster.name)  # type: ignore[union-attr]


def verdict_of(raw: Raw) -> Verdict:
    catalog = embedded()
    return review(understood(raw), ReviewContext(catalog.facts, catalog.instance_types))


@pytest.mark.parametrize("name", FEASIBLE)
def test_no_rule_passes_because_a_call_was_denied(name: str) -> None:
    """What fails, or is not evaluated, with full sight never passes with less: each call by itself."""
    for raw in (taken(name), spoiled(taken(name))):
        full = set(verdict_of(raw).passed)
        for call in raw.answers:
            denied = dataclasses.replace(
                raw, answers={**raw.answers, call: {key: {"error": "AccessDenied"} for key in raw.answers[call]}}
            )
            try:
                found = verdict_of(denied)
            except NotObservedError:
                assert call in {"eks:DescribeCluster", "ec2:DescribeVpcs", "ec2:DescribeSubnets"}
                continue
            assert set(found.passed) <= full, (call, set(found.passed) - full)
            spoken = {one.rule for one in found.findings} | {one.rule for one in found.not_evaluated}
            assert not spoken & set(found.passed)


@pytest.mark.parametrize("name", ["production", "shared-storage", "fargate"])
def test_no_rule_passes_because_one_of_many_answers_is_missing(name: str) -> None:
    """Of a call about many things, each answer by itself."""
    raw = spoiled(taken(name))
    full = set(verdict_of(raw).passed)
    for call, entries in raw.answers.items():
        for key in entries if len(entries) > 1 else ():
            denied = {**raw.answers, call: {**entries, key: {"error": "AccessDenied"}}}
            found = verdict_of(dataclasses.replace(raw, answers=denied))
            assert set(found.passed) <= full, (call, key, set(found.passed) - full)


def faulty(monkeypatch: pytest.MonkeyPatch, fault: Any) -> None:
    """Every call raises what ``fault`` makes of its operation and arguments, if it makes anything."""
    real = getattr(botocore.client.BaseClient, CALL)

    def call(client: Any, operation: str, arguments: Any) -> Any:
        error = fault(operation, arguments)
        if error is not None:
            raise error
        return real(client, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, CALL, call)


def refusal(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "injected"}}, operation)


ERRORS: dict[str, Any] = {
    "denied": lambda operation: refusal("UnauthorizedOperation", operation),
    "throttled to the end": lambda operation: refusal("RequestLimitExceeded", operation),
    "5xx": lambda operation: refusal("InternalError", operation),
    "gone in between": lambda operation: refusal("ResourceNotFoundException", operation),
    "no answer in time": lambda _: ReadTimeoutError(endpoint_url="https://aws"),
    "no network": lambda _: EndpointConnectionError(endpoint_url="https://aws"),
}


@pytest.mark.parametrize("kind", ERRORS)
def test_every_call_but_the_first_fails(moto: None, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """All at once: only the cluster, the VPC and its subnets are seen, and nothing that needs more passes."""
    design = plan_of(name="live").design
    materialise(design)
    seen = {"DescribeCluster", "DescribeVpcs", "DescribeSubnets"}
    faulty(monkeypatch, lambda operation, _: None if operation in seen else ERRORS[kind](operation))
    ran = invoke("review", "--cluster", "live", "--region", "us-east-1", "-o", "json")
    assert ran.code in (0, 4), ran.err
    assert "Traceback" not in ran.said
    found = json.loads(ran.out)
    unseen = {one["rule"] for one in found["notEvaluated"]}
    assert {"VPC001", "RTE001", "SGR001"} <= unseen
    assert not unseen & set(found["passed"])
    assert all(one["call"] and one["reason"] for one in found["notEvaluated"])


def test_the_second_page_fails(moto: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that breaks off is no list: what was on the first page is not taken for the whole."""
    materialise(plan_of(name="live").design)
    real = getattr(botocore.client.BaseClient, CALL)

    def call(client: Any, operation: str, arguments: Any) -> Any:
        if operation == "DescribeSecurityGroups":
            if arguments.get("NextToken"):
                raise refusal("InternalError", operation)
            return {**real(client, operation, arguments), "NextToken": "more"}
        return real(client, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, CALL, call)
    raw = collect(boto3.session.Session(), "us-east-1", "live")
    assert "error" in raw.answers["ec2:DescribeSecurityGroups"][""]
    assert "SGR001" in {one.rule for one in verdict_of(raw).not_evaluated}


def test_throttling_is_waited_out(moto: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 asks again by itself, in adaptive mode."""
    from planner.observe.calls import Calls

    calls = Calls(boto3.session.Session(), Raw("us-east-1", "x"))
    settings = calls.ec2.meta.config.retries
    assert (settings["mode"], settings["total_max_attempts"]) == ("adaptive", 9)


@pytest.mark.parametrize("output", ["table", "json", "sarif", "junit", "markdown", "github", "html"])
def test_names_that_steer_terminals_and_pages(moto: None, tmp_path: Path, output: str) -> None:
    raw = spoiled(taken("production"))
    for one in raw.answers["ec2:DescribeSubnets"][""]["ok"]:
        one["Tags"] = [{"Key": "Name", "Value": HOSTILE + one["SubnetId"]}, {"Key": HOSTILE, "Value": HOSTILE}]
    path = tmp_path / "s.json"
    path.write_text(write_snapshot(raw), "utf-8")
    ran = invoke("review", "-f", str(path), "-o", output)
    assert ran.code == 4, ran.err[:1000]
    for character in ("\x1b", "\x07", "\u202e"):
        assert character not in ran.said
    if output == "html":
        assert "</script><b>" not in ran.out


def test_a_page_that_breaks_off(moto: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore cannot parse half an answer, and quotes it in full."""
    materialise(plan_of(name="live").design)
    broken = "Unable to parse response\n" + "<item>" * 10_000
    wrong = {"DescribeSecurityGroups", "ListRoles", "GetQueueUrl"}
    faulty(monkeypatch, lambda operation, _: ResponseParserError(broken) if operation in wrong else None)
    raw = collect(boto3.session.Session(), "us-east-1", "live")
    for call in ("ec2:DescribeSecurityGroups", "iam:ListRoles", "sqs:GetQueueUrl"):
        error = raw.answers[call][""]["error"]
        assert "Unable to parse response" in error
        assert len(error) <= 1000
        assert "\n" not in error
    assert "SGR001" in {one.rule for one in verdict_of(raw).not_evaluated}


def test_new_fields_and_new_words_of_aws(moto: None) -> None:
    """What this eksplan does not know yet is passed by, or not evaluated."""
    raw = spoiled(taken("production"))
    full = verdict_of(raw)
    answers: Any = json.loads(json.dumps(raw.answers))

    def grown(value: Any) -> Any:
        if isinstance(value, list):
            return [grown(one) for one in value]
        return {**value, "FieldOfTomorrow": {"State": "unheard-of"}}

    for call in ("ec2:DescribeSubnets", "ec2:DescribeNatGateways", "eks:DescribeNodegroup", "ec2:DescribeNetworkAcls"):
        for entry in answers[call].values():
            entry["ok"] = grown(entry["ok"])
    more = verdict_of(dataclasses.replace(raw, answers=answers))
    assert more.passed == full.passed
    for one in answers["eks:DescribeNodegroup"].values():
        one["ok"].update(amiType="AL2077_RISCV", capacityType="LEASED", status="DREAMING")
    for one in answers["ec2:DescribeNatGateways"][""]["ok"]:
        one["State"] = "snoozing"
    strange = verdict_of(dataclasses.replace(raw, answers=answers))
    assert {one.rule for one in full.findings} & {one.rule for one in strange.findings}
