"""User data of a launch template, by operating system (notes N09, N18, N25, N26).

Without an AMI id EKS adds its own part, and a plan adds only what EKS cannot know. With an AMI id,
and on self-managed nodes, the whole join is the user data's. Values that exist only after the
cluster was made stand as places such as ``${cluster.endpoint}``, which the stack fills in.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from planner.catalog.facts import Facts
from planner.design.joining import CERTIFICATE_AUTHORITY, ENDPOINT
from planner.diagnostics import Diagnostic, Kind, Path
from planner.nodegroups.bottlerocket import dotted_lines, own_settings, planned_settings
from planner.nodegroups.join import ClusterFacts, NodeSettings
from planner.nodegroups.node_config import node_config_spec
from planner.spec.check.node_config import API_VERSION, KIND
from planner.spec.layers import laid_over
from planner.spec.powershell import all_commands
from planner.spec.user_parts import NODE_CONFIG, SHELL, UserPart, read_parts

Renderer = Callable[[str, Mapping[str, Any]], str]
"""Renders a template of ``templates/`` by name."""

#: Bytes to keep for what is filled in; an EKS cluster's certificate is about 1,500 bytes of base64.
_FILLED_IN = ((ENDPOINT, 128), (CERTIFICATE_AUTHORITY, 2_048))


def user_data(settings: NodeSettings, cluster: ClusterFacts, render: Renderer) -> str:
    """The user data as text (the stack encodes it); empty when EKS's own suffices."""
    if not settings.says_something and not settings.own:
        return ""
    if settings.os_family == "bottlerocket":
        return _toml(settings, cluster, render)
    if settings.os_family == "windows":
        return _powershell(settings, cluster, render)
    parts, _ = read_parts(settings.own)
    if settings.os_family == "al2023":
        # nodeadm merges in order and later parts win: EKS's, the plan's, the user's
        mine = [UserPart(NODE_CONFIG, _node_config(settings, cluster, render))] if settings.says_something else []
        return _mime([*mine, *parts], render)
    # AL2: what the user runs must have run when bootstrap.sh starts kubelet
    mine = [UserPart(SHELL, _bootstrap(settings, cluster, render))] if settings.complete else []
    return _mime([*parts, *mine], render)


def _mime(parts: list[UserPart], render: Renderer) -> str:
    if not parts:
        return ""
    return render("user-data/mime.j2", {"boundary": _boundary(parts), "parts": parts})


def _boundary(parts: list[UserPart]) -> str:
    """EKS's own //, or the first of //1, //2, … that no line of any part begins with."""
    starts = [line for part in parts for line in part.text.splitlines() if line.startswith("--//")]
    boundary, number = "//", 0
    while any(line.startswith(f"--{boundary}") for line in starts):
        number += 1
        boundary = f"//{number}"
    return boundary


def _node_config(settings: NodeSettings, cluster: ClusterFacts, render: Renderer) -> str:
    context = {"api_version": API_VERSION, "kind": KIND, "spec": node_config_spec(settings, cluster)}
    return render("user-data/al2023.j2", context).strip("\n")


def _bootstrap(settings: NodeSettings, cluster: ClusterFacts, render: Renderer) -> str:
    strategy = settings.local_storage.strategy.lower() if settings.local_storage else ""
    context = {
        "settings": settings,
        "cluster": cluster,
        "endpoint": ENDPOINT,
        "certificate_authority": CERTIFICATE_AUTHORITY,
        "local_disks": strategy,
    }
    return render("user-data/al2.j2", context).strip("\n")


def _toml(settings: NodeSettings, cluster: ClusterFacts, render: Renderer) -> str:
    mine = planned_settings(settings, cluster)
    if not mine and len(settings.own) == 1:
        return settings.own[0].replace("\r\n", "\n").strip("\n") + "\n"
    lines = dotted_lines(laid_over(mine, own_settings(settings.own)))
    return render("user-data/bottlerocket.j2", {"lines": lines}) if lines else ""


def _powershell(settings: NodeSettings, cluster: ClusterFacts, render: Renderer) -> str:
    own = all_commands(settings.own)
    if not own and not settings.complete:
        return ""
    context = {
        "settings": settings,
        "cluster": cluster,
        "endpoint": ENDPOINT,
        "certificate_authority": CERTIFICATE_AUTHORITY,
        "own": own,
    }
    return render("user-data/windows.j2", context)


def filled_size(text: str) -> int:
    """Bytes of user data once the cluster's own values are filled in, at most."""
    return len(text.encode()) + sum(text.count(place) * (room - len(place)) for place, room in _FILLED_IN)


def too_long(
    text: str, settings: NodeSettings, cluster: ClusterFacts, path: Path, facts: Facts, render: Renderer
) -> tuple[Diagnostic, ...]:
    """User data that EC2 would refuse once the cluster's own values are filled in, or that leaves
    no room for the part which EKS adds (about as long as the plan's own with an AMI id).
    ``path`` is the group's place."""
    size = filled_size(text)
    limit = facts.number("nodegroup.user_data_bytes")
    own = sum(len(one.encode()) for one in settings.own)
    eks = 0
    if text and not settings.complete:
        eks = filled_size(user_data(dataclasses.replace(settings, complete=True, own=()), cluster, render))
    if size + eks <= limit:
        return ()
    refused = size > limit
    problem = Diagnostic(
        Kind.INVALID if refused else Kind.NOTICE,
        "group-user-data",
        "user data is too long, before Base64, with the part that the plan writes"
        if refused
        else "user data leaves little room, before Base64, for the part that EKS adds",
        path=(*path, "userData"),
        value=f"{size:,} bytes, {own:,} of them yours" + ("" if refused else f"; EKS adds about {eks:,}"),
        limit=f"{limit:,} bytes",
        fix="fetch the larger part from S3 at boot",
        source=facts.source("nodegroup.user_data_bytes"),
        note="N25",
    )
    return (problem,)
