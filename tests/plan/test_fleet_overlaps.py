"""The sweep over all blocks of a fleet, against comparing every pair."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.network.claims import Claim, Overlap, Sharing, Use, overlaps
from tests.support.fleets import clashes, net


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    """Claims crowded into a small space, so that they nest and coincide."""

    def block() -> tuple[str, int]:
        length = draw(st.integers(18, 24))
        place = draw(st.integers(0, 2 ** (length - 16) - 1)) << (32 - length)
        return str(net("10.0.0.0/16").network_address + place), length

    found: list[Claim] = []
    for _ in range(draw(st.integers(0, 24))):
        address, length = block()
        use = draw(st.sampled_from(list(Use)))
        names = ("allocation x", "allocation y") if use in (Use.EXISTING, Use.EXISTING_SERVICE) else ("a", "b", "c")
        owner = "avoid z" if use is Use.AVOID else draw(st.sampled_from(names))
        found.append(Claim(owner, use, net(f"{address}/{length}")))
    return found


Key = tuple[str, Use, str]


def pairs(found: list[Overlap]) -> set[frozenset[Key]]:
    """Every pair of claims that an overlap speaks of, without their order."""
    result: set[frozenset[Key]] = set()
    for one in found:
        same_owner = one.outer.owners == one.inner.owners and len(one.outer.owners) > 1
        for owner in one.outer.owners:
            for other in one.inner.owners:
                if same_owner and owner != other:
                    continue
                result.add(
                    frozenset(
                        ((owner, one.outer.use, str(one.outer.block)), (other, one.inner.use, str(one.inner.block)))
                    )
                )
    return result


def blocks(found: set[frozenset[Key]]) -> set[frozenset[tuple[Use, str]]]:
    return {frozenset((use, block) for _, use, block in pair) for pair in found}


@settings(max_examples=400, deadline=None)
@given(claims(), st.booleans(), st.booleans())
def test_N29_the_sweep_finds_what_comparing_every_pair_finds(found: list[Claim], pods: bool, services: bool) -> None:
    sharing = Sharing(pods, services)
    compared = {
        frozenset(((one.owner, one.use, str(one.block)), (other.owner, other.use, str(other.block))))
        for one, other in clashes(found, sharing)
    }
    swept = pairs(overlaps(found, sharing))
    assert blocks(swept) == blocks(compared)
    # owners of one side that are all named stand for each pair of them; nobody is named without cause
    named = {owner for pair in swept for owner, _, _ in pair}
    assert named == {owner for pair in compared for owner, _, _ in pair}


def test_a_block_that_thousands_share_is_one_finding_at_most() -> None:
    shared = [Claim(f"c{number}", Use.SERVICE, net("172.20.0.0/16")) for number in range(5_000)]
    assert overlaps(shared, Sharing()) == []
    (one,) = overlaps(shared, Sharing(services=False))
    assert len(one.outer.owners) + len(one.inner.owners) == 5_000


@pytest.mark.parametrize(
    ("one", "other", "wrong"),
    [
        ((Use.VPC, "10.0.0.0/16"), (Use.VPC, "10.0.4.0/24"), True),
        ((Use.VPC, "10.0.0.0/16"), (Use.VPC, "10.1.0.0/16"), False),
        ((Use.VPC, "172.16.0.0/12"), (Use.SERVICE, "172.20.0.0/16"), True),
        ((Use.POD, "100.64.0.0/16"), (Use.POD, "100.64.0.0/16"), False),
        ((Use.POD, "10.9.0.0/16"), (Use.VPC, "10.9.0.0/20"), True),
        ((Use.AVOID, "10.0.0.0/8"), (Use.HYBRID_NODE, "10.1.0.0/16"), False),
        ((Use.AVOID, "10.0.0.0/8"), (Use.EXISTING, "10.1.0.0/16"), False),
        ((Use.HYBRID_NODE, "10.1.0.0/16"), (Use.HYBRID_NODE, "10.1.0.0/16"), False),
        ((Use.HYBRID_POD, "10.1.0.0/16"), (Use.VPC, "10.1.128.0/17"), True),
        ((Use.OWN_AVOID, "10.0.0.0/8"), (Use.VPC, "10.1.0.0/16"), False),
    ],
)
def test_who_may_share_addresses_with_whom(one: tuple[Use, str], other: tuple[Use, str], wrong: bool) -> None:
    """Of two different owners, with shared pods and services."""
    found = overlaps([Claim("a", one[0], net(one[1])), Claim("b", other[0], net(other[1]))], Sharing())
    assert bool(found) is wrong


@pytest.mark.parametrize("use", [Use.VPC, Use.POD, Use.HYBRID_NODE, Use.AVOID])
def test_N41_a_clusters_own_services_overlap_nothing_of_it(use: Use) -> None:
    found = overlaps([Claim("a", use, net("172.20.0.0/16")), Claim("a", Use.SERVICE, net("172.20.8.0/24"))], Sharing())
    (one,) = found
    assert (one.outer.use, one.inner.use) == (use, Use.SERVICE)
