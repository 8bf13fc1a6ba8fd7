"""The AMI type of a node group: given by the spec, or chosen from system, architecture and accelerator (note N14).

Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html (amiType)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planner.capacity.group_checks import architectures_of
from planner.capacity.selection import accelerator_of
from planner.catalog.amis import ami_row, parameters
from planner.catalog.facts import Facts
from planner.catalog.model import Catalog, InstanceType, Version
from planner.diagnostics import Diagnostic, Kind, Path
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec

_TYPES = "https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html"
_API = "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html"
_GPU = "https://docs.aws.amazon.com/eks/latest/userguide/ml-eks-optimized-ami.html"


@dataclass(frozen=True, slots=True)
class Ami:
    """What a group's nodes start from."""

    name: str
    """EKS's amiType."""
    version: str
    """Kubernetes minor version of the nodes."""
    parameter: str
    """Public SSM parameter that holds the AMI's id."""
    release_parameter: str
    """The one that holds the release version; empty for Windows, of which AWS publishes none."""
    why: str


def choose_ami(
    types: tuple[InstanceType, ...], group: NodeGroupSpec, path: Path, spec: ClusterSpec, catalog: Catalog
) -> tuple[Ami | None, list[Diagnostic]]:
    """The group's AMI type, and what is wrong with it; none with an AMI of the user's own, or where
    nothing can be chosen."""
    architectures = architectures_of(types)
    kinds = sorted({accelerator_of(one) for one in types})
    if len(architectures) != 1:
        return None, []  # said by the check of architectures
    if len(kinds) > 1:
        return None, [_accelerators(kinds, path)]
    asked = f"{spec.version or catalog.default_version().version}" if group.version is None else group.version
    row, problems = _row(architectures[0], kinds[0], group, path, catalog.facts)
    if row is None:
        return None, [] if group.ami_id else problems
    if not group.ami_id:
        problems = [*problems, *_in_time(row, asked, group, path, catalog.facts), *_release(asked, group, path)]
    if group.ami_id:
        return None, []
    image, release = parameters(row, asked)
    return Ami(str(row["name"]), asked, image, release, _why(row, types, group, asked)), problems


def _row(
    architecture: str, kind: str, group: NodeGroupSpec, path: Path, facts: Facts
) -> tuple[Mapping[str, Any] | None, list[Diagnostic]]:
    if group.ami_type is not None:
        row = ami_row(group.ami_type, facts)
        return row, list(_fits(row, architecture, kind, group, path, facts)) if row else []
    for row in facts["ami.types"].value:
        if (row["os"], row["arch"], row["accelerator"]) == (group.os, architecture, kind):
            return row, []
    what = f"{architecture}{f' with {kind}' if kind else ''}"
    return None, [
        _problem(
            (*path, "os"),
            f"{group.os} has no EKS AMI for {what}",
            f"os: {group.os}, {what}",
            "",
            "choose another os or other types, or give amiId",
            facts,
        )
    ]


def _fits(
    row: Mapping[str, Any], architecture: str, kind: str, group: NodeGroupSpec, path: Path, facts: Facts
) -> Iterator[Diagnostic]:
    """An amiType that the spec names, against the group's instance types."""
    place = (*path, "amiType")
    right = [
        one["name"]
        for one in facts["ami.types"].value
        if (one["os"], one["arch"], one["accelerator"]) == (row["os"], architecture, kind)
    ]
    use = f"use amiType: {right[0]}" if right else "use another os"
    named = ", ".join(group.types_named) or "the types of requirements"
    if row["arch"] != architecture:
        yield _problem(
            place,
            f"an AMI for {row['arch']} does not start on {architecture} types",
            f"amiType: {row['name']} ({row['arch']})",
            f"instance types: {named} ({architecture})",
            f"{use}, or {row['arch']} types",
            facts,
            note="N27",
        )
    elif row["accelerator"] != kind:
        holds, has = row["accelerator"] or "no accelerator", kind or "no accelerator"
        yield Diagnostic(
            Kind.NOTICE,
            "ami-accelerator",
            f"the AMI is made for {holds}, the types have {has}"
            + (": pods do not see it until you install the driver yourself" if kind else ""),
            path=place,
            value=f"amiType: {row['name']}",
            limit=f"instance types: {named}",
            fix=use,
            source=_GPU,
            note="N27",
        )


def _in_time(
    row: Mapping[str, Any], asked: str, group: NodeGroupSpec, path: Path, facts: Facts
) -> Iterator[Diagnostic]:
    """That EKS publishes the AMI for the nodes' Kubernetes version."""
    version = Version.parse(asked)
    place = (*path, "amiType" if group.ami_type is not None else "os")
    said = f"{row['name']} with Kubernetes {version}"
    if "last" in row and version > Version.parse(row["last"]):
        summary = f"{group.os} ended with Kubernetes {row['last']}"
        yield _problem(place, summary, said, f"Kubernetes {row['last']} at most", "use al2023 or bottlerocket", facts)
    if "first" in row and version < Version.parse(row["first"]):
        summary = f"{group.os} begins with Kubernetes {row['first']}"
        fix = "use windows-core-2022" if group.os_family == "windows" else "use a newer version, or another os"
        yield _problem(place, summary, said, f"Kubernetes {row['first']} or later", fix, facts)


def _release(asked: str, group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    """That a release is one of the nodes' Kubernetes version; Bottlerocket's say their own version."""
    release = group.release_version
    if release is None or group.os_family == "bottlerocket":
        return
    if release.partition("-")[0].split(".")[:2] != asked.split("."):
        yield Diagnostic(
            Kind.INVALID,
            "ami-release",
            "a release of another Kubernetes version",
            path=(*path, "releaseVersion"),
            value=f"releaseVersion: {release}",
            limit=f"Kubernetes {asked} of the group",
            fix=f"take a release that begins with {asked}, or remove releaseVersion",
            source=_API,
            note="N14",
        )


def _problem(path: Path, summary: str, value: str, limit: str, fix: str, facts: Facts, note: str = "N14") -> Diagnostic:
    return Diagnostic(
        Kind.INVALID,
        "os",
        summary,
        path=path,
        value=value,
        limit=limit,
        fix=fix,
        source=facts.source("ami.types"),
        note=note,
    )


def _accelerators(kinds: list[str], path: Path) -> Diagnostic:
    return Diagnostic(
        Kind.INVALID,
        "type-accelerators",
        "a node group has one AMI and so one kind of accelerator",
        path=path,
        value=", ".join(kind or "none" for kind in kinds),
        limit="one kind",
        fix="split the group",
        source=_TYPES,
        note="N27",
    )


def _why(row: Mapping[str, Any], types: tuple[InstanceType, ...], group: NodeGroupSpec, version: str) -> str:
    if group.ami_type is not None:
        return f"amiType as the spec says; Kubernetes {version}"
    of = f"{types[0].name}{' and the other types' if len(types) > 1 else ''}"
    accelerator = f"with {row['accelerator']}" if row["accelerator"] else "no accelerator"
    return f"os {group.os}; {of}: {row['arch']}, {accelerator}; Kubernetes {version}"
