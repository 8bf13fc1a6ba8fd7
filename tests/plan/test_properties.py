"""Whatever spec is accepted: its plan holds together."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.design import Unknown
from planner.diagnostics import Kind
from planner.network.prefixes import prefix_capacity
from planner.plan.build import PlanResult
from planner.plan.file import read_text, sealed, write_text
from planner.review.engine import review
from planner.review.rule import ReviewContext
from tests.strategies import specs
from tests.support.plans import build_text, embedded, load, spec_text

slow = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def planned(spec: dict[str, Any]) -> PlanResult:
    loaded = load(spec_text(**spec))
    assert loaded.document is not None, [one.summary for one in loaded.diagnostics]
    return build_text(spec_text(**spec))


@slow
@given(specs())
def test_a_plan_or_reasons_with_both_numbers(spec: dict[str, Any]) -> None:
    result = planned(spec)
    if result.plan is None:
        wrong = [one for one in result.diagnostics if one.kind is not Kind.NOTICE]
        assert wrong
        for one in wrong:
            assert one.fix
            assert one.value
            assert one.limit


@slow
@given(specs())
def test_subnets_lie_inside_aligned_and_apart_and_hold_their_demand(spec: dict[str, Any]) -> None:
    plan = planned(spec).plan
    if plan is None:
        return
    design = plan.design
    for subnet in design.subnets:
        assert any(subnet.cidr.subnet_of(block) for block in design.vpc.cidrs)
        assert 16 <= subnet.cidr.prefixlen <= 28
    for one, other in pairwise(sorted(design.subnets, key=lambda subnet: subnet.cidr)):
        assert not one.cidr.overlaps(other.cidr)
    demands = {(one.tier, one.zone): one for one in plan.demands}
    for row in plan.capacity:
        demand = demands[row.tier, row.zone]  # type: ignore[index]
        mine = [subnet for subnet in design.subnets if subnet.name in row.subnets]
        usable = sum(subnet.cidr.num_addresses - 5 for subnet in mine)
        assert row.usable == usable
        assert usable >= demand.addresses == row.needed
        assert sum(prefix_capacity(subnet.cidr.prefixlen) for subnet in mine) >= demand.prefixes


@slow
@given(specs())
def test_a_plan_has_no_findings_of_its_own_making(spec: dict[str, Any]) -> None:
    plan = planned(spec).plan
    if plan is None:
        return
    catalog = embedded()
    verdict = review(plan.design, ReviewContext(catalog.facts, catalog.instance_types))
    # types that differ are the spec's choice
    chosen = {"CAP001", *(["RTE003"] if spec["nat"] == "single" else [])}
    assert {one.rule for one in verdict.findings} <= chosen
    assert verdict.not_evaluated == ()


@slow
@given(specs())
def test_every_reference_leads_somewhere(spec: dict[str, Any]) -> None:
    plan = planned(spec).plan
    if plan is None:
        return
    design = plan.design
    assert design.cluster is not None
    subnets = {subnet.name for subnet in design.subnets}
    tables = {one.name for one in design.route_tables}  # type: ignore[union-attr]
    groups = {one.name for one in design.security_groups}  # type: ignore[union-attr]
    roles = {one.name for one in design.roles}  # type: ignore[union-attr]
    targets = {
        one.name
        for part in (design.internet_gateways, design.nat_gateways, design.egress_only_internet_gateways)
        if not isinstance(part, Unknown)
        for one in part
    }
    assert set(design.cluster.subnets) <= subnets
    assert design.cluster.role in roles
    for table in design.route_tables:  # type: ignore[union-attr]
        assert set(table.subnets) <= subnets
        assert {route.target for route in table.routes} <= targets
    for endpoint in design.vpc_endpoints:  # type: ignore[union-attr]
        assert set(endpoint.subnets) <= subnets
        assert set(endpoint.route_tables) <= tables
        assert set(endpoint.security_groups) <= groups
    for group in design.node_groups:  # type: ignore[union-attr]
        assert set(group.subnets) <= subnets
        assert group.min_size <= group.desired_size <= group.max_size
        assert group.role in roles
    for one in design.security_groups:  # type: ignore[union-attr]
        assert {rule.peer for rule in one.rules if "/" not in rule.peer} <= groups


@slow
@given(specs(), st.randoms(use_true_random=False))
def test_the_order_of_groups_does_not_move_subnets(spec: dict[str, Any], chance: Any) -> None:
    shuffled = {**spec, "nodeGroups": list(spec["nodeGroups"])}
    chance.shuffle(shuffled["nodeGroups"])
    one, other = planned(spec).plan, planned(shuffled).plan
    assert (one is None) == (other is None)
    if one and other:
        assert [subnet.cidr for subnet in one.design.subnets] == [subnet.cidr for subnet in other.design.subnets]


@slow
@given(specs())
def test_plan_files_come_back_unchanged_byte_for_byte(spec: dict[str, Any]) -> None:
    plan = planned(spec).plan
    if plan is None:
        return
    text = write_text(sealed(plan))
    again = read_text(text, "plan.json")
    assert again == sealed(plan)
    assert write_text(again) == text
    assert write_text(sealed(planned(spec).plan)) == text  # type: ignore[arg-type]
    assert json.loads(text)["digest"] == again.digest


@slow
@given(specs())
def test_nothing_is_unknown_in_a_plan_of_a_new_vpc_but_zone_names(spec: dict[str, Any]) -> None:
    plan = planned(spec).plan
    if plan is None:
        return
    assert all(
        isinstance(subnet.zone_name, Unknown) and isinstance(subnet.zone_id, str) for subnet in plan.design.subnets
    )
