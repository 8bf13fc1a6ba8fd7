"""Crossings of subnets' edges: the network ACL of each, there and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.design import Design, NetworkAcl, Unknown
from planner.security.reach.acls import Decided, decide, reply_ports
from planner.security.reach.addresses import Found
from planner.security.reach.model import Component, Place, Question, Step
from planner.security.reach.ranges import Interval, minus
from planner.security.reach.trail import Trail
from planner.security.reach.wording import Stop, acl_stop

ANYWHERE = {4: ((0, (1 << 32) - 1),), 6: ((0, (1 << 128) - 1),)}


class Crossing:
    """Network ACLs of a design."""

    def __init__(self, design: Design) -> None:
        self._design = design
        self._acls: dict[str, NetworkAcl | Unknown | None] = {}
        self._cache: dict[tuple[object, ...], Decided] = {}

    def acl(self, subnet: str) -> NetworkAcl | Unknown | None:
        """The ACL of a subnet; None lets everything pass."""
        if subnet not in self._acls:
            self._acls[subnet] = self._design.acl_of(subnet)
        return self._acls[subnet]

    def both(self, question: Question, source: Place, target: Place, here: Found, there: Found, trail: Trail) -> None:
        """Between two subnets of the VPC, with the way back."""
        self.out(question, source.subnet, there, trail)
        self.into(question, target.subnet, here, trail)
        self.reply_out(question, target.subnet, here, source.ephemeral, trail)
        self.reply_into(question, source.subnet, there, source.ephemeral, trail)

    def out(self, question: Question, subnet: str, to: Found, trail: Trail) -> None:
        """Packets that leave a subnet."""
        self._cross(question, subnet, to, question.ports, trail, egress=True, returning=False)

    def into(self, question: Question, subnet: str, origin: Found, trail: Trail) -> None:
        """Packets that enter a subnet."""
        self._cross(question, subnet, origin, question.ports, trail, egress=False, returning=False)

    def reply_out(self, question: Question, subnet: str, to: Found, ports: Interval, trail: Trail) -> None:
        """Replies that leave a subnet, to all ports from which connections may have begun."""
        replies = reply_ports(question.protocol, question.ports, ports)
        if replies is not None:
            self._cross(question, subnet, to, replies, trail, egress=True, returning=True)

    def reply_into(self, question: Question, subnet: str, origin: Found, ports: Interval, trail: Trail) -> None:
        """Replies that enter a subnet."""
        replies = reply_ports(question.protocol, question.ports, ports)
        if replies is not None:
            self._cross(question, subnet, origin, replies, trail, egress=False, returning=True)

    def _cross(
        self,
        question: Question,
        subnet: str,
        other: Found,
        ports: Interval,
        trail: Trail,
        *,
        egress: bool,
        returning: bool,
    ) -> None:
        acl = self.acl(subnet)
        if acl is None:
            return
        if isinstance(acl, Unknown):
            step = Step(Component.NETWORK_ACL, subnet, str(acl))
            trail.stop(Stop("NACL_UNKNOWN", step, f"the network ACL of {subnet} is not known: {acl}", sure=False))
            return
        # an IPv6 block that is not known yet: only entries for all addresses are sure to hold it
        addresses: Sequence[Interval] = ANYWHERE[question.family] if other.unknown else other.intervals
        key = (acl.name, egress, question.protocol, ports, tuple(addresses), question.family)
        if key not in self._cache:
            self._cache[key] = decide(
                acl,
                egress=egress,
                protocol=question.protocol,
                ports=ports,
                addresses=addresses,
                family=question.family,
            )
        decided = self._cache[key]
        if decided.denied is None:
            way = "outbound" if egress else "inbound"
            numbers = ", ".join(str(one.number) for one in decided.allowed_by)
            trail.passed(Component.NETWORK_ACL, acl.name, f"{way} entry {numbers} of {subnet}")
            return
        stop = acl_stop(
            acl,
            decided,
            egress=egress,
            returning=returning,
            subnet=subnet,
            protocol=question.protocol,
            family=question.family,
            whole=other.cidr,
        )
        # of some addresses, not known which: sure only if none of them passes
        unsure = other.some and minus(addresses, decided.refused)
        trail.stop(replace(stop, sure=False) if unsure else stop)
