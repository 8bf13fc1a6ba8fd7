"""Finds and loads the catalog: the embedded facts, and over them what the user's refresh read.

A refreshed catalog holds only what AWS said (types, regions, versions). Facts kept by hand always
come with the program, so that an old cache never takes back what a new release corrected.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from planner.catalog.facts import Facts
from planner.catalog.folder import MANIFEST, REMEDY, CatalogError, Folder, catalog_digest
from planner.catalog.model import BranchTable, Catalog, InstanceTypes, KubernetesVersion, Region, Zone

CURRENT = "current"
EMBEDDED = Path(__file__).parent / "data"
#: Files that a refresh may replace; regions are the others.
TYPES = "instance-types.json"
VERSIONS = "kubernetes-versions.json"
BRANCHES = "branch-interfaces.json"


def cache_folder() -> Path:
    """Where refreshed catalogs live: ``EKSPLAN_CACHE_DIR``, or the platform's cache folder."""
    named = os.environ.get("EKSPLAN_CACHE_DIR")
    if named:
        return Path(named)
    import platformdirs

    return platformdirs.user_cache_path("eksplan")


def current_folder() -> Path:
    """The folder in use: ``EKSPLAN_CATALOG``, else the refreshed catalog, else the embedded one.

    Raises CatalogError if ``EKSPLAN_CATALOG`` names no catalog.
    """
    named = os.environ.get("EKSPLAN_CATALOG")
    if named == "embedded":
        return EMBEDDED
    if named:
        folder = Path(named)
        if not (folder / MANIFEST).is_file():
            raise CatalogError(
                f"EKSPLAN_CATALOG={named}: no {MANIFEST} there; unset it, or set it to 'embedded' or a catalog folder"
            )
        return folder
    pointer = cache_folder() / "catalog" / CURRENT
    try:
        name = pointer.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return EMBEDDED
    folder = pointer.parent / name
    return folder if name and (folder / MANIFEST).is_file() else EMBEDDED


def load(folder: Path | None = None) -> Catalog:
    """The catalog in ``folder`` over the embedded one, or the one in use.

    Every file is checked against the manifest's hash when it is read; regions are read when asked
    for. Raises CatalogError for a folder that is damaged or of another schema.
    """
    folder = folder or current_folder()
    files = _Layers(folder)
    facts = Facts({**files.read("facts.json")["facts"], **files.read("policies.json")["policies"]})
    versions = files.read(VERSIONS)
    rows: dict[str, Any] = {}
    for layer in files.holding(TYPES):
        rows.update(layer.read(TYPES)["types"])
    return Catalog(
        digest=files.digest,
        retrieved=min(entry["retrieved"] for entry in files.entries().values()),
        origin="embedded" if folder == EMBEDDED else str(folder),
        instance_types=InstanceTypes(rows),
        versions=tuple(
            KubernetesVersion(
                version=entry["version"],
                released=entry["released"],
                end_of_standard_support=entry["endOfStandardSupport"],
                end_of_extended_support=entry["endOfExtendedSupport"],
                source=entry["source"],
                default=entry.get("default", False),
                retrieved=versions["retrieved"],
            )
            for entry in versions["versions"]
        ),
        facts=facts,
        region_names=files.regions,
        load_region=cache(lambda name: _region(files, facts, name)),
        load_branches=cache(lambda: _branches(files)),
    )


def parts(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """The files in use with source, day and hash of each: those of ``folder`` over the embedded.

    Raises CatalogError for a folder without a readable manifest.
    """
    return _Layers(folder).entries()


class _Layers:
    """The embedded folder and, over it, a refreshed one."""

    def __init__(self, folder: Path) -> None:
        self._base = Folder(EMBEDDED)
        self._over = Folder(folder) if folder != EMBEDDED else None
        self._read = {
            name: entry
            for name, entry in (self._over.entries.items() if self._over else ())
            if name in {TYPES, VERSIONS} or name.startswith("regions/")
        }
        named = {f"refreshed/{name}": entry for name, entry in self._read.items()}
        self.digest = catalog_digest({**self._base.entries, **named})
        self.regions = tuple(
            sorted(
                name.removeprefix("regions/").removesuffix(".json")
                for name in self.entries()
                if name.startswith("regions/")
            )
        )

    def entries(self) -> Mapping[str, Mapping[str, str]]:
        """Source, day and hash of every file in use."""
        return {**self._base.entries, **self._read}

    def holding(self, name: str) -> tuple[Folder, ...]:
        """The folders that hold a file, the embedded one first."""
        return (
            *((self._base,) if name in self._base.entries else ()),
            *((self._over,) if self._over and name in self._read else ()),
        )

    def read(self, name: str) -> Any:
        return self.holding(name)[-1].read(name)


def _region(files: _Layers, facts: Facts, name: str) -> Region:
    if name not in files.regions:
        raise KeyError(name)
    try:
        return _made_of(files.read(f"regions/{name}.json"), files, facts, name)
    except (KeyError, TypeError, AttributeError) as error:
        raise CatalogError(f"regions/{name}.json does not hold a region ({error!r}); {REMEDY}") from error


def _made_of(raw: Any, files: _Layers, facts: Facts, name: str) -> Region:
    """A region of what its file says."""
    zones = tuple(Zone(**zone) for zone in raw["zones"])
    offerings: dict[str, frozenset[str]] = {}
    for zone_ids, types in raw["offerings"].items():
        where = frozenset(zone_ids.split())
        for instance_type in types:
            offerings[instance_type] = where
    services = raw.get("endpointServices")
    return Region(
        name=name,
        partition=raw["partition"],
        zones=zones,
        zone_names_are_yours=raw.get("zoneNamesAreYours", False),
        offerings=offerings,
        endpoint_services=frozenset(services) if services else _usual_services(files, facts, name),
        endpoint_services_listed=bool(services),
        prices=raw.get("prices", {}),
        retrieved=raw["retrieved"],
        endpoint_price=raw.get("endpointPrice"),
    )


def _branches(files: _Layers) -> BranchTable:
    raw = files.read(BRANCHES)
    rows = {name: (karpenter, controller) for name, (karpenter, controller) in raw["types"].items()}
    return BranchTable(raw["karpenterDate"], raw["controllerDate"], rows)


def _usual_services(files: _Layers, facts: Facts, region: str) -> frozenset[str]:
    """The endpoint services usual everywhere, with the published exceptions of this region."""
    short = files.read("endpoint-services.json")["services"]
    absent = facts.table("endpoints.absent")
    prefixed = facts.strings("endpoints.china_prefixed") if region.startswith("cn-") else ()
    return frozenset(
        f"{'cn.' if service in prefixed else ''}com.amazonaws.{region}.{service}"
        for service in sorted({*short, *(() if region.startswith("cn-") else facts.strings("endpoints.also"))})
        if region not in absent.get(service, ())
    )
