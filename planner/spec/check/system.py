"""Settings of a node's system that go into its user data: local disks, containerd, feature gates."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.catalog.nearest import nearest_names
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid, notice
from planner.spec.nodes import NodeGroupSpec

_SCRIPT = "https://github.com/awslabs/amazon-eks-ami/blob/main/templates/al2/runtime/bootstrap.sh"
_BOTTLEROCKET = "https://bottlerocket.dev/en/os/latest/#/concepts/bootstrap-commands/"


def check_system(group: NodeGroupSpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    """One group's settings; ``path`` is its place."""
    source = facts.source("nodeadm.fields")
    for asked, key in ((group.containerd_config, "containerdConfig"), (group.feature_gates, "featureGates")):
        if asked and group.os_family != "al2023":
            yield invalid(
                "group-nodeadm",
                (*path, key),
                f"{key} is a setting of nodeadm, which this operating system has not",
                value=f"os: {group.os}",
                limit="al2023",
                fix=f"use os: al2023, or remove {key}",
                source=source,
                note="N25",
            )
    yield from _local_storage(group, (*path, "localStorage"), facts)
    if group.containerd_config:
        try:
            tomllib.loads(group.containerd_config.replace("\r\n", "\n"))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            yield invalid(
                "group-containerd",
                (*path, "containerdConfig"),
                f"containerd's configuration must be TOML: {error}",
                value=group.containerd_config.lstrip().partition("\n")[0][:60],
                limit="TOML",
                fix="correct it: containerd does not start with it, and the node never joins",
                source=source,
                note="N25",
            )
    yield from _gates(group, path, facts)
    if group.os_family == "windows" and group.ami_id:
        yield notice(
            "group-windows-ami",
            (*path, "amiId"),
            "Windows nodes with an AMI of your own need the group eks:kube-proxy-windows for their role, or DNS fails in their pods",
            value=group.ami_id,
            limit="eks:kube-proxy-windows in the aws-auth ConfigMap, or an access entry of type EC2_WINDOWS",
            fix="add it before the first node joins",
            source="https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
            note="N26",
        )


def _gates(group: NodeGroupSpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    known = facts.strings("nodeadm.feature_gates")
    for gate, on in group.feature_gates.items():
        if gate not in known:
            near = nearest_names(gate, known)
            yield invalid(
                "group-feature-gate",
                (*path, "featureGates", gate),
                "nodeadm knows no such feature gate, and would ignore it without a word",
                value=gate,
                limit=", ".join(known),
                fix=f"did you mean {', '.join(near)}?" if near else "use one of these",
                source=facts.source("nodeadm.feature_gates"),
                note="N25",
            )
        elif gate == "InstanceIdNodeName" and on:
            yield notice(
                "group-feature-gate",
                (*path, "featureGates", gate),
                "nodes named by their instance id join only with a role that maps to that name; the entry that EKS makes for managed groups maps to the private DNS name",
                value=f"{gate}: true",
                limit="a role of its own with user name system:node:{{SessionName}}",
                fix="try it with a group of its own first",
                source="https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/doc/examples.md",
                note="N25",
            )


def _local_storage(group: NodeGroupSpec, place: Path, facts: Facts) -> Iterator[Diagnostic]:
    wanted = group.local_storage
    if wanted is None:
        return
    problem: tuple[str, str, str, str] | None = None
    if group.os_family == "windows":
        problem = (
            "Windows nodes have no setting for local disks",
            f"os: {group.os}",
            "al2023 or bottlerocket",
            "remove it",
        )
    elif group.os_family == "al2" and group.ami_id is None:
        problem = (
            "EKS calls bootstrap.sh itself, without --local-disks",
            "no amiId",
            "an AMI of your own (amiId)",
            "give amiId, or use os: al2023",
        )
    elif group.os_family == "bottlerocket" and (wanted.strategy != "RAID0" or wanted.mount_path):
        problem = (
            "Bottlerocket puts local disks into one array under its own path",
            wanted.strategy + (f", mountPath {wanted.mount_path}" if wanted.mount_path else ""),
            "strategy: RAID0, no mountPath",
            "use RAID0 alone, or os: al2023",
        )
    elif group.os_family == "al2" and (wanted.mount_path or wanted.disabled_mounts):
        problem = (
            "bootstrap.sh takes a strategy alone",
            wanted.mount_path or ", ".join(wanted.disabled_mounts),
            "--local-disks raid0, raid10 or mount",
            "remove mountPath and disabledMounts, or use os: al2023",
        )
    if problem:
        summary, value, limit, fix = problem
        bottlerocket = group.os_family == "bottlerocket"
        yield invalid(
            "group-local-storage",
            place,
            summary,
            value=value,
            limit=limit,
            fix=fix,
            source=_BOTTLEROCKET
            if bottlerocket
            else _SCRIPT
            if group.os_family == "al2"
            else facts.source("nodeadm.local_storage"),
            note="N25",
        )
