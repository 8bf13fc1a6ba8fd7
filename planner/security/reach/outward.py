"""Ways out of the VPC: internet, NAT and egress-only gateways, and what lies beyond others.

Sources: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html,
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html,
https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from planner.design import NatGateway, Route, RouteTarget, Unknown
from planner.security.reach.addresses import Addresses, Found
from planner.security.reach.crossing import Crossing
from planner.security.reach.gates import Gates
from planner.security.reach.model import Change, Component, Outside, Place, PublicEndpoint, Question, Step
from planner.security.reach.ranges import block, blocks_text
from planner.security.reach.routing import Routing, Way
from planner.security.reach.trail import Trail
from planner.security.reach.wording import Stop

NAT_PORTS = (1024, 65535)


@dataclass(frozen=True, slots=True)
class Leg:
    """Packets on their way out: from where (at first the source, then a NAT gateway), to which addresses."""

    question: Question
    source: Place
    origin: Place
    """Where they began; its route table is the one to change."""
    target: Outside
    here: Found
    there: Found


class Outward:
    """The edge of a VPC, from within."""

    def __init__(self, addresses: Addresses, routing: Routing, crossing: Crossing, gates: Gates) -> None:
        self._addresses = addresses
        self._routing = routing
        self._crossing = crossing
        self._gates = gates

    def appliance(self, subnet: str, route: Route, trail: Trail) -> None:
        """A route inside the VPC that replaces the local one leads to an appliance."""
        table = self._routing.table_name(subnet)
        step = Step(Component.ROUTE, table, f"{route.destination} to {route.target}")
        if route.blackhole:
            reason = f"{table} sends {route.destination} to {route.target}, which is gone"
            trail.stop(Stop("BLACKHOLE", step, reason, f"remove or repair that route of {table}"))
            return
        reason = f"{table} sends {route.destination} through {route.target}, and what that lets pass is not known"
        trail.stop(Stop("BEYOND_APPLIANCE", step, reason, sure=False))

    def leave(self, question: Question, source: Place, target: Outside, there: Found, trail: Trail) -> None:
        """From an interface to addresses outside, with the way back."""
        here = self._addresses.standing(source, question.family, trail)
        if here is None:
            return
        self._crossing.out(question, source.subnet, there, trail)
        self._crossing.reply_into(question, source.subnet, there, source.ephemeral, trail)
        leg = Leg(question, source, source, target, here, there)
        self.each(source.subnet, there, question.family, trail, lambda way, part: self._take(leg, way, part))

    def each(self, subnet: str, there: Found, family: int, trail: Trail, judge: Callable[[Way, Trail], None]) -> None:
        """Judge every way that packets to these addresses take out of a subnet."""
        table = self._routing.table(subnet)
        if isinstance(table, Unknown):
            step = Step(Component.ROUTE, subnet, str(table))
            trail.stop(Stop("ROUTES_UNKNOWN", step, f"the routes of {subnet} are not known: {table}", sure=False))
            return
        vague = self._routing.vague(subnet)
        if vague:
            lists = ", ".join(one.destination for one in vague)
            step = Step(Component.ROUTE, self._routing.table_name(subnet), f"{lists} to {vague[0].target}")
            reason = f"which addresses {step.name} sends to {vague[0].target} is not known: the entries of {lists}"
            trail.stop(Stop("ROUTES_UNKNOWN", step, f"{reason} (ec2:GetManagedPrefixListEntries)", sure=False))
            return
        parts = []
        for way in self._routing.ways(subnet, there.intervals, family):
            part = Trail()
            judge(way, part)
            parts.append(part)
        some_pass = any(not part.blocked for part in parts)
        for part in parts:
            trail.absorb(part, sure=not (there.some and some_pass), partial=some_pass)

    def _take(self, leg: Leg, way: Way, trail: Trail) -> None:
        table, family = self._routing.table_name(leg.source.subnet), leg.question.family
        if way.route is None:
            kind, name = self._gates.nearest(leg.source, way.part, family)
            part = (
                "the internet"
                if leg.target.label == "internet" or isinstance(leg.target, PublicEndpoint)
                else blocks_text(way.part, family)
            )
            trail.stop(self._gates.missing(leg.source.subnet, part, kind, name, leg.target.cidr))
            return
        route = way.route
        if route.blackhole:
            step = Step(Component.ROUTE, table, f"{route.destination} to {route.target}: blackhole")
            reason = f"{table} sends {route.destination} to {route.target}, which is gone"
            change = f"replace the route for {route.destination} of {table} by one to a gateway that is there"
            opening = self._gates.replacing(leg.source, route, way.part, family)
            trail.stop(Stop("BLACKHOLE", step, reason, change, opening))
            return
        trail.passed(Component.ROUTE, table, f"{route.destination} to {route.target}")
        match route.target_kind:
            case RouteTarget.INTERNET_GATEWAY:
                self._internet(leg, way, route, trail)
            case RouteTarget.EGRESS_ONLY_INTERNET_GATEWAY:
                self._egress_only(leg, route, trail)
            case RouteTarget.NAT_GATEWAY:
                self._nat(leg, way, route, trail)
            case _:
                self.beyond(route, trail)

    def _internet(self, leg: Leg, way: Way, route: Route, trail: Trail) -> None:
        self._gates.attached(route, trail)
        if leg.question.family == 4 and not self._routing.public_part(way.part, 4):
            self.private_block(route, leg.target, leg.origin.subnet, trail)
        elif leg.question.family == 4 and not leg.source.public and leg.source is not leg.origin:
            name = leg.source.label
            step = Step(Component.NAT_GATEWAY, name, "private")
            reason = f"{name} is a private NAT gateway, without a public address for the internet"
            change = f"replace {name} by a public NAT gateway"
            family = leg.question.family
            first = self._routing.ways(leg.origin.subnet, way.part, family)[0].route
            opening = self._gates.replacing(leg.origin, first, way.part, family) if first is not None else ()
            trail.stop(Stop("NAT_PRIVATE", step, reason, change, opening))
        elif leg.question.family == 4 and not leg.source.public:
            name = leg.source.label
            step = Step(Component.ADDRESS, name, "no public IPv4 address")
            reason = f"{name} has no public IPv4 address, and {route.target} lets only those out that have one"
            change = f"route {leg.source.subnet} to a NAT gateway, or give it public addresses"
            opening = (Change("public-address", leg.source.subnet),)
            trail.stop(Stop("NO_PUBLIC_ADDRESS", step, reason, change, opening))
        else:
            trail.passed(Component.INTERNET_GATEWAY, route.target, "out to the internet")

    def private_block(self, route: Route, outside: Outside, subnet: str, trail: Trail, *, back: bool = False) -> None:
        """An internet gateway on the way to (or from) private addresses outside of the VPC."""
        step = Step(Component.INTERNET_GATEWAY, route.target, f"{outside.cidr} is private")
        reason = f"{outside.cidr} is a private block, and {route.target} carries public addresses only"
        kind = RouteTarget.TRANSIT_GATEWAY
        change = self._gates.missing(subnet, outside.cidr, kind, "", outside.cidr, back=back).change
        trail.stop(Stop("PRIVATE_BLOCK", step, reason, change))

    def _egress_only(self, leg: Leg, route: Route, trail: Trail) -> None:
        if leg.question.family == 4:
            step = Step(Component.EGRESS_ONLY_GATEWAY, route.target, "IPv6 only")
            trail.stop(Stop("WRONG_FAMILY", step, f"{route.target} carries IPv6 only", "route IPv4 to a NAT gateway"))
            return
        self._gates.attached(route, trail)
        trail.passed(Component.EGRESS_ONLY_GATEWAY, route.target, "out to the internet, nothing in")

    def _nat(self, leg: Leg, way: Way, route: Route, trail: Trail) -> None:
        """Two legs: to the gateway in its own subnet, and on from there with its address."""
        nat = self._gates.nat(route)
        if nat is None:
            known = self._gates.nats_known
            step = Step(Component.NAT_GATEWAY, route.target, "not there" if known else "not known")
            reason = f"{route.target} is {'not among the NAT gateways of this VPC' if known else 'not known'}"
            opening = self._gates.replacing(leg.source, route, way.part, leg.question.family) if known else ()
            change = f"replace the route for {route.destination}" if known else ""
            trail.stop(Stop("NAT_ABSENT" if known else "NAT_UNKNOWN", step, reason, change, opening, sure=known))
        elif leg.question.family == 6:
            # it translates IPv6 for 64:ff9b::/96 only, and what comes of that is not followed here
            step = Step(Component.NAT_GATEWAY, nat.name, "NAT64 at most")
            trail.stop(Stop("BEYOND", step, f"{nat.name} carries IPv6 for 64:ff9b::/96 (NAT64) at most", sure=False))
        elif nat.state != "available":
            step = Step(Component.NAT_GATEWAY, nat.name, nat.state)
            trail.stop(Stop("NAT_NOT_AVAILABLE", step, f"{nat.name} is {nat.state}", f"replace {nat.name}"))
        else:
            trail.passed(Component.NAT_GATEWAY, nat.name, "available")
            self._through(leg, way, nat, trail)

    def _through(self, leg: Leg, way: Way, nat: NatGateway, trail: Trail) -> None:
        question, family = leg.question, leg.question.family
        if nat.regional or nat.subnet is None:
            if nat.public and not self._routing.public_part(way.part, family):
                step = Step(Component.BEYOND, nat.name, "a regional gateway")
                trail.stop(Stop("BEYOND", step, f"where {nat.name} sends private addresses is not known", sure=False))
            return  # AWS routes a regional gateway to the internet itself
        gateway = Place(nat.name, nat.subnet, (), public=nat.public, ephemeral=NAT_PORTS)
        if self._addresses.standing(gateway, family, trail) is None or not self._addresses.exists(nat.subnet):
            return
        if nat.subnet != leg.source.subnet:
            self._crossing.into(question, nat.subnet, leg.here, trail)
            self._crossing.reply_out(question, nat.subnet, leg.here, leg.source.ephemeral, trail)
        there = replace(leg.there, intervals=way.part)
        self._crossing.out(question, nat.subnet, there, trail)
        self._crossing.reply_into(question, nat.subnet, there, NAT_PORTS, trail)
        on = Leg(question, gateway, leg.origin, leg.target, self._addresses.of(gateway, family), there)
        self.each(nat.subnet, there, family, trail, lambda onward, part: self._onward(on, onward, part))

    def _onward(self, leg: Leg, way: Way, trail: Trail) -> None:
        """From a NAT gateway on: not through another one."""
        if way.route is None or way.route.target_kind is not RouteTarget.NAT_GATEWAY:
            self._take(leg, way, trail)
            return
        name, subnet = leg.source.label, leg.source.subnet
        step = Step(Component.ROUTE, self._routing.table_name(subnet), f"to {way.route.target}")
        reason = f"{name} stands in {subnet}, whose route leads to a NAT gateway and not to an internet gateway"
        change = f"move {name} into a subnet with a route to an internet gateway"
        opening = self._gates.replacing(leg.source, way.route, way.part, leg.question.family)
        trail.stop(Stop("NAT_IN_PRIVATE_SUBNET", step, reason, change, opening))

    def beyond(self, route: Route, trail: Trail) -> None:
        """What lies beyond a gateway that leads elsewhere is not known."""
        kind = "" if route.target_kind is RouteTarget.OTHER else f"{route.target_kind.replace('-', ' ')} "
        step = Step(Component.BEYOND, route.target, f"{kind}for {route.destination}")
        reason = f"everything here lets it pass; what lies beyond {kind}{route.target} is not known"
        trail.stop(Stop("BEYOND", step, reason, sure=False))

    def found(self, target: Outside, family: int) -> Found:
        """The addresses that a block outside stands for; none if all of it lies in the VPC."""
        version, interval = block(target.cidr)
        return Found(self._routing.outer_part((interval,), family) if version == family else (), cidr=target.cidr)
