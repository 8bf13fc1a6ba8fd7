"""Who looks at what runs in AWS: a role taken on, its external id, and how long to wait."""

from __future__ import annotations

import socket
import time
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError

from tests.cli.running import invoke

LOOK = ["simulate", "--cluster", "nowhere", "--region", "us-east-1"]
CALL = "_make_api_call"  # botocore's own, which moto stands behind
ROLE = "arn:aws:iam::210987654321:role/reader"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any], str]]:
    """Operations that went out, with what they were asked and the key that signed them."""
    seen: list[tuple[str, dict[str, Any], str]] = []
    real = getattr(botocore.client.BaseClient, CALL)

    def call(self: Any, operation: str, arguments: dict[str, Any]) -> Any:
        seen.append((operation, arguments, self._request_signer._credentials.access_key))
        return real(self, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, CALL, call)
    return seen


def test_a_role_is_taken_on_with_its_external_id(moto: None, asked: list[tuple[str, dict[str, Any], str]]) -> None:
    ran = invoke(*LOOK, "--role-arn", ROLE, "--external-id", "fourty-two", "--timeout", "7")
    assert ran.code == 5  # there is no such cluster
    (operation, arguments, own), (described, _, taken) = asked[0], asked[1]
    assert (operation, described) == ("AssumeRole", "DescribeCluster")
    assert arguments == {"RoleArn": ROLE, "RoleSessionName": "eksplan", "ExternalId": "fourty-two"}
    assert taken != own
    assert {key for _, _, key in asked[1:]} == {taken}


def test_without_a_role_none_is_taken_on(moto: None, asked: list[tuple[str, dict[str, Any], str]]) -> None:
    invoke(*LOOK)
    assert "AssumeRole" not in [operation for operation, _, _ in asked]


def test_an_external_id_alone_is_refused(moto: None) -> None:
    ran = invoke(*LOOK, "--external-id", "x")
    assert ran.code == 2
    assert "--external-id goes with --role-arn" in ran.err


def test_a_role_that_may_not_be_taken_on_is_told(moto: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Any, operation: str, arguments: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, operation)

    monkeypatch.setattr(botocore.client.BaseClient, CALL, refused)
    ran = invoke(*LOOK, "--role-arn", ROLE)
    assert ran.code == 5
    assert f"--role-arn {ROLE}: " in ran.err
    assert "not you" in ran.err


def test_the_wait_for_an_answer_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that never answers is asked once: how often to ask again is a setting of boto3."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        begun = time.monotonic()
        ran = invoke(*LOOK, "--role-arn", ROLE, "--timeout", "1")
        assert time.monotonic() - begun < 20
    assert ran.code == 5
    assert "timeout" in ran.err.lower() or "timed out" in ran.err.lower()
