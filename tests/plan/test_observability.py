"""DHCP options, flow logs, log groups, the key of secrets, zonal shift and control-plane settings in plans."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from planner.design import ControlPlaneSettings, Design, Unknown
from planner.design.compare import differences
from planner.plan.build import build
from planner.templates import render
from tests.support.plans import codes, decision, diagnostics_of, embedded, findings_of, load, plan_of, spec_text


def test_the_control_planes_log_group_is_planned_with_its_retention() -> None:
    design = plan_of(logRetentionDays=365).design
    assert [(one.name, one.retention_days) for one in design.log_groups] == [("/aws/eks/test/cluster", 365)]  # type: ignore[union-attr]
    assert plan_of(logRetentionDays="never").design.log_groups[0].retention_days is None  # type: ignore[index]
    assert plan_of(logTypes=[]).design.log_groups == ()
    assert decision(plan_of(), "logs.control-plane").value == "api, audit, authenticator"


def test_days_that_cloudwatch_does_not_know_are_refused_with_the_next() -> None:
    (one,) = [one for one in diagnostics_of(logRetentionDays=100) if one.code == "log-retention"]
    assert one.fix == "use 120, or never"
    assert "log-retention" in codes(vpc={"flowLogs": {"retentionDays": 2}})
    assert "log-retention" not in codes(vpc={"flowLogs": {"destination": "s3", "bucketArn": "arn:aws:s3:::flows"}})


def test_flow_logs_to_cloudwatch_have_a_group_and_a_role_for_it_alone() -> None:
    plan = plan_of(vpc={"flowLogs": {"traffic": "reject", "retentionDays": 7}})
    (log,) = plan.design.flow_logs  # type: ignore[misc]
    assert (log.traffic, log.destination, log.role) == ("REJECT", "/aws/vpc/test/flow-logs", "test-flow-logs")
    assert {one.name: one.retention_days for one in plan.design.log_groups} == {  # type: ignore[union-attr]
        "/aws/eks/test/cluster": 90,
        "/aws/vpc/test/flow-logs": 7,
    }
    (role,) = [one for one in plan.design.roles if one.name == "test-flow-logs"]  # type: ignore[union-attr]
    assert role.principals == ("vpc-flow-logs.amazonaws.com",)
    assert role.conditions[0].values == ("arn:aws:ec2:us-east-1:${aws.account}:vpc-flow-log/*",)
    write = json.loads(role.inline_policies[0][1])["Statement"][0]
    assert write["Resource"].endswith(":log-group:/aws/vpc/test/flow-logs:*")
    assert "7 days" in str(decision(plan, "vpc.flow-logs").inputs)
    assert findings_of(plan) == set()


def test_flow_logs_to_a_bucket_need_neither_group_nor_role() -> None:
    plan = plan_of(vpc={"flowLogs": {"destination": "s3", "bucketArn": "arn:aws:s3:::flows/eks"}})
    (log,) = plan.design.flow_logs  # type: ignore[misc]
    assert (log.destination, log.role) == ("arn:aws:s3:::flows/eks", None)
    assert len(plan.design.log_groups) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("logs", [{"destination": "s3"}, {"bucketArn": "arn:aws:s3:::flows"}])
def test_flow_logs_and_their_bucket_belong_together(logs: dict[str, Any]) -> None:
    assert "flow-logs" in codes(vpc={"flowLogs": logs})


def test_N05_name_servers_without_amazons_are_refused_where_the_private_endpoint_needs_them() -> None:
    asked = {"dhcpOptions": {"domainNameServers": "10.0.0.53"}}
    (one,) = [one for one in diagnostics_of(vpc=asked) if one.code == "dhcp-dns"]
    assert one.note == "N05"
    assert "private endpoint" in one.summary
    public = {"private": False, "public": True, "publicCidrs": ["203.0.113.0/24"]}
    other = {"dhcpOptions": {"domainNameServers": "10.0.0.53"}}
    assert "dhcp-dns" not in codes(vpc=other, endpoint=public)
    assert "dhcp-dns" in codes(vpc=other, endpoint=public, security={"egress": "restricted"})


def test_N05_a_mix_and_a_domain_of_ones_own_are_noticed_and_planned() -> None:
    options = {"domainName": "corp.example.com", "domainNameServers": ["AmazonProvidedDNS", "10.0.0.53"]}
    assert {"dhcp-mixed", "dhcp-domain"} <= codes(vpc={"dhcpOptions": options})
    plan = plan_of(vpc={"dhcpOptions": options})
    assert plan.design.vpc.own_dhcp_options
    assert plan.design.vpc.domain_name == "corp.example.com"
    assert decision(plan, "vpc.dhcp").value == "AmazonProvidedDNS, 10.0.0.53"
    assert findings_of(plan) == set()
    assert not plan_of(vpc={"dhcpOptions": {"domainName": "ec2.internal"}}).design.vpc.own_dhcp_options


def test_five_servers_and_one_twice_are_refused() -> None:
    five = [f"10.0.0.{number}" for number in range(1, 6)]
    assert "dhcp-servers" in codes(vpc={"dhcpOptions": {"ntpServers": five}})
    assert "dhcp-servers" in codes(vpc={"dhcpOptions": {"ntpServers": ["10.0.0.1", "10.0.0.1"]}})


def test_an_existing_vpc_keeps_its_dhcp_options() -> None:
    there = {"id": "vpc-0123456789abcdef0", "cidr": "10.0.0.0/16"}
    assert "dhcp-existing" in codes(vpc={**there, "dhcpOptions": {}})
    assert isinstance(plan_of(vpc=there).design.vpc.domain_name, Unknown)


def test_N02_a_key_of_the_plans_own_names_the_cluster_role_alone() -> None:
    plan = plan_of(secretsKey="managed")
    (key,) = plan.design.keys  # type: ignore[misc]
    assert plan.design.cluster is not None
    assert plan.design.cluster.secrets_key == key.name == "alias/eks/test/secrets"
    statements = {one["Sid"]: one for one in json.loads(key.policy)["Statement"]}
    assert statements["Cluster"]["Principal"]["AWS"] == "arn:aws:iam::${aws.account}:role/test-cluster"
    assert key.rotation
    assert decision(plan, "secrets.encryption").value == key.name
    assert [one.chosen for one in plan.one_way_doors if one.id == "cluster.encryption"] == [key.name]
    arn = "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
    assert "secrets-key-choice" in codes(secretsKey="managed", secretsKeyArn=arn)


def test_settings_that_are_not_named_are_left_to_eks_and_make_no_difference() -> None:
    plan = plan_of()
    assert plan.design.cluster is not None
    assert plan.design.cluster.settings == ControlPlaneSettings()
    assert not [one for one in plan.decisions if one.id == "control-plane.settings"]
    found = ControlPlaneSettings(60, (30000, 32767), 15, 12500, "LeastAllocated", (("cpu", 1), ("memory", 1)))
    assert differences(plan.design, with_settings(plan.design, found)) == ()
    asked = plan_of(controlPlane={"settings": {"eventTtlMinutes": 30}})
    assert decision(asked, "control-plane.settings").value == "events are kept"
    (one,) = differences(asked.design, with_settings(asked.design, found))
    assert (one.path, one.planned, one.found) == ("cluster.settings.event_ttl_minutes", 30, 60)


def with_settings(design: Design, settings: ControlPlaneSettings) -> Design:
    assert design.cluster is not None
    return replace(design, cluster=replace(design.cluster, settings=settings))


def test_N02_an_earlier_key_stays() -> None:
    earlier = plan_of(secretsKey="managed")
    again = load(spec_text()).document
    assert again is not None
    refused = build(again, embedded(), render, earlier).diagnostics
    assert [one.path for one in refused if one.code == "one-way-door"] == [("spec", "secretsKey")]
    later = load(spec_text(secretsKey="managed")).document
    assert later is not None
    assert build(later, embedded(), render, plan_of()).plan is not None


def test_time_servers_need_a_way_out_of_restricted_nodes() -> None:
    servers = {"dhcpOptions": {"ntpServers": "10.200.0.3"}}
    restricted: dict[str, Any] = {"egress": "restricted"}
    assert "dhcp-ntp" in codes(vpc=servers, security=restricted)
    allowed = [{"cidr": "10.200.0.0/24", "protocol": "udp", "ports": 123, "reason": "time"}]
    assert "dhcp-ntp" not in codes(vpc=servers, security={**restricted, "allow": allowed})
    assert "dhcp-ntp" not in codes(vpc=servers)


@pytest.mark.parametrize(
    "settings",
    [
        {"eventTtlMinutes": 61},
        {"terminatedPodThreshold": 12501},
        {"nodePorts": {"first": 10000, "last": 20000}},
        {"nodePorts": {"first": 21000, "last": 20000}},
        {"horizontalPodAutoscalerSyncSeconds": 10},
        {"scoringWeights": {"cpu": 2}},
    ],
)
def test_settings_that_eks_refuses_are_refused(settings: dict[str, Any]) -> None:
    assert "control-plane-settings" in codes(controlPlane={"settings": settings})


def test_node_ports_of_ones_own_are_those_of_load_balancers() -> None:
    ports = {"settings": {"nodePorts": {"first": 20000, "last": 21000}}}
    design = plan_of(controlPlane=ports, loadBalancers={"backends": "shared"}).design
    found = {
        (rule.from_port, rule.to_port)
        for group in design.security_groups  # type: ignore[union-attr]
        for rule in group.rules
        if rule.peer == "test-load-balancers"
    }
    assert (20000, 21000) in found


def test_zonal_shift_is_off_unless_asked_for() -> None:
    assert plan_of().design.cluster.zonal_shift is False  # type: ignore[union-attr]
    plan = plan_of(zonalShift=True)
    assert plan.design.cluster.zonal_shift is True  # type: ignore[union-attr]
    assert decision(plan, "zonal-shift").value == "on"
