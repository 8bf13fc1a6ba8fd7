"""Where the user's own part of the user data says what the plan or EKS says too (notes N18, N25).

On AL2023 nodeadm merges parts in order and later ones win; on Bottlerocket the user's settings win.
So the user's value is what a node gets, while the plan counts with its own: each is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from planner.capacity.group import GroupCapacity
from planner.diagnostics import Diagnostic, Kind, Path, printable
from planner.nodegroups.bottlerocket import leaves, own_settings, planned_settings
from planner.nodegroups.join import ClusterFacts, NodeSettings
from planner.spec.check.node_config import fields_of, node_config_of
from planner.spec.user_parts import NODE_CONFIG, read_parts

_TEMPLATES = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
_MERGE = "https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/api/merge.go"
_MAX_PODS_FLAG = re.compile(r"--max-pods(?:=|\s+)(\d+)$")
_FIELDS = {
    "kubelet.config.maxPods": "maxPods",
    "kubelet.maxPodsExpression": "maxPodsExpression",
    "kubelet.config.systemReserved": "systemReserved",
    "instance.localStorage.strategy": "localStorage.strategy",
    "instance.localStorage.mountPath": "localStorage.mountPath",
    "containerd.config": "containerdConfig",
}


def check_overrides(group: GroupCapacity, settings: NodeSettings, cluster: ClusterFacts) -> Iterator[Diagnostic]:
    """Every value of the user's parts that differs from what the plan counts with."""
    if not settings.own:
        return
    place: Path = ("spec", "nodeGroups", group.index, "userData")
    if settings.os_family == "bottlerocket":
        yield from _bottlerocket(group, settings, cluster, place)
    elif settings.os_family == "al2023":
        parts, _ = read_parts(settings.own)
        for part in parts:
            document = node_config_of(part) if part.media_type == NODE_CONFIG else None
            if document is not None:
                where = f"NodeConfig on line {part.line}"
                here: Path = (*place, part.entry) if len(group.spec.user_data) > 1 else place
                yield from _node_config(document, where, _expected(group, settings), cluster, settings, here)


def _expected(group: GroupCapacity, settings: NodeSettings) -> Mapping[str, Any]:
    """What the plan counts with, by field of a NodeConfig."""
    storage = settings.local_storage
    known = {
        "kubelet.config.maxPods": group.max_pods,
        "kubelet.config.kubeReserved": {
            "cpu": f"{group.allocatable.reserved_cpu_millicores}m",
            "memory": f"{group.allocatable.reserved_memory_mib}Mi",
        },
        "kubelet.config.systemReserved": dict(settings.reserved),
        "kubelet.maxPodsExpression": settings.expression,
    }
    if storage:
        known |= {
            "instance.localStorage.strategy": storage.strategy,
            "instance.localStorage.mountPath": storage.mount_path,
        }
    return known


def _node_config(
    document: Mapping[str, Any],
    where: str,
    expected: Mapping[str, Any],
    cluster: ClusterFacts,
    settings: NodeSettings,
    place: Path,
) -> Iterator[Diagnostic]:
    who = "the plan writes it" if settings.complete else "EKS writes it"
    for path, value in fields_of(document):
        if path == "cluster.name" and value != cluster.name:
            yield Diagnostic(
                Kind.INVALID,
                "group-user-data-cluster",
                "this NodeConfig would make the nodes join another cluster",
                path=place,
                value=f"{where}: spec.cluster.name {value}",
                limit=f"metadata.name {cluster.name}",
                fix=f"leave spec.cluster out: {who}",
                source=_MERGE,
                note="N25",
            )
        elif path.startswith("cluster.") and path not in ("cluster.name", "cluster.enableOutpost", "cluster.id"):
            yield _notice(place, f"{where}: spec.{path} {_short(value)}", who, f"leave spec.cluster out: {who}", _MERGE)
        elif path == "containerd.config" and settings.containerd_config:
            yield Diagnostic(
                Kind.INVALID,
                "group-user-data-containerd",
                "containerd's configuration stands in two places, and nodeadm merges them by no rule that it documents",
                path=place,
                value=f"{where}: spec.containerd.config",
                limit="containerdConfig of the group",
                fix="put both into one of them",
                source=_MERGE,
                note="N25",
            )
        elif path in expected and expected[path] != value:
            yield _counted(place, where, path, value, expected[path])
        elif path == "kubelet.flags" and isinstance(value, list):
            yield from _labels(value, where, settings, place)
            for flag in value:
                found = _MAX_PODS_FLAG.match(flag) if isinstance(flag, str) else None
                if found and int(found[1]) != expected["kubelet.config.maxPods"]:
                    yield _counted(
                        place, where, "kubelet.config.maxPods", int(found[1]), expected["kubelet.config.maxPods"]
                    )


def _labels(flags: list[Any], where: str, settings: NodeSettings, place: Path) -> Iterator[Diagnostic]:
    """Labels of own flags that are the plan's as well: kubelet takes the last."""
    planned = dict(settings.labels)
    for flag in flags:
        if isinstance(flag, str) and flag.startswith("--node-labels="):
            for key, _, value in (one.partition("=") for one in flag.partition("=")[2].split(",")):
                if key in planned and planned[key] != value:
                    yield _notice(
                        place,
                        f"{where}: --node-labels={key}={_short(value)}",
                        f"the plan's {key}={planned[key]}",
                        "say it with labels of the group",
                        _MERGE,
                    )


def _counted(place: Path, where: str, path: str, value: Any, expected: Any) -> Diagnostic:
    field = _FIELDS.get(path)
    return _notice(
        place,
        f"{where}: spec.{path} {_short(value)}",
        f"the plan counts with {_short(expected)}" if expected else "the plan counts without it",
        f"say it with {field} of the group, so that the plan counts with it"
        if field
        else "leave it out, or know that allocatable differs from the plan's",
        _MERGE,
    )


def _bottlerocket(
    group: GroupCapacity, settings: NodeSettings, cluster: ClusterFacts, place: Path
) -> Iterator[Diagnostic]:
    planned = dict(leaves(planned_settings(settings, cluster)))
    own = dict(leaves(own_settings(settings.own)))
    told = ("settings", "kubernetes", "max-pods")
    planned.setdefault(told, group.max_pods)  # EKS's part says the same where the plan's says nothing
    for path, value in own.items():
        if value == {}:  # an empty table takes nothing away
            continue
        # a value in the place of a whole table of the plan takes all of it away
        for key, mine in planned.items():
            shorter = min(len(path), len(key))
            if path[:shorter] == key[:shorter] and (path != key or mine != value):
                dotted = ".".join(path)
                yield _notice(
                    place,
                    f"{dotted} = {_short(value)}",
                    f"the plan's {'.'.join(key)} = {_short(mine)}",
                    "say it with maxPods, labels, taints or systemReserved of the group, so that the plan counts with it",
                    _TEMPLATES,
                )


def _short(value: Any) -> str:
    text = printable(value if isinstance(value, str) else repr(value))
    return text if len(text) <= 60 else text[:57] + "..."


def _notice(place: Path, value: str, limit: str, fix: str, source: str) -> Diagnostic:
    return Diagnostic(
        Kind.NOTICE,
        "group-user-data-overrides",
        "your user data overrides what the nodes would be told, and the plan does not count with it",
        path=place,
        value=value,
        limit=limit,
        fix=fix,
        source=source,
        note="N25",
    )
