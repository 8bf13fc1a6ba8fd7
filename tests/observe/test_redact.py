"""Redacted snapshots: nothing of whose they are is left, and rules judge them alike."""

from __future__ import annotations

import dataclasses
import ipaddress
import json
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.observe.collect import collect
from planner.observe.raw import Raw
from planner.observe.redact import Redaction
from planner.observe.secrets import without_secrets
from planner.observe.snapshot import read_snapshot, write_snapshot
from planner.observe.understood import understood
from planner.review.engine import review
from planner.review.rule import ReviewContext
from tests.support.plans import FEASIBLE, embedded
from tests.support.world import example_design, materialise

PUBLIC = st.ip_addresses(v=4).filter(lambda one: one.is_global)


def verdict_of(raw: Raw) -> tuple[list[str], list[str], list[str]]:
    """Codes of findings, of what was not evaluated, and of what passed."""
    catalog = embedded()
    found = review(understood(raw), ReviewContext(catalog.facts, catalog.instance_types))
    return (
        sorted(one.rule for one in found.findings),
        sorted(one.rule for one in found.not_evaluated),
        sorted(found.passed),
    )


def spoiled(raw: Raw) -> Raw:
    """The same cluster with faults, so that there is something to find."""
    answers: dict[str, Any] = json.loads(json.dumps(raw.answers))
    answers["ec2:DescribeVpcAttribute"]["enableDnsSupport"] = {"ok": False}
    for one in answers["ec2:DescribeSubnets"][""]["ok"]:
        one["AvailableIpAddressCount"] = 3
        one["Tags"] = [tag for tag in one.get("Tags", ()) if "elb" not in tag["Key"]]
    for group in answers["ec2:DescribeSecurityGroupRules"].values():
        group["ok"] = [one for one in group["ok"] if one.get("CidrIpv4") != "0.0.0.0/0"]
    vpc = answers["eks:DescribeCluster"][""]["ok"]["resourcesVpcConfig"]
    vpc.update(endpointPublicAccess=True, endpointPrivateAccess=False, publicAccessCidrs=["52.95.110.0/24"])
    return dataclasses.replace(raw, answers=answers)


@pytest.mark.usefixtures("moto")
@pytest.mark.parametrize("name", FEASIBLE)
def test_rules_judge_alike_and_nothing_tells_whose_it_is(name: str) -> None:
    design = example_design(name)
    materialise(design)
    cluster = design.cluster.name  # type: ignore[union-attr]
    raw = without_secrets(collect(boto3.session.Session(), design.region, cluster))
    raw = dataclasses.replace(raw, account="123456789012")
    for one in (raw, spoiled(raw)):
        kept = Redaction().redacted(one)
        assert verdict_of(kept) == verdict_of(one)
        text = write_snapshot(kept)
        assert verdict_of(read_snapshot(text, "s")) == verdict_of(one)
        assert "123456789012" not in text
        assert f'"{cluster}"' not in text
        assert kept.redacted
        vpc: Any = raw.get("ec2:DescribeVpcs")
        assert vpc["VpcId"] not in text
        assert vpc["CidrBlock"] in text
    assert verdict_of(spoiled(raw))[0]


def test_the_same_in_is_the_same_out_and_different_stays_different() -> None:
    raw = Raw("us-east-1", "shop", account="123456789012")
    raw.put("eks:DescribeCluster", {"name": "shop", "roleArn": "arn:aws:iam::123456789012:role/team/shop-cluster"})
    raw.put(
        "iam:GetRole",
        {"RoleName": "shop-cluster", "Arn": "arn:aws:iam::123456789012:role/team/shop-cluster"},
        "shop-cluster",
    )
    raw.put("iam:GetRole", {"RoleName": "other", "Arn": "arn:aws:iam::210987654321:role/other"}, "other")
    raw.put(
        "ec2:DescribeVpcs",
        {
            "Tags": [
                {"Key": "CostCentre", "Value": "secret project"},
                {"Key": "kubernetes.io/cluster/shop", "Value": "owned"},
            ]
        },
    )
    raw.put("ec2:DescribeDhcpOptions", [{"Key": "domain-name", "Values": [{"Value": "corp.example"}]}])
    raw.fail(
        "eks:ListAddons", "User: arn:aws:sts::123456789012:assumed-role/Admins/alice@example.com is not authorized"
    )
    redaction = Redaction()
    kept = redaction.redacted(raw)
    assert redaction.redacted(raw) == kept
    text = json.dumps(kept.answers)
    for word in (
        "shop",
        "other",
        "123456789012",
        "210987654321",
        "CostCentre",
        "secret project",
        "Admins",
        "alice",
        "corp.example",
    ):
        assert word not in text, word
    roles = list(kept.answers["iam:GetRole"])
    assert len(set(roles)) == 2
    for key, role in kept.keyed("iam:GetRole").items():
        assert role["RoleName"] == key
        assert role["Arn"].endswith(f"/{key}")
    cluster: Any = kept.get("eks:DescribeCluster")
    assert cluster["name"] == kept.cluster
    assert f"kubernetes.io/cluster/{kept.cluster}" in text
    assert '"owned"' in text


@given(PUBLIC, PUBLIC, st.integers(8, 32))
def test_a_block_holds_the_addresses_that_it_held(one: Any, other: Any, length: int) -> None:
    redaction = Redaction(_key=b"k" * 32)
    block = ipaddress.ip_network(f"{one}/{length}", strict=False)
    moved = ipaddress.ip_network(redaction.block(str(block)))
    assert moved.prefixlen == length
    if block.network_address.is_global:
        inside = ipaddress.ip_address(redaction.address(str(other)))
        assert (other in block) == (inside in moved)
    assert (one == other) == (redaction.address(str(one)) == redaction.address(str(other)))


@pytest.mark.parametrize("text", ["10.0.0.0/16", "0.0.0.0/0", "100.64.0.0/10", "172.16.3.4", "169.254.169.254", "::/0"])
def test_what_is_nobodys_stays(text: str) -> None:
    raw = Raw("us-east-1", "shop")
    raw.put("x", {"CidrIp": text})
    assert Redaction().redacted(raw).get("x") == {"CidrIp": text}
