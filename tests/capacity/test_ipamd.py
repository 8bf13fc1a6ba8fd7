"""The step simulator of ipamd: the CNI's own examples, the closed forms, and what only it shows."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.capacity.addresses import WarmTargets, footprint
from planner.capacity.ipamd import Ipamd, Pod, PoolSettings, Unlimited, settings
from planner.capacity.max_pods import PodNetwork, max_pods
from planner.catalog.model import Catalog
from tests.support.plans import embedded

EXAMPLES = json.loads((Path(__file__).parents[1] / "data" / "ipamd_examples.json").read_text("utf-8"))
TYPES = ["m5.large", "m5.xlarge", "c5.4xlarge", "t3.small", "t3.medium", "m5.24xlarge", "m4.large", "p3dn.24xlarge"]


def filled(given: PoolSettings, pods: int, **places: Any) -> Ipamd:
    """A node whose pods came one by one."""
    node = Ipamd(given, **places)
    node.settle()
    for _ in range(pods):
        assert node.add() is not None
        node.settle()
    return node


def of_example(example: dict[str, Any], catalog: Catalog) -> Ipamd:
    wanted = example["settings"]
    instance = catalog.instance_types[example["instance"]]
    network = PodNetwork(prefix=wanted.get("pd", False))
    warm = WarmTargets(wanted.get("warm_eni"), wanted.get("warm_ip"), wanted.get("min_ip"), wanted.get("warm_prefix"))
    return filled(settings(instance, example["max_pods"], network, warm, catalog.facts), example["pods"])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one['instance']}-{one['pods']}pods-{one['settings']}")
def test_agrees_with_the_cni_examples(example: dict[str, Any], catalog: Catalog) -> None:
    node, expected = of_example(example, catalog), example["expected"]
    assert node.pod_interfaces == expected["enis"]
    assert [one.slots for one in node.interfaces] == expected["cidrs"]
    assert node.total == expected["total"]
    assert node.total - node.assigned == expected["unused"]
    assert node.held == expected["subnet_ips"]


#: The tables of docs/eni-and-ip-target.md and docs/prefix-and-ip-target.md of the CNI:
#: (type, prefixes, warm interfaces or prefixes, WARM_IP, MINIMUM_IP, pods) → (interfaces, unused addresses, slots on each)
TABLES = [
    ("t3.small", False, 1, None, None, 0, 1, 3, [3]),
    ("t3.small", False, 1, None, None, 5, 3, 4, [3, 3, 3]),
    ("t3.small", False, 1, None, None, 9, 3, 0, [3, 3, 3]),
    ("t3.small", False, None, 1, 1, 0, 1, 1, [1]),
    ("t3.small", False, None, 1, 1, 5, 2, 1, [3, 3]),
    ("t3.small", False, None, 1, 1, 9, 3, 0, [3, 3, 3]),
    ("t3.small", False, None, 2, 5, 5, 3, 2, [3, 3, 1]),
    ("p3dn.24xlarge", False, 1, None, None, 3, 2, 95, [49, 49]),
    ("p3dn.24xlarge", False, 1, None, None, 95, 3, 52, [49, 49, 49]),
    ("p3dn.24xlarge", False, None, 5, 10, 7, 1, 5, [12]),
    ("p3dn.24xlarge", False, None, 5, 10, 15, 1, 5, [20]),
    ("p3dn.24xlarge", False, None, 5, 10, 45, 2, 5, [49, 1]),
    ("t3.small", True, 1, None, None, 0, 1, 16, [1]),
    ("t3.small", True, 1, None, None, 5, 1, 27, [2]),
    ("t3.small", True, 1, None, None, 17, 1, 31, [3]),
    ("t3.small", True, 1, None, None, 58, 2, 22, [3, 2]),
    ("t3.small", True, None, 1, 1, 5, 1, 11, [1]),
    ("t3.small", True, None, 1, 1, 17, 1, 15, [2]),
    ("t3.small", True, None, 7, 20, 5, 1, 27, [2]),
    ("t3.small", True, None, 7, 20, 58, 2, 22, [3, 2]),
    ("p3dn.24xlarge", True, 1, None, None, 0, 1, 16, [1]),
    ("p3dn.24xlarge", True, None, 5, 10, 0, 1, 16, [1]),
    ("p3dn.24xlarge", True, None, 5, 10, 15, 1, 17, [2]),
    # where the table and the code part: 20 addresses need two prefixes from the start (the table says
    # one), and seven prefixes fit on one interface of this type (the table says two and three)
    ("t3.small", True, None, 7, 20, 0, 1, 32, [2]),
    ("p3dn.24xlarge", True, 1, None, None, 95, 1, 17, [7]),
    ("p3dn.24xlarge", True, None, 5, 10, 45, 1, 19, [4]),
]


@pytest.mark.parametrize("row", TABLES, ids=lambda row: "-".join(map(str, row[:6])))
def test_agrees_with_the_cni_tables(row: Any, catalog: Catalog) -> None:
    name, prefix, warm, ip, least, pods, interfaces, unused, slots = row
    network = PodNetwork(prefix=prefix)
    instance = catalog.instance_types[name]
    most = max_pods(instance, network, catalog.facts, capped=prefix).pods
    node = filled(settings(instance, most, network, WarmTargets(warm, ip, least, warm), catalog.facts), pods)
    assert (node.pod_interfaces, node.total - node.assigned) == (interfaces, unused)
    assert [one.slots for one in node.interfaces] == slots


networks = st.builds(
    PodNetwork,
    prefix=st.booleans(),
    custom_networking=st.booleans(),
    security_groups_for_pods=st.booleans(),
    max_eni=st.none() | st.integers(1, 16),
)
targets = st.builds(
    WarmTargets,
    eni=st.none() | st.integers(0, 5),
    ip=st.none() | st.integers(0, 60),
    minimum_ip=st.none() | st.integers(0, 300),
    prefix=st.none() | st.integers(0, 12),
)


@given(st.sampled_from(TYPES), st.integers(1, 260), st.integers(0, 260), networks, targets)
def test_closed_forms_equal_the_simulator(
    name: str, most: int, pods: int, network: PodNetwork, warm: WarmTargets
) -> None:
    catalog: Catalog = embedded()
    instance = catalog.instance_types[name]
    pool = settings(instance, most, network, warm, catalog.facts)
    where, elsewhere = Unlimited(), Unlimited()
    node = Ipamd(pool, node_subnet=where, pod_subnet=elsewhere)
    node.settle()
    for _ in range(min(pods, most - 2)):
        if node.add() is None:
            break
        node.settle()
    form = footprint(instance, node.assigned, most, network, warm, catalog.facts)
    assert (form.node_subnet, form.pod_subnet) == (node.held_in(where), node.held_in(elsewhere))
    assert (form.node_subnet, form.pod_subnet) == (where.taken, elsewhere.taken)
    assert form.prefixes == (node.prefixes if pool.unit > 1 else 0)
    assert form.interfaces == (node.pod_interfaces if node.total or not network.custom_networking else form.interfaces)


def invariants(node: Ipamd) -> None:
    unit = node.given.unit
    assert node.total == sum(one.slots for one in node.interfaces) * unit
    assert node.assigned == sum(one.used for one in node.interfaces) <= node.total
    assert len(node.interfaces) <= max(node.given.interfaces, 1)
    assert all(0 <= one.slots <= node.given.slots for one in node.interfaces)
    if unit > 1:
        assert node.prefixes * unit == node.total
        assert 0 <= node.free_prefixes <= node.prefixes


@given(st.sampled_from(TYPES[:6]), networks, targets, st.integers(0, 2**32), st.data())
def test_no_churn_and_no_scatter_takes_more_than_the_scattered_form(
    name: str, network: PodNetwork, warm: WarmTargets, seed: int, data: st.DataObject
) -> None:
    """The high-water mark of any history of at most so many pods at once."""
    catalog: Catalog = embedded()
    instance = catalog.instance_types[name]
    most = data.draw(st.sampled_from([8, 29, 58, 110, 250]))
    peak = data.draw(st.integers(0, most - 2))
    where, elsewhere = Unlimited(), Unlimited()
    chance = random.Random(seed)
    node = Ipamd(
        settings(instance, most, network, warm, catalog.facts),
        node_subnet=where,
        pod_subnet=elsewhere,
        choose=chance.randrange,
    )
    node.settle()
    limit = footprint(instance, peak, most, network, warm, catalog.facts, scattered=True)
    pods: list[Pod] = []
    for step in data.draw(st.lists(st.sampled_from("+++--t"), max_size=120)):
        if step == "+" and len(pods) < peak:
            pod = node.add()
            if pod is not None:
                pods.append(pod)
        elif step == "-" and pods:
            node.remove(pods.pop(chance.randrange(len(pods))))
        elif step == "t":
            node.advance(chance.choice([5, 35, 70]))
        node.settle()
        invariants(node)
        assert where.taken == node.held_in(where)
        assert where.taken <= limit.node_subnet
        assert elsewhere.taken <= limit.pod_subnet


def test_the_footprint_is_a_high_water_mark(catalog: Catalog) -> None:
    """100 pods down to 10 keep prefixes that two would hold: pods lie scattered over them."""
    instance = catalog.instance_types["m5.large"]
    chance = random.Random(7)
    kept = []
    for _ in range(40):
        node = Ipamd(
            settings(instance, 110, PodNetwork(prefix=True), WarmTargets(), catalog.facts), choose=chance.randrange
        )
        node.settle()
        pods = []
        for _ in range(100):
            pods.append(node.add())
            node.settle()
        chance.shuffle(pods)
        for pod in pods[10:]:
            node.remove(pod)  # type: ignore[arg-type]
        node.advance(600)
        kept.append(node.prefixes)
        assert node.assigned == 10
    assert 5.4 < sum(kept) / len(kept) < 7.4


def test_an_idle_interface_goes_after_a_minute_and_not_before(catalog: Catalog) -> None:
    node = Ipamd(settings(catalog.instance_types["m5.large"], 29, PodNetwork(), WarmTargets(), catalog.facts))
    node.settle()
    pods = [node.add() for _ in range(9)]
    node.settle()
    pods += [node.add() for _ in range(9)]
    node.settle()
    assert len(node.interfaces) == 3
    for pod in pods:
        assert pod is not None
        node.remove(pod)
    node.advance(25)
    assert len(node.interfaces) == 3
    node.advance(300)
    assert len(node.interfaces) == 1  # its nine addresses are the spare interface that WARM_ENI_TARGET=1 asks for


def test_an_address_cools_for_thirty_seconds(catalog: Catalog) -> None:
    warm = WarmTargets(ip=1)
    node = Ipamd(settings(catalog.instance_types["t3.small"], 11, PodNetwork(max_eni=1), warm, catalog.facts))
    node.settle()
    pods = []
    for _ in range(3):
        pods.append(node.add())
        node.settle()
    assert node.add() is None
    assert pods[0] is not None
    node.remove(pods[0])
    node.advance(25)
    assert node.add() is None
    node.advance(10)
    assert node.add() is not None


def test_without_warm_ip_a_node_stays_at_its_minimum(catalog: Catalog) -> None:
    pool = settings(catalog.instance_types["m5.large"], 29, PodNetwork(), WarmTargets(minimum_ip=10), catalog.facts)
    node = Ipamd(pool)
    node.settle()
    got = 0
    while node.add() is not None:
        node.settle()
        got += 1
    assert got == 10


class Small(Unlimited):
    """A subnet with so many addresses."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    @property
    def free(self) -> int:
        return self.size - self.taken

    def take(self, singles: int, prefixes: int) -> bool:
        return singles + 16 * prefixes <= self.free and super().take(singles, prefixes)


