"""Figures that others publish of whole nodes, against ours."""

from __future__ import annotations

import pytest

from planner.capacity.max_pods import PodNetwork
from planner.capacity.systems import System, systems
from planner.capacity.trunk import branch_interfaces
from planner.catalog.model import Catalog

#: (CPU millicores, memory MiB, pods, branch interfaces); ephemeral storage is 17 GiB everywhere.
#: Source: https://karpenter.sh/preview/reference/instance-types/, read 2026-11-23.
PUBLISHED = {
    "c6g.xlarge": (3920, 6525, 58, 18),
    "c6g.2xlarge": (7910, 14103, 58, 38),
    "c6g.4xlarge": (15890, 27322, 234, 54),
    "c6g.8xlarge": (31850, 57632, 234, 54),
    "c6g.12xlarge": (47810, 87943, 234, 54),
    "c6g.16xlarge": (63770, 112720, 737, 107),
    "c6g.metal": (63770, 112720, 737, 107),
    "c6gd.medium": (940, 1392, 8, 4),
    "c6gd.large": (1930, 3055, 29, 9),
    "c6gn.large": (1930, 3055, 29, 9),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_N38_karpenters_own_documentation(name: str, catalog: Catalog) -> None:
    instance = catalog.instance_types[name]
    said = {one.system: one for one in systems(instance, PodNetwork(), catalog.facts, disk_gib=20)}
    karpenter = said[System.KARPENTER]
    left = karpenter.allocatable
    assert left is not None
    branches = branch_interfaces(instance, catalog.load_branches())
    assert (left.cpu_millicores, left.memory_mib, karpenter.pods, branches.count) == PUBLISHED[name]
    assert left.ephemeral_storage_mib == 17 * 1024
