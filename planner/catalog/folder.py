"""A folder of catalog files: written with a manifest, and checked against it when read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SCHEMA = 1
MANIFEST = "manifest.json"
REMEDY = "run `eksplan catalog refresh`, or set EKSPLAN_CATALOG=embedded"


class CatalogError(Exception):
    """A catalog folder that cannot be used; the message says which file and what to do."""


class Folder:
    """The files of one catalog folder, each checked against its hash when read."""

    def __init__(self, path: Path) -> None:
        """Reads the manifest. Raises CatalogError if there is none, or of another schema."""
        self.path = path
        text = self._bytes(MANIFEST)
        try:
            manifest = json.loads(text)
            schema = manifest["schema"]
            entries = {
                str(name): {key: str(entry[key]) for key in ("retrieved", "sha256", "source")}
                for name, entry in manifest["files"].items()
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CatalogError(f"{path / MANIFEST} is not a catalog manifest; {REMEDY}") from error
        if schema != SCHEMA:
            raise CatalogError(f"{path}: catalog schema {schema}, this eksplan reads {SCHEMA}; {REMEDY}")
        self.entries: Mapping[str, Mapping[str, str]] = entries

    def _bytes(self, name: str) -> bytes:
        try:
            return (self.path / name).read_bytes()
        except OSError as error:
            raise CatalogError(f"cannot read {self.path / name}: {error.strerror}; {REMEDY}") from error

    def read(self, name: str) -> Any:
        """The content of a file. Raises CatalogError if it is missing or not as it was written."""
        if name not in self.entries:
            raise CatalogError(f"{self.path / MANIFEST} does not list {name}; {REMEDY}")
        data = self._bytes(name)
        if hashlib.sha256(data).hexdigest() != self.entries[name]["sha256"]:
            raise CatalogError(f"{self.path / name} does not match its hash in the manifest; {REMEDY}")
        try:
            return json.loads(data)
        except ValueError as error:
            raise CatalogError(f"{self.path / name} is not JSON; {REMEDY}") from error


def catalog_digest(entries: Mapping[str, Mapping[str, str]]) -> str:
    """One hash over the names and hashes of all files."""
    lines = "".join(f"{name} {entry['sha256']}\n" for name, entry in sorted(entries.items()))
    return "sha256:" + hashlib.sha256(lines.encode()).hexdigest()


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
