"""Additions to the user data: within EC2's size, and in a form that the node's system can read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec

_TEMPLATES = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
#: How a part of Amazon Linux's user data may begin.
_FORMS = {"al2023": ("#!", "#cloud-config", "apiVersion: node.eks.aws", "---"), "al2": ("#!", "#cloud-config")}


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
    if group.os in ("al2023", "al2") and not group.user_data.lstrip("\n").startswith(_FORMS[group.os]):
        forms = " or ".join(_FORMS[group.os])
        yield invalid(
            "group-user-data-form",
            place,
            "user data of a form that cloud-init does not know",
            value=group.user_data.lstrip("\n").partition("\n")[0][:40],
            limit=f"a first line that begins with {forms}",
            fix="begin a script with #!/bin/bash" + (", a NodeConfig with apiVersion" if group.os == "al2023" else ""),
            source=_TEMPLATES,
            note="N25",
        )
    if group.os.startswith("bottlerocket"):
        yield from _bottlerocket(group.user_data, place, written=spec.writes_kubelet_settings(group))


def _bottlerocket(text: str, place: Path, *, written: bool) -> Iterator[Diagnostic]:
    try:
        settings = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        yield invalid(
            "group-user-data-toml",
            place,
            f"Bottlerocket's user data must be TOML: {error}",
            fix="write settings such as [settings.host-containers.admin]; scripts belong into a bootstrap container",
            source=_TEMPLATES,
            note="N25",
        )
        return
    inner = settings.get("settings")
    kubernetes = inner.get("kubernetes") if isinstance(inner, dict) else None
    if kubernetes is not None and written:
        yield invalid(
            "group-user-data-kubernetes",
            place,
            "the plan writes [settings.kubernetes] itself to tell maxPods and what is reserved, and TOML allows a table once",
            value=", ".join(kubernetes) if isinstance(kubernetes, dict) else str(kubernetes),
            fix="leave the table out; labels, taints, maxPods and systemReserved are fields of the node group",
            source=_TEMPLATES,
            note="N25",
        )
