"""Answers questions: routes, network ACLs in both directions, security groups, gateways, endpoints.

A definite block anywhere outweighs what is not known elsewhere: every component is judged before the
answer says "unknown".
"""

from __future__ import annotations

from planner.design import Design, Direction, SecurityGroupRule
from planner.security.reach.addresses import Addresses
from planner.security.reach.crossing import Crossing
from planner.security.reach.groups import Groups, Peer
from planner.security.reach.model import Answer, Component, Outside, Place, Question, Service, Step
from planner.security.reach.outward import Outward
from planner.security.reach.ranges import block
from planner.security.reach.routing import Routing
from planner.security.reach.services import Services
from planner.security.reach.trail import Trail
from planner.security.reach.wording import Stop, answered

LINK_LOCAL = ("169.254.0.0/16", "fd00:ec2::/32", "fe80::/10")


class Prover:
    """Answers questions about one design; what was worked out once is kept."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.addresses = Addresses(design)
        self.routing = Routing(design)
        self.groups = Groups(design)
        self.crossing = Crossing(design)
        self.outward = Outward(design, self.addresses, self.routing, self.crossing)
        self._services = Services(design, self.routing)
        self._answers: dict[Question, Answer] = {}

    def ask(self, question: Question) -> Answer:
        """The answer to a question."""
        if question not in self._answers:
            self._answers[question] = self._ask(question)
        return self._answers[question]

    def _ask(self, question: Question) -> Answer:
        source, target = question.source, question.target
        if isinstance(target, Outside) and _link_local(target.cidr):
            return _on_the_link(source, target)
        if isinstance(source, Place) and isinstance(target, Service):
            return self._services.ask(self, question, source, target)
        trail = Trail()
        if isinstance(source, Place) and isinstance(target, Place):
            self.within(question, source, target, trail)
        elif isinstance(source, Place) and isinstance(target, Outside):
            self.leave(question, source, target, trail)
        elif isinstance(source, Outside) and isinstance(target, Place):
            self.enter(question, source, target, trail)
        else:
            step = Step(Component.BEYOND, source.label, "neither side is in this VPC")
            trail.stop(Stop("NOT_HERE", step, "neither side is an interface of this VPC", sure=False))
        return trail.answer()

    def within(self, question: Question, source: Place, target: Place, trail: Trail) -> None:
        """From one interface of the VPC to another."""
        family = question.family
        there, here = self.addresses.of(target, family), self.addresses.of(source, family)
        self._side(question, source, target, Direction.EGRESS, self._peer(target, family), trail)
        if source.subnet != target.subnet:
            for subnet, towards in ((source.subnet, there), (target.subnet, here)):
                route = self.routing.inside(subnet, towards.intervals, family)
                self.outward.appliance(subnet, route, trail)
            self.crossing.both(question, source, target, here, there, trail)
        self._side(question, target, source, Direction.INGRESS, self._peer(source, family), trail)

    def leave(self, question: Question, source: Place, target: Outside, trail: Trail) -> None:
        """From an interface of the VPC to addresses outside."""
        peer = Peer(addresses=(block(target.cidr)[1],))
        self._side(question, source, target, Direction.EGRESS, peer, trail)
        self.outward.leave(question, source, target, trail)

    def enter(self, question: Question, source: Outside, target: Place, trail: Trail) -> None:
        """From addresses outside to an interface of the VPC."""
        self.outward.enter(question, source, target, trail)
        peer = Peer(addresses=(block(source.cidr)[1],))
        self._side(question, target, source, Direction.INGRESS, peer, trail)

    def _side(
        self, question: Question, place: Place, other: Place | Outside, direction: Direction, peer: Peer, trail: Trail
    ) -> None:
        trail.group(place, other, direction, question, self.groups.ask(place, direction, question, peer))

    def _peer(self, place: Place, family: int) -> Peer:
        found = self.addresses.of(place, family)
        return Peer(frozenset(place.groups), found.intervals, everywhere=found.unknown)

    def carriers(self, question: Question) -> tuple[tuple[str, SecurityGroupRule], ...]:
        """Security-group rules of both sides that by themselves let some of this pass."""
        source, target = question.source, question.target
        found: list[tuple[str, SecurityGroupRule]] = []
        family = question.family
        if isinstance(source, Place):
            for other in self._others(question, source):
                found += self.groups.carriers(source, Direction.EGRESS, question, other[0])
                if other[1] is not None:
                    peer = self._peer(source, family)
                    found += self.groups.carriers(other[1], Direction.INGRESS, question, peer)
        elif isinstance(source, Outside) and isinstance(target, Place):
            peer = Peer(addresses=(block(source.cidr)[1],))
            found += self.groups.carriers(target, Direction.INGRESS, question, peer)
        return tuple(dict.fromkeys(found))

    def _others(self, question: Question, source: Place) -> list[tuple[Peer, Place | None]]:
        """The target as the source's rules see it, and its place where it has one."""
        target = question.target
        if isinstance(target, Place):
            return [(self._peer(target, question.family), target)]
        if isinstance(target, Outside):
            return [(Peer(addresses=(block(target.cidr)[1],)), None)]
        interfaces = self._services.interfaces(target.name)
        if interfaces:
            return [(self._peer(one, question.family), one) for one in interfaces]
        return [(self._services.peer(source.subnet, target.name, question.family), None)]


def _on_the_link(source: Place | Outside | Service, target: Outside) -> Answer:
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
    return answered((step,), None)


def _link_local(cidr: str) -> bool:
    version, (first, last) = block(cidr)
    return any(
        version == block(one)[0] and block(one)[1][0] <= first and last <= block(one)[1][1] for one in LINK_LOCAL
    )
