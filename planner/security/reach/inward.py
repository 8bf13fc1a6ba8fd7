"""Ways into the VPC: what begins outside, with the way back."""

from __future__ import annotations

from planner.design import RouteTarget
from planner.security.reach.addresses import Addresses, Found
from planner.security.reach.crossing import Crossing
from planner.security.reach.gates import Gates
from planner.security.reach.model import Change, Component, Outside, Place, Question, Step
from planner.security.reach.outward import Outward
from planner.security.reach.routing import Routing, Way
from planner.security.reach.trail import Trail
from planner.security.reach.wording import Stop

OUTWARD_ONLY = (RouteTarget.NAT_GATEWAY, RouteTarget.EGRESS_ONLY_INTERNET_GATEWAY)


class Inward:
    """The edge of a VPC, from outside."""

    def __init__(
        self, addresses: Addresses, routing: Routing, crossing: Crossing, gates: Gates, outward: Outward
    ) -> None:
        self._addresses = addresses
        self._routing = routing
        self._crossing = crossing
        self._gates = gates
        self._outward = outward

    def enter(self, question: Question, source: Outside, target: Place, there: Found, trail: Trail) -> None:
        """From addresses outside to an interface."""
        if self._addresses.standing(target, question.family, trail) is None:
            return
        self._crossing.into(question, target.subnet, there, trail)
        self._crossing.reply_out(question, target.subnet, there, source.ephemeral, trail)
        self._outward.each(
            target.subnet,
            there,
            question.family,
            trail,
            lambda way, part: self._come(source, target, way, question.family, part),
        )

    def _come(self, source: Outside, target: Place, way: Way, family: int, trail: Trail) -> None:
        table, route = self._routing.table_name(target.subnet), way.route
        public = bool(self._routing.public_part(way.part, family))
        if route is None:
            kind = RouteTarget.INTERNET_GATEWAY if public else RouteTarget.TRANSIT_GATEWAY
            name = self._gates.internet() if public else ""
            trail.stop(self._gates.missing(target.subnet, source.label, kind, name, source.cidr, back=True))
            return
        if route.blackhole:
            step = Step(Component.ROUTE, table, f"{route.destination} to {route.target}: blackhole")
            reason = f"{table} sends replies to {route.target}, which is gone"
            change = f"replace the route for {route.destination} of {table} by one to a gateway that is there"
            trail.stop(Stop("BLACKHOLE", step, reason, change))
            return
        if route.target_kind in OUTWARD_ONLY:
            step = Step(Component.ROUTE, table, f"{route.destination} to {route.target}")
            reason = f"{route.target} lets nothing in: connections begin only on this side"
            trail.stop(Stop("OUTWARD_ONLY", step, reason, "reach it through a load balancer or a connected network"))
            return
        trail.passed(Component.ROUTE, table, f"{route.destination} to {route.target} (replies)")
        if route.target_kind is not RouteTarget.INTERNET_GATEWAY:
            self._outward.beyond(route, trail)
            return
        self._gates.attached(route, trail)
        if family == 4 and not target.public:
            step = Step(Component.ADDRESS, target.label, "no public IPv4 address")
            reason = f"{target.label} has no public IPv4 address, so nothing outside can call it"
            change = "reach it through a load balancer"
            trail.stop(Stop("NO_PUBLIC_ADDRESS", step, reason, change, (Change("public-address", target.subnet),)))
        elif not public:
            self._outward.private_block(route, source, target.subnet, trail, back=True)
        else:
            trail.passed(Component.INTERNET_GATEWAY, route.target, "in from the internet")
