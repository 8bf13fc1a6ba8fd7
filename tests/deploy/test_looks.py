"""The looks before `up` at quotas, offers and names: against moto where it knows, and against faults."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from planner.deploy.preflight import CHECKS, Checked, Subject, Verdict, preflight
from planner.plan.model import Plan
from stacks.parts import known
from tests.support.designs import changed
from tests.support.plans import embedded, plan_of

KARPENTER = {"name": "spot", "manager": "karpenter", "maxNodes": 4, "instanceTypes": ["m5.large"]}


class Quotas:
    """Service Quotas with these values by code; others are 1,000,000. ``denied`` answers nothing."""

    def __init__(self, values: dict[str, float], *, denied: bool = False, unset: frozenset[str] = frozenset()) -> None:
        self.values, self.denied, self.unset = values, denied, unset
        self.exceptions = boto3.client("service-quotas", region_name="us-east-1").exceptions

    def get_service_quota(self, ServiceCode: str, QuotaCode: str) -> Any:  # noqa: N803 - boto3's names
        if self.denied:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "GetServiceQuota")
        if QuotaCode in self.unset:
            error: dict[str, Any] = {"Error": {"Code": "NoSuchResourceException", "Message": "never set"}}
            raise self.exceptions.NoSuchResourceException(error, "GetServiceQuota")
        return {"Quota": {"Value": self.values.get(QuotaCode, 1_000_000.0)}}

    def get_aws_default_service_quota(self, ServiceCode: str, QuotaCode: str) -> Any:  # noqa: N803 - boto3's names
        assert QuotaCode in self.unset
        return {"Quota": {"Value": self.values.get(QuotaCode, 1_000_000.0)}}


def subject(plan: Plan, *made: str) -> Subject:
    session = boto3.session.Session(region_name=plan.design.region)
    return Subject(plan, session, embedded().facts, frozenset(made))


@pytest.fixture
def instead(moto: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Clients that stand for a service; the others are moto's."""
    clients: dict[str, Any] = {}
    real = Subject.client
    monkeypatch.setattr(
        Subject, "client", lambda self, service, region=None: clients.get(service) or real(self, service, region)
    )
    return clients


def look(plan: Plan, name: str, *made: str) -> list[Checked]:
    return preflight(subject(plan, *made), set(CHECKS) - {name})


def failures(plan: Plan, name: str, *made: str) -> list[str]:
    return [one.text for one in look(plan, name, *made) if one.verdict is Verdict.FAILED]


def fine(found: list[Checked]) -> bool:
    return [one.verdict for one in found] == [Verdict.FINE]


@pytest.mark.parametrize(
    ("code", "limit", "told"),
    [
        ("L-F678F1CE", 1, "VPCs per Region: 1 are there and 1 more are planned, 1 are allowed"),
        ("L-407747CB", 8, "subnets per VPC: 0 are there and 9 more are planned, 8 are allowed"),
        ("L-0263D0A3", 2, "Elastic IP addresses per Region: 0 are there and 3 more are planned, 2 are allowed"),
        ("L-FE5A380F", 0, "NAT gateways per Availability Zone (use1-az1): 0 are there and 1 more are planned, 0 are"),
        ("L-A4707A72", 0, "internet gateways per Region: 0 are there and 1 more"),
        ("L-1B52E74A", 0, "gateway VPC endpoints per Region: 0 are there and 1 more"),
        ("L-DF5E4CA3", 9, "network interfaces per Region: 0 are there and 10 more are planned, 9 are allowed"),
        ("L-E79EC296", 1, "VPC security groups per Region: 1 are there and 1 more are planned, 1 are allowed"),
        ("L-1194D53C", 0, "EKS clusters per Region: 0 are there and 1 more"),
        ("L-6D54EA21", 0, "managed node groups per cluster (test): 0 are there and 1 more"),
        ("L-BD136A63", 9, "nodes per managed node group (general): 0 are there and 10 more are planned, 9 are"),
    ],
)
def test_each_quota_says_both_numbers_and_its_code(instead: dict[str, Any], code: str, limit: int, told: str) -> None:
    plan = plan_of()
    instead["service-quotas"] = Quotas({code: limit})
    found = failures(plan, "quotas")
    assert found, look(plan, "quotas")
    assert all(
        told.partition(" (")[0].partition(":")[0] in text and f"ask for a higher quota ({code})" in text
        for text in found
    )
    assert any(text.startswith(told) for text in found), found
    instead["service-quotas"] = Quotas({})
    assert fine(look(plan, "quotas"))


