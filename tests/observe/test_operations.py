"""What only a running cluster tells: recorded answers as a design, and the calls that bring them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from planner.design import AddonVersion, Insight, Operations, Quota, SupportedVersion, Unknown
from planner.observe.calls import Calls
from planner.observe.collect_operations import collect_operations
from planner.observe.parse_operations import operations_of
from planner.observe.quotas import quota_rows
from planner.observe.raw import Raw
from tests.support.plans import embedded

STANDARD = "Standard (A, C, D, H, I, M, R, T, Z)"


def raw() -> Raw:
    return Raw("eu-west-1", "shop", taken="2026-11-28T22:00:00Z")


def recorded() -> Raw:
    """Answers as EKS gives them."""
    kept = raw()
    insight = {
        "id": "i-1",
        "name": "Deprecated APIs removed in Kubernetes v1.36",
        "category": "UPGRADE_READINESS",
        "kubernetesVersion": "1.36",
        "lastRefreshTime": datetime(2026, 11, 27, 3, tzinfo=UTC),
        "insightStatus": {"status": "ERROR", "reason": "Deprecated API usage detected"},
    }
    kept.put("eks:ListInsights", [insight])
    kept.put("eks:DescribeInsight", {**insight, "recommendation": "Update manifests"}, "i-1")
    version = {
        "clusterVersion": "1.35",
        "versionStatus": "STANDARD_SUPPORT",
        "endOfStandardSupportDate": datetime(2027, 3, 27, tzinfo=UTC),
        "endOfExtendedSupportDate": datetime(2028, 3, 27, tzinfo=UTC),
    }
    kept.put("eks:DescribeClusterVersions", [version, {"clusterVersion": "1.33", "status": "extended_support"}])
    fits = [{"clusterVersion": "1.35", "defaultVersion": True}, {"clusterVersion": "1.34", "defaultVersion": False}]
    kept.put(
        "eks:DescribeAddonVersions", [{"addonVersion": "v1.12.4-eksbuild.1", "compatibilities": fits}], key="coredns"
    )
    kept.put("ec2:DescribeInstances", {f"on_demand {STANDARD}": 60})
    kept.put("ec2:DescribeVolumes", {"gp3": 1025})
    kept.put("ec2:DescribeSubnets", [{}, {}])
    kept.put("eks:ListNodegroups", [])
    kept.put("ec2:DescribeVpcEndpoints", [])
    kept.put("servicequotas:GetServiceQuota", 64.0, "ec2/L-1216C47A")
    kept.fail("servicequotas:GetServiceQuota", "NoSuchResourceException", "ebs/L-7A658B76")
    kept.put("servicequotas:ListAWSDefaultServiceQuotas", {"L-7A658B76": 50.0}, "ebs")
    kept.fail("servicequotas:GetServiceQuota", "denied", "vpc/L-407747CB")
    return kept


def test_recorded_answers_become_values() -> None:
    found = operations_of(recorded())
    assert found.observed == "2026-11-28T22:00:00Z"
    assert found.insights == (
        Insight(
            name="Deprecated APIs removed in Kubernetes v1.36",
            category="UPGRADE_READINESS",
            status="ERROR",
            version="1.36",
            reason="Deprecated API usage detected",
            refreshed="2026-11-27T03:00:00Z",
            recommendation="Update manifests",
            id="i-1",
        ),
    )
    assert found.versions == (
        SupportedVersion("1.33", "EXTENDED_SUPPORT"),
        SupportedVersion("1.35", "STANDARD_SUPPORT", "2027-03-27", "2028-03-27"),
    )
    assert found.addon_versions == (AddonVersion("coredns", "v1.12.4-eksbuild.1", ("1.34", "1.35"), ("1.35",)),)
    assert found.quotas == (
        Quota("L-7A658B76", "EBS gp3 storage", 50, 2, "TiB"),
        Quota("L-407747CB", "subnets per VPC", Unknown("servicequotas:GetServiceQuota", "denied"), 2),
        Quota("L-1216C47A", f"On-Demand vCPUs of {STANDARD}", 64, 60, "vCPUs"),
    )


def test_what_was_not_asked_is_unknown() -> None:
    found = operations_of(raw())
    assert all(isinstance(one, Unknown) for one in (found.insights, found.versions))
    assert isinstance(found.quotas, tuple)
    assert {one.used.call for one in found.quotas if isinstance(one.used, Unknown)} >= {"ec2:DescribeInstances"}
    assert len(found.quotas) == 5, "one for each call whose answer is missing"


def test_denied_calls_are_unknown_with_the_call_named() -> None:
    kept = raw()
    for call in ("eks:ListInsights", "eks:DescribeClusterVersions"):
        kept.fail(call, "AccessDeniedException")
    kept.fail("eks:DescribeAddonVersions", "AccessDeniedException", "coredns")
    found = operations_of(kept)
    assert found.insights == Unknown("eks:ListInsights", "AccessDeniedException")
    assert found.versions == Unknown("eks:DescribeClusterVersions", "AccessDeniedException")
    assert found.addon_versions == Unknown("eks:DescribeAddonVersions", "AccessDeniedException")


def test_no_versions_are_not_an_answer() -> None:
    kept = raw()
    kept.put("eks:DescribeClusterVersions", [])
    assert isinstance(operations_of(kept).versions, Unknown)


def test_an_insight_without_a_status_is_unknown_and_not_passing() -> None:
    kept = raw()
    kept.put("eks:ListInsights", [{"id": "a", "name": "New kind"}])
    (insight,) = operations_of(kept).insights  # type: ignore[misc]
    assert insight.status == "UNKNOWN"


def test_a_vpc_alone_has_only_its_moment() -> None:
    assert operations_of(Raw("eu-west-1", "", vpc="vpc-1", taken="2026-11-28T22:00:00Z")) == Operations(
        "2026-11-28T22:00:00Z"
    )


Stub = Callable[[str], Stubber]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> tuple[Calls, Stub]:
    """Calls whose clients answer what a test says."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    calls = Calls(boto3.session.Session(region_name="eu-west-1"), Raw("eu-west-1", "shop"), None)
    stubs: dict[str, Stubber] = {}

    def stub(service: str) -> Stubber:
        if service not in stubs:
            stubs[service] = Stubber(calls.client(service))
            stubs[service].activate()
        return stubs[service]

    return calls, stub


