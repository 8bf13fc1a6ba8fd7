"""What is open to the internet stays so when a network ACL keeps a part of it out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.design import NetworkInterface, SecurityGroup
from planner.security.flows.exposed import exposed
from tests.security.reach.small import ALLOWED, ANYWHERE, acl, allow, into, out

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
