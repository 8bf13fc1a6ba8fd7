"""Node groups of an earlier plan: what EKS changes in place, and what takes a new group (notes N20, N26).

UpdateNodegroupConfig changes labels, taints, sizes, update and repair settings without touching nodes;
UpdateNodegroupVersion changes the Kubernetes version, the AMI release and the version of the launch
template, and replaces the nodes. Nothing else of a group can be changed.
Source: https://docs.aws.amazon.com/eks/latest/userguide/update-managed-node-group.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from planner.catalog.amis import release_order
from planner.catalog.facts import Facts
from planner.catalog.model import Version
from planner.decisions import Ledger
from planner.design import Design, LaunchTemplate, NodeGroup, Unknown
from planner.diagnostics import Diagnostic, Kind, Path
from planner.nodegroups.skew import allowed_skew, behind
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec

_UPDATE = "https://docs.aws.amazon.com/eks/latest/userguide/update-managed-node-group.html"
_VERSION = "https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateNodegroupVersion.html"
_CREATE = "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html"
_TEMPLATES = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
#: Fields that UpdateNodegroupConfig (and TagResource) changes: no node is replaced.
_SETTINGS = {
    "labels": "labels",
    "taints": "taints",
    "min_size": "sizes",
    "desired_size": "sizes",
    "max_size": "sizes",
    "update": "update settings",
    "node_repair": "node repair",
    "tags": "tags",
}


def check_versions(spec: ClusterSpec, version: str, previous: Design | None, facts: Facts) -> Iterator[Diagnostic]:
    """Versions of groups that stay behind the control plane; ``version`` is the cluster's."""
    there = _groups(previous)
    for number, group in enumerate(spec.node_groups):
        if group.version is not None:
            yield from _version(group, ("spec", "nodeGroups", number, "version"), version, there.get(group.name), facts)


def _version(
    group: NodeGroupSpec, path: Path, cluster: str, old: NodeGroup | None, facts: Facts
) -> Iterator[Diagnostic]:
    asked = str(group.version)
    limit = allowed_skew(Version.parse(cluster), facts)
    skew = behind(Version.parse(asked), Version.parse(cluster))
    if skew < 0:
        yield _problem(
            path,
            "nodes are never newer than the control plane",
            f"version: {asked}",
            f"Kubernetes {cluster} of the cluster",
            f"use {cluster}, or update the control plane first",
            facts.source("kubelet.skew"),
        )
    elif skew > limit:
        yield _problem(
            path,
            f"kubelet may be {limit} minor versions behind this control plane, not {skew}",
            f"version: {asked}",
            f"Kubernetes 1.{Version.parse(cluster).minor - limit} to {cluster}",
            f"update the group to 1.{Version.parse(cluster).minor - limit} or later before the control plane",
            facts.source("kubelet.skew"),
        )
    elif skew and old is None:
        yield _problem(
            path,
            "EKS makes a new node group with the cluster's version and no other",
            f"version: {asked}",
            f"Kubernetes {cluster} of the cluster",
            "remove version; an existing group stays behind when it is planned with --from its earlier plan",
            _CREATE,
        )


def keep_groups(design: Design, previous: Design, spec: ClusterSpec, ledger: Ledger) -> tuple[Design, list[Diagnostic]]:
    """The design with groups of the earlier plan in the subnets that they were made in, and what of them
    EKS cannot change."""
    there, templates = _groups(previous), _templates(previous)
    now = _templates(design)
    index = {group.name: number for number, group in enumerate(spec.node_groups)}
    kept: list[NodeGroup] = []
    problems: list[Diagnostic] = []
    for group in design.node_groups if not isinstance(design.node_groups, Unknown) else ():
        old = there.get(group.name)
        if old is None:
            kept.append(group)
            continue
        path: Path = ("spec", "nodeGroups", index[group.name]) if group.name in index else ("spec", "nodeGroups")
        more = sorted(set(group.subnets) - set(old.subnets))
        asked = group.name in index and bool(spec.node_groups[index[group.name]].zones)
        if asked and _zones(design, more) - _zones(design, old.subnets):
            more = []  # the spec names the new zone: it is refused below
        if more and set(old.subnets) <= set(group.subnets):
            problems.append(_stays(group, old, more, path))
            group = replace(group, subnets=old.subnets)  # noqa: PLW2901 - the group goes on as it was
        # EKS cannot change a group's role; Windows groups of earlier releases have that of Linux ones
        group = replace(group, role=old.role)  # noqa: PLW2901 - the group goes on as it was
        kept.append(group)
        before, after = templates.get(old.launch_template or ""), now.get(group.launch_template or "")
        problems += _cannot(group, old, before, after, path)
        _record(group, old, before, after, ledger)
    return replace(design, node_groups=tuple(kept)), problems


def _zones(design: Design, names: Iterable[str]) -> set[str]:
    """The zones of some subnets."""
    return {one.zone for one in design.named_subnets(tuple(names))}


