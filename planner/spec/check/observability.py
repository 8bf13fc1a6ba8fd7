"""DHCP options, flow logs, log groups and control-plane settings (notes N02, N05)."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from planner.catalog.facts import Facts
from planner.design.regional import regional_domain
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid, notice
from planner.spec.cluster import ClusterSpec
from planner.spec.security import AllowSpec

AMAZON = "AmazonProvidedDNS"
_AMAZON_TIME = "169.254.169.123"
_DHCP = "https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html"
_ENDPOINT = "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html"
_FLOW_LOGS = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html"


def check_observability(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """What AWS refuses of these, and what would keep nodes from finding the API."""
    yield from _dhcp(spec, facts)
    yield from _flow_logs(spec, facts)
    yield from _retention(("logRetentionDays",), spec.log_retention_days, facts)
    yield from _settings(spec, facts)


def _dhcp(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    options, path = spec.vpc.dhcp_options, ("vpc", "dhcpOptions")
    if options is None:
        return
    if spec.vpc.id is not None:
        yield invalid(
            "dhcp-existing",
            path,
            "the VPC exists: its DHCP options are not the plan's to change",
            value=spec.vpc.id,
            limit="only for a new VPC",
            fix="remove dhcpOptions, and see that the VPC's own name AmazonProvidedDNS",
            source=_ENDPOINT,
            note="N05",
        )
    most = facts.number("dhcp.servers")
    for field, servers in (("domainNameServers", options.domain_name_servers), ("ntpServers", options.ntp_servers)):
        if len(servers) > most:
            yield invalid(
                "dhcp-servers",
                (*path, field),
                "more servers than DHCP options take",
                value=str(len(servers)),
                limit=str(most),
                fix=f"keep {most}",
                source=facts.source("dhcp.servers"),
                note="N05",
            )
        if len(set(servers)) < len(servers):
            yield invalid("dhcp-servers", (*path, field), "a server is named twice", fix="remove one of the two")
    yield from _name_servers(spec, (*path, "domainNameServers"))
    yield from _time_servers(spec, (*path, "ntpServers"))
    if options.domain_name and AMAZON in options.domain_name_servers:
        own = regional_domain(spec.region)
        if options.domain_name != own:
            yield notice(
                "dhcp-domain",
                (*path, "domainName"),
                "Amazon's name servers do not know this domain: it only completes short names",
                value=options.domain_name,
                limit=own,
                fix="keep it where a private hosted zone of Route 53 answers for it, else remove it",
                source=_DHCP,
                note="N05",
            )


def _name_servers(spec: ClusterSpec, path: Path) -> Iterator[Diagnostic]:
    servers = spec.vpc.dhcp_options.domain_name_servers if spec.vpc.dhcp_options else ()
    needs = [
        reason
        for reason, given in (
            ("the private endpoint resolves through the VPC's own resolver", spec.endpoint.private),
            ("VPC endpoints without internet resolve through the VPC's own resolver", spec.nat == "none"),
            (
                "security.egress: restricted opens no way to other name servers",
                spec.security.egress == "restricted",
            ),
            ("network ACLs of the plan open no way to other name servers", spec.security.network_acls == "tiers"),
        )
        if given
    ]
    if AMAZON not in servers and needs:
        yield invalid(
            "dhcp-dns",
            path,
            f"AmazonProvidedDNS is missing: {needs[0]}",
            value=", ".join(servers),
            limit=f"{AMAZON} among them",
            fix=f"use {AMAZON}, and let a Route 53 Resolver rule forward the names of your own domains",
            source=_ENDPOINT,
            note="N05",
        )
    elif len(servers) > 1 and AMAZON in servers:
        yield notice(
            "dhcp-mixed",
            path,
            "instances ask these servers in their own order, and only Amazon's knows the private endpoint",
            value=", ".join(servers),
            limit=f"{AMAZON} alone, or servers that forward to it",
            fix=f"use {AMAZON} alone, and let a Route 53 Resolver rule forward the names of your own domains",
            source=_DHCP,
            note="N05",
        )


def _time_servers(spec: ClusterSpec, path: Path) -> Iterator[Diagnostic]:
    """Time servers that restricted nodes cannot ask; Amazon's own needs no rule."""
    servers = spec.vpc.dhcp_options.ntp_servers if spec.vpc.dhcp_options else ()
    if spec.security.egress != "restricted":
        return
    ways = [IPv4Network(one.cidr) for one in spec.security.allow if _lets_time_pass(one) and ":" not in one.cidr]
    closed = [one for one in servers if one != _AMAZON_TIME and not any(IPv4Address(one) in way for way in ways)]
    if closed:
        yield notice(
            "dhcp-ntp",
            path,
            "restricted nodes do not reach these time servers, and their clocks drift",
            value=", ".join(closed),
            limit="UDP 123 among security.allow",
            fix=f"add {{cidr: {closed[0]}/32, protocol: udp, ports: 123, reason: time}} to security.allow, or keep Amazon's own ({_AMAZON_TIME})",
            source=_DHCP,
            note="N35",
        )


