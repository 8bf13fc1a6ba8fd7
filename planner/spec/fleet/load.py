"""Text to a fleet: the document, every cluster with its merged spec, and all problems at once.

Clusters whose specs differ in nothing but name, account and blocks given by hand share one
*variant*, which is read and checked once; a problem of a template is said once and not for each of
its clusters.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Kind, Path
from planner.spec.cluster import ClusterDocument, ClusterSpec
from planner.spec.errors import diagnostic_of, nearest
from planner.spec.fleet.document import KIND, FleetCluster, FleetDocument
from planner.spec.fleet.merge import Layer, Pins, canonical, get, merged, origin, pinned, without_pins
from planner.spec.fleet.names import check_names, names_of
from planner.spec.fleet.schema import bare_fleet_schema
from planner.spec.load import keep_text as keep_cluster_text
from planner.spec.load import other_kind, place, understood
from planner.spec.source import Limits, Source, parse

#: A fleet of ten thousand clusters, each written out, has about 1 MB and 150,000 parts.
FLEET_LIMITS = Limits(32 << 20, 4_000_000, "a fleet")
#: Settings that change neither demand nor addresses.
_NEUTRAL = ("tags", "deletionProtection", "supportType")


@dataclass(frozen=True, slots=True)
class Variant:
    """A spec that one or more clusters have; without blocks given by hand unless its VPC exists."""

    document: ClusterDocument
    data: Mapping[str, Any]
    """The same as it is written: all layers in one."""
    entry: int
    """The first entry of ``clusters`` that has it."""
    layers: tuple[Layer, ...]
    shape: str
    """The same for variants that need the same addresses."""

    @property
    def spec(self) -> ClusterSpec:
        """The cluster's spec."""
        return self.document.spec


@dataclass(frozen=True, slots=True)
class Member:
    """One cluster of the fleet."""

    name: str
    entry: int
    variant: Variant
    pins: Pins
    layers: tuple[Layer, ...]
    account: str = ""
    pool: str | None = None
    template: str = ""

    @property
    def path(self) -> Path:
        """Where its entry stands."""
        return ("spec", "clusters", self.entry)

    @property
    def spec(self) -> ClusterSpec:
        """Its spec without the blocks given by hand."""
        return self.variant.spec


@dataclass(frozen=True, slots=True)
class LoadedFleet:
    """A fleet (None if it could not be understood), its clusters in order, and all diagnostics."""

    document: FleetDocument | None
    source: Source | None
    members: tuple[Member, ...]
    diagnostics: tuple[Diagnostic, ...]


def keep_text(path: Path) -> bool:
    """Where a plain scalar stays as it is written: accounts, and what a cluster's spec keeps."""
    if path[:1] != ("spec",) or len(path) < 3:
        return False
    if path[-1] == "account":
        return True
    for below, lead in (("defaults", 2), ("templates", 3)):
        if path[1] == below:
            return keep_cluster_text(("spec", *path[lead:]))
    return path[1] == "clusters" and path[3:4] == ("spec",) and keep_cluster_text(("spec", *path[4:]))


def load_fleet(content: bytes | str, file: str, facts: Facts) -> LoadedFleet:
    """Read a fleet from YAML text. ``file`` is only named in messages."""
    source = parse(content, file, keep_text, FLEET_LIMITS)
    if isinstance(source, Diagnostic):
        return LoadedFleet(None, None, (), (source,))
    other = other_kind(source.data, KIND)
    if other is not None:
        return LoadedFleet(None, source, (), (place(other, source),))
    document, diagnostics = _document(source)
    members: tuple[Member, ...] = ()
    if document is not None:
        diagnostics += check_names(document)
        members, problems = _Members(document, source, facts).read()
        diagnostics += problems
    placed = tuple(dict.fromkeys(place(one, source) for one in diagnostics))
    ordered = tuple(sorted(placed, key=lambda one: (one.range or source.locate(()), one.code)))
    wrong = any(one.kind is Kind.INVALID for one in ordered)
    return LoadedFleet(None if wrong else document, source, members, ordered)


