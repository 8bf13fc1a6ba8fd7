"""A NodeConfig of the user's own: what nodeadm would refuse, and what it would drop without a word (note N25)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from planner.catalog.facts import Facts
from planner.catalog.nearest import nearest_names
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid, notice
from planner.spec.source import parse
from planner.spec.user_parts import UserPart

API_VERSION = "node.eks.aws/v1alpha1"
KIND = "NodeConfig"
_TOP = ("apiVersion", "kind", "metadata", "spec")
#: What a field of the schema holds, as Python reads it, and its name for people.
_KINDS: Mapping[str, tuple[tuple[type, ...], str]] = {
    "text": ((str,), "text"),
    "flag": ((bool,), "true or false"),
    "texts": ((list,), "a list of texts"),
    "object": ((dict,), "a mapping"),
    "flags": ((dict,), "a mapping of names to true or false"),
}


def node_config_of(part: UserPart) -> Mapping[str, Any] | None:
    """The document in a NodeConfig part; None where it is none (``check_node_config`` says why)."""
    source = parse(part.text, "")
    if isinstance(source, Diagnostic) or not isinstance(source.data, dict):
        return None
    return source.data if isinstance(source.data.get("spec") or {}, dict) else None


def fields_of(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every field below spec that is set, by its dotted path; kubelet's configuration is opened one level."""
    spec = document.get("spec") or {}
    for path, value in _leaves(spec, ""):
        if path == "kubelet.config" and isinstance(value, dict):
            yield from ((f"{path}.{key}", one) for key, one in value.items())
        else:
            yield path, value


def _leaves(value: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for key, one in value.items():
        path = f"{above}{key}"
        if (isinstance(one, dict) and path in ("cluster", "kubelet", "containerd", "instance")) or (
            isinstance(one, dict) and path in ("instance.localStorage", "instance.network")
        ):
            yield from _leaves(one, f"{path}.")
        else:
            yield path, one


def check_node_config(part: UserPart, place: Path, facts: Facts) -> Iterator[Diagnostic]:
    """One NodeConfig."""
    source = parse(part.text, "userData")
    if isinstance(source, Diagnostic):
        line = part.line - 1 + (source.range.line if source.range else 1)
        yield _refused(
            place, f"a NodeConfig that is no YAML: {source.summary}", f"line {line}", "one YAML document", facts
        )
        return
    data = source.data
    if not isinstance(data, dict):
        yield _refused(place, "a NodeConfig that is no mapping", type(data).__name__, "apiVersion, kind, spec", facts)
        return
    for key, wanted in (("apiVersion", API_VERSION), ("kind", KIND)):
        if data.get(key) != wanted:
            yield _refused(place, f"nodeadm refuses this {key}", str(data.get(key, "missing")), wanted, facts)
    for key in data:
        if key not in _TOP:
            yield _unknown(place, key, _TOP, part.line - 1 + source.locate((key,), key=True).line, facts)
    if not isinstance(data.get("spec") or {}, dict):
        yield _refused(place, "spec is no mapping", type(data["spec"]).__name__, "a mapping", facts)
        return
    yield from _fields(data.get("spec") or {}, place, facts)


def _fields(spec: Mapping[str, Any], place: Path, facts: Facts) -> Iterator[Diagnostic]:
    known = facts.table("nodeadm.fields")
    groups = {name.rpartition(".")[0] for name in known} - {""}
    for path, value in _leaves(spec, ""):
        if path in groups:
            if value is not None:
                yield _refused(place, f"spec.{path} is no mapping", type(value).__name__, "a mapping", facts)
            continue
        if path not in known:
            yield _unknown(place, f"spec.{path}", [f"spec.{one}" for one in known], None, facts)
            continue
        types, words = _KINDS[known[path]]
        items = value if known[path] == "texts" and isinstance(value, list) else []
        switches = value.values() if known[path] == "flags" and isinstance(value, dict) else []
        wrong = (
            not isinstance(value, types)
            or any(not isinstance(one, str) for one in items)
            or any(not isinstance(one, bool) for one in switches)
        )
        if value is not None and wrong:
            yield _refused(place, f"spec.{path} has the wrong type", f"{value!r}"[:60], words, facts)
    storage = spec.get("instance") or {}
    storage = storage.get("localStorage") if isinstance(storage, dict) else None
    strategy = storage.get("strategy") if isinstance(storage, dict) else None
    allowed = facts.strings("nodeadm.local_storage")
    if isinstance(strategy, str) and strategy not in allowed:
        yield _refused(
            place, "no such strategy for local disks", f"localStorage.strategy: {strategy}", ", ".join(allowed), facts
        )
    gates = spec.get("featureGates")
    for gate in gates if isinstance(gates, dict) else ():
        if gate not in facts.strings("nodeadm.feature_gates"):
            yield _unknown(place, f"featureGates.{gate}", facts.strings("nodeadm.feature_gates"), None, facts)


def _refused(place: Path, summary: str, value: str, limit: str, facts: Facts) -> Diagnostic:
    return invalid(
        "group-user-data-node-config",
        place,
        summary,
        value=value,
        limit=limit,
        fix="correct it: nodeadm stops, and the node never joins",
        source=facts.source("nodeadm.fields"),
        note="N25",
    )


def _unknown(place: Path, name: str, known: Any, line: int | None, facts: Facts) -> Diagnostic:
    near = nearest_names(name, known)
    return notice(
        "group-user-data-node-config",
        place,
        "nodeadm drops a field that it does not know without a word",
        value=name + (f" on line {line}" if line else ""),
        limit=f"the fields that were known on {facts['nodeadm.fields'].retrieved}",
        fix=f"did you mean {', '.join(near)}?" if near else "look the field up in nodeadm's API reference",
        source=facts.source("nodeadm.fields"),
        note="N25",
    )
