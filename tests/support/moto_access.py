"""Access entries and Pod Identity associations for moto's EKS, for tests only.

As EKS does: whoever makes the cluster gets an administrator's entry when the cluster asks for it,
roles of managed node groups get one by themselves, a principal has one entry, nodes take no groups
and no policies, and an unknown policy or a reserved name is refused.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from moto.core.responses import ActionResult
from moto.eks import responses, urls
from moto.eks.exceptions import InvalidParameterException, ResourceInUseException, ResourceNotFoundException

from planner.catalog import store

ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
RESERVED = ("system:", "eks:", "aws:", "amazon:", "iam:")


def refused(message: str, cluster: str) -> InvalidParameterException:
    """EKS's answer to what it does not take."""
    return InvalidParameterException(message=message, clusterName=cluster, nodegroupName=None, addonName=None)


def missing(cluster: str, message: str) -> ResourceNotFoundException:
    """EKS's answer to what is not there."""
    return ResourceNotFoundException(
        clusterName=cluster, nodegroupName=None, fargateProfileName=None, addonName=None, message=message
    )


def put_entry(cluster: Any, arn: str, kind: str, created: datetime, **given: Any) -> dict[str, Any]:
    """Keep an entry with the user name that EKS would give."""
    role = arn.rpartition("/")[2]
    account = arn.split(":")[4]
    if kind == "STANDARD":
        default = arn if ":user/" in arn else f"arn:aws:sts::{account}:assumed-role/{role}/{{{{SessionName}}}}"
    else:
        default = "system:node:{{EC2PrivateDNSName}}"
    entry = {
        "clusterName": cluster.name,
        "principalArn": arn,
        "type": kind,
        "kubernetesGroups": given.get("groups") or ([] if kind == "STANDARD" else ["system:nodes"]),
        "username": given.get("username") or default,
        "tags": given.get("tags") or {},
        "accessEntryArn": f"arn:aws:eks:us-east-1:{account}:access-entry/{cluster.name}/role/{uuid.uuid4()}",
        "createdAt": created,
        "modifiedAt": created,
    }
    cluster.entry_table[arn] = entry
    cluster.policy_table[arn] = {}
    return entry


def begin(cluster: Any, account: str) -> None:
    """What EKS makes together with a cluster."""
    cluster.entry_table, cluster.policy_table = {}, {}
    # moto keeps the cluster's own time as text in some versions; both must be of the same moment
    cluster.born = datetime.now(UTC)
    access = getattr(cluster, "access_config", None) or {}
    if access.get("bootstrapClusterCreatorAdminPermissions", True):
        creator = f"arn:aws:iam::{account}:role/deployer"
        put_entry(cluster, creator, "STANDARD", cluster.born)
        cluster.policy_table[creator][ADMIN] = {"type": "cluster", "namespaces": []}


def _cluster_of(self: Any) -> Any:
    return self.eks_backend.describe_cluster(self._get_param("name") or self._get_param("clusterName"))


def _arn(self: Any) -> str:
    return unquote(self._get_param("principalArn"))


def _create_entry(self: Any) -> ActionResult:
    cluster, arn, kind = _cluster_of(self), _arn(self), self._get_param("type") or "STANDARD"
    groups, username = self._get_param("kubernetesGroups") or [], self._get_param("username")
    if arn in cluster.entry_table:
        raise ResourceInUseException(
            clusterName=cluster.name,
            nodegroupName=None,
            addonName=None,
            message="The specified access entry resource is already in use on this cluster.",
        )
    if kind != "STANDARD" and (groups or username):
        raise refused("The kubernetesGroups and username fields are for STANDARD entries", cluster.name)
    for name in [*groups, username or ""]:
        if name.startswith(RESERVED):
            raise refused(f"The name {name} begins with a reserved prefix", cluster.name)
    later = cluster.born + timedelta(minutes=12)
    entry = put_entry(cluster, arn, kind, later, groups=groups, username=username, tags=self._get_param("tags"))
    return ActionResult({"accessEntry": entry})


