"""Launch template versus node group: what may stand where, and what EKS refuses in both (notes N17, N20, N23–N26).

Every planned group gets a launch template made by the plan, so EKS's own diskSize and remoteAccess,
which it takes from groups without one only, are refused with the place that takes their job.
Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid, notice
from planner.spec.launch_template import LaunchTemplateSpec
from planner.spec.nodes import NodeGroupSpec

_TEMPLATES = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
_API = "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html"
_REMOTE = "https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteAccessConfig.html"
_INTERFACES = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html"
MADE = "the launch template that the plan makes"
"""How messages call the second place of a conflict with what the plan itself makes."""


def check_launch_template(group: NodeGroupSpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    """Every conflict of one group; ``path`` is its place."""
    yield from _without_a_template(group, path, facts)
    template = group.launch_template
    if template is None:
        return
    yield from _existing(template, path)
    yield from _in_both(group, template, path)
    yield from _forbidden(group, template, path)
    yield from _interfaces(group, template, path)
    if template.key_name is not None:
        yield notice(
            "launch-template-key",
            (*path, "launchTemplate", "keyName"),
            "the key alone opens nothing: no security group of the plan lets SSH in",
            value=template.key_name,
            limit="a rule for TCP 22 (3389 on Windows) in a group of securityGroups",
            fix="nothing to do with Session Manager, which needs neither key nor rule",
            source=_TEMPLATES,
            note="N24",
        )


def both(
    path: Path, first: tuple[str, str], second: tuple[str, str], summary: str, fix: str, note: str = "N23"
) -> Diagnostic:
    """A conflict: the field with its value, and the other place with its own."""
    return invalid(
        "launch-template",
        (*path, *first[0].split(".")),
        summary,
        value=f"{first[0]}: {first[1]}",
        limit=f"{second[0]}: {second[1]}" if second[1] else second[0],
        fix=fix,
        source=_TEMPLATES,
        note=note,
    )


def _without_a_template(group: NodeGroupSpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    """What EKS takes only where there is no launch template."""
    if group.disk_size is not None:
        said = group.disk.size_gib
        yield invalid(
            "launch-template",
            (*path, "diskSize"),
            "EKS takes the disk from the launch template or from diskSize, never from both",
            value=f"diskSize: {group.disk_size}",
            limit=f"disk.sizeGib: {said}, in {MADE}" if said is not None else f"disk.sizeGib, in {MADE}",
            fix=f"write disk: {{sizeGib: {said or group.disk_size}}} instead",
            source=_API,
            note="N23",
        )
    access = group.remote_access
    if access is not None:
        port = facts.table("nodegroup.ports_opened")["windows" if group.os_family == "windows" else "linux"]
        opens = (
            f"; without sourceSecurityGroups it would open TCP {port} to 0.0.0.0/0"
            if not access.source_security_groups
            else ""
        )
        yield invalid(
            "launch-template",
            (*path, "remoteAccess"),
            f"EKS takes remoteAccess only from groups without a launch template{opens}",
            value=f"remoteAccess.ec2SshKey: {access.ec2_ssh_key or 'none'}",
            limit=f"launchTemplate.keyName and securityGroups, in {MADE}",
            fix=f"write launchTemplate: {{keyName: {access.ec2_ssh_key or 'my-key'}}}, and let SSH in by a group of securityGroups; or use Session Manager and neither",
            source=_REMOTE,
            note="N23",
        )


def _existing(template: LaunchTemplateSpec, path: Path) -> Iterator[Diagnostic]:
    place = (*path, "launchTemplate")
    if template.id is not None and template.name is not None:
        yield both(
            path,
            ("launchTemplate.name", template.name),
            ("launchTemplate.id", template.id),
            "EKS takes a launch template by id or by name, not by both",
            "remove both: the plan makes a template for the group",
            "N20",
        )
    elif template.id is not None or template.name is not None:
        key = "id" if template.id is not None else "name"
        yield invalid(
            "launch-template-existing",
            (*place, key),
            "the plan makes a launch template for every group, for it could not prove what stands in another one",
            value=str(template.id or template.name),
            limit="contents, not a reference",
            fix="say what it holds in fields of the group: disk, userData, securityGroups, launchTemplate.keyName and so on",
            source=_TEMPLATES,
            note="N20",
        )
    if template.version is not None:
        yield invalid(
            "launch-template-existing",
            (*place, "version"),
            "the plan makes the launch template and uses the version that it made last",
            value=str(template.version),
            limit="contents, not a reference",
            fix="remove it",
            source=_TEMPLATES,
            note="N20",
        )


def _in_both(group: NodeGroupSpec, template: LaunchTemplateSpec, path: Path) -> Iterator[Diagnostic]:
    """Said in the group and in the template, where EKS takes one, or where the two differ."""
    inside = template.instance_type
    if inside is not None and (group.instance_types or group.requirements):
        named = ", ".join(group.instance_types)
        yield both(
            path,
            ("launchTemplate.instanceType", inside),
            ("instanceTypes" if named else "requirements", named),
            "instance types stand in the launch template (none or one) or in the group (up to 20), never in both",
            "remove launchTemplate.instanceType"
            if group.capacity_type != "capacity-block"
            else "remove instanceTypes: a Capacity Block takes its type from the launch template",
        )
    if template.image_id is not None and group.ami_id != template.image_id:
        yield both(
            path,
            ("launchTemplate.imageId", template.image_id),
            ("amiId", str(group.ami_id)),
            "two different AMIs: imageId and amiId mean the same",
            "keep amiId",
            "N26",
        )
    if template.security_group_ids and set(template.security_group_ids) != set(group.security_groups):
        yield both(
            path,
            ("launchTemplate.securityGroupIds", ", ".join(template.security_group_ids)),
            ("securityGroups", ", ".join(group.security_groups)),
            "two different lists of groups: securityGroupIds and securityGroups mean the same",
            "keep securityGroups",
            "N24",
        )


def _forbidden(group: NodeGroupSpec, template: LaunchTemplateSpec, path: Path) -> Iterator[Diagnostic]:
    """What EKS refuses in a launch template, with the place in the group that it takes instead."""
    if template.iam_instance_profile is not None:
        yield both(
            path,
            ("launchTemplate.iamInstanceProfile", template.iam_instance_profile),
            ("the node role that the plan gives the group", ""),
            "EKS refuses an instance profile in a launch template: it makes one of the group's nodeRole",
            "remove it; the plan makes the node role",
        )
    behavior = template.instance_initiated_shutdown_behavior
    if behavior is not None:
        yield both(
            path,
            ("launchTemplate.instanceInitiatedShutdownBehavior", behavior),
            ("no such field in a node group", ""),
            "EKS refuses a shutdown behaviour in a launch template: it controls the life of nodes itself",
            "remove it",
        )
    if template.hibernation:
        yield both(
            path,
            ("launchTemplate.hibernation", "true"),
            ("no such field in a node group", ""),
            "EKS refuses hibernation in a launch template",
            "remove it",
        )
    market = template.instance_market_options
    if market is not None and market.market_type == "spot":
        yield both(
            path,
            ("launchTemplate.instanceMarketOptions.marketType", "spot"),
            ("capacityType", group.capacity_type),
            "EKS refuses a request for Spot instances in a launch template: the group's capacityType says it",
            "remove instanceMarketOptions and write capacityType: spot",
            "N17",
        )


def _interfaces(group: NodeGroupSpec, template: LaunchTemplateSpec, path: Path) -> Iterator[Diagnostic]:
    place = (*path, "launchTemplate", "networkInterfaces")
    indexes = [one.device_index for one in template.network_interfaces]
    for number, one in enumerate(template.network_interfaces):
        if one.subnet_id is not None:
            yield invalid(
                "launch-template",
                (*place, number, "subnetId"),
                "EKS refuses a subnet in a launch template: the group has subnets of its own",
                value=f"launchTemplate.networkInterfaces[{number}].subnetId: {one.subnet_id}",
                limit=f"subnets: {group.subnets}" + (f", zones: {', '.join(group.zones)}" if group.zones else ""),
                fix="remove subnetId; `subnets` and `zones` of the group say where its nodes live",
                source=_TEMPLATES,
                note="N23",
            )
        if one.groups and group.security_groups:
            where = "launchTemplate.securityGroupIds" if template.security_group_ids else "securityGroups"
            yield invalid(
                "launch-template",
                (*place, number, "groups"),
                "security groups stand at the instance or at its interfaces, never at both",
                value=f"launchTemplate.networkInterfaces[{number}].groups: {', '.join(one.groups)}",
                limit=f"{where}: {', '.join(group.security_groups)}",
                fix=f"keep one of them: {where} for all interfaces, groups for one",
                source=_TEMPLATES,
                note="N24",
            )
        if one.associate_public_ip_address and (len(indexes) > 1 or one.device_index):
            yield invalid(
                "launch-template-interface",
                (*place, number, "associatePublicIpAddress"),
                "EC2 gives a public address at launch only to an instance with one interface, of index 0",
                value=f"{len(indexes)} interfaces, deviceIndex {one.device_index}",
                limit="one, deviceIndex 0",
                fix="remove it, and let the subnets assign public addresses (subnets: public)",
                source=_INTERFACES,
                note="N23",
            )
    if len(indexes) > 1 and group.subnets == "public":
        yield invalid(
            "launch-template-interface",
            place,
            "EC2 gives an instance with several interfaces no public address, and nodes in public subnets reach nothing without one",
            value=f"{len(indexes)} interfaces",
            limit="subnets: public",
            fix="use subnets: private, or one interface",
            source=_INTERFACES,
            note="N32",
        )
    twice = sorted({index for index in indexes if indexes.count(index) > 1})
    if twice or (indexes and 0 not in indexes):
        yield invalid(
            "launch-template-interface",
            place,
            "every interface has an index of its own, and the first is 0",
            value=", ".join(map(str, indexes)),
            limit="0, 1, 2 and so on",
            fix="number the interfaces from deviceIndex: 0",
            source=_INTERFACES,
            note="N23",
        )
