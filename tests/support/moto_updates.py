"""Updates of EKS's resources, and of security group rules, for moto, for tests only; ``moto_eks.install()`` calls it.

Every update is there at once: its status is Successful. As EKS does, a cluster's version goes up
by one minor version only, what a request does not name stays as it is, and a node group's sizes
must be in order.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import InvalidSecurityGroupRuleIdNotFoundError
from moto.ec2.models import EC2Backend
from moto.eks import responses, urls
from moto.eks.exceptions import ResourceNotFoundException

from tests.support.moto_access import missing, refused


def install() -> None:
    """Teach moto's EKS the calls of this file."""
    for name, function in (
        ("update_cluster_config", _update_cluster_config),
        ("update_cluster_version", _update_cluster_version),
        ("update_nodegroup_config", _update_nodegroup_config),
        ("update_nodegroup_version", _update_nodegroup_version),
        ("update_addon", _update_addon),
        ("update_access_entry", _update_access_entry),
        ("update_pod_identity_association", _update_association),
        ("describe_update", _describe_update),
        ("tag_resource", _tag),
        ("untag_resource", _untag),
    ):
        setattr(responses.EKSResponse, name, function)
    cluster = "{0}/clusters/(?P<name>[^/]+)"
    for path in (
        "/updates$",
        "/updates/(?P<updateId>[^/]+)$",
        "/node-groups/(?P<nodegroupName>[^/]+)/update-version$",
        "/addons/(?P<addonName>[^/]+)/update$",
    ):
        urls.url_paths[cluster + path] = urls.response.dispatch
    EC2Backend.modify_security_group_rules = _modify_rules


