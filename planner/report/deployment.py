"""What a deployment would change or has changed, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
