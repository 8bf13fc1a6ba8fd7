"""Labels and taints of node groups: what Kubernetes and EKS take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid
from planner.spec.nodes import NodeGroupSpec

_API = "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html"
_LABELS = "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set"
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_PREFIX = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


def _key_problem(key: str, most: int) -> str:
    """What is wrong with a key of a label or taint; empty when nothing is."""
    prefix, slash, name = key.rpartition("/")
    if not _NAME.fullmatch(name) or (slash and not _PREFIX.fullmatch(prefix)):
        return "an optional DNS prefix and /, then 1 to 63 letters, digits, - _ . that begin and end with a letter or digit"
    return f"at most {most} characters in all" if len(key) > most else ""


def check_labels(group: NodeGroupSpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    for key, value in group.labels.items():
        place = (*path, "labels", key)
        prefix = key.rpartition("/")[0]
        limit = _key_problem(key, facts.number("nodegroup.label_key_max"))
        if limit:
            yield invalid(
                "label",
                place,
                "not a label key that EKS takes",
                value=key,
                limit=limit,
                fix="rename it",
                source=_API if "in all" in limit else _LABELS,
            )
        domain = prefix.split(".")
        if (
            prefix
            and (prefix == "eks.amazonaws.com" or domain[-2:] in (["kubernetes", "io"], ["k8s", "io"]))
            and not prefix.startswith(("node.kubernetes.io", "node-role.kubernetes.io"))
        ):
            yield invalid(
                "label-reserved",
                place,
                "this prefix is reserved: EKS and Kubernetes set such labels themselves",
                value=key,
                limit="no eks.amazonaws.com, kubernetes.io or k8s.io",
                fix="use a prefix of your own",
                source=_LABELS,
                note="N15",
            )
        elif prefix.startswith("node-role.kubernetes.io"):
            yield invalid(
                "label-reserved",
                place,
                "kubelet may not set this label on itself",
                value=key,
                limit="no node-role.kubernetes.io",
                fix="use a label of your own; `kubectl label node` can add the role later",
                source="https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction",
                note="N15",
            )
        if value and not _NAME.fullmatch(value):
            yield invalid(
                "label",
                place,
                "not a label value",
                value=value,
                limit="up to 63 letters, digits, - _ . with a letter or digit at both ends",
                fix="shorten or rename it",
                source=_LABELS,
            )


def check_taints(group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    seen: set[tuple[str, str]] = set()
    for number, taint in enumerate(group.taints):
        if (taint.key, taint.effect) in seen:
            yield invalid(
                "taint-twice",
                (*path, "taints", number),
                "two taints have this key and effect",
                value=f"{taint.key}:{taint.effect}",
                fix="remove one of them",
                source=_API,
            )
        seen.add((taint.key, taint.effect))
        limit = _key_problem(taint.key, 63)
        if limit:
            yield invalid(
                "taint",
                (*path, "taints", number, "key"),
                "not a taint key",
                value=taint.key,
                limit=limit,
                fix="rename it",
                source=_LABELS,
            )
        if taint.value and not _NAME.fullmatch(taint.value):
            yield invalid(
                "taint",
                (*path, "taints", number, "value"),
                "not a taint value",
                value=taint.value,
                limit="up to 63 letters, digits, - _ . with a letter or digit at both ends",
                fix="shorten or rename it",
                source=_LABELS,
            )
