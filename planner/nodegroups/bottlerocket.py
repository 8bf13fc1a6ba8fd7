"""Bottlerocket's settings, the plan's under the user's, in the dotted form that EKS writes (notes N25, N26).

Dotted keys never open a table, so none can stand twice, and no header has a quoted key, which
EKS's own merge would refuse.

Sources: https://bottlerocket.dev/en/os/latest/#/api/settings/kubernetes/ and
https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from planner.design import Taint
from planner.design.joining import CERTIFICATE_AUTHORITY, ENDPOINT
from planner.nodegroups.join import ClusterFacts, NodeSettings
from planner.spec.layers import laid_over
from planner.spec.nodes import LocalStorageSpec

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DIRECTORIES = {"Containerd": "/var/lib/containerd", "Kubelet": "/var/lib/kubelet", "PodLogs": "/var/log/pods"}
#: The name that Karpenter gives the same commands: first in order, as commands run by name.
_MOUNT = "000-mount-instance-storage"

Leaf = tuple[tuple[str, ...], Any]


def own_settings(texts: Sequence[str]) -> dict[str, Any]:
    """All of the user's texts as one document, later ones over earlier ones."""
    whole: dict[str, Any] = {}
    for text in texts:
        whole = laid_over(whole, tomllib.loads(text.replace("\r\n", "\n")))
    return whole


def planned_settings(settings: NodeSettings, cluster: ClusterFacts) -> dict[str, Any]:
    """What the plan itself says."""
    kubernetes: dict[str, Any] = {}
    if settings.complete:
        kubernetes |= {
            "cluster-name": cluster.name,
            "api-server": ENDPOINT,
            "cluster-certificate": CERTIFICATE_AUTHORITY,
            "cluster-dns-ip": cluster.dns,
        }
    if settings.max_pods:
        kubernetes["max-pods"] = settings.max_pods
    if settings.labels:
        kubernetes["node-labels"] = dict(settings.labels)
    if settings.taints:
        kubernetes["node-taints"] = _taints(settings.taints)
    if settings.reserved:
        kubernetes["system-reserved"] = dict(settings.reserved)
    whole: dict[str, Any] = {"kubernetes": kubernetes} if kubernetes else {}
    if settings.local_storage:
        whole["bootstrap-commands"] = {_MOUNT: _local_disks(settings.local_storage)}
    return {"settings": whole} if whole else {}


def _taints(taints: Sequence[Taint]) -> dict[str, str | list[str]]:
    """``value:effect`` by key: one as text, as EKS writes it, several of one key as a list."""
    found: dict[str, list[str]] = {}
    for one in taints:
        found.setdefault(one.key, []).append(f"{one.value}:{one.effect}")
    return {key: values[0] if len(values) == 1 else values for key, values in found.items()}


def _local_disks(wanted: LocalStorageSpec) -> dict[str, Any]:
    """Both commands in one entry: a bind before the array is there would pass over in silence."""
    bound = [path for name, path in _DIRECTORIES.items() if name not in wanted.disabled_mounts]
    return {
        "commands": [
            ["apiclient", "ephemeral-storage", "init"],
            ["apiclient", "ephemeral-storage", "bind", "--dirs", *bound],
        ],
        "mode": "always",
        "essential": True,
    }


def leaves(document: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Every value with the keys that lead to it; an empty table is a value."""
    for key, value in document.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key), value


def dotted_lines(document: Mapping[str, Any]) -> list[str]:
    """The document as TOML, one dotted key in a line."""
    return [f"{'.'.join(_key(key) for key in path)} = {_value(value)}" for path, value in leaves(document)]


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _string(key, several_lines=False)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    from tomlkit import item

    return str(item(value).as_string())


def _string(text: str, *, several_lines: bool = True) -> str:
    """Text in single quotes as EKS writes it, else in a form without escaped quotes, which EKS could
    not merge. Keys cannot have ``several_lines``."""
    from tomlkit import string

    if "'" not in text and text.isprintable():
        return f"'{text}'"
    if '"' not in text:
        return str(string(text).as_string())
    if several_lines and "'''" not in text and not text.endswith("'") and text.replace("\n", "").isprintable():
        return f"'''\n{text}'''"
    # a code point instead of the quote; the rest is free of quotes and can be escaped as usual
    pieces = (str(string(piece).as_string())[1:-1] for piece in text.split('"'))
    return '"' + "\\u0022".join(pieces) + '"'
