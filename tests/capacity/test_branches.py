"""Trunk and branch interfaces, and how sure they are (note N27)."""

from __future__ import annotations

import pytest

from planner.capacity.trunk import branch_interfaces, trunk_capable
from planner.catalog.model import Catalog


@pytest.mark.parametrize(
    ("name", "count", "certain"),
    [
        ("m5.large", 9, True),
        ("c5.4xlarge", 54, True),
        ("m5.24xlarge", 107, True),
        ("p5.48xlarge", 120, True),
        ("g4dn.xlarge", 39, True),
        ("t3.large", 0, True),
        ("m4.large", 0, True),
        ("u-6tb1.56xlarge", 0, True),
        ("i4i.large", 9, False),
        ("m9g.large", 9, False),
        ("r9g.large", None, False),
        ("t8i.small", 0, True),
    ],
)
def test_N27_branch_interfaces(name: str, count: int | None, certain: bool, catalog: Catalog) -> None:
    found = branch_interfaces(catalog.instance_types[name], catalog.load_branches())
    assert (found.count, found.certain) == (count, certain)
    assert found.why


def test_the_rule_for_trunks_agrees_with_both_tables(catalog: Catalog) -> None:
    table = catalog.load_branches()
    assert len(table.types) == 1401
    differ = [
        (name, column)
        for name, figures in table.types.items()
        if name in catalog.instance_types
        for column, figure in zip(("karpenter", "controller"), figures, strict=True)
        if figure is not None and (figure > 0) != trunk_capable(catalog.instance_types[name])
    ]
    assert differ == [("i4i.large", "controller")]


def test_a_type_without_trunk_never_has_branches(catalog: Catalog) -> None:
    table = catalog.load_branches()
    for instance in catalog.instance_types.values():
        if not trunk_capable(instance):
            assert branch_interfaces(instance, table).count == 0, instance.name
