"""Answers questions: routes, network ACLs in both directions, security groups, gateways, endpoints.

A definite block anywhere outweighs what is not known elsewhere: every component is judged before the
answer says "unknown".
"""

from __future__ import annotations

from dataclasses import replace

from planner.design import Design, Direction, Route, SecurityGroupRule
from planner.security.reach.addresses import Addresses, Found
from planner.security.reach.admission import admitted
from planner.security.reach.crossing import Crossing
from planner.security.reach.gates import Gates
from planner.security.reach.groups import Groups, Peer
from planner.security.reach.inward import Inward
from planner.security.reach.model import (
    Answer,
    Component,
    Outside,
    Place,
    PublicEndpoint,
    Question,
    Service,
    Step,
)
from planner.security.reach.outward import Outward
from planner.security.reach.ranges import block, blocks_text, of_family
from planner.security.reach.routing import Routing
from planner.security.reach.services import Services
from planner.security.reach.trail import Trail
from planner.security.reach.wording import Stop, answered

RESOLVERS = ("169.254.169.253/32", "fd00:ec2::253/128")
LINK_LOCAL = ("169.254.0.0/16", "fd00:ec2::/32", "fe80::/10")


class Prover:
    """Answers questions about one design; what was worked out once is kept."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.addresses = Addresses(design)
        self.routing = Routing(design)
        self.groups = Groups(design)
        self.crossing = Crossing(design)
        gates = Gates(design, self.routing)
        self.outward = Outward(self.addresses, self.routing, self.crossing, gates)
        self._inward = Inward(self.addresses, self.routing, self.crossing, gates, self.outward)
        self._services = Services(design, self.routing)
        self._answers: dict[Question, Answer] = {}

    def ask(self, question: Question) -> Answer:
        """The answer to a question."""
        if question not in self._answers:
            self._answers[question] = self._ask(question)
        return self._answers[question]

    def _ask(self, question: Question) -> Answer:
        source, target = question.source, question.target
        if isinstance(target, Outside) and link_local(target.cidr):
            return _on_the_link(source, target, self._services.names() if _resolver(target.cidr) else None)
        if isinstance(source, Place) and isinstance(target, Outside) and self._resolver_of_vpc(target.cidr):
            step = Step(Component.LINK, target.cidr, "the VPC's resolver: no group or ACL stands before it")
            return answered((step,), self._services.names())
        if isinstance(source, Place) and isinstance(target, Service):
            return self._services.ask(self, question, source, target)
        trail = Trail()
        if isinstance(source, Place) and isinstance(target, Place):
            for stop in self._services.private_names(question.named) if question.named else ():
                trail.stop(stop)
            self.within(question, source, target, trail)
        elif isinstance(source, Place) and isinstance(target, Outside):
            self.leave(question, source, target, self.outward.found(target, question.family), trail)
            if isinstance(target, PublicEndpoint):
                admitted(self.design, question, source, trail)
        elif isinstance(source, Outside) and isinstance(target, Place):
            self.enter(question, source, target, trail)
        else:
            step = Step(Component.BEYOND, source.label, "neither side is in this VPC")
            trail.stop(Stop("NOT_HERE", step, "neither side is an interface of this VPC", sure=False))
        return trail.answer()

    def within(self, question: Question, source: Place, target: Place, trail: Trail) -> None:
        """From one interface of the VPC to another."""
        family = question.family
        here = self.addresses.standing(source, family, trail)
        there = self.addresses.standing(target, family, trail)
        if here is None or there is None:
            return
        taken = self._taken(question, source, target, here, there) if source.subnet != target.subnet else []
        aside = bool(taken)
        self._side(question, source, target, Direction.EGRESS, trail, aside=aside)
        for subnet, route in taken:
            self.outward.appliance(subnet, route, trail)
        if source.subnet != target.subnet and self.addresses.exists(source.subnet, target.subnet):
            self.crossing.both(question, source, target, here, there, trail)
        self._side(question, target, source, Direction.INGRESS, trail, aside=aside)
        if question.efa:  # both sides send
            self._side(question, source, target, Direction.INGRESS, trail, aside=aside)
            self._side(question, target, source, Direction.EGRESS, trail, aside=aside)

    def joined(self, question: Question, source: Place, target: Place) -> bool:
        """Whether everything but security groups lets this pass: names, routes, ACLs."""
        trail = Trail()
        if question.named and self._services.private_names(question.named):
            return False
        here = self.addresses.standing(source, question.family, trail)
        there = self.addresses.standing(target, question.family, trail)
        if here is None or there is None:
            return False
        if source.subnet != target.subnet:
            if self._taken(question, source, target, here, there):
                return False
            self.crossing.both(question, source, target, here, there, trail)
        return not trail.stops

    def side(self, question: Question, place: Place, other: Place, direction: Direction) -> bool:
        """Whether the groups of one side alone let this pass."""
        return self.groups.ask(place, direction, question, self._peer(other, question.family)).passes

    def _taken(
        self, question: Question, source: Place, target: Place, here: Found, there: Found
    ) -> list[tuple[str, Route]]:
        """Routes of both subnets that take packets between them from the local one."""
        ends = ((source.subnet, there), (target.subnet, here))
        return [
            (subnet, route)
            for subnet, towards in ends
            for route in self.routing.inside(subnet, towards.intervals, question.family)
        ]

    def _side(
        self, question: Question, place: Place, other: Place, direction: Direction, trail: Trail, *, aside: bool
    ) -> None:
        """The groups of one side. Behind an appliance (``aside``) the other side has its addresses only.

        Source: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
        """
        peer = self._peer(other, question.family)
        named = ""
        if aside:
            peer = replace(peer, groups=frozenset())
            named = blocks_text(peer.addresses, question.family, most=1)
        trail.group(place, other, direction, question, self.groups.ask(place, direction, question, peer), named)

    def leave(self, question: Question, source: Place, target: Outside, there: Found, trail: Trail) -> None:
        """From an interface of the VPC to these addresses outside."""
        if there.none:
            self._not_outside(target, question.family, trail)
            return
        peer = self._outer_peer(there, question.family)
        passed = self.groups.ask(source, Direction.EGRESS, question, peer)
        trail.group(source, target, Direction.EGRESS, question, passed)
        self.outward.leave(question, source, target, there, trail)

    def enter(self, question: Question, source: Outside, target: Place, trail: Trail) -> None:
        """From addresses outside to an interface of the VPC."""
        there = self.outward.found(source, question.family)
        if there.none:
            self._not_outside(source, question.family, trail)
            return
        self._inward.enter(question, source, target, there, trail)
        peer = self._outer_peer(there, question.family)
        passed = self.groups.ask(target, Direction.INGRESS, question, peer)
        trail.group(target, source, Direction.INGRESS, question, passed)

    def _not_outside(self, party: Outside, family: int, trail: Trail) -> None:
        """A block of another family, or one that lies in the VPC: which interfaces have it is not known."""
        if block(party.cidr)[0] != family:
            step = Step(Component.ADDRESS, party.label, f"no IPv{family} address")
            change = f"ask about IPv{block(party.cidr)[0]}"
            trail.stop(Stop("NO_ADDRESS", step, f"{party.label} has no IPv{family} address", change))
            return
        step = Step(Component.ADDRESS, party.cidr, "in this VPC")
        reason = f"{party.cidr} lies in this VPC, and which interfaces and security groups stand there is not known"
        trail.stop(Stop("INSIDE_VPC", step, reason, sure=False))

    def _outer_peer(self, there: Found, family: int) -> Peer:
        connected = not self.routing.public_part(there.intervals, family)
        return Peer(addresses=there.intervals, some=there.some, connected=connected)

    def _block_peer(self, party: Outside, family: int) -> Peer:
        """A block as rules see it, be it a part of the VPC."""
        there = self.outward.found(party, family)
        return Peer(addresses=of_family([party.cidr], family)) if there.none else self._outer_peer(there, family)

    def _resolver_of_vpc(self, cidr: str) -> bool:
        """Whether a block is the second address of the VPC's primary block.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
        """
        second = int(self.design.vpc.cidr.network_address) + 2
        return block(cidr) == (4, (second, second))

    def _peer(self, place: Place, family: int) -> Peer:
        found = self.addresses.of(place, family)
        return Peer(frozenset(place.groups), found.intervals, inside=True, everywhere=found.unknown)

    def carriers(self, question: Question) -> tuple[tuple[str, SecurityGroupRule], ...]:
        """Security-group rules of both sides that by themselves let some of this pass."""
        source, target = question.source, question.target
        if isinstance(target, Outside) and (link_local(target.cidr) or self._resolver_of_vpc(target.cidr)):
            return ()
        found: list[tuple[str, SecurityGroupRule]] = []
        family = question.family
        if isinstance(source, Place):
            for other in self._others(question):
                found += self.groups.carriers(source, Direction.EGRESS, question, other[0])
                if other[1] is not None:
                    peer = self._peer(source, family)
                    found += self.groups.carriers(other[1], Direction.INGRESS, question, peer)
        elif isinstance(source, Outside) and isinstance(target, Place):
            found += self.groups.carriers(target, Direction.INGRESS, question, self._block_peer(source, family))
        return tuple(dict.fromkeys(found))

    def _others(self, question: Question) -> list[tuple[Peer, Place | None]]:
        """The target as the source's rules see it, and its place where it has one."""
        target = question.target
        if isinstance(target, Place):
            return [(self._peer(target, question.family), target)]
        if isinstance(target, Outside):
            return [(self._block_peer(target, question.family), None)]
        interfaces = self._services.interfaces(target.name)
        if interfaces:
            return [(self._peer(one, question.family), one) for one in interfaces]
        return [(self._services.peer(target.name, question.family), None)]


