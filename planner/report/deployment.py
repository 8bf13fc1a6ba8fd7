"""What a deployment would change or has changed, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.decisions import OneWayDoor
from planner.deploy.drift import Drift
from planner.deploy.steps import LASTING, Action, Step, counted

_SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.REPLACE: "±", Action.DELETE: "-", Action.READ: ">"}


def changes(steps: Iterable[Step]) -> list[str]:
    """A line for every resource that something happens to."""
    return [
        f"{_SIGNS[one.action]} {one.action:<8}{one.short_kind:<24} {one.name}"
        + (f"  ({', '.join(one.changed)})" if one.changed else "")
        for one in steps
        if one.action in _SIGNS
    ]


def summary(steps: Iterable[Step]) -> str:
    """How many of each."""
    words = {
        Action.CREATE: "to make",
        Action.UPDATE: "to change",
        Action.REPLACE: "to replace",
        Action.DELETE: "to delete",
        Action.SAME: "as they are",
        Action.READ: "read",
        Action.REFRESH: "looked at",
    }
    found = counted(steps)
    return ", ".join(f"{number} {words[action]}" for action, number in found.items()) or "nothing to do"


def losses(steps: Sequence[Step]) -> list[str]:
    """What is lost, resource by resource."""
    return [
        f"{one.name} ({one.short_kind}) would be {'deleted' if one.action is Action.DELETE else 'replaced'}"
        + (f" because of {', '.join(one.changed)}" if one.changed else "")
        + f": lost is {LASTING[one.kind]}"
        for one in steps
    ]


def plain(steps: Iterable[Step]) -> list[dict[str, object]]:
    """Steps as JSON."""
    return [
        {"name": one.name, "type": one.kind, "action": str(one.action), "changed": list(one.changed)}
        for one in steps
        if one.action is not Action.SAME
    ]


def doors(passed: Sequence[OneWayDoor]) -> list[str]:
    """The one-way doors that a run passes through."""
    if not passed:
        return []
    return ["one-way doors that this passes through:"] + [
        f"  {one.choice}: {one.chosen}; {one.consequence}" for one in passed
    ]


def plain_doors(passed: Iterable[OneWayDoor]) -> list[dict[str, str]]:
    """One-way doors as JSON."""
    return [{"id": one.id, "chosen": one.chosen, "consequence": one.consequence} for one in passed]


def drift(found: Drift) -> list[str]:
    """Where AWS differs from the plan, under each resource; and what could not be compared."""
    lines = [
        f"{found.count} differences between the plan and AWS; `up` mends what its stack made, the rest is by other hands:"
        if found.count
        else "AWS holds what the plan says, as far as it can be seen"
    ]
    for name, differing in found.resources:
        lines.append(f"  {name}")
        lines += [f"    {one.sign} {one.text}" for one in differing]
    lines += [f"not evaluated: {one}" for one in found.unseen]
    if found.moved:
        lines.append(f"sizes that the Cluster Autoscaler moved within their bounds: {', '.join(found.moved)}")
    if found.of_controllers:
        lines.append(
            f"{found.of_controllers} groups and rules are those of load balancers, by controllers in the cluster"
        )
    return lines


def plain_drift(found: Drift) -> dict[str, object]:
    """The same as JSON."""
    return {
        "differences": [
            {"resource": name, "lines": [{"sign": one.sign, "text": one.text} for one in lines]}
            for name, lines in found.resources
        ],
        "ofControllers": found.of_controllers,
        "notEvaluated": list(found.unseen),
        "autoscaled": list(found.moved),
    }
