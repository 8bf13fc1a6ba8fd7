"""Catalog folders: found, checked, layered."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from planner.catalog import store
from planner.catalog.folder import MANIFEST, CatalogError, Folder, catalog_digest, write

DAY = "2026-11-01"


def row_of(name: str) -> list[Any]:
    rows = json.loads((store.EMBEDDED / store.TYPES).read_bytes())["types"]
    row: list[Any] = rows[name]
    return row


@pytest.fixture
def refreshed(tmp_path: Path) -> Path:
    """A folder such as a refresh writes: one type and one region."""
    region = {
        "partition": "aws",
        "zones": [{"id": "euw1-az1", "name": "eu-west-1c", "kind": "availability-zone"}],
        "zoneNamesAreYours": True,
        "offerings": {"euw1-az1": ["m5.large", "z9.large"]},
        "endpointServices": ["com.amazonaws.eu-west-1.ec2"],
        "prices": {"m5.large": 0.107},
        "retrieved": DAY,
    }
    types = {"schema": 1, "types": {"z9.large": [64, *row_of("m5.large")[1:]]}}
    write(tmp_path / "one", {store.TYPES: (types, "test", DAY), "regions/eu-west-1.json": (region, "test", DAY)})
    return tmp_path / "one"


def test_the_embedded_catalog_matches_its_manifest() -> None:
    manifest = json.loads((store.EMBEDDED / MANIFEST).read_bytes())
    for name, entry in manifest["files"].items():
        data = (store.EMBEDDED / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"], name
        assert entry["source"]
    on_disk = {path.relative_to(store.EMBEDDED).as_posix() for path in store.EMBEDDED.rglob("*.json")}
    assert on_disk == {*manifest["files"], MANIFEST}


def test_the_digest_covers_names_and_contents() -> None:
    one = {"a": {"sha256": "1"}, "b": {"sha256": "2"}}
    assert catalog_digest(one) == catalog_digest(dict(reversed(one.items())))
    assert len({catalog_digest(one), catalog_digest({"a": {"sha256": "2"}, "b": {"sha256": "1"}})}) == 2
    assert catalog_digest({"a": {"sha256": "1"}}) != catalog_digest(one)


def test_a_refreshed_catalog_lies_over_the_embedded_one(refreshed: Path) -> None:
    catalog = store.load(refreshed)
    embedded = store.load(store.EMBEDDED)
    assert catalog.instance_types["z9.large"].vcpu == 64
    assert len(catalog.instance_types) == len(embedded.instance_types) + 1
    assert catalog.instance_types["m5.large"] == embedded.instance_types["m5.large"]
    region = catalog.load_region("eu-west-1")
    assert region.zone_names_are_yours
    assert region.prices == {"m5.large": 0.107}
    assert region.endpoint_services_listed
    assert region.offerings["m5.large"] == {"euw1-az1"}
    assert catalog.load_region("us-east-1") == embedded.load_region("us-east-1")
    assert catalog.region_names == embedded.region_names
    assert catalog.digest != embedded.digest
    assert catalog.origin == str(refreshed)


def test_facts_come_from_the_program_even_under_an_old_cache(refreshed: Path) -> None:
    entries = json.loads((store.EMBEDDED / "facts.json").read_bytes())
    entries["facts"]["subnet.reserved"]["value"] = 4
    stale = {"facts.json": (entries, "an older release", "2025-01-01")}
    folder = Folder(refreshed)
    old = {name: (folder.read(name), "test", DAY) for name in folder.entries}
    write(refreshed, {**old, **stale})
    assert store.load(refreshed).facts.number("subnet.reserved") == 5
    assert store.parts(refreshed)["facts.json"]["source"] != "an older release"


def test_an_unknown_region_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        store.load(store.EMBEDDED).load_region("eu-nowhere-1")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / store.TYPES).write_text("{}"), "does not match its hash"),
        (lambda folder: (folder / store.TYPES).unlink(), "cannot read .*No such file"),
        (lambda folder: (folder / MANIFEST).write_text("{"), "is not a catalog manifest"),
        (lambda folder: (folder / MANIFEST).write_text("[]"), "is not a catalog manifest"),
        (
            lambda folder: (folder / MANIFEST).write_text('{"schema": 1, "files": {"a": 1}}'),
            "is not a catalog manifest",
        ),
        (lambda folder: (folder / MANIFEST).write_bytes(b"\xff\xfe"), "is not a catalog manifest"),
        (lambda folder: (folder / MANIFEST).write_text('{"schema": 9, "files": {}}'), "catalog schema 9, .* reads 1"),
    ],
    ids=["changed", "missing", "not-json", "a-list", "no-hash", "binary", "schema"],
)
def test_a_damaged_folder_is_refused_with_a_remedy(refreshed: Path, damage: Any, message: str) -> None:
    damage(refreshed)
    with pytest.raises(CatalogError, match=message) as caught:
        store.load(refreshed)
    assert "eksplan catalog refresh" in str(caught.value)
    assert "EKSPLAN_CATALOG=embedded" in str(caught.value)


def test_a_damaged_region_is_found_when_it_is_read(refreshed: Path) -> None:
    (refreshed / "regions/eu-west-1.json").write_text("{}")
    catalog = store.load(refreshed)
    with pytest.raises(CatalogError, match="does not match its hash"):
        catalog.load_region("eu-west-1")


class TestWhichFolder:
    @pytest.fixture(autouse=True)
    def own_cache(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.delenv("EKSPLAN_CATALOG")
        monkeypatch.setenv("EKSPLAN_CACHE_DIR", str(tmp_path / "cache"))
        return tmp_path / "cache"

    def test_embedded_without_a_cache(self) -> None:
        assert store.current_folder() == store.EMBEDDED

    def test_the_refreshed_one(self, own_cache: Path, refreshed: Path) -> None:
        shutil.copytree(refreshed, own_cache / "catalog" / "abc")
        (own_cache / "catalog" / store.CURRENT).write_text("abc\n")
        assert store.current_folder() == own_cache / "catalog" / "abc"

    def test_a_pointer_into_nothing_means_embedded(self, own_cache: Path) -> None:
        (own_cache / "catalog").mkdir(parents=True)
        (own_cache / "catalog" / store.CURRENT).write_text("gone")
        assert store.current_folder() == store.EMBEDDED

    @pytest.mark.parametrize("content", [b"", b"\xff\xff", b"\n"])
    def test_a_broken_pointer_means_embedded(self, own_cache: Path, content: bytes) -> None:
        (own_cache / "catalog").mkdir(parents=True)
        (own_cache / "catalog" / store.CURRENT).write_bytes(content)
        assert store.current_folder() == store.EMBEDDED

    def test_named_by_the_environment(self, refreshed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("EKSPLAN_CATALOG", str(refreshed))
        assert store.current_folder() == refreshed
        monkeypatch.setenv("EKSPLAN_CATALOG", "embedded")
        assert store.current_folder() == store.EMBEDDED

    def test_a_named_folder_that_is_no_catalog(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("EKSPLAN_CATALOG", str(tmp_path))
        with pytest.raises(CatalogError, match=r"no manifest\.json there; unset it"):
            store.current_folder()

    def test_the_platforms_cache_folder(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("EKSPLAN_CACHE_DIR")
        assert store.cache_folder().name == "eksplan"