def _stays(group: NodeGroup, old: NodeGroup, more: list[str], path: Path) -> Diagnostic:
    return Diagnostic(
        Kind.NOTICE,
        "group-subnets-stay",
        "EKS cannot change the subnets of a node group: it stays in those that it was made in",
        path=path,
        value=f"{group.name} in {len(old.subnets)} subnets",
        limit=f"{', '.join(more)} only for new groups",
        fix="nothing to do if that is meant; otherwise give the group another name, and remove the old one afterwards",
        source=_UPDATE,
        note="N20",
    )


def _cannot(
    group: NodeGroup, old: NodeGroup, before: LaunchTemplate | None, after: LaunchTemplate | None, path: Path
) -> Iterator[Diagnostic]:
    """What needs a new group."""
    if before is not None and after is not None and (before.image_id is None) != (after.image_id is None):
        yield _new_group(
            (*path, "amiId"),
            "a group cannot switch between an AMI of your own and EKS's AMIs",
            f"amiId: {after.image_id or 'none'}",
            f"{before.image_id or old.ami_type} in the earlier plan",
            _TEMPLATES,
            "N26",
        )
    elif group.ami_type != old.ami_type:
        yield _new_group(
            (*path, "amiType"),
            "EKS cannot change the AMI type of a node group",
            str(group.ami_type),
            f"{old.ami_type} in the earlier plan",
            _VERSION,
        )
    if old.launch_template is None or old.launch_template != group.launch_template:
        yield _new_group(
            (*path, "launchTemplate"),
            "a group keeps the launch template that it was made with; one made without can never get one",
            str(group.launch_template),
            f"{old.launch_template or 'none'} in the earlier plan",
            _TEMPLATES,
        )
    for key, what, asked, was in (
        ("instanceTypes", "the instance types", ", ".join(group.instance_types), ", ".join(old.instance_types)),
        ("capacityType", "the capacity type", group.capacity_type, old.capacity_type),
        ("subnets", "the subnets", ", ".join(group.subnets), ", ".join(old.subnets)),
    ):
        if asked != was:
            yield _new_group(
                (*path, key),
                f"EKS cannot change {what} of a node group",
                asked or "none (the launch template names it)",
                f"{was or 'none (the launch template named it)'} in the earlier plan",
                _UPDATE,
            )
    if group.version and old.version and Version.parse(group.version) < Version.parse(old.version):
        yield _problem(
            (*path, "version"),
            "a node group never goes back to an earlier Kubernetes version",
            f"version: {group.version}",
            f"{old.version} in the earlier plan",
            f"keep {old.version}, or make a new group",
            _VERSION,
        )

    release, there = group.release_version, old.release_version
    if release and there and release_order(release) < release_order(there):
        yield _problem(
            (*path, "releaseVersion"),
            "a node group never goes back to an earlier AMI release",
            f"releaseVersion: {release}",
            f"{there} in the earlier plan",
            f"keep {there}, or make a new group",
            _VERSION,
        )


def _record(
    group: NodeGroup, old: NodeGroup, before: LaunchTemplate | None, after: LaunchTemplate | None, ledger: Ledger
) -> None:
    """The decision of how the group comes from the earlier plan to this one."""
    settings = sorted({text for name, text in _SETTINGS.items() if getattr(group, name) != getattr(old, name)})
    rolling = []
    if group.version != old.version:
        rolling.append(f"Kubernetes {old.version} to {group.version}")
    if group.release_version and group.release_version != old.release_version:
        rolling.append(f"AMI release {group.release_version}")
    if before != after:
        rolling.append("a new version of the launch template")
    if not settings and not rolling:
        return
    parts = []
    if settings:
        parts.append(f"{', '.join(settings)} by UpdateNodegroupConfig, no node is replaced")
    if rolling:
        parts.append(f"{', '.join(rolling)} by UpdateNodegroupVersion, every node is replaced")
    ledger.add(
        f"change.{group.name}",
        f"Change of {group.name} since the earlier plan",
        "in place",
        explanation="; ".join(parts),
        source=_UPDATE,
        note="N20",
    )


def _new_group(path: Path, summary: str, value: str, limit: str, source: str, note: str = "N20") -> Diagnostic:
    return Diagnostic(
        Kind.INVALID,
        "group-in-place",
        summary,
        path=path,
        value=value,
        limit=limit,
        fix="give the group another name: a new group is made, and the old one can be removed afterwards",
        source=source,
        note=note,
    )


def _problem(path: Path, summary: str, value: str, limit: str, fix: str, source: str) -> Diagnostic:
    return Diagnostic(
        Kind.INVALID,
        "group-version",
        summary,
        path=path,
        value=value,
        limit=limit,
        fix=fix,
        source=source,
        note="N20",
    )


def _groups(design: Design | None) -> dict[str, NodeGroup]:
    groups = design.node_groups if design else ()
    return {} if isinstance(groups, Unknown) else {one.name: one for one in groups}


def _templates(design: Design) -> dict[str, LaunchTemplate]:
    found = design.launch_templates
    return {} if isinstance(found, Unknown) else {one.name: one for one in found}
