"""The decision behind a group's user data: who writes what, in which order, and what memory follows (notes N18, N25, N26)."""

from __future__ import annotations

from planner.capacity.brief import Brief
from planner.capacity.group import GroupCapacity
from planner.nodegroups.join import NodeSettings
from planner.nodegroups.user_data import filled_size

_TEMPLATES = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
_ORDER = {
    "al2023": "nodeadm merges NodeConfigs in their order: {first}the plan's, yours; later values win, and kubelet's flags add up",
    "al2": "your parts run first, then bootstrap.sh starts kubelet",
    "bottlerocket": "settings are merged table by table, and yours win",
    "windows": "your commands run first, then EKS's bootstrap script, within one <powershell> tag",
}


def record_user_data(brief: Brief, group: GroupCapacity, settings: NodeSettings, text: str) -> None:
    """Add the decision ``user-data.GROUP``."""
    facts = brief.facts
    limit = facts.number("nodegroup.user_data_bytes")
    if not text:
        brief.ledger.add(
            f"user-data.{group.name}",
            f"User data of {group.name}",
            "EKS's own",
            explanation="without an AMI of your own EKS writes all that a node needs to join, and its maxPods is the plan's",
            source=_TEMPLATES,
            note="N25",
        )
        return
    who = (
        "with an AMI of your own EKS adds nothing: the whole join is here, with the labels that EKS would set"
        if settings.complete
        else "EKS adds its part for joining; here is only what EKS cannot know"
    )
    if settings.taints:
        who += ", and taints are registered by kubelet because EKS would set them late"
    reasons = [who, _ORDER[settings.os_family].format(first="" if settings.complete else "EKS's, ")]
    base, each = facts.number("reserved.memory_base_mib"), facts.number("reserved.memory_per_pod_mib")
    formula = worked = ""
    if settings.expression and settings.max_pods:
        reasons.append(
            "nodeadm reserves memory by maxPodsExpression and not by maxPods, so both say the same number"
            + ("" if settings.complete else ": EKS's maxPods would outrank the expression")
        )
        formula = f"kube-reserved memory = {base} MiB + {each} MiB × maxPodsExpression"
        worked = f"{base} + {each} × {settings.max_pods} = {base + each * settings.max_pods} MiB"
    brief.ledger.add(
        f"user-data.{group.name}",
        f"User data of {group.name}",
        filled_size(text),
        unit="bytes at most",
        formula=formula,
        worked=worked,
        inputs={"limit of EC2 before Base64": limit, "yours": sum(len(one.encode()) for one in settings.own)},
        explanation="; ".join(reasons),
        source=_TEMPLATES,
        note="N26" if settings.complete else "N25",
    )