def _on_the_link(source: Place | Outside | Service, target: Outside, names: Stop | None) -> Answer:
    """Link-local addresses: on the node itself. Pods with a branch interface of their own bypass it.

    Source: https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.1/README.md (POD_SECURITY_GROUP_ENFORCING_MODE)
    """
    if isinstance(source, Place) and source.branch:
        step = Step(Component.LINK, target.cidr, "on the node; this pod's packets leave by a branch interface")
        reason = (
            f"{target.label} is on the node, and in strict mode what {source.label} sends leaves by a branch interface"
        )
        change = "set POD_SECURITY_GROUP_ENFORCING_MODE=standard of the VPC CNI, or do not use a node-local address"
        return answered((step,), Stop("LINK_LOCAL_BYPASSED", step, reason, change))
    step = Step(Component.LINK, target.cidr, "link-local: no route, group or ACL stands before it")
    return answered((step,), names)


def _resolver(cidr: str) -> bool:
    return any(block(one) == block(cidr) for one in RESOLVERS)


def link_local(cidr: str) -> bool:
    """Whether a block never leaves the link: metadata, the resolver, agents on the node."""
    version, (first, last) = block(cidr)
    return any(
        version == block(one)[0] and block(one)[1][0] <= first and last <= block(one)[1][1] for one in LINK_LOCAL
    )
