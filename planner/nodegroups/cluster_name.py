"""Names of clusters that Bottlerocket's settings do not take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planner.capacity.group import GroupCapacity
from planner.diagnostics import Diagnostic, Kind
from planner.nodegroups.join import ClusterFacts

_LABEL_VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")


def check_cluster_name(group: GroupCapacity, cluster: ClusterFacts) -> Iterator[Diagnostic]:
    """EKS takes 100 characters, Bottlerocket's cluster-name is a label value of at most 63."""
    if group.spec.os_family == "bottlerocket" and not _LABEL_VALUE.fullmatch(cluster.name):
        yield Diagnostic(
            Kind.INVALID,
            "bottlerocket-cluster-name",
            "Bottlerocket refuses the cluster's name, and its nodes would never join",
            path=("metadata", "name"),
            value=f"{cluster.name} ({len(cluster.name)} characters)",
            limit="up to 63 letters, digits, - _ . with a letter or digit at both ends",
            fix=f"shorten the name, or use another os for {group.name}",
            source="https://github.com/bottlerocket-os/bottlerocket-settings-sdk/blob/develop/bottlerocket-settings-models/modeled-types/src/kubernetes.rs",
            note="N25",
        )