def _lets_time_pass(one: AllowSpec) -> bool:
    first, last = one.range
    return one.protocol == "udp" and first <= 123 <= last


def _flow_logs(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    logs, path = spec.vpc.flow_logs, ("vpc", "flowLogs")
    if logs is None:
        return
    if logs.destination == "s3" and logs.bucket_arn is None:
        yield invalid(
            "flow-logs",
            (*path, "bucketArn"),
            "flow logs go to S3, but no bucket is named",
            limit="the ARN of a bucket that is there",
            fix="add bucketArn: arn:aws:s3:::my-flow-logs, or use destination: cloud-watch-logs",
            source=_FLOW_LOGS,
        )
    if logs.destination != "s3":
        if logs.bucket_arn is not None:
            yield invalid(
                "flow-logs",
                (*path, "bucketArn"),
                "a bucket is named, but flow logs go to CloudWatch",
                value=logs.bucket_arn,
                limit="only with destination: s3",
                fix="set destination: s3, or remove bucketArn",
                source=_FLOW_LOGS,
            )
        yield from _retention((*path, "retentionDays"), logs.retention_days, facts)


def _retention(path: Path, days: int | str, facts: Facts) -> Iterator[Diagnostic]:
    allowed = facts["logs.retention_days"].value
    if isinstance(days, int) and days not in allowed:
        above = next(one for one in allowed if one > days)
        yield invalid(
            "log-retention",
            path,
            "CloudWatch does not keep records for this number of days",
            value=str(days),
            limit=", ".join(map(str, allowed)),
            fix=f"use {above}, or never",
            source=facts.source("logs.retention_days"),
        )


def _settings(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    settings, path = spec.control_plane.settings, ("controlPlane", "settings")
    known = facts.table("control_plane.settings")
    source = facts.source("control_plane.settings")

    def refused(field: str, summary: str, **parts: Any) -> Diagnostic:
        return invalid("control-plane-settings", (*path, field), summary, source=source, note="N37", **parts)

    for field, key, value in (
        ("eventTtlMinutes", "event_ttl_minutes", settings.event_ttl_minutes),
        ("horizontalPodAutoscalerSyncSeconds", "hpa_sync_seconds", settings.horizontal_pod_autoscaler_sync_seconds),
        ("terminatedPodThreshold", "terminated_pod_threshold", settings.terminated_pod_threshold),
    ):
        low, high = known[key]["from"], known[key]["to"]
        if value is not None and not low <= value <= high:
            yield refused(
                field,
                "EKS does not take this value",
                value=f"{value:,}",
                limit=f"{low:,} to {high:,}",
                fix=f"use {min(max(value, low), high)}",
            )
    ports = settings.node_ports
    low, high = known["node_ports"]["from"], known["node_ports"]["to"]
    if ports is not None and not low <= ports.first <= ports.last <= high:
        yield refused(
            "nodePorts",
            "EKS does not take this range of node ports",
            value=f"{ports.first}-{ports.last}",
            limit=f"first to last within {low} to {high}",
            fix=f"use a range within {low}-{high}",
        )
    if settings.horizontal_pod_autoscaler_sync_seconds is not None and spec.control_plane.tier == "standard":
        yield refused(
            "horizontalPodAutoscalerSyncSeconds",
            "the standard tier does not take this setting",
            value="controlPlane.tier: standard",
            limit="a provisioned tier",
            fix="set controlPlane.tier: tier-xl or higher, or remove it",
        )
    if settings.scoring_weights and settings.scoring_strategy is None:
        yield refused(
            "scoringWeights",
            "weights belong to a scoring strategy, and none is named",
            value=", ".join(sorted(settings.scoring_weights)),
            limit="only with scoringStrategy",
            fix="add scoringStrategy: LeastAllocated or MostAllocated",
        )