def test_the_calls_and_what_is_kept_of_them(asked: tuple[Calls, Stub]) -> None:
    calls, stub = asked
    calls.raw.put("eks:DescribeAddon", {"addonName": "coredns"}, "coredns")
    calls.raw.put("ec2:DescribeSubnets", [])
    calls.raw.put("ec2:DescribeVpcEndpoints", [])
    calls.raw.put("eks:ListNodegroups", [])
    eks, ec2, quotas = stub("eks"), stub("ec2"), stub("service-quotas")
    good, bad = ({"id": name, "name": name, "insightStatus": {"status": status}} for name, status in _STATES)
    eks.add_response("list_insights", {"insights": [good], "nextToken": "more"}, {"clusterName": "shop"})
    eks.add_response("list_insights", {"insights": [bad]}, {"clusterName": "shop", "nextToken": "more"})
    one = {"clusterName": "shop", "id": "bad"}
    eks.add_response("describe_insight", {"insight": {**bad, "recommendation": "Mend it"}}, one)
    eks.add_response(
        "describe_cluster_versions", {"clusterVersions": [{"clusterVersion": "1.35"}]}, {"includeAll": True}
    )
    published = {"addonVersion": "v1", "compatibilities": [{"clusterVersion": "1.35", "platformVersions": ["*"]}]}
    answer: dict[str, Any] = {"addons": [{"addonName": "coredns", "addonVersions": [published]}]}
    eks.add_response("describe_addon_versions", answer, {"addonName": "coredns"})
    running = [
        {"InstanceType": "m5.large"},
        {"InstanceType": "m5.large", "InstanceLifecycle": "spot"},
        {"InstanceType": "m99.large", "CpuOptions": {"CoreCount": 3, "ThreadsPerCore": 2}},
        {"InstanceType": "p5.48xlarge", "InstanceLifecycle": "capacity-block"},
    ]
    states = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    ec2.add_response("describe_instances", {"Reservations": [{"Instances": running}]}, {"Filters": states})
    ec2.add_response(
        "describe_volumes", {"Volumes": [{"VolumeType": "gp3", "Size": 20}, {"VolumeType": "gp3", "Size": 5}]}, {}
    )
    for code in ("L-7A658B76", "L-1216C47A", "L-34B43A08"):
        service = "ebs" if code == "L-7A658B76" else "ec2"
        wanted = {"ServiceCode": service, "QuotaCode": code}
        if code == "L-34B43A08":
            quotas.add_client_error("get_service_quota", "NoSuchResourceException", expected_params=wanted)
        else:
            quotas.add_response("get_service_quota", {"Quota": {"Value": 40.0}}, wanted)
    listed = {"Quotas": [{"QuotaCode": "L-34B43A08", "Value": 5.0}, {"QuotaCode": "L-0", "Value": 1.0}]}
    quotas.add_response("list_aws_default_service_quotas", listed, {"ServiceCode": "ec2"})
    collect_operations(calls)
    for one_stub in (eks, ec2, quotas):
        one_stub.assert_no_pending_responses()
    kept = calls.raw
    assert kept.taken.endswith("Z")
    assert kept.get("ec2:DescribeInstances") == {f"on_demand {STANDARD}": 8, f"spot {STANDARD}": 2}
    assert kept.get("ec2:DescribeVolumes") == {"gp3": 25}
    assert kept.get("eks:DescribeAddonVersions", "coredns") == [
        {"addonVersion": "v1", "compatibilities": [{"clusterVersion": "1.35"}]}
    ]
    found = operations_of(kept)
    assert isinstance(found.quotas, tuple)
    assert [(one.value, one.used) for one in found.quotas] == [(40, 1), (40, 8), (5, 2)]
    assert isinstance(found.insights, tuple)
    assert [one.recommendation for one in found.insights] == ["Mend it", ""]


_STATES = (("good", "PASSING"), ("bad", "ERROR"))


def test_every_call_denied(asked: tuple[Calls, Stub]) -> None:
    calls, stub = asked
    calls.raw.put("eks:DescribeAddon", {"addonName": "coredns"}, "coredns")
    for method in ("list_insights", "describe_cluster_versions", "describe_addon_versions"):
        stub("eks").add_client_error(method, "AccessDeniedException")
    for method in ("describe_instances", "describe_volumes"):
        stub("ec2").add_client_error(method, "UnauthorizedOperation")
    collect_operations(calls)
    found = operations_of(calls.raw)
    assert isinstance(found.insights, Unknown)
    assert isinstance(found.versions, Unknown)
    assert isinstance(found.addon_versions, Unknown)
    assert isinstance(found.quotas, tuple)
    assert all(isinstance(one.used, Unknown) for one in found.quotas)


def test_codes_of_quotas_are_not_named_twice() -> None:
    keys = [row.key for row in quota_rows(embedded().facts)]
    assert len(keys) == len(set(keys))
