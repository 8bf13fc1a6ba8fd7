"""Local NVMe disks: which types have some, and what pods get of them (note N25)."""

from __future__ import annotations

from typing import Any

import pytest

from planner.capacity.local_storage import nvme_gb
from planner.diagnostics import Diagnostic, Kind
from tests.support.plans import diagnostics_of, embedded, plan_of


def said(types: list[str], **storage: Any) -> list[Diagnostic]:
    group = {"name": "general", "instanceTypes": types, "maxSize": 3, "localStorage": storage}
    return [one for one in diagnostics_of(nodeGroups=[group]) if one.code == "group-local-storage"]


@pytest.mark.parametrize(
    ("name", "size"), [("m5d.large", 75), ("i3.xlarge", 950), ("m5.large", 0), ("d2.xlarge", 0), ("x1.16xlarge", 0)]
)
def test_only_nvme_disks_count(name: str, size: int) -> None:
    catalog = embedded()
    assert nvme_gb(catalog.instance_types[name], catalog.facts) == size


def test_types_without_local_disks_are_refused_with_both_numbers() -> None:
    (problem,) = said(["m5.large"], strategy="RAID0")
    assert problem.kind is Kind.INVALID
    assert problem.value == "m5.large 0 GB"
    assert problem.limit == "0 of 1 types with more than 0 GB"
    (note,) = said(["m5d.large", "m5.large"], strategy="RAID0")
    assert note.kind is Kind.NOTICE
    assert note.value == "m5d.large 75 GB, m5.large 0 GB"
    assert note.limit == "1 of 2 types with more than 0 GB"
    assert said(["m5d.large", "m6id.large"], strategy="RAID0") == []


def test_raid10_needs_four_disks() -> None:
    (note,) = said(["i3en.24xlarge"], strategy="RAID10")
    assert note.kind is Kind.NOTICE
    assert note.limit == "4 disks on every type"


def ephemeral(types: list[str], **group: Any) -> int:
    """Ephemeral storage for pods in MiB as the plan packs it."""
    from planner.capacity.group import work_out
    from planner.spec.cluster import ClusterSpec
    from planner.spec.nodes import NodeGroupSpec

    catalog = embedded()
    spec = NodeGroupSpec.model_validate(
        {"name": "general", "instanceTypes": tuple(types), "maxSize": 3, **group}, strict=False
    )
    cluster = ClusterSpec.model_validate({"region": "us-east-1"})
    region = catalog.load_region("us-east-1")
    found = work_out(spec, 0, cluster, catalog, region, frozenset(zone.id for zone in region.zones))
    assert not isinstance(found, list), found
    return found.allocatable.ephemeral_storage_mib


def test_pods_get_the_array_and_not_the_root_volume() -> None:
    root = ephemeral(["m5d.large"])
    raid = ephemeral(["m5d.large"], localStorage={"strategy": "RAID0"})
    # 75 GB are 69 GiB: less 1 GiB of kubelet's and the eviction threshold of 10 %
    assert raid == 69 * 1024 - 1024 - -(-69 * 1024 // 10)
    assert root == 50 * 1024 - 1024 - 50 * 1024 // 10
    assert ephemeral(["m5d.large"], localStorage={"strategy": "Mount"}) == root
    assert ephemeral(["i3en.24xlarge"], localStorage={"strategy": "RAID10"}) < ephemeral(
        ["i3en.24xlarge"], localStorage={"strategy": "RAID0"}
    )


def test_a_plan_with_local_disks_has_no_problem() -> None:
    group = {"name": "general", "instanceTypes": ["m5d.large"], "maxSize": 3, "localStorage": {"strategy": "RAID0"}}
    assert plan_of(nodeGroups=[group]).verdict.findings == ()