def _document(source: Source) -> tuple[FleetDocument | None, list[Diagnostic]]:
    """The document, and what is wrong with what is the fleet's own."""
    if not isinstance(source.data, Mapping):
        return None, [
            Diagnostic(
                Kind.INVALID,
                "document",
                "the file holds no mapping where a fleet is one",
                limit="apiVersion, kind, metadata, spec",
                fix="start with `apiVersion: eksplan/v1` and `kind: Fleet`; `eksplan explain fleet` lists the fields",
            )
        ]
    try:
        return FleetDocument.model_validate_json(json.dumps(source.data)), []
    except ValidationError as error:
        problems = error.errors(include_url=False)
    return None, [diagnostic_of(one, source.data, bare_fleet_schema) for one in problems]


class _Members:
    """Merges and reads the clusters' specs, each variant once."""

    def __init__(self, document: FleetDocument, source: Source, facts: Facts) -> None:
        self.document = document
        self.source = source
        self.facts = facts
        self.variants: dict[str, Variant | None] = {}
        self.pins: dict[str, Pins | None] = {}
        self.problems: list[Diagnostic] = []
        self.owned = {
            one.cluster: (number, one)
            for number, one in enumerate(document.spec.allocations)
            if one.cluster is not None
        }

    def read(self) -> tuple[tuple[Member, ...], list[Diagnostic]]:
        """Every cluster that could be understood, and what is wrong with the others."""
        return tuple(self._all()), self.problems

    def _all(self) -> Iterator[Member]:
        for number, entry in enumerate(self.document.spec.clusters):
            if entry.template is not None and entry.template not in self.document.spec.templates:
                self.problems.append(self._no_template(number, entry.template))
                continue
            layers = self._layers(number, entry)
            variant = self._variant(number, layers)
            common = self._pinned(number, pinned(layers))
            if variant is None or common is None:
                continue
            for name in names_of(entry):
                pins = common if name not in self.owned else self._with_allocation(name, number, common)
                yield Member(name, number, variant, pins, layers, entry.account or "", entry.pool, entry.template or "")

    def _layers(self, number: int, entry: FleetCluster) -> tuple[Layer, ...]:
        spec = self.document.spec
        layers = [Layer(("spec", "clusters", number, "spec"), entry.spec)]
        if entry.template is not None:
            layers.append(Layer(("spec", "templates", entry.template), spec.templates[entry.template]))
        return (*layers, Layer(("spec", "defaults"), spec.defaults))

    def _variant(self, number: int, layers: tuple[Layer, ...]) -> Variant | None:
        """The variant of a cluster; None if its spec is wrong, which is said once."""
        # the lower layers are told by their paths, so that a cluster costs no more than its own fields
        existing = any(get(layer.data, ("vpc", "id")) is not None for layer in layers)
        own = layers[0].data if existing else without_pins(layers[0].data)
        key = canonical([own, [layer.path for layer in layers[1:]]])
        if key not in self.variants:
            self.variants[key] = self._read(number, layers, existing=existing)
        return self.variants[key]

    def _read(self, number: int, layers: tuple[Layer, ...], *, existing: bool) -> Variant | None:
        whole = merged(layers)
        data = whole if existing else without_pins(whole)
        name = next(iter(names_of(self.document.spec.clusters[number])))
        raw = {"apiVersion": "eksplan/v1", "kind": "Cluster", "metadata": {"name": name}, "spec": data}
        document, found = understood(Source(self.source.file, raw), self.facts)
        entry: Path = ("spec", "clusters", number)
        self.problems += [self._placed(one, layers, entry) for one in found]
        if document is not None and document.spec.vpc.pool:
            self.problems.append(self._placed(_POOL, layers, entry))
            return None
        if document is None or any(one.kind is Kind.INVALID for one in found):
            return None
        neutral = {key: value for key, value in data.items() if key not in _NEUTRAL}
        return Variant(document, data, number, layers, canonical(neutral))

    def _placed(self, one: Diagnostic, layers: tuple[Layer, ...], entry: Path) -> Diagnostic:
        path = origin(one.path, layers, entry, self.source)
        known = path in self.source.keys or path in self.source.values
        place_ = path if known else _nearest(path, entry, self.source)
        key = place_ in self.source.keys and one.code in {"unknown-key", "missing"}
        return dataclasses.replace(one, path=path, range=self.source.locate(place_, key=key))

    def _pinned(self, number: int, data: dict[str, Any]) -> Pins | None:
        """Blocks given by hand; None if one cannot be read, which is said once."""
        if not data:
            return Pins()
        key = canonical(data)
        if key not in self.pins:
            self.pins[key] = self._read_pins(number, data)
        return self.pins[key]

    def _read_pins(self, number: int, data: dict[str, Any]) -> Pins | None:
        entry = self.document.spec.clusters[number]
        try:
            spec = ClusterSpec.model_validate_json(json.dumps({"region": "us-east-1", **data}))
        except ValidationError as error:
            self.problems += [
                self._placed(
                    diagnostic_of({**one, "loc": ("spec", *one["loc"])}, {"spec": data}),
                    self._layers(number, entry),
                    ("spec", "clusters", number),
                )
                for one in error.errors(include_url=False)
            ]
            return None
        hybrid = spec.hybrid
        return Pins(
            spec.vpc.cidr,
            spec.vpc.secondary_cidrs,
            spec.service_cidr,
            hybrid.node_cidrs if hybrid else (),
            hybrid.pod_cidrs if hybrid else (),
        )

    def _with_allocation(self, name: str, entry: int, pins: Pins) -> Pins:
        """Pins of a cluster that an allocation belongs to; the two may not contradict each other."""
        number, one = self.owned[name]
        given = (
            ("cidrs", "vpc.cidr", pins.primary, one.cidrs[0]),
            ("cidrs", "vpc.secondaryCidrs", pins.secondary or None, one.cidrs[1:]),
            ("serviceCidr", "serviceCidr", pins.service, one.service_cidr or pins.service),
        )
        for key, field, mine, other in given:
            if mine is not None and mine != other:
                self.problems.append(
                    Diagnostic(
                        Kind.INVALID,
                        "fleet-allocation",
                        f"the allocation of {name} is not what its spec says",
                        path=("spec", "allocations", number, key),
                        value=_shown(other),
                        limit=f"{_shown(mine)} in {field} of clusters[{entry}]",
                        fix=f"remove {field} from the cluster, or correct the allocation",
                        note="N29",
                    )
                )
        return dataclasses.replace(
            pins, primary=one.cidrs[0], secondary=one.cidrs[1:], service=one.service_cidr or pins.service
        )

    def _no_template(self, number: int, name: str) -> Diagnostic:
        known = list(self.document.spec.templates)
        guess = nearest(name, known)
        return Diagnostic(
            Kind.INVALID,
            "fleet-template",
            "there is no such template",
            path=("spec", "clusters", number, "template"),
            value=name,
            limit=", ".join(known) or "no templates",
            fix=f"did you mean {guess}?" if guess else "add it to spec.templates, or leave it out",
        )


_POOL = Diagnostic(
    Kind.INVALID,
    "fleet-pool",
    "the clusters of a fleet take their blocks from the fleet's pools",
    path=("spec", "vpc", "pool"),
    value="vpc.pool",
    limit="spec.pools of the fleet",
    fix="move it to spec.pools, and name it with `pool` of the cluster",
    note="N29",
)


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)


def _nearest(path: Path, entry: Path, source: Source) -> Path:
    """The deepest part of a path that is in the file: of a layer, else of the entry."""
    while len(path) > len(entry):
        if path in source.values and path[-1] not in ("defaults", "templates", "spec"):
            return path
        path = path[:-1]
    return entry