def test_discovery_puts_new_interfaces_where_most_is_free(catalog: Catalog) -> None:
    pool = settings(catalog.instance_types["m5.large"], 29, PodNetwork(), WarmTargets(), catalog.facts)
    own, other = Small(40), Small(400)
    node = filled(pool, 12, node_subnet=own, discovered=[other])
    assert node.held_in(own) == 10
    assert node.held_in(other) == 20


def test_an_excluded_node_subnet_still_gives_the_first_interface(catalog: Catalog) -> None:
    pool = settings(catalog.instance_types["m5.large"], 29, PodNetwork(), WarmTargets(), catalog.facts)
    own, other = Small(400), Small(100)
    node = filled(pool, 12, node_subnet=own, discovered=[other], node_excluded=True)
    assert node.held_in(own) == 10
    assert node.held_in(other) == 20


def test_a_full_subnet_makes_pods_wait_and_two_minutes_pass_before_the_next_try(catalog: Catalog) -> None:
    pool = settings(catalog.instance_types["m5.large"], 29, PodNetwork(), WarmTargets(), catalog.facts)
    own = Small(14)
    node = Ipamd(pool, node_subnet=own)
    node.settle()
    for _ in range(9):
        assert node.add() is not None
    node.settle()
    assert node.add() is None
    own.size = 100
    node.advance(60)
    assert node.add() is None
    node.advance(90)
    assert node.add() is not None


