"""Who reaches the Kubernetes API how (notes N04, N05)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.decisions import Decision
from planner.network.access import open_to_all
from planner.plan.model import Plan
from tests.support.plans import diagnostics_of, plan_example, plan_of

BLOCKS = ["203.0.113.0/24"]
PUBLIC_ONLY = {"private": False, "public": True, "publicCidrs": BLOCKS}
BOTH = {"private": True, "public": True, "publicCidrs": BLOCKS}


def access(plan: Plan) -> Decision:
    return next(one for one in plan.decisions if one.id == "endpoint.access")


def who(plan: Plan) -> dict[str, str]:
    return {one.name: one.value for one in access(plan).inputs}


def cidrs(plan: Plan, part: str) -> set[str]:
    return {str(one.cidr) for one in plan.design.subnets if part in one.name}


def test_N05_the_dns_of_the_vpc_is_told_where_the_private_endpoint_needs_it() -> None:
    assert "turns both attributes on" in who(plan_of())["DNS of the VPC"]
    assert "does not describe" in who(plan_example("existing-vpc"))["DNS of the VPC"]
    assert "DNS of the VPC" not in who(plan_of(endpoint=PUBLIC_ONLY))


def test_N04_private_only_is_the_default_and_keeps_everyone_inside() -> None:
    plan = plan_of()
    answer = who(plan)
    assert access(plan).value == "private only"
    # nodes: the local route to EKS's own interfaces, which stand in the cluster subnets
    assert plan.design.cluster is not None
    for subnet in plan.design.named_subnets(plan.design.cluster.subnets):
        assert str(subnet.cidr) in answer["nodes"]
    assert "local route" in answer["nodes"]
    assert answer["internet"].startswith("nobody")
    assert answer["connected networks"].startswith("nobody")
    assert "public name servers give the private addresses" in answer["name"]


def test_N04_connected_networks_that_are_let_in_are_named_with_the_group_that_does() -> None:
    plan = plan_of(endpoint={"privateCidrs": ["10.200.0.0/16"]})
    answer = who(plan)["connected networks"]
    assert answer.startswith("10.200.0.0/16")
    group = plan.design.security_group("test-control-plane")
    assert group is not None
    assert group.name in answer
    assert any(rule.peer == "10.200.0.0/16" and rule.from_port == 443 for rule in group.rules)


def test_N04_public_and_private_lets_the_blocks_in_and_keeps_nodes_inside() -> None:
    plan = plan_of(endpoint=BOTH)
    answer = who(plan)
    assert access(plan).value == "private, and public for 203.0.113.0/24"
    assert "local route" in answer["nodes"]
    assert answer["internet"] == "203.0.113.0/24, TCP 443; everyone else is refused"
    assert "private hosted zone" in answer["name"]
    assert plan.design.cluster is not None
    assert not plan.design.cluster.endpoint.nat_egress


@pytest.mark.parametrize("nat", ["single", "perZone"])
def test_N05_public_only_leads_nodes_through_their_nat_gateways(nat: str) -> None:
    plan = plan_of(endpoint=PUBLIC_ONLY, nat=nat)
    answer = who(plan)
    tables = [one for one in plan.design.route_tables if "private" in one.name]  # type: ignore[union-attr]
    assert len(tables) == (1 if nat == "single" else 3)
    for table in tables:
        assert f"{table.name}: 0.0.0.0/0 to NAT gateway {table.routes[0].target}" in answer["nodes"]
    assert plan.design.cluster is not None
    assert plan.design.cluster.endpoint.nat_egress
    assert "nodes' own way out" in access(plan).value
    # pods that ask for kubernetes.default never leave: its endpoints are EKS's interfaces
    assert "stay inside" in answer["pods"]


def test_N04_public_for_everyone_needs_no_addresses_of_nodes() -> None:
    for blocks in (["0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"]):
        plan = plan_of(endpoint={**PUBLIC_ONLY, "publicCidrs": blocks})
        assert plan.design.cluster is not None
        assert not plan.design.cluster.endpoint.nat_egress
        assert who(plan)["internet"].startswith("everyone")


def test_N05_public_nodes_use_the_internet_gateway() -> None:
    group = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3, "subnets": "public"}
    answer = who(plan_of(nodeGroups=[group], endpoint={**PUBLIC_ONLY, "publicCidrs": ["0.0.0.0/0"]}))["nodes"]
    assert "to internet gateway test-internet, with the node's own public address" in answer
    assert "NAT gateway" not in answer


def test_N04_hybrid_nodes_hear_what_each_mode_means_to_them() -> None:
    hybrid = {"nodeCidrs": ["10.200.0.0/16"], "podCidrs": ["10.201.0.0/16"]}
    assert "public addresses" in who(plan_of(hybrid=hybrid, endpoint=BOTH))["hybrid nodes"]
    assert "connected network" in who(plan_of(hybrid=hybrid))["hybrid nodes"]
    assert "hybrid nodes" not in who(plan_of())


def test_N05_an_existing_vpc_must_have_its_dns_on() -> None:
    assert plan_example("existing-vpc").design.vpc.existing
    existing = {"id": "vpc-0a1b2c3d4e5f60718", "cidr": "10.20.0.0/16", "internetGateway": "igw-0a1b2c3d4e5f60718"}
    (one,) = [found for found in diagnostics_of(vpc=existing) if found.code == "endpoint-dns"]
    assert "vpc-0a1b2c3d4e5f60718" in one.fix
    assert "AmazonProvidedDNS" in (one.limit or "")
    made: dict[str, Any] = {"vpc": {"cidr": "10.20.0.0/16"}}
    assert not [found for found in diagnostics_of(**made) if found.code == "endpoint-dns"]


@given(st.integers(0, 6), st.data())
def test_halves_of_the_internet_are_the_internet(depth: int, data: st.DataObject) -> None:
    whole = [f"{n << (32 - depth) >> 24}.{(n << (32 - depth) >> 16) & 255}.0.0/{depth}" for n in range(1 << depth)]
    assert open_to_all(whole)
    left_out = data.draw(st.integers(0, len(whole) - 1))
    assert not open_to_all([one for number, one in enumerate(whole) if number != left_out])
    assert not open_to_all(whole, 6)