def test_rules_of_a_group_are_counted_by_direction(instead: dict[str, Any]) -> None:
    plan = plan_of(security={"egress": "restricted"})
    most = max(
        sum(rule.direction == way for rule in group.rules)
        for group in known(plan.design.security_groups)
        for way in ("ingress", "egress")
    )
    assert most > 1
    instead["service-quotas"] = Quotas({"L-0EA8095F": most - 1})
    assert all(f"{most} more are planned, {most - 1} are allowed" in text for text in failures(plan, "quotas"))
    assert failures(plan, "quotas")
    instead["service-quotas"] = Quotas({"L-0EA8095F": most})
    assert fine(look(plan, "quotas"))


def test_what_the_stack_has_is_not_counted_again(instead: dict[str, Any]) -> None:
    plan = plan_of()
    instead["service-quotas"] = Quotas({"L-407747CB": 9, "L-F678F1CE": 0, "L-1194D53C": 0})
    subnets = [one.name for one in plan.design.subnets]
    made = [plan.design.vpc.name, "test", *subnets[:4]]
    assert failures(plan, "quotas", *made) == []
    instead["service-quotas"] = Quotas({"L-407747CB": 8})
    (told,) = failures(plan, "quotas", *made)
    assert "4 are there and 5 more are planned, 8 are allowed" in told


def test_a_quota_that_was_never_changed_is_aws_default_for_the_account(instead: dict[str, Any]) -> None:
    instead["service-quotas"] = Quotas({"L-F678F1CE": 1}, unset=frozenset({"L-F678F1CE"}))
    (told,) = failures(plan_of(), "quotas")
    assert "1 are allowed" in told


def test_denied_quotas_are_judged_by_defaults_and_never_pass(instead: dict[str, Any]) -> None:
    instead["service-quotas"] = Quotas({}, denied=True)
    found = look(plan_of(), "quotas")
    assert {one.verdict for one in found} == {Verdict.NOT_EVALUATED}
    assert "not you" in found[-1].text
    for number in range(4):
        boto3.client("ec2", region_name="us-east-1").create_vpc(CidrBlock=f"10.{number}.0.0/16")
    found = look(plan_of(), "quotas")
    assert {one.verdict for one in found} == {Verdict.NOT_EVALUATED}
    assert found[0].text.startswith("VPCs per Region: 5 are there and 1 more are planned, 5 are allowed")
    assert found[0].text.endswith("5 is AWS's default")


def groups(**more: Any) -> Plan:
    return plan_of(
        nodeGroups=[
            {"name": "general", "instanceTypes": ["m5.large"], "minSize": 3, "maxSize": 10},
            {
                "name": "cheap",
                "instanceTypes": ["m5.large", "c5.large"],
                "minSize": 2,
                "maxSize": 4,
                "capacityType": "spot",
            },
        ],
        **more,
    )


def test_vcpus_of_both_markets_now_and_at_the_largest(instead: dict[str, Any]) -> None:
    plan = groups()
    instead["service-quotas"] = Quotas({"L-1216C47A": 20, "L-34B43A08": 8})
    assert fine(look(plan, "vcpus"))
    instead["service-quotas"] = Quotas({"L-1216C47A": 19, "L-34B43A08": 8})
    (later,) = look(plan, "vcpus")
    assert later.verdict is Verdict.LATER
    assert "On-Demand vCPUs of Standard" in later.text
    assert "0 run beside this cluster, it wants 6, and 20 at the maximum" in later.text
    assert "19 are allowed" in later.text
    instead["service-quotas"] = Quotas({"L-1216C47A": 20, "L-34B43A08": 3})
    (now,) = look(plan, "vcpus")
    assert now.verdict is Verdict.FAILED
    assert "Spot vCPUs of Standard" in now.text
    assert "(L-34B43A08)" in now.text
    instead["service-quotas"] = Quotas({}, denied=True)
    assert {one.verdict for one in look(plan, "vcpus")} == {Verdict.NOT_EVALUATED}


