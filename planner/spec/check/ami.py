"""AMI types and releases of node groups: known, and in one place only (notes N14, N20, N26)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.catalog.nearest import nearest_names
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.launch_template import both
from planner.spec.check.made import invalid, notice
from planner.spec.nodes import NodeGroupSpec, os_of

_API = "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html"
_BOTTLEROCKET = re.compile(r"\d+\.\d+\.\d+-[0-9a-f]{8}")
_AMAZON_LINUX = re.compile(r"\d+\.\d+\.\d+-\d{8}")
_WINDOWS = re.compile(r"\d+\.\d+-\d{4}[.-]\d{2}[.-]\d{2}")
_FORMS = {
    "bottlerocket": (_BOTTLEROCKET, "1.53.0-1a2b3c4d"),
    "windows": (_WINDOWS, "1.35-2026.04.18"),
    "al2023": (_AMAZON_LINUX, "1.35.2-20260903"),
    "al2": (_AMAZON_LINUX, "1.32.7-20250920"),
}


def check_ami(group: NodeGroupSpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    """The AMI type and release of one group; ``path`` is its place."""
    yield from _type(group, path, facts)
    yield from _with_own_ami(group, path)
    yield from _release(group, path)
    if group.os == "al2":
        yield notice(
            "ami-al2",
            (*path, "os"),
            "Amazon Linux 2 gets no further AMIs from EKS, and none at all from Kubernetes 1.33",
            value="al2",
            limit=f"AMIs until {facts['ami.al2_end'].value}",
            fix="use os: al2023 or bottlerocket",
            source=facts.source("ami.al2_end"),
            note="N14",
        )


def _type(group: NodeGroupSpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    asked = group.ami_type
    if asked is None:
        return
    known = [str(row["name"]) for row in facts["ami.types"].value]
    if asked == "CUSTOM":
        yield invalid(
            "ami-type",
            (*path, "amiType"),
            "CUSTOM is what EKS answers for a group with an AMI of its own; it is never asked for",
            value=asked,
            limit="no amiType beside an AMI id",
            fix="remove amiType" + ("" if group.ami_id else " and give amiId"),
            source=_API,
            note="N26",
        )
    elif asked not in known:
        names = _nearest(asked, known)
        yield invalid(
            "ami-type",
            (*path, "amiType"),
            "EKS has no such AMI type",
            value=asked,
            limit=f"{len(known)} types of {facts['ami.types'].retrieved}",
            fix=f"did you mean {', '.join(names)}?" if names else f"choose one of {', '.join(known)}",
            source=facts.source("ami.types"),
            note="N14",
        )
    elif os_of(asked) != group.os:
        yield both(
            path,
            ("amiType", asked),
            ("os", group.os),
            f"amiType and os name different systems: {asked} is {os_of(asked)}",
            "remove os; amiType says it",
            "N14",
        )


def _nearest(asked: str, known: list[str]) -> list[str]:
    """Known AMI types that differ in case only, begin alike, or look alike."""
    lower = {name.lower(): name for name in known}
    begins = [name for key, name in lower.items() if key.startswith(asked.lower())] if len(asked) > 4 else []
    alike = [lower[key] for key in nearest_names(asked.lower(), lower)]
    return list(dict.fromkeys([*([lower[asked.lower()]] if asked.lower() in lower else begins or alike)]))[:3]


def _with_own_ami(group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    """An AMI id forbids EKS's own words about AMIs."""
    if group.ami_id is None:
        return
    template = group.launch_template
    inside = "launchTemplate.imageId" if template is not None and template.image_id else "amiId"
    for key, value in (
        ("amiType", group.ami_type if group.ami_type != "CUSTOM" else None),
        ("version", group.version),
        ("releaseVersion", group.release_version),
    ):
        if value is not None:
            yield both(
                path,
                (key, value),
                (inside, group.ami_id),
                f"EKS refuses {key} beside an AMI id in the launch template",
                f"remove {key} (os says how the user data is written), or remove {inside}",
                "N26",
            )


def _release(group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    asked = group.release_version
    if asked is None:
        return
    form, example = _FORMS[group.os_family]
    if not form.fullmatch(asked):
        yield invalid(
            "ami-release",
            (*path, "releaseVersion"),
            f"not a release version of {group.os_family}'s AMIs",
            value=asked,
            limit=f"such as {example}",
            fix="take it from `aws ssm get-parameter`; `eksplan why` names the parameter",
            source=_API,
            note="N14",
        )
