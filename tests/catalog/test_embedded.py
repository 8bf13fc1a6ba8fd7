"""What the embedded catalog says: whole, dated, sourced, and the same as what AWS recorded."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

import planner
from planner.catalog import refresh
from planner.catalog.model import Catalog, Version, instance_type_from_row

SOURCES = [path for path in Path(planner.__file__).parent.rglob("*.py") if "data" not in path.parts]


def test_every_type_is_whole(catalog: Catalog) -> None:
    assert len(catalog.instance_types) == 1395
    for name, instance in catalog.instance_types.items():
        assert instance.name == name
        assert instance.vcpu >= 1, name
        assert instance.memory_mib >= 512, name
        assert set(instance.architectures) <= {"x86_64", "arm64", "i386", "x86_64_mac", "arm64_mac"}, name
        assert instance.hypervisor in {"nitro", "xen", ""}, name
        assert (instance.hypervisor == "") == instance.bare_metal, name
        assert 1 <= instance.interfaces <= instance.total_interfaces, name
        assert 2 <= instance.ipv4_per_interface <= 64, name
        assert instance.network_cards >= 1, name
        assert set(instance.usage_classes) <= {"on-demand", "spot", "capacity-block"}, name
        assert all(device.count > 0 or name.startswith(("g6f.", "gr6f.")) for device in instance.accelerators), name


@pytest.mark.parametrize(
    ("name", "interfaces", "addresses", "cards"),
    [
        ("t3.nano", 2, 2, 1),
        ("m5.large", 3, 10, 1),
        ("c5.18xlarge", 15, 50, 1),
        ("m5.24xlarge", 15, 50, 1),
        ("p5.48xlarge", 2, 50, 32),
        ("p4d.24xlarge", 15, 50, 4),
        ("c5.metal", 15, 50, 1),
    ],
)
def test_published_numbers(catalog: Catalog, name: str, interfaces: int, addresses: int, cards: int) -> None:
    instance = catalog.instance_types[name]
    assert (instance.interfaces, instance.ipv4_per_interface, instance.network_cards) == (interfaces, addresses, cards)


@pytest.mark.parametrize("name", ["us-east-1", "ap-northeast-2"])
def test_regions_are_what_the_refresh_reads(catalog: Catalog, name: str) -> None:
    with mock_aws():
        rows, region = refresh.read_region(boto3.session.Session(), name, "2026-10-27")
    assert len(rows) > 900
    for type_name, row in rows.items():
        assert instance_type_from_row(type_name, row) == catalog.instance_types[type_name]
    kept = catalog.load_region(name)
    assert {zone.id: zone.name for zone in kept.zones} == {zone["id"]: zone["name"] for zone in region["zones"]}
    offered = {one: frozenset(where.split()) for where, types in region["offerings"].items() for one in types}
    assert dict(kept.offerings) == offered
    later = {f"com.amazonaws.{name}.{service}" for service in catalog.facts.strings("endpoints.also")}
    assert kept.endpoint_services - later <= set(region["endpointServices"])


def test_regions_are_whole(catalog: Catalog) -> None:
    assert len(catalog.region_names) == 38
    for name in catalog.region_names:
        region = catalog.load_region(name)
        assert region.partition in {"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-eusc"}, name
        ids = [zone.id for zone in region.zones]
        assert len(set(ids)) == len(ids), name
        assert len({zone.name for zone in region.zones}) == len(ids), name
        for instance_type, where in region.offerings.items():
            assert instance_type in catalog.instance_types, (name, instance_type)
            # euw2-az4 is offered types, but moto does not list it among the zones
            assert where & {*ids, "euw2-az4"}, (name, instance_type)
        assert not region.zone_names_are_yours
        assert not region.prices, "no price is embedded"


def test_versions_have_their_dates(catalog: Catalog) -> None:
    parsed = [Version.parse(entry.version) for entry in catalog.versions]
    assert parsed == sorted(parsed)
    assert [entry.version for entry in catalog.versions if entry.default] == [catalog.default_version().version]
    for entry in catalog.versions:
        released, standard, extended = map(
            dt.date.fromisoformat, (entry.released, entry.end_of_standard_support, entry.end_of_extended_support)
        )
        assert released < standard < extended, entry.version
        assert entry.source.startswith("https://")


def test_every_fact_has_source_and_day(catalog: Catalog) -> None:
    for key, fact in catalog.facts.items():
        assert fact.source.startswith("https://"), key
        assert re.fullmatch(r"20\d\d-[01]\d(-[0-3]\d)?", fact.retrieved), key
        assert fact.unit, key


def test_every_fact_that_the_code_asks_for_is_there(catalog: Catalog) -> None:
    text = "\n".join(path.read_text("utf-8") for path in SOURCES)
    asked = set(re.findall(r"(?:facts|number|strings|table|source|fact)\(?\[?\s*\"([a-z0-9_]+\.[a-z0-9_.]+)\"", text))
    assert asked, "the pattern finds nothing"
    assert not asked - set(catalog.facts)
