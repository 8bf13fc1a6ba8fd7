"""What is open to the internet stays so when a network ACL keeps a part of it out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.design import NetworkInterface, SecurityGroup, Unknown
from planner.security.flows.exposed import exposed
from tests.security.reach.small import ALLOWED, ANYWHERE, acl, allow, into, office, out, vpc

SEEN = NetworkInterface("eni-1", "public", ("open",), ("10.0.2.7",), public_ip="198.51.100.7")
SSH = (SecurityGroup("open", "", (out(), into(ANYWHERE, "tcp", 22, 23))),)


@pytest.mark.parametrize(
    ("entries", "reachable"),
    [
        pytest.param(ALLOWED, True, id="everything passes"),
        pytest.param((*ALLOWED, (False, 1, False, "-1", None, None, "203.0.113.0/24")), True, id="one block is denied"),
        pytest.param((*ALLOWED, (False, 1, False, "tcp", 22, 22, ANYWHERE)), True, id="one of two ports is denied"),
        pytest.param((*ALLOWED, (False, 1, False, "tcp", 1, 1023, ANYWHERE)), False, id="both ports are denied"),
        pytest.param((allow(egress=False), (True, 1, False, "-1", None, None, ANYWHERE)), False, id="no replies"),
        pytest.param(
            (allow(egress=False), allow(egress=True, protocol="tcp", first=32768, last=60999)), True, id="some replies"
        ),
    ],
)
def test_a_part_of_the_internet_is_enough(entries: tuple[Any, ...], reachable: bool) -> None:
    design = acl(*entries, subnets=("public",), security_groups=SSH)
    (found,) = exposed(replace(design, interfaces=(SEEN,)))
    assert found.reachable is reachable
    (private,) = exposed(replace(design, interfaces=(replace(SEEN, public_ip=None),)))
    assert not private.reachable


UNSEEN = Unknown("ec2:DescribeSomething", "AccessDenied")


@pytest.mark.parametrize("part", ["security_groups", "route_tables", "interfaces", "network_acls", "internet_gateways"])
def test_what_could_not_be_read_is_never_taken_for_closed(part: str) -> None:
    fields: dict[str, Any] = {"security_groups": SSH, "interfaces": (SEEN,), part: UNSEEN}
    (found,) = exposed(replace(vpc(), **fields))
    assert (found.reachable, found.verdict) == (False, "not known")
    assert "AccessDenied" in found.reason


@pytest.mark.parametrize(
    ("peers", "lists", "verdicts"),
    [
        (("0.0.0.0/1", "128.0.0.0/1"), (), ["open", "open"]),
        (("52.0.0.0/6",), (), ["open"]),
        (("pl-office",), office("203.0.113.0/24", ANYWHERE), ["open"]),
        (("pl-office",), office(), ["not known"]),
        (("pl-office",), (), ["not known"]),
        (("pl-office",), office("203.0.113.0/24"), []),
        (("203.0.113.0/24", "10.0.0.0/8", "open", "com.amazonaws.us-east-1.s3"), (), []),
    ],
)
def test_halves_of_the_internet_and_prefix_lists_count_too(
    peers: tuple[str, ...], lists: Any, verdicts: list[str]
) -> None:
    groups = (SecurityGroup("open", "", (out(), *(into(one, "tcp", 22, 22) for one in peers))),)
    found = exposed(vpc(security_groups=groups, interfaces=(SEEN,), prefix_lists=lists))
    assert [one.verdict for one in found] == verdicts


def test_a_group_that_nobody_carries_opens_nothing() -> None:
    (found,) = exposed(vpc(security_groups=SSH, interfaces=()))
    assert found.verdict == "not carried"
