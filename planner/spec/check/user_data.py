"""Additions to the user data: within EC2's size, and in a form that the node's system can read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec

_BOTTLEROCKET = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"


def check_user_data(group: NodeGroupSpec, path: Path, spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """The user data of one group; ``path`` is the group's place."""
    if group.user_data is None:
        return
    place = (*path, "userData")
    size = len(group.user_data.encode())
    limit = facts.number("nodegroup.user_data_bytes")
    if size > limit:
        yield invalid(
            "group-user-data",
            place,
            "user data is too long",
            value=f"{size:,} bytes",
            limit=f"{limit:,} bytes",
            fix="fetch the larger part from S3 at boot",
            source=facts.source("nodegroup.user_data_bytes"),
            note="N25",
        )
    if group.os.startswith("bottlerocket"):
        prefixes = spec.cni.mode == "prefix" and spec.ip_family == "ipv4"
        written = group.ami_id is not None or group.max_pods is not None or prefixes
        yield from _bottlerocket(group.user_data, place, written=written)


def _bottlerocket(text: str, place: Path, *, written: bool) -> Iterator[Diagnostic]:
    try:
        settings = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        yield invalid(
            "group-user-data-toml",
            place,
            f"Bottlerocket's user data must be TOML: {error}",
            fix="write settings such as [settings.host-containers.admin]; scripts belong into a bootstrap container",
            source=_BOTTLEROCKET,
            note="N25",
        )
        return
    inner = settings.get("settings")
    kubernetes = inner.get("kubernetes") if isinstance(inner, dict) else None
    if kubernetes is not None and written:
        yield invalid(
            "group-user-data-kubernetes",
            place,
            "the plan writes [settings.kubernetes] itself to tell maxPods, and TOML allows a table once",
            value=", ".join(kubernetes) if isinstance(kubernetes, dict) else str(kubernetes),
            fix="leave the table out; labels, taints and maxPods are fields of the node group",
            source=_BOTTLEROCKET,
            note="N25",
        )
