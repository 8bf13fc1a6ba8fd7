"""Tags that AWS refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid
from planner.spec.cluster import ClusterSpec

_SOURCE = "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"
_ALLOWED = re.compile(r"[\w .:/=+\-@]")
MAX_TAGS = 40
"""AWS allows 50 on a resource; the plan and EKS need some of them."""


def check_tags(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Keys, values and number of tags, for the spec and each node group."""
    del facts
    yield from _tags(("tags",), spec.tags)
    for number, group in enumerate(spec.node_groups):
        yield from _tags(("nodeGroups", number, "tags"), group.tags)


def _tags(path: Path, tags: dict[str, str]) -> Iterator[Diagnostic]:
    if len(tags) > MAX_TAGS:
        yield invalid(
            "tags-many",
            path,
            "too many tags",
            value=str(len(tags)),
            limit=f"{MAX_TAGS} (AWS allows 50; the plan adds its own)",
            fix="remove some",
            source=_SOURCE,
        )
    for key, value in tags.items():
        if key.lower().startswith("aws:"):
            yield invalid(
                "tag-reserved",
                (*path, key),
                "tags beginning with aws: belong to AWS",
                value=key,
                limit="any other prefix",
                fix="rename it",
                source=_SOURCE,
            )
        elif key == "Name" or key.startswith("kubernetes.io/"):
            yield invalid(
                "tag-reserved",
                (*path, key),
                "the plan sets this tag itself",
                value=key,
                limit="any other key",
                fix="remove it",
            )
        if not 1 <= len(key) <= 128:
            yield invalid(
                "tag-key",
                (*path, key),
                "a tag key has 1 to 128 characters",
                value=f"{len(key)} characters",
                limit="1 to 128",
                fix="shorten it" if key else "give it a name",
                source=_SOURCE,
            )
        strange = sorted({one for one in key + value if not _ALLOWED.fullmatch(one)})
        if strange:
            yield invalid(
                "tag-characters",
                (*path, key),
                "characters that IAM and EKS do not take in tags",
                value=" ".join(strange),
                limit="letters, digits, spaces and _ . : / = + - @",
                fix="replace them",
                source="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html",
            )
        if len(value) > 256:
            yield invalid(
                "tag-value",
                (*path, key),
                "a tag value has at most 256 characters",
                value=str(len(value)),
                limit="256",
                fix="shorten it",
                source=_SOURCE,
            )
