"""Finds, checks and loads catalog folders: the embedded one, or the user's refreshed copy."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planner.catalog.facts import Facts
from planner.catalog.model import Catalog, InstanceTypes, KubernetesVersion, Region, Zone

SCHEMA = 1
MANIFEST = "manifest.json"
CURRENT = "current"
EMBEDDED = Path(__file__).parent / "data"


class CatalogError(Exception):
    """A catalog folder that cannot be used; the message says which file and what to do."""


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
    """The catalog in ``folder``, or the one in use.

    Every file is checked against the manifest's hash when it is read; regions are read when asked
    for. Raises CatalogError for a folder that is damaged or of another schema.
    """
    folder = folder or current_folder()
    files = _Files(folder)
    facts = Facts(files.read("facts.json")["facts"])
    versions = files.read("kubernetes-versions.json")
    types = files.read("instance-types.json")
    return Catalog(
        digest=files.digest,
        retrieved=files.retrieved,
        origin="embedded" if folder == EMBEDDED else str(folder),
        instance_types=InstanceTypes(types["types"]),
        versions=tuple(
            KubernetesVersion(
                version=entry["version"],
                released=entry["released"],
                end_of_standard_support=entry["endOfStandardSupport"],
                end_of_extended_support=entry["endOfExtendedSupport"],
                source=entry["source"],
                default=entry.get("default", False),
            )
            for entry in versions["versions"]
        ),
        facts=facts,
        region_names=files.regions,
        load_region=lambda name: _region(files, facts, name),
    )


def parts(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """The files of a catalog with source, day and hash of each, as its manifest lists them."""
    return _Files(folder).entries


class _Files:
    """The files of one catalog folder, each checked when read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        text = self._bytes(MANIFEST)
        try:
            manifest = json.loads(text)
            schema = manifest["schema"]
            self.entries: dict[str, dict[str, str]] = manifest["files"]
        except (ValueError, KeyError, TypeError) as error:
            raise CatalogError(f"{folder / MANIFEST} is not a catalog manifest; {_REMEDY}") from error
        if schema != SCHEMA:
            raise CatalogError(f"{folder}: catalog schema {schema}, this eksplan reads {SCHEMA}; {_REMEDY}")
        self.digest = catalog_digest(self.entries)
        self.retrieved = min((entry["retrieved"] for entry in self.entries.values()), default="")
        self.regions = tuple(
            sorted(
                name.removeprefix("regions/").removesuffix(".json")
                for name in self.entries
                if name.startswith("regions/")
            )
        )

    def _bytes(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise CatalogError(f"cannot read {self.folder / name}: {error.strerror}; {_REMEDY}") from error

    def read(self, name: str) -> Any:
        data = self._bytes(name)
        if hashlib.sha256(data).hexdigest() != self.entries[name]["sha256"]:
            raise CatalogError(f"{self.folder / name} does not match its hash in the manifest; {_REMEDY}")
        return json.loads(data)


_REMEDY = "run `eksplan catalog refresh`, or set EKSPLAN_CATALOG=embedded"


def catalog_digest(entries: Mapping[str, Mapping[str, str]]) -> str:
    """One hash over the names and hashes of all files."""
    lines = "".join(f"{name} {entry['sha256']}\n" for name, entry in sorted(entries.items()))
    return "sha256:" + hashlib.sha256(lines.encode()).hexdigest()


def _region(files: _Files, facts: Facts, name: str) -> Region:
    if name not in files.regions:
        raise KeyError(name)
    raw = files.read(f"regions/{name}.json")
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
    )


def _usual_services(files: _Files, facts: Facts, region: str) -> frozenset[str]:
    """The endpoint services usual everywhere, with the published exceptions of this region."""
    short = files.read("endpoint-services.json")["services"]
    absent = facts.table("endpoints.absent")
    prefixed = facts.strings("endpoints.china_prefixed") if region.startswith("cn-") else ()
    return frozenset(
        f"{'cn.' if service in prefixed else ''}com.amazonaws.{region}.{service}"
        for service in short
        if region not in absent.get(service, ())
    )


def write(folder: Path, files: Mapping[str, tuple[Any, str, str]]) -> str:
    """Write a catalog folder from contents with (content, source, day); returns its digest.

    The manifest is written last, so a folder without one is never taken for a catalog.
    """
    entries: dict[str, dict[str, str]] = {}
    for name, (content, source, retrieved) in sorted(files.items()):
        data = _rendered(content).encode()
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        entries[name] = {
            "retrieved": retrieved,
            "sha256": hashlib.sha256(data).hexdigest(),
            "source": source,
        }
    manifest = {"schema": SCHEMA, "files": entries}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", "utf-8")
    return catalog_digest(entries)


def _rendered(content: Any) -> str:
    """JSON with one line for each row of the big tables, so that differences can be read."""
    if isinstance(content, dict) and ("types" in content or "offerings" in content):
        lines = []
        for key, value in sorted(content.items()):
            if key in {"types", "offerings", "prices"} and value:
                rows = ",\n".join(
                    f"  {json.dumps(name)}: {json.dumps(row, ensure_ascii=False)}"
                    for name, row in sorted(value.items())
                )
                lines.append(f" {json.dumps(key)}: {{\n{rows}\n }}")
            else:
                lines.append(f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
        return "{\n" + ",\n".join(lines) + "\n}\n"
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
