"""Raw access entries and Pod Identity associations as parts of a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from planner.design import AccessEntry, AccessPolicy, PodIdentity, Unknown
from planner.observe.raw import Raw

_ADMIN = AccessPolicy("AmazonEKSClusterAdminPolicy")
#: EKS makes the creator's entry together with the cluster; others can follow only when it is active,
#: minutes later.
_WITH_CLUSTER_SECONDS = 240


def access_entries_of(raw: Raw) -> tuple[tuple[AccessEntry, ...] | Unknown, tuple[AccessEntry, ...]]:
    """The cluster's access entries: those that somebody made, and those that EKS made itself."""
    listed = raw.get("eks:ListAccessEntries")
    if isinstance(listed, Unknown):
        return listed, ()
    failed = raw.error("eks:DescribeAccessEntry") or raw.error("eks:ListAssociatedAccessPolicies")
    if failed is not None:
        return failed, ()
    policies = raw.keyed("eks:ListAssociatedAccessPolicies")
    managed = {one.get("nodeRole") for one in raw.keyed("eks:DescribeNodegroup").values()}
    cluster = raw.get("eks:DescribeCluster")
    if not isinstance(cluster, Unknown):
        managed.add((cluster.get("computeConfig") or {}).get("nodeRoleArn"))
    made: list[AccessEntry] = []
    by_eks: list[AccessEntry] = []
    for arn, item in sorted(raw.keyed("eks:DescribeAccessEntry").items()):
        entry = _entry(arn, item, policies.get(arn, ()))
        # of Windows nodes EKS's own entry may be of the wrong type, so one is planned
        added = arn in managed and entry.type != "EC2_WINDOWS"
        own = added or entry.type == "FARGATE_LINUX" or "/aws-service-role/" in arn
        (by_eks if own or _of_creator(entry, item, raw) else made).append(entry)
    return tuple(sorted(made, key=lambda one: one.name)), tuple(sorted(by_eks, key=lambda one: one.name))


def _entry(arn: str, item: Mapping[str, Any], policies: Any) -> AccessEntry:
    kind = item.get("type", "STANDARD")
    standard = kind == "STANDARD"
    return AccessEntry(
        name=arn if standard else arn.rpartition("/")[2],
        type=kind,
        # of nodes EKS sets groups and user name itself
        groups=tuple(sorted(item.get("kubernetesGroups") or ())) if standard else (),
        username=_username(arn, item.get("username")) if standard else None,
        policies=tuple(
            sorted(
                AccessPolicy(
                    one["policyArn"].rpartition("/")[2],
                    tuple(sorted((one.get("accessScope") or {}).get("namespaces") or ())),
                )
                for one in policies
            )
        ),
    )


def _username(arn: str, given: str | None) -> str | None:
    """The user name, or None where it is the one that EKS makes of the ARN.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
    """
    parts = arn.split(":")
    role = arn.rpartition("/")[2]
    session = f"{':'.join(parts[:2])}:sts::{parts[4]}:assumed-role/{role}/{{{{SessionName}}}}"
    return None if given in (None, arn, session) else given


def _of_creator(entry: AccessEntry, item: Mapping[str, Any], raw: Raw) -> bool:
    """Whether EKS made the entry for who made the cluster: an administrator, without tags and
    groups, as old as the cluster. AWS does not say so itself."""
    if entry.type != "STANDARD" or entry.groups or entry.policies != (_ADMIN,) or item.get("tags"):
        return False
    cluster = raw.get("eks:DescribeCluster")
    born = None if isinstance(cluster, Unknown) else cluster.get("createdAt")
    made = item.get("createdAt")
    if not isinstance(born, str) or not isinstance(made, str):
        return False
    try:
        apart = datetime.fromisoformat(made) - datetime.fromisoformat(born)
    except (ValueError, TypeError):  # no times, or only one with a zone
        return False
    return abs(apart.total_seconds()) <= _WITH_CLUSTER_SECONDS


def controllers_of(raw: Raw) -> tuple[PodIdentity, ...] | Unknown:
    """Pod Identity associations that belong to no EKS add-on."""
    listed = raw.get("eks:ListPodIdentityAssociations")
    if isinstance(listed, Unknown):
        return listed
    failed = raw.error("eks:DescribePodIdentityAssociation") or raw.error("eks:DescribeAddon")
    if failed is not None:
        return failed
    owned = {
        arn for addon in raw.keyed("eks:DescribeAddon").values() for arn in addon.get("podIdentityAssociations") or ()
    }
    found = [
        PodIdentity(one["namespace"], one["serviceAccount"], one["roleArn"].rpartition("/")[2])
        for arn, one in raw.keyed("eks:DescribePodIdentityAssociation").items()
        if arn not in owned
    ]
    return tuple(sorted(found, key=lambda one: (one.namespace, one.service_account)))