def _entry(self: Any) -> tuple[Any, str]:
    cluster, arn = _cluster_of(self), _arn(self)
    if arn not in cluster.entry_table:
        raise missing(cluster.name, f"The specified principalArn could not be found: {arn}")
    return cluster, arn


def _describe_entry(self: Any) -> ActionResult:
    cluster, arn = _entry(self)
    return ActionResult({"accessEntry": cluster.entry_table[arn]})


def _delete_entry(self: Any) -> ActionResult:
    cluster, arn = _entry(self)
    del cluster.entry_table[arn], cluster.policy_table[arn]
    return ActionResult({})


def _list_entries(self: Any) -> ActionResult:
    return ActionResult({"accessEntries": sorted(_cluster_of(self).entry_table)})


def _associate(self: Any) -> ActionResult:
    cluster, arn = _entry(self)
    policy, scope = self._get_param("policyArn"), self._get_param("accessScope")
    name, kind = policy.rpartition("/")[2], cluster.entry_table[arn]["type"]
    facts = store.load(store.EMBEDDED).facts
    if name not in facts.strings("access.policies"):
        raise missing(cluster.name, f"The specified policyArn could not be found: {policy}")
    if kind != "STANDARD" and (kind, name) != ("EC2", "AmazonEKSAutoNodePolicy"):
        raise refused(f"Access entries of type {kind} take no access policies", cluster.name)
    if (scope["type"] == "namespace") != bool(scope.get("namespaces")):
        raise refused("namespaces belong to the scope namespace", cluster.name)
    cluster.policy_table[arn][policy] = {"type": scope["type"], "namespaces": scope.get("namespaces") or []}
    return ActionResult({"clusterName": cluster.name, "principalArn": arn})


def _disassociate(self: Any) -> ActionResult:
    cluster, arn = _entry(self)
    cluster.policy_table[arn].pop(unquote(self._get_param("policyArn")))
    return ActionResult({})


def _list_policies(self: Any) -> ActionResult:
    cluster, arn = _entry(self)
    rows = [{"policyArn": policy, "accessScope": scope} for policy, scope in cluster.policy_table[arn].items()]
    return ActionResult({"clusterName": cluster.name, "principalArn": arn, "associatedAccessPolicies": rows})


def _create_association(self: Any) -> ActionResult:
    cluster = _cluster_of(self)
    namespace, account = self._get_param("namespace"), self._get_param("serviceAccount")
    for one in cluster.identity_table.values():
        if (one["namespace"], one["serviceAccount"]) == (namespace, account):
            raise ResourceInUseException(
                clusterName=cluster.name, nodegroupName=None, addonName=None, message="Association already exists"
            )
    identity = "a-" + uuid.uuid4().hex[:17]
    one = {
        "clusterName": cluster.name,
        "namespace": namespace,
        "serviceAccount": account,
        "roleArn": self._get_param("roleArn"),
        "associationId": identity,
        "associationArn": f"arn:aws:eks:{self.region}:{self.current_account}:podidentityassociation/{cluster.name}/{identity}",
        "createdAt": 1.7e9,
        "modifiedAt": 1.7e9,
        "tags": self._get_param("tags") or {},
    }
    cluster.identity_table[identity] = one
    return ActionResult({"association": one})


def _delete_association(self: Any) -> ActionResult:
    cluster, identity = _cluster_of(self), self._get_param("associationId")
    return ActionResult({"association": cluster.identity_table.pop(identity)})


def add_access() -> None:
    """Teach moto's EKS the calls of this file."""
    for name, function in (
        ("create_access_entry", _create_entry),
        ("describe_access_entry", _describe_entry),
        ("delete_access_entry", _delete_entry),
        ("list_access_entries", _list_entries),
        ("associate_access_policy", _associate),
        ("disassociate_access_policy", _disassociate),
        ("list_associated_access_policies", _list_policies),
        ("create_pod_identity_association", _create_association),
        ("delete_pod_identity_association", _delete_association),
    ):
        setattr(responses.EKSResponse, name, function)
    dispatch = urls.response.dispatch
    entries = "{0}/clusters/(?P<name>[^/]+)/access-entries"
    for path in ("$", "/(?P<principalArn>.+)$"):
        urls.url_paths[entries + path] = dispatch
