"""ICMP types and codes, and routes, against evaluators that look at every single packet."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.design import AclRule, NetworkAcl, PrefixList, Route, RouteTarget, SecurityGroupRule
from planner.security.reach.engine import Prover
from planner.security.reach.model import Place, Question, Status
from planner.security.reach.ranges import of_family
from planner.security.reach.routing import Routing
from tests.security.reach.small import acl, allow, into, out, routes, vpc

TYPES, CODES = (0, 3, 8, 9), (0, 1, 4)
ANSWERS = {8: 0}
spans = st.tuples(st.sampled_from([*TYPES, -1]), st.sampled_from([*CODES, -1])).map(
    lambda pair: (-1, -1) if pair[0] == -1 else pair
)
rules = st.lists(spans.map(lambda pair: into("10.0.0.0/16", "icmp", *pair)), max_size=4)
entries = st.lists(
    st.builds(
        lambda egress, number, allowed, pair: (egress, number, allowed, "icmp", *pair, "0.0.0.0/0"),
        st.booleans(),
        st.integers(1, 99),
        st.booleans(),
        spans,
    ),
    max_size=4,
    unique_by=lambda one: one[:2],
)


def speaks(rule: SecurityGroupRule | AclRule, kind: int, code: int) -> bool:
    """Whether a rule is about a type and code of ICMP."""
    return rule.protocol == "-1" or (
        rule.from_port in (-1, kind) and (rule.from_port == -1 or rule.to_port in (-1, code))
    )


def passes(found: NetworkAcl, kind: int, code: int, *, egress: bool) -> bool:
    for rule in sorted((one for one in found.rules if one.egress is egress), key=lambda one: one.number):
        if speaks(rule, kind, code):
            return rule.allow
    return False


@settings(max_examples=300, deadline=None)
@given(rules, entries, st.sampled_from(TYPES), st.sampled_from([*CODES, -1]), st.booleans())
def test_icmp_passes_by_type_and_code(
    made: list[SecurityGroupRule], listed: list[tuple[object, ...]], kind: int, code: int, every: bool
) -> None:
    last = (allow(egress=False), allow(egress=True)) if every else (allow(egress=True),)
    design = acl(*listed, *last, subnets=("b",))
    design = vpc(out(), *made, network_acls=design.network_acls)
    assert isinstance(design.network_acls, tuple)
    (found,) = design.network_acls
    codes = range(256) if code == -1 else (code,)
    expected = all(
        any(speaks(one, kind, each) for one in made) and passes(found, kind, each, egress=False) for each in codes
    )
    if kind in ANSWERS:
        expected = expected and passes(found, ANSWERS[kind], 0, egress=True)
    source, target = Place("source", "a", ("open",)), Place("target", "b", ("open",))
    answer = Prover(design).ask(Question(source, target, "icmp", kind, code))
    assert (answer.status is Status.REACHABLE) is expected, answer


BLOCKS = ("198.51.100.0/28", "198.51.100.0/29", "198.51.100.8/29", "198.51.100.8/30", "198.51.100.9/32", "0.0.0.0/0")
targets = st.sampled_from(["one", "two", "three"])


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.sampled_from(BLOCKS), targets),
    st.dictionaries(st.sampled_from(BLOCKS), st.just(None), min_size=1, max_size=3),
    targets,
)
def test_every_address_takes_the_longest_prefix(blocks: dict[str, str], listed: dict[str, None], by_list: str) -> None:
    made = [Route(cidr, RouteTarget.OTHER, target) for cidr, target in blocks.items()]
    made.append(Route("pl-1", RouteTarget.OTHER, by_list))
    design = routes(*made, prefix_lists=(PrefixList("pl-1", tuple(listed), of_aws=False),))
    whole = of_family(("198.51.100.0/28",), 4)
    found = {
        number: None if way.route is None else way.route.target
        for way in Routing(design).ways("a", whole, 4)
        for first, last in way.part
        for number in range(first, last + 1)
    }
    assert set(found) == set(range(whole[0][0], whole[0][1] + 1))
    for number, target in found.items():
        every = [
            (ip_network(cidr).prefixlen, 1, to) for cidr, to in blocks.items() if ip_address(number) in ip_network(cidr)
        ]
        every += [(ip_network(cidr).prefixlen, 0, by_list) for cidr in listed if ip_address(number) in ip_network(cidr)]
        assert target == (max(every)[2] if every else None), ip_address(number)
