"""What AWS holds beside the plan, in the design's words: also what the engine cannot see.

Pulumi compares the resources that it made. A rule added to a group, a route, a subnet or a node group
made by hand are resources of nobody's stack; the design knows them, for it is read from AWS whole.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from planner.catalog.facts import Facts
from planner.deploy.steps import NODE_GROUP, Step
from planner.design import Design, Unknown
from planner.design.compare import Difference, differences
from planner.design.network import Route
from planner.design.security import SecurityGroup, SecurityGroupRule

_PART = re.compile(r"(?P<room>\w+)\[(?P<name>.*?)\](?:\.(?P<rest>.*))?")
_WORDS = {"vpc": "VPC", "nat": "NAT", "acl": "ACL", "acls": "ACLs", "cidr": "CIDR"}


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: ``+`` is in AWS alone, ``-`` in the plan alone, ``~`` differs."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Drift:
    """How AWS differs from a plan."""

    resources: tuple[tuple[str, tuple[Line, ...]], ...]
    """Each resource, such as ``security group test-nodes``, with what differs in it."""
    of_controllers: int = 0
    """Groups and rules that controllers in the cluster made for load balancers: no drift."""
    unseen: tuple[str, ...] = ()
    """What AWS did not let us see, with the call that would have shown it."""
    moved: tuple[str, ...] = ()
    """Node groups whose size the Cluster Autoscaler moved within their bounds: no drift."""

    @property
    def count(self) -> int:
        """How many differences."""
        return sum(len(lines) for _, lines in self.resources)


def drift(planned: Design, found: Design, facts: Facts) -> Drift:
    """How what was found differs from what was planned."""
    marks = _Marks.of(facts)
    resources: dict[str, list[Line]] = {}
    unseen: dict[str, None] = {}
    theirs = 0
    for one in differences(planned, found):
        if isinstance(one.found, Unknown):
            unseen.setdefault(f"{_words(one.path)}: {one.found.call}: {one.found.reason}")
            continue
        if isinstance(one.found, SecurityGroup) and one.planned is None and marks.group(one.found):
            theirs += 1
            continue
        where, what = _place(one.path, planned)
        if isinstance(one.found, tuple):
            kept = tuple(item for item in one.found if not (isinstance(item, SecurityGroupRule) and marks.rule(item)))
            theirs += len(one.found) - len(kept)
            one = dataclasses.replace(one, found=kept)  # noqa: PLW2901 - without what is no drift
        lines = _lines(one, what)
        if lines:
            resources.setdefault(where, []).extend(lines)
    changed = tuple((name, tuple(lines)) for name, lines in resources.items())
    return Drift(changed, theirs, tuple(unseen), _moved(planned, found))


def _moved(planned: Design, found: Design) -> tuple[str, ...]:
    if isinstance(planned.node_groups, Unknown) or isinstance(found.node_groups, Unknown):
        return ()
    there = {one.name: one for one in found.node_groups}
    return tuple(
        one.name
        for one in planned.node_groups
        if one.autoscaled
        and (other := there.get(one.name)) is not None
        and (one.min_size, one.max_size) == (other.min_size, other.max_size)
        and one.desired_size != other.desired_size == one.clamped(other.desired_size)
    )


def not_by_autoscalers(steps: Iterable[Step], cluster: str, found: Drift | None) -> list[Step]:
    """The drift that the engine saw, without sizes that are the Cluster Autoscaler's own."""
    moved = {f"{cluster}-{name}" for name in (found.moved if found else ())}
    return [one for one in steps if not (one.kind == NODE_GROUP and one.name in moved and _only_sizes(one.changed))]


def _only_sizes(changed: tuple[str, ...]) -> bool:
    return bool(changed) and all(name.partition(".")[0] == "scalingConfig" for name in changed)


@dataclass(frozen=True, slots=True)
class _Marks:
    """How controllers mark what they make."""

    tags: tuple[str, ...]
    descriptions: tuple[str, ...]
    groups: tuple[str, ...]

    @classmethod
    def of(cls, facts: Facts) -> _Marks:
        table = facts.table("controllers.marks")
        return cls(*(tuple(table[key]) for key in ("tags", "descriptions", "groups")))

    def group(self, one: SecurityGroup) -> bool:
        return one.name.startswith(self.groups) or any(key in self.tags for key, _ in one.tags)

    def rule(self, one: SecurityGroupRule) -> bool:
        return one.reason.startswith(self.descriptions) or one.peer.startswith(self.groups)


def _lines(one: Difference, what: str) -> list[Line]:
    before = f"{what}: " if what else ""
    if one.planned is None and dataclasses.is_dataclass(one.found):
        return [Line("+", f"{before}in AWS, not in the plan")]
    if one.found is None and dataclasses.is_dataclass(one.planned):
        return [Line("-", f"{before}in the plan, not in AWS")]
    if isinstance(one.planned, tuple) and isinstance(one.found, tuple) and set(one.planned) != set(one.found):
        more = [Line("+", f"{before}{_text(item)}") for item in one.found if item not in one.planned]
        return more + [Line("-", f"{before}{_text(item)}") for item in one.planned if item not in one.found]
    if one.planned == one.found:
        return []
    return [Line("~", f"{before}planned {_text(one.planned)}, found {_text(one.found)}")]


def _place(path: str, design: Design) -> tuple[str, str]:
    """The resource that a path leads to, for people, and what of it."""
    part = _PART.fullmatch(path)
    room, _, rest = path.partition(".")
    if part and not room.startswith("cluster"):
        return f"{_words(part['room'].removesuffix('s'))} {part['name']}", _words(part["rest"] or "")
    inner = _PART.fullmatch(rest)
    if inner:
        rest = f"{_words(inner['room'].removesuffix('s'))} {inner['name']} {_words(inner['rest'] or '')}".strip()
    else:
        rest = _words(rest)
    if room == "vpc":
        return f"VPC {design.vpc.name}", rest
    if room == "cluster" and design.cluster is not None:
        return f"cluster {design.cluster.name}", rest
    return _words(room), rest


def _words(path: str) -> str:
    return " ".join(_WORDS.get(word, word) for word in re.split(r"[_.\s]+", path) if word)


def _text(value: Any) -> str:
    """A value for people."""
    match value:
        case SecurityGroupRule():
            said = f" ({value.reason})" if value.reason else ""
            direction = "from" if value.direction == "ingress" else "to"
            return f"{value.direction} {value.protocol} {value.ports} {direction} {value.peer}{said}"
        case Route():
            return f"route {value.destination} to {value.target_kind} {value.target}"
        case None | () | "":
            return "none"
        case (str(key), str(text)):
            return f"{key}={text}"
        case tuple():
            return ", ".join(_text(one) for one in value)
        case bool():
            return "true" if value else "false"
    if dataclasses.is_dataclass(value):
        fields = [field for field in dataclasses.fields(value) if field.compare]
        shown = {field.name: getattr(value, field.name) for field in fields}
        return ", ".join(f"{_words(name)} {_text(one)}" for name, one in shown.items() if one not in (None, (), ""))
    return str(value)