def _modify_rules(self: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
    """Rules of every kind; moto itself changes those for IPv4 blocks only."""
    group = self.get_security_group_from_id(group_id)
    for identity, new in rules.items():
        rule = group.get_rule(identity) if group else None
        if rule is None:
            raise InvalidSecurityGroupRuleIdNotFoundError(identity)
        rule.ip_protocol, rule.from_port, rule.to_port = new["IpProtocol"], new.get("FromPort"), new.get("ToPort")
        peer = rule.ip_range or rule.source_group or rule.prefix_list_id
        if isinstance(peer, dict):
            peer.update({key: new[key] for key in ("Description",) if key in new})


def _cluster_of(self: Any) -> Any:
    return self.eks_backend.describe_cluster(self._get_param("name") or self._get_param("clusterName"))


def _done(cluster: Any, kind: str) -> ActionResult:
    update = {
        "id": str(uuid.uuid4()),
        "status": "Successful",
        "type": kind,
        "params": [],
        "createdAt": 1.7e9,
        "errors": [],
    }
    cluster.__dict__.setdefault("update_table", {})[update["id"]] = update
    return ActionResult({"update": update})


def _describe_update(self: Any) -> ActionResult:
    cluster, identity = _cluster_of(self), self._get_param("updateId")
    if identity not in cluster.__dict__.get("update_table", {}):
        raise missing(cluster.name, f"No update found for ID: {identity}")
    return ActionResult({"update": cluster.update_table[identity]})


def _attribute(name: str) -> str:
    return re.sub("([A-Z])", r"_\1", name).lower()


def _update_cluster_config(self: Any) -> ActionResult:
    cluster = _cluster_of(self)
    kept = ("upgradePolicy", "zonalShiftConfig", "deletionProtection", "controlPlaneScalingConfig", "logging")
    for key in (*kept, "kubeApiServerConfig", "kubeControllerManagerConfig", "kubeSchedulerConfig"):
        value = self._get_param(key)
        if value is not None:
            setattr(cluster, _attribute(key), value)
    for key in ("resourcesVpcConfig", "accessConfig"):
        value = self._get_param(key)
        if value is not None:
            setattr(cluster, _attribute(key), {**(getattr(cluster, _attribute(key), None) or {}), **value})
    return _done(cluster, "ConfigUpdate")


def _update_cluster_version(self: Any) -> ActionResult:
    cluster, version = _cluster_of(self), self._get_param("version")
    old, new = (tuple(map(int, one.split("."))) for one in (cluster.version, version))
    if new != (old[0], old[1] + 1):
        raise refused(f"Unsupported Kubernetes minor version update from {cluster.version} to {version}", cluster.name)
    cluster.version = version
    return _done(cluster, "VersionUpdate")


def _group_of(self: Any) -> tuple[Any, Any]:
    cluster, name = _cluster_of(self), self._get_param("nodegroupName")
    if name not in cluster.nodegroups:
        raise ResourceNotFoundException(
            clusterName=cluster.name,
            nodegroupName=name,
            fargateProfileName=None,
            addonName=None,
            message=f"No node group found for name: {name}.",
        )
    return cluster, cluster.nodegroups[name]


def _update_nodegroup_config(self: Any) -> ActionResult:
    cluster, group = _group_of(self)
    sizes = {**group.scaling_config, **(self._get_param("scalingConfig") or {})}
    if not sizes["minSize"] <= sizes["desiredSize"] <= sizes["maxSize"]:
        raise refused(f"Minimum capacity, desired and maximum must be in order: {sizes}", cluster.name)
    group.scaling_config = sizes
    labels, taints = self._get_param("labels") or {}, self._get_param("taints") or {}
    group.labels = {
        key: value
        for key, value in {**(group.labels or {}), **labels.get("addOrUpdateLabels", {})}.items()
        if key not in labels.get("removeLabels", [])
    }
    gone = [_key(one) for one in (*taints.get("removeTaints", []), *taints.get("addOrUpdateTaints", []))]
    group.taints = [one for one in group.taints or [] if _key(one) not in gone] + taints.get("addOrUpdateTaints", [])
    for key in ("updateConfig", "nodeRepairConfig", "warmPoolConfig"):
        value = self._get_param(key)
        if value is not None:
            setattr(group, _attribute(key), value)
    return _done(cluster, "ConfigUpdate")


def _key(taint: dict[str, str]) -> tuple[str, str]:
    return taint["key"], taint["effect"]


def _update_nodegroup_version(self: Any) -> ActionResult:
    cluster, group = _group_of(self)
    template, version = self._get_param("launchTemplate"), self._get_param("version")
    if template:
        group.launch_template = {**group.launch_template, **template}
    if version:
        group.version = version
    if self._get_param("releaseVersion"):
        group.release_version = self._get_param("releaseVersion")
    return _done(cluster, "VersionUpdate")


def _update_addon(self: Any) -> ActionResult:
    cluster, name = _cluster_of(self), self._get_param("addonName")
    if name not in cluster.addon_table:
        raise missing(cluster.name, f"No addon: {name}")
    addon = cluster.addon_table[name]
    for key in ("addonVersion", "configurationValues", "serviceAccountRoleArn"):
        value = self._get_param(key)
        if value is not None:
            addon[key] = value
    for wanted in self._get_param("podIdentityAssociations") or []:
        for one in cluster.identity_table.values():
            mine = one["associationArn"] in addon["podIdentityAssociations"]
            if mine and one["serviceAccount"] == wanted["serviceAccount"]:
                one["roleArn"] = wanted["roleArn"]
    return _done(cluster, "AddonUpdate")


def _update_access_entry(self: Any) -> ActionResult:
    cluster, arn = _cluster_of(self), self._get_param("principalArn")
    if arn not in cluster.entry_table:
        raise missing(cluster.name, f"The specified principalArn could not be found: {arn}")
    entry = cluster.entry_table[arn]
    for key in ("kubernetesGroups", "username"):
        if self._get_param(key) is not None:
            entry[key] = self._get_param(key)
    return ActionResult({"accessEntry": entry})


def _update_association(self: Any) -> ActionResult:
    cluster, identity = _cluster_of(self), self._get_param("associationId")
    if identity not in cluster.identity_table:
        raise missing(cluster.name, f"No association: {identity}")
    if self._get_param("roleArn"):
        cluster.identity_table[identity]["roleArn"] = self._get_param("roleArn")
    return ActionResult({"association": cluster.identity_table[identity]})


def _holders(backend: Any) -> Iterator[tuple[str, Any]]:
    """ARN and owner of every table of tags."""
    for cluster in backend.clusters.values():
        yield cluster.arn, cluster
        yield from ((group.arn, group) for group in cluster.nodegroups.values())
        yield from ((one.fargate_profile_arn, one) for one in cluster.fargate_profiles.values())
        yield from ((addon["addonArn"], addon) for addon in cluster.addon_table.values())
        yield from ((entry["accessEntryArn"], entry) for entry in cluster.entry_table.values())
        yield from ((one["associationArn"], one) for one in cluster.identity_table.values())


def _change_tags(self: Any, added: dict[str, str], removed: list[str]) -> EmptyResult:
    arn = self._extract_arn_from_path()
    owner = dict(_holders(self.eks_backend)).get(arn)
    if owner is None:
        raise missing("", f"Resource was not found: {arn}")
    old = owner["tags"] if isinstance(owner, dict) else owner.tags
    tags = {key: value for key, value in {**(old or {}), **added}.items() if key not in removed}
    if isinstance(owner, dict):
        owner["tags"] = tags
    else:
        owner.tags = tags
    return EmptyResult()


def _tag(self: Any) -> EmptyResult:
    return _change_tags(self, self._get_param("tags"), [])


def _untag(self: Any) -> EmptyResult:
    return _change_tags(self, {}, self.querystring.get("tagKeys") or self._get_param("tagKeys") or [])
