"""User data of a launch template, by operating system (notes N18, N25, N26).

Without an AMI id EKS adds its own part, and a plan adds only what EKS cannot know. With an AMI id
the whole join is the user data's. Values that exist only after the cluster was made stand as
placeholders such as ``${cluster.endpoint}``, which the stack fills in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from planner.capacity.group import GroupCapacity
from planner.catalog.facts import Facts
from planner.design import Taint
from planner.diagnostics import Diagnostic, Kind
from planner.spec.cluster import ClusterSpec

Renderer = Callable[[str, Mapping[str, Any]], str]
"""Renders a template of ``templates/`` by name."""

ENDPOINT = "${cluster.endpoint}"
CERTIFICATE_AUTHORITY = "${cluster.certificateAuthority}"
SERVICE_CIDR = "${cluster.serviceCidr}"
CLUSTER_DNS = "${cluster.dns}"
#: Bytes to keep for what is filled in; an EKS cluster's certificate is about 1,500 bytes of base64.
_FILLED_IN = ((ENDPOINT, 128), (CERTIFICATE_AUTHORITY, 2_048))


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """What a node must know of its cluster to join it."""

    name: str
    service_cidr: IPv4Network | None

    @property
    def cidr(self) -> str:
        """Service block; a placeholder where EKS assigns it (IPv6)."""
        return str(self.service_cidr) if self.service_cidr else SERVICE_CIDR

    @property
    def dns(self) -> str:
        """Cluster DNS: the service block's text up to the last dot, then 10.

        Source: amazon-eks-ami nodeadm/api/net.go.
        """
        if self.service_cidr is None:
            return CLUSTER_DNS
        return str(self.service_cidr.network_address).rpartition(".")[0] + ".10"


def user_data(
    group: GroupCapacity, taints: tuple[Taint, ...], spec: ClusterSpec, cluster: ClusterFacts, render: Renderer
) -> str:
    """The user data as text (the stack encodes it); empty when EKS's own suffices."""
    own = (group.spec.user_data or "").strip("\n")
    complete = group.spec.ami_id is not None
    if not own and not spec.writes_kubelet_settings(group.spec):
        return ""
    labels = dict(group.spec.labels)
    if complete:
        labels = {"eks.amazonaws.com/nodegroup": group.name, **labels}
    max_pods = group.max_pods if spec.tells_max_pods(group.spec) else None
    context = {
        "complete": complete,
        "cluster": cluster,
        "endpoint": ENDPOINT,
        "certificate_authority": CERTIFICATE_AUTHORITY,
        "max_pods": max_pods,
        "expression": group.spec.max_pods_expression or (str(max_pods) if max_pods else None),
        "reserved": _reserved(group),
        "labels": ",".join(f"{key}={value}" for key, value in sorted(labels.items())) if complete else "",
        "label_items": sorted(labels.items()) if complete else [],
        "taints": ",".join(f"{one.key}={one.value}:{one.effect}" for one in taints) if complete else "",
        "taint_items": taints if complete else (),
        "own": own,
        "own_kind": _own_kind(own),
    }
    return render(f"user-data/{group.spec.os_family}.j2", context)


def too_long(group: GroupCapacity, text: str, facts: Facts) -> tuple[Diagnostic, ...]:
    """The problem of user data that EC2 would refuse once the cluster's own values are filled in."""
    size = len(text.encode()) + sum(text.count(place) * (room - len(place)) for place, room in _FILLED_IN)
    limit = facts.number("nodegroup.user_data_bytes")
    if size <= limit:
        return ()
    problem = Diagnostic(
        Kind.INVALID,
        "group-user-data",
        "user data is too long with the part that EKS needs",
        path=("spec", "nodeGroups", group.index, "userData"),
        value=f"{size:,} bytes, {len((group.spec.user_data or '').encode()):,} of them yours",
        limit=f"{limit:,} bytes",
        fix="fetch the larger part from S3 at boot",
        source=facts.source("nodegroup.user_data_bytes"),
        note="N25",
    )
    return (problem,)


def _reserved(group: GroupCapacity) -> Mapping[str, str]:
    """kubelet's systemReserved: what is not zero, as Kubernetes quantities."""
    wanted = group.system_reserved
    named = {
        "cpu": f"{wanted.cpu_millicores}m" if wanted.cpu_millicores else "",
        "memory": f"{wanted.memory_mib}Mi" if wanted.memory_mib else "",
        "ephemeral-storage": f"{wanted.ephemeral_storage_mib}Mi" if wanted.ephemeral_storage_mib else "",
    }
    return {key: value for key, value in named.items() if value}


def _own_kind(own: str) -> str:
    """MIME type of the user's own part on Amazon Linux."""
    if own.startswith("#cloud-config"):
        return 'text/cloud-config; charset="us-ascii"'
    if own.startswith(("apiVersion: node.eks.aws", "---")):
        return "application/node.eks.aws"
    return 'text/x-shellscript; charset="us-ascii"'