def test_vcpus_that_run_count_but_for_the_clusters_own_nodes(instead: dict[str, Any]) -> None:
    ec2 = boto3.client("ec2", region_name="us-east-1")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    run = {"ImageId": image, "MinCount": 2, "MaxCount": 2, "InstanceType": "c5.xlarge"}
    ec2.run_instances(**run)
    own = {"ResourceType": "instance", "Tags": [{"Key": "eks:cluster-name", "Value": "test"}]}
    ec2.run_instances(**run, TagSpecifications=[own])
    instead["service-quotas"] = Quotas({"L-1216C47A": 13})
    (told,) = failures(groups(), "vcpus")
    assert "8 run beside this cluster, it wants 6" in told  # two of four vCPUs, and not the two others


def test_every_type_of_the_catalog_has_a_quota_or_is_told() -> None:
    families = {one for row in embedded().facts["preflight.vcpus"].value for one in row["families"]}
    letters = {"".join(itertools.takewhile(str.isalpha, name)) for name in embedded().instance_types}
    assert letters - families <= {"hpc", "mac", "u"}


def test_a_region_that_is_not_turned_on(instead: dict[str, Any]) -> None:
    away = plan_of()
    regions = boto3.client("ec2", region_name="us-east-1").describe_regions(AllRegions=True)["Regions"]
    name = next(one["RegionName"] for one in regions if one["OptInStatus"] == "not-opted-in")
    off = dataclasses.replace(away, design=dataclasses.replace(away.design, region=name))
    (told,) = failures(off, "region")
    assert f"region {name} is not-opted-in for this account" in told
    assert "enable-region" in told
    nowhere = dataclasses.replace(away, design=dataclasses.replace(away.design, region="xx-north-1"))
    assert "is not one of the 38 regions" in failures(nowhere, "region")[0]
    assert fine(look(away, "region"))


class Versions:
    """EKS that supports two versions and extends another."""

    def describe_cluster_versions(self, **_: Any) -> Any:
        rows = {
            "1.9": "UNSUPPORTED",
            "1.34": "EXTENDED_SUPPORT",
            "1.35": "STANDARD_SUPPORT",
            "1.36": "STANDARD_SUPPORT",
        }
        return {"clusterVersions": [{"clusterVersion": name, "versionStatus": one} for name, one in rows.items()]}


def test_versions_that_eks_no_longer_makes(instead: dict[str, Any]) -> None:
    instead["eks"] = Versions()
    plan = plan_of()
    cluster = plan.design.cluster
    assert cluster is not None

    def of(version: str) -> Plan:
        design = dataclasses.replace(plan.design, cluster=dataclasses.replace(cluster, version=version))
        return dataclasses.replace(plan, design=design)

    assert fine(look(of("1.35"), "version"))
    for gone in ("1.9", "1.33"):
        assert failures(of(gone), "version") == [
            f"Kubernetes {gone} is not supported by EKS here; it has 1.34, 1.35, 1.36: set version and plan again"
        ]
    (later,) = look(of("1.34"), "version")
    assert later.verdict is Verdict.LATER
    assert "extended support" in later.text
    assert fine(look(of("1.9"), "version", "test"))  # a cluster that is there is updated, not made


def test_amis_that_aws_does_not_publish(instead: dict[str, Any]) -> None:
    plan = plan_of()
    assert fine(look(plan, "amis"))
    other = changed(plan.design, "node_groups", "general", version="2.0")
    (told,) = failures(dataclasses.replace(plan, design=other), "amis")
    assert "general: AWS publishes no /aws/service/eks/optimized-ami/2.0/" in told


