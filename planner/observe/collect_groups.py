"""The calls about managed node groups: the groups, their launch templates, and what other services say of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.catalog import store
from planner.catalog.amis import ami_row, parameters
from planner.design import Unknown
from planner.observe.calls import Calls
from planner.observe.parse_releases import RELEASES, SCALING


def collect_groups(calls: Calls, cluster: str) -> None:
    """All node groups of a cluster. A call that is denied is kept as its error."""
    listed = calls.many("eks:ListNodegroups", calls.eks, "list_nodegroups", "nodegroups", clusterName=cluster)
    described = "ec2:GetEbsEncryptionByDefault"
    if listed:
        calls.one(described, calls.ec2, "get_ebs_encryption_by_default", "EbsEncryptionByDefault")
    calls.each(listed, lambda group: _group(calls, cluster, group))


def _group(calls: Calls, cluster: str, group: str) -> None:
    names = {"clusterName": cluster, "nodegroupName": group}
    answer = calls.one("eks:DescribeNodegroup", calls.eks, "describe_nodegroup", "nodegroup", key=group, **names)
    if isinstance(answer, Unknown):
        return
    template = answer.get("launchTemplate")
    if template and template.get("id"):
        _launch_template(calls, template["id"], str(template["version"]))
    _release(calls, group, answer)
    _scaling(calls, group, answer)


def _launch_template(calls: Calls, identity: str, version: str) -> None:
    """The version of a template that a group uses; groups may use several versions of one template."""
    versions = "ec2:DescribeLaunchTemplateVersions"
    path, wanted = ("LaunchTemplateVersions", 0), {"LaunchTemplateId": identity, "Versions": [version]}
    key = f"{identity}/{version}"
    calls.one(versions, calls.ec2, "describe_launch_template_versions", *path, key=key, **wanted)
    described = "ec2:DescribeLaunchTemplates"
    ids = {"LaunchTemplateIds": [identity]}
    calls.one(described, calls.ec2, "describe_launch_templates", "LaunchTemplates", 0, key=identity, **ids)


def _release(calls: Calls, group: str, answer: Mapping[str, Any]) -> None:
    """The latest release of the group's AMI, from AWS's public parameters."""
    row = ami_row(answer.get("amiType") or "", store.load(store.EMBEDDED).facts)
    version = answer.get("version")
    name = parameters(row, version)[1] if row and version else ""
    if name:
        calls.one(RELEASES, calls.client("ssm"), "get_parameter", "Parameter", "Value", key=group, Name=name)


def _scaling(calls: Calls, group: str, answer: Mapping[str, Any]) -> None:
    """The Auto Scaling groups of a Spot group: whether they rebalance."""
    names = [one["name"] for one in (answer.get("resources") or {}).get("autoScalingGroups") or ()]
    if answer.get("capacityType") == "SPOT" and names:
        client, found = calls.client("autoscaling"), "AutoScalingGroups"
        method = "describe_auto_scaling_groups"
        calls.many(SCALING, client, method, found, key=group, AutoScalingGroupNames=names)