def test_no_first_address_is_an_error(catalog: Catalog) -> None:
    pool = settings(catalog.instance_types["m5.large"], 29, PodNetwork(), WarmTargets(), catalog.facts)
    with pytest.raises(ValueError, match="no address left"):
        Ipamd(pool, node_subnet=Small(0))


def test_ipv6_has_no_pool(catalog: Catalog) -> None:
    with pytest.raises(ValueError, match="/80"):
        settings(catalog.instance_types["m5.large"], 110, PodNetwork(ipv6=True), WarmTargets(), catalog.facts)


def test_calls_of_a_scale_up(catalog: Catalog) -> None:
    """30 pods on an m5.xlarge: batches against single addresses."""
    instance = catalog.instance_types["m5.xlarge"]

    def calls(network: PodNetwork, warm: WarmTargets) -> tuple[int, int]:
        made = filled(settings(instance, 58, network, warm, catalog.facts), 30).calls
        return made.create_interface, made.assign

    assert calls(PodNetwork(), WarmTargets()) == (3, 1)
    assert calls(PodNetwork(), WarmTargets(ip=2)) == (2, 29)
    assert calls(PodNetwork(), WarmTargets(ip=2, minimum_ip=32)) == (2, 1)
    assert calls(PodNetwork(prefix=True), WarmTargets()) == (0, 3)