def test_an_image_that_is_not_there(instead: dict[str, Any]) -> None:
    plan = plan_of()
    (template,) = known(plan.design.launch_templates)
    ec2 = boto3.client("ec2", region_name="us-east-1")

    def of(image: str) -> Plan:
        design = changed(plan.design, "launch_templates", template.name, image_id=image)
        return dataclasses.replace(plan, design=changed(design, "node_groups", "general", ami_type=None))

    (told,) = failures(of("ami-00000000000000000"), "amis")
    assert "general: ami-00000000000000000 is not there for this account in us-east-1" in told
    assert fine(look(of(ec2.describe_images()["Images"][0]["ImageId"]), "amis"))
    assert fine(look(of("ami-00000000000000000"), "amis", "test-general"))


def test_names_of_log_groups_keys_and_queues(instead: dict[str, Any]) -> None:
    plan = plan_of(logTypes=["api"], secretsKey="managed", addons=["karpenter"], nodePools=[KARPENTER])
    design = plan.design
    (key,), (queue,) = known(design.keys), known(design.queues)
    group = known(design.log_groups)[0]
    for name in ("log-groups", "key-aliases", "queues"):
        assert fine(look(plan, name))
    logs = boto3.client("logs", region_name="us-east-1")
    logs.create_log_group(logGroupName=f"{group.name}-of-others")
    assert fine(look(plan, "log-groups"))
    logs.create_log_group(logGroupName=group.name)
    kms = boto3.client("kms", region_name="us-east-1")
    identity = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=key.name, TargetKeyId=identity)
    boto3.client("sqs", region_name="us-east-1").create_queue(QueueName=queue.name)
    assert f"a log group {group.name} is there already" in failures(plan, "log-groups")[0]
    assert f"{key.name} is there already, of key {identity}" in failures(plan, "key-aliases")[0]
    assert f"a queue {queue.name} is there already" in failures(plan, "queues")[0]
    assert fine(look(plan, "log-groups", group.name.strip("/").replace("/", "-")))
    assert fine(look(plan, "key-aliases", key.name.removeprefix("alias/").replace("/", "-")))
    assert fine(look(plan, "queues", queue.name))


def test_service_linked_roles_are_told_and_stop_nothing(instead: dict[str, Any]) -> None:
    found = look(plan_of(), "service-roles")
    assert {one.verdict for one in found} == {Verdict.LATER}
    assert not any("Spot" in one.text for one in found)
    told = [one.text for one in look(groups(), "service-roles")]
    assert any("AWSServiceRoleForEC2Spot is not there yet" in text and "spot.amazonaws.com" in text for text in told)
    iam = boto3.client("iam")
    for row in embedded().facts["preflight.service_roles"].value:
        iam.create_role(RoleName=row["role"], AssumeRolePolicyDocument="{}", Path="/aws-service-role/")
    assert fine(look(groups(), "service-roles"))


@pytest.mark.parametrize("name", list(CHECKS))
def test_a_call_that_never_answers_is_not_evaluated(
    instead: dict[str, Any], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whatever AWS does not answer in time is said, and the other looks go on."""

    def silent(*_: Any, **__: Any) -> Any:
        raise ReadTimeoutError(endpoint_url="https://eks.us-east-1.amazonaws.com")

    plan = groups(logTypes=["api"], secretsKey="managed", addons=["karpenter"], nodePools=[KARPENTER])
    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", silent)
    found = look(plan, name)
    expected = Verdict.FINE if name == "addresses" else Verdict.NOT_EVALUATED  # no existing subnets to ask about
    assert {one.verdict for one in found} == {expected}
    assert name == "addresses" or "Read timeout" in found[-1].text


def test_clients_give_up() -> None:
    settings = subject(plan_of()).client("ec2").meta.config
    assert (settings.connect_timeout, settings.read_timeout) == (5, 20)
    assert settings.retries["total_max_attempts"] == 3
