"""``eksplan reach --protocol icmp``: the port is ICMP's type."""

from __future__ import annotations

import pytest

from tests.cli.running import invoke_spec
from tests.support.plans import spec_text

RESTRICTED = spec_text(security={"egress": "restricted"})


def test_the_port_is_the_type_with_every_code() -> None:
    asked = ("--from", "control-plane", "--to", "pods", "--protocol", "icmp", "--port", "8")
    ran = invoke_spec(RESTRICTED, *asked, command="reach")
    assert ran.code == 4
    text = " ".join(ran.out.split())
    assert "icmp type 8: BLOCKED" in text
    assert "add to test-nodes: ingress icmp type 8 from eks-cluster-sg-test" in text


@pytest.mark.parametrize("port", ["443", "3-8"])
def test_what_is_no_type_is_refused(port: str) -> None:
    asked = ("--from", "nodes", "--to", "pods", "--protocol", "icmp", "--port", port)
    ran = invoke_spec(RESTRICTED, *asked, command="reach")
    assert ran.code == 2
    assert "1-255" in ran.err
