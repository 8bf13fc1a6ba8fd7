"""Settings of the VPC CNI that contradict each other (notes N18, N27)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.catalog.versions import older
from planner.diagnostics import Diagnostic
from planner.spec.check.made import invalid, notice
from planner.spec.cluster import ClusterSpec
from planner.spec.network import CniSpec

_TARGETS = "https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.1/docs/eni-and-ip-target.md"
_SGP = "https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html"


def check_cni(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Targets, modes and version floors."""
    cni = spec.cni
    if cni.minimum_ip_target and not cni.warm_ip_target:
        yield invalid(
            "cni-minimum",
            ("cni", "minimumIpTarget"),
            "without a warm IP target a node stays at its minimum: pods beyond it never get an address",
            value=f"minimumIpTarget {cni.minimum_ip_target}, warmIpTarget {'0' if cni.warm_ip_target == 0 else 'not given'}",
            limit="warmIpTarget of 1 or more",
            fix="add warmIpTarget: 2",
            source=_TARGETS,
            note="N27",
        )
    if cni.mode == "secondary-ip" and spec.ip_family == "ipv4" and cni.warm_prefix_target is not None:
        yield invalid(
            "cni-warm-prefix",
            ("cni", "warmPrefixTarget"),
            "a warm prefix target has no meaning for single addresses",
            value="mode: secondary-ip",
            limit="mode: prefix",
            fix="set cni.mode: prefix, or remove warmPrefixTarget",
            source=_TARGETS,
            note="N27",
        )
    if cni.warm_ip_target and (cni.warm_eni_target is not None or cni.warm_prefix_target is not None):
        other = "warmEniTarget" if cni.warm_eni_target is not None else "warmPrefixTarget"
        yield notice(
            "cni-override",
            ("cni", other),
            f"warmIpTarget overrides {other}",
            value=str(cni.warm_ip_target),
            limit="one of the two",
            fix=f"remove {other}",
            source=_TARGETS,
            note="N27",
        )
    if spec.ip_family == "ipv6":
        yield from _ipv6(cni)
    if cni.version:
        yield from _floors(spec, cni, facts)
    if cni.max_eni is not None and cni.max_eni - cni.custom_networking - cni.security_groups_for_pods < 1:
        yield invalid(
            "cni-max-eni",
            ("cni", "maxEni"),
            "no interface is left for pods",
            value=str(cni.max_eni),
            limit=f"{2 + (cni.custom_networking and cni.security_groups_for_pods)} or more here",
            fix="raise maxEni or remove it",
            source=_TARGETS,
            note="N27",
        )


def _ipv6(cni: CniSpec) -> Iterator[Diagnostic]:
    source = "https://docs.aws.amazon.com/eks/latest/userguide/cni-ipv6.html"
    if cni.custom_networking:
        yield invalid(
            "cni-ipv6-custom",
            ("cni", "customNetworking"),
            "custom networking exists for IPv4 only",
            value="ipFamily: ipv6",
            limit="ipFamily: ipv4",
            fix="remove customNetworking; IPv6 pods do not use up IPv4 addresses",
            source=source,
            note="N27",
        )
    for key, value in (
        ("warmEniTarget", cni.warm_eni_target),
        ("warmIpTarget", cni.warm_ip_target),
        ("minimumIpTarget", cni.minimum_ip_target),
        ("warmPrefixTarget", cni.warm_prefix_target),
    ):
        if value is not None:
            yield notice(
                "cni-ipv6-targets",
                ("cni", key),
                "an IPv6 node holds one /80 prefix and ignores warm targets",
                value=str(value),
                limit="none with IPv6",
                fix=f"remove {key}",
                source=source,
                note="N27",
            )


def _floors(spec: ClusterSpec, cni: CniSpec, facts: Facts) -> Iterator[Diagnostic]:
    wanted = [
        (cni.mode == "prefix", "cni.prefix_version", "prefix delegation"),
        (spec.ip_family == "ipv6", "cni.ipv6_version", "IPv6"),
        (cni.security_groups_for_pods, "cni.security_groups_for_pods_version", "security groups for pods"),
        (
            cni.security_groups_for_pods and spec.ip_family == "ipv6",
            "cni.ipv6_security_groups_for_pods_version",
            "security groups for pods with IPv6",
        ),
    ]
    version = cni.version or ""
    for used, key, what in wanted:
        floor = str(facts[key].value)
        if used and older(version, floor):
            yield invalid(
                "cni-version",
                ("cni", "version"),
                f"too old for {what}",
                value=version,
                limit=f"{floor} or newer",
                fix="remove version to get EKS's default, or raise it",
                source=facts.source(key),
                note="N27",
            )
    if cni.security_groups_for_pods:
        windows = [group.name for group in spec.node_groups if group.os.startswith("windows")]
        if windows:
            yield notice(
                "cni-sgp-windows",
                ("cni", "securityGroupsForPods"),
                "Windows nodes do not support security groups for pods",
                value=", ".join(windows),
                limit="Linux nodes",
                fix="keep such pods on Linux groups",
                source=_SGP,
                note="N27",
            )
