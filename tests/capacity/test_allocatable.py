"""CPU and memory that nodes leave for pods (note N38)."""

from __future__ import annotations

import pytest

from planner.capacity.allocatable import allocatable, reserved_cpu_millicores, reserved_memory_mib
from planner.catalog.model import Catalog
from tests.support.plans import decision, plan_of


@pytest.mark.parametrize(("vcpu", "millicores"), [(1, 60), (2, 70), (4, 80), (8, 90), (16, 110), (96, 310)])
def test_N38_reserved_cpu(vcpu: int, millicores: int, catalog: Catalog) -> None:
    assert reserved_cpu_millicores(vcpu, catalog.facts) == millicores


def test_N38_reserved_memory(catalog: Catalog) -> None:
    assert reserved_memory_mib(29, catalog.facts) == 574
    assert reserved_memory_mib(110, catalog.facts) == 1465


def test_N38_a_real_m7a_4xlarge(catalog: Catalog) -> None:
    # karpenter-provider-aws#7989: capacity less allocatable is 2929 MiB, CPU 15890m
    result = allocatable(catalog.instance_types["m7a.4xlarge"], 234, catalog.facts, disk_gib=50)
    assert result.reserved_memory_mib + result.eviction_memory_mib == 2929
    assert result.cpu_millicores == 15890


def test_a_small_type_never_goes_below_zero(catalog: Catalog) -> None:
    assert allocatable(catalog.instance_types["t3.nano"], 110, catalog.facts, disk_gib=50).memory_mib == 0


def test_prefix_mode_reserves_for_the_pods_that_it_allows() -> None:
    plan = plan_of(cni={"mode": "prefix"})
    assert "− (255 + 11 × 110) reserved −" in decision(plan, "allocatable.general").worked
