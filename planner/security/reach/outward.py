"""Ways out of the VPC and into it: internet, NAT and egress-only gateways, and what lies beyond others.

Sources: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html,
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html,
https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
"""

from __future__ import annotations

from planner.design import Design, NatGateway, Route, RouteTarget, Unknown
from planner.security.reach.addresses import Addresses, Found
from planner.security.reach.crossing import Crossing
from planner.security.reach.model import Change, Component, Outside, Place, Question, Step
from planner.security.reach.ranges import Interval, block, blocks_text
from planner.security.reach.routing import Routing, Way
from planner.security.reach.trail import Trail
from planner.security.reach.wording import Stop, no_route

NAT_PORTS = (1024, 65535)


class Outward:
    """The edge of a VPC."""

    def __init__(self, design: Design, addresses: Addresses, routing: Routing, crossing: Crossing) -> None:
        self._design = design
        self._addresses = addresses
        self._routing = routing
        self._crossing = crossing
        nats = design.nat_gateways
        self._nats: dict[str, NatGateway] = (
            {} if isinstance(nats, Unknown) else {key: one for one in nats for key in (one.name, one.id) if key}
        )

    def appliance(self, subnet: str, route: Route | Unknown | None, trail: Trail) -> None:
        """A route inside the VPC that is more specific than the local one leads to an appliance."""
        if not isinstance(route, Route):
            return
        table = self._routing.table_name(subnet)
        step = Step(Component.ROUTE, table, f"{route.destination} to {route.target}")
        if route.blackhole:
            reason = f"{table} sends {route.destination} to {route.target}, which is gone"
            trail.stop(Stop("BLACKHOLE", step, reason, f"remove or repair that route of {table}"))
            return
        reason = f"{table} sends {route.destination} through {route.target}, and what that lets pass is not known"
        trail.stop(Stop("BEYOND_APPLIANCE", step, reason, sure=False))

    def leave(self, question: Question, source: Place, target: Outside, trail: Trail) -> None:
        """From an interface to addresses outside, with the way back."""
        family = question.family
        whole = (block(target.cidr)[1],)
        wanted = self._routing.public_part(whole, family) if block(target.cidr)[1][1] - whole[0][0] > 1 << 31 else whole
        there, here = Found(wanted), self._addresses.of(source, family)
        if here.none:
            step = Step(Component.ADDRESS, source.label, f"no IPv{family} address")
            trail.stop(Stop("NO_ADDRESS", step, f"{source.label} has no IPv{family} address"))
            return
        self._crossing.out(question, source.subnet, Found(whole), trail)
        self._crossing.reply_into(question, source.subnet, Found(whole), source.ephemeral, trail)
        for way in self._ways(source.subnet, there.intervals, family, trail):
            self._take(question, source, target, way, here, Found(whole), trail)

    def _ways(self, subnet: str, wanted: tuple[Interval, ...], family: int, trail: Trail) -> tuple[Way, ...]:
        table = self._routing.table(subnet)
        if isinstance(table, Unknown):
            step = Step(Component.ROUTE, subnet, str(table))
            trail.stop(Stop("ROUTES_UNKNOWN", step, f"the routes of {subnet} are not known: {table}", sure=False))
            return ()
        return self._routing.ways(subnet, wanted, family)

    def _take(
        self, question: Question, source: Place, target: Outside, way: Way, here: Found, there: Found, trail: Trail
    ) -> None:
        table, family = self._routing.table_name(source.subnet), question.family
        if way.route is None:
            trail.stop(self._no_way(table, way, target, source, family))
            return
        route = way.route
        if route.blackhole:
            step = Step(Component.ROUTE, table, f"{route.destination} to {route.target}: blackhole")
            reason = f"{table} sends {route.destination} to {route.target}, which is gone"
            change = f"replace the route for {route.destination} of {table} by one to a gateway that is there"
            trail.stop(Stop("BLACKHOLE", step, reason, change, self._replacing(table, route, source, family)))
            return
        trail.passed(Component.ROUTE, table, f"{route.destination} to {route.target}")
        match route.target_kind:
            case RouteTarget.INTERNET_GATEWAY:
                self._internet(question, source, route, trail)
            case RouteTarget.EGRESS_ONLY_INTERNET_GATEWAY:
                self._egress_only(question, route, trail)
            case RouteTarget.NAT_GATEWAY:
                self._nat(question, source, target, route, here, there, trail)
            case _:
                self._beyond(route, trail)

    def _no_way(self, table: str, way: Way, target: Outside, source: Place, family: int) -> Stop:
        """No route: towards the internet the gateway that the VPC has already is the smallest change."""
        part = blocks_text(way.part, family) if target.label != "internet" else "the internet"
        destination = target.cidr
        kind, name = self._nearest_gateway(source, family)
        return no_route(table, part if part != destination else destination, kind, name, destination)

    def _nearest_gateway(self, source: Place, family: int) -> tuple[RouteTarget, str]:
        """A gateway of the VPC that the source could use: NAT in its zone before others."""
        if family == 6:
            gates = self._design.egress_only_internet_gateways
            name = "" if isinstance(gates, Unknown) or not gates else gates[0].name
            return RouteTarget.EGRESS_ONLY_INTERNET_GATEWAY, name
        if source.public:
            internet = self._design.internet_gateways
            name = "" if isinstance(internet, Unknown) or not internet else internet[0].name
            return RouteTarget.INTERNET_GATEWAY, name
        here = self._design.subnet(source.subnet)
        usable = [one for one in dict.fromkeys(self._nats.values()) if one.public and one.state == "available"]

        def elsewhere(nat: NatGateway) -> bool:
            subnet = self._design.subnet(nat.subnet) if nat.subnet else None
            return subnet is None or here is None or subnet.zone != here.zone

        usable.sort(key=lambda one: (elsewhere(one), one.name))
        return RouteTarget.NAT_GATEWAY, usable[0].name if usable else ""

    def _replacing(self, table: str, route: Route, source: Place, family: int) -> tuple[Change, ...]:
        kind, name = self._nearest_gateway(source, family)
        if not name or name == route.target:
            return ()
        return (Change("replace-route", table, route=Route(route.destination, kind, name)),)

    def _internet(self, question: Question, source: Place, route: Route, trail: Trail) -> None:
        self._attached(route, trail)
        if question.family == 4 and not source.public:
            step = Step(Component.ADDRESS, source.label, "no public IPv4 address")
            trail.stop(
                Stop(
                    "NO_PUBLIC_ADDRESS",
                    step,
                    f"{source.label} has no public IPv4 address, and {route.target} lets only those out that have one",
                    f"route {source.subnet} to a NAT gateway, or give it public addresses",
                    (Change("public-address", source.subnet),),
                )
            )
            return
        trail.passed(Component.INTERNET_GATEWAY, route.target, "out to the internet")

    def _attached(self, route: Route, trail: Trail) -> None:
        gateways = self._design.internet_gateways
        if isinstance(gateways, Unknown):
            step = Step(Component.INTERNET_GATEWAY, route.target, str(gateways))
            trail.stop(Stop("GATEWAY_UNKNOWN", step, f"internet gateways are not known: {gateways}", sure=False))
        elif not any(route.target in (one.name, one.id) for one in gateways):
            step = Step(Component.INTERNET_GATEWAY, route.target, "not attached to this VPC")
            trail.stop(
                Stop(
                    "NOT_ATTACHED",
                    step,
                    f"{route.target} is not attached to this VPC",
                    f"attach {route.target} to the VPC",
                    (Change("attach-gateway", route.target),),
                )
            )

    def _egress_only(self, question: Question, route: Route, trail: Trail) -> None:
        if question.family == 4:
            step = Step(Component.EGRESS_ONLY_GATEWAY, route.target, "IPv6 only")
            trail.stop(Stop("WRONG_FAMILY", step, f"{route.target} carries IPv6 only"))
            return
        trail.passed(Component.EGRESS_ONLY_GATEWAY, route.target, "out to the internet, nothing in")

    def _nat(
        self,
        question: Question,
        source: Place,
        target: Outside,
        route: Route,
        here: Found,
        there: Found,
        trail: Trail,
    ) -> None:
        """Two legs: to the gateway in its own subnet, and on from there with its address."""
        nat = self._nats.get(route.target)
        if nat is None:
            known = not isinstance(self._design.nat_gateways, Unknown)
            step = Step(Component.NAT_GATEWAY, route.target, "not there" if known else "not known")
            reason = f"{route.target} is {'not among the NAT gateways of this VPC' if known else 'not known'}"
            trail.stop(Stop("NAT_ABSENT" if known else "NAT_UNKNOWN", step, reason, sure=known))
            return
        if nat.state != "available":
            step = Step(Component.NAT_GATEWAY, nat.name, nat.state)
            trail.stop(Stop("NAT_NOT_AVAILABLE", step, f"{nat.name} is {nat.state}", f"replace {nat.name}"))
            return
        trail.passed(Component.NAT_GATEWAY, nat.name, "available")
        if nat.regional or nat.subnet is None:
            return  # AWS routes a regional gateway itself
        if not self._addresses.exists(nat.subnet):
            step = Step(Component.NAT_GATEWAY, nat.name, f"its subnet {nat.subnet} is not known")
            trail.stop(Stop("NAT_SUBNET_UNKNOWN", step, f"the subnet of {nat.name} is not known", sure=False))
            return
        if nat.subnet != source.subnet:
            self._crossing.into(question, nat.subnet, here, trail)
            self._crossing.reply_out(question, nat.subnet, here, source.ephemeral, trail)
        self._crossing.out(question, nat.subnet, there, trail)
        self._crossing.reply_into(question, nat.subnet, there, NAT_PORTS, trail)
        gateway = Place(nat.name, nat.subnet, (), public=nat.public, ephemeral=NAT_PORTS)
        wanted = self._routing.public_part(there.intervals, 4) or there.intervals
        for way in self._ways(nat.subnet, wanted, 4, trail):
            if way.route is not None and way.route.target_kind is RouteTarget.NAT_GATEWAY:
                step = Step(Component.ROUTE, self._routing.table_name(nat.subnet), f"to {way.route.target}")
                trail.stop(
                    Stop(
                        "NAT_IN_PRIVATE_SUBNET",
                        step,
                        f"{nat.name} stands in {nat.subnet}, whose route leads to a NAT gateway and not to an internet gateway",
                        f"move {nat.name} into a subnet with a route to an internet gateway",
                        self._replacing(self._routing.table_name(nat.subnet), way.route, gateway, 4),
                    )
                )
            else:
                self._take(question, gateway, target, way, here, there, trail)

    def _beyond(self, route: Route, trail: Trail) -> None:
        kind = "" if route.target_kind is RouteTarget.OTHER else f"{route.target_kind.replace('-', ' ')} "
        step = Step(Component.BEYOND, route.target, f"{kind}for {route.destination}")
        reason = f"everything here lets it pass; what lies beyond {kind}{route.target} is not known"
        trail.stop(Stop("BEYOND", step, reason, sure=False))

    def enter(self, question: Question, source: Outside, target: Place, trail: Trail) -> None:
        """From addresses outside to an interface, with the way back."""
        family = question.family
        whole = (block(source.cidr)[1],)
        here, there = self._addresses.of(target, family), Found(whole)
        if here.none:
            step = Step(Component.ADDRESS, target.label, f"no IPv{family} address")
            trail.stop(Stop("NO_ADDRESS", step, f"{target.label} has no IPv{family} address"))
            return
        self._crossing.into(question, target.subnet, there, trail)
        self._crossing.reply_out(question, target.subnet, there, source.ephemeral, trail)
        public = self._routing.public_part(whole, family)
        wanted = public if public and whole[0][1] - whole[0][0] > 1 << 31 else whole
        for way in self._ways(target.subnet, wanted, family, trail):
            self._come(source, target, way, trail, family=family, public=bool(public))

    def _come(self, source: Outside, target: Place, way: Way, trail: Trail, *, family: int, public: bool) -> None:
        table, route = self._routing.table_name(target.subnet), way.route
        if route is None:
            kind = RouteTarget.INTERNET_GATEWAY if public else RouteTarget.TRANSIT_GATEWAY
            gateways = self._design.internet_gateways
            name = "" if isinstance(gateways, Unknown) or not gateways or not public else gateways[0].name
            trail.stop(no_route(table, source.label, kind, name, source.cidr, back=True))
            return
        if route.blackhole:
            step = Step(Component.ROUTE, table, f"{route.destination} to {route.target}: blackhole")
            trail.stop(Stop("BLACKHOLE", step, f"{table} sends replies to {route.target}, which is gone"))
            return
        if route.target_kind in (RouteTarget.NAT_GATEWAY, RouteTarget.EGRESS_ONLY_INTERNET_GATEWAY):
            step = Step(Component.ROUTE, table, f"{route.destination} to {route.target}")
            reason = f"{route.target} lets nothing in: connections begin only on this side"
            trail.stop(Stop("OUTWARD_ONLY", step, reason, "reach it through a load balancer or a connected network"))
            return
        trail.passed(Component.ROUTE, table, f"{route.destination} to {route.target} (replies)")
        if route.target_kind is not RouteTarget.INTERNET_GATEWAY:
            self._beyond(route, trail)
            return
        self._attached(route, trail)
        if family == 4 and not target.public:
            step = Step(Component.ADDRESS, target.label, "no public IPv4 address")
            reason = f"{target.label} has no public IPv4 address, so nothing outside can call it"
            change = "reach it through a load balancer"
            trail.stop(Stop("NO_PUBLIC_ADDRESS", step, reason, change, (Change("public-address", target.subnet),)))
        elif not public:
            step = Step(Component.INTERNET_GATEWAY, route.target, f"{source.cidr} is private")
            reason = f"{source.cidr} is a private block, and {route.target} carries public addresses only"
            stop = no_route(table, source.cidr, RouteTarget.TRANSIT_GATEWAY, "", source.cidr, back=True)
            trail.stop(Stop("PRIVATE_BLOCK", step, reason, stop.change, stop.opening))
        else:
            trail.passed(Component.INTERNET_GATEWAY, route.target, "in from the internet")
