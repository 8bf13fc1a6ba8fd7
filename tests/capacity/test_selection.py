"""Types picked by requirements."""

from __future__ import annotations

import pytest

from planner.capacity.selection import accelerator_of, pick
from planner.catalog.model import Catalog
from planner.spec.nodes import Requirements
from tests.support.plans import diagnostics_of, plan_of

ZONES = frozenset({"use1-az1", "use1-az2", "use1-az4"})


def test_one_shape_offered_everywhere_newest_first(catalog: Catalog) -> None:
    region = catalog.load_region("us-east-1")
    wanted = Requirements.model_validate({"vcpu": 4, "memoryGib": 16, "count": 5})
    chosen = pick(catalog.instance_types, wanted, "on-demand", region, ZONES)
    assert len(chosen) == 5
    assert {(one.vcpu, one.memory_mib) for one in chosen} == {(4, 16384)}
    assert all(region.offerings[one.name] >= ZONES for one in chosen)
    assert all("x86_64" in one.architectures and not one.bare_metal and not one.burstable for one in chosen)
    generations = [int("".join(filter(str.isdigit, one.family))[:1]) for one in chosen]
    assert generations == sorted(generations, reverse=True)


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"architecture": "arm64"}, lambda one: "arm64" in one.architectures),
        ({"local_storage": True}, lambda one: one.local_storage_gb > 0),
        ({"accelerator": "nvidia"}, lambda one: accelerator_of(one) == "nvidia"),
        ({"families": ("m5",)}, lambda one: one.family == "m5"),
        ({"exclude": ("m7i", "c7i")}, lambda one: one.family not in ("m7i", "c7i")),
    ],
)
def test_each_requirement_counts(changes: dict[str, object], check: object, catalog: Catalog) -> None:
    wanted = Requirements.model_validate({"vcpu": {"min": 4}, "previousGenerations": True}).model_copy(update=changes)
    chosen = pick(catalog.instance_types, wanted, "on-demand", catalog.load_region("us-east-1"), ZONES)
    assert chosen
    assert all(check(one) for one in chosen)  # type: ignore[operator]


def test_requirements_that_nothing_meets_are_infeasible() -> None:
    problems = diagnostics_of(nodeGroups=[{"name": "a", "requirements": {"vcpu": 3}, "maxSize": 2}])
    assert {one.code for one in problems} == {"types-none"}


def test_the_order_does_not_depend_on_the_catalogs_order(catalog: Catalog) -> None:
    first = plan_of(nodeGroups=[{"name": "a", "requirements": {"vcpu": 8, "memoryGib": 32}, "maxSize": 2}])
    assert first.design.node_groups[0].instance_types[0] in catalog.instance_types  # type: ignore[index]
