"""Gateways at the edge of a VPC: whether they are there, and which one would help."""

from __future__ import annotations

from dataclasses import replace

from planner.design import Design, NatGateway, Route, RouteTarget, Unknown
from planner.security.reach.model import Change, Component, Place, Step
from planner.security.reach.ranges import Interval
from planner.security.reach.routing import Routing
from planner.security.reach.trail import Trail
from planner.security.reach.wording import Stop, no_route


class Gates:
    """The gateways of a design."""

    def __init__(self, design: Design, routing: Routing) -> None:
        self._design = design
        self._routing = routing
        nats = design.nat_gateways
        self._nats: dict[str, NatGateway] = (
            {} if isinstance(nats, Unknown) else {key: one for one in nats for key in (one.name, one.id) if key}
        )

    @property
    def nats_known(self) -> bool:
        """Whether the NAT gateways could be read."""
        return not isinstance(self._design.nat_gateways, Unknown)

    def nat(self, route: Route) -> NatGateway | None:
        """The NAT gateway that a route names, if the design has it."""
        return self._nats.get(route.target)

    def attached(self, route: Route, trail: Trail) -> None:
        """Whether the internet gateway, or the egress-only one, of a route belongs to the VPC."""
        internet = route.target_kind is RouteTarget.INTERNET_GATEWAY
        gates = self._design.internet_gateways if internet else self._design.egress_only_internet_gateways
        component = Component.INTERNET_GATEWAY if internet else Component.EGRESS_ONLY_GATEWAY
        if isinstance(gates, Unknown):
            step = Step(component, route.target, str(gates))
            trail.stop(Stop("GATEWAY_UNKNOWN", step, f"{component}s are not known: {gates}", sure=False))
        elif not any(route.target in (one.name, one.id) for one in gates):
            reason = f"{route.target} is not attached to this VPC"
            opening = (Change("attach-gateway", route.target),) if internet else ()
            step = Step(component, route.target, "not attached to this VPC")
            change = f"attach {route.target} to the VPC"
            if not internet:  # it belongs to one VPC for good
                change = f"make an egress-only internet gateway in the VPC and route {route.destination} to it"
            trail.stop(Stop("NOT_ATTACHED", step, reason, change, opening))

    def nearest(self, source: Place, part: tuple[Interval, ...], family: int) -> tuple[RouteTarget, str]:
        """A gateway of the VPC by which the source could reach these addresses, with its name (none where
        the VPC has none): NAT in its zone before others, and for private addresses a transit gateway."""
        if not self._routing.public_part(part, family):
            return RouteTarget.TRANSIT_GATEWAY, ""
        if family == 6:
            gates = self._design.egress_only_internet_gateways
            name = "" if isinstance(gates, Unknown) or not gates else gates[0].name
            return RouteTarget.EGRESS_ONLY_INTERNET_GATEWAY, name
        if source.public:
            return RouteTarget.INTERNET_GATEWAY, self.internet()
        here = self._design.subnet(source.subnet)
        usable = [one for one in dict.fromkeys(self._nats.values()) if one.public and one.state == "available"]

        def elsewhere(nat: NatGateway) -> bool:
            subnet = self._design.subnet(nat.subnet) if nat.subnet else None
            return subnet is None or here is None or subnet.zone != here.zone

        usable.sort(key=lambda one: (elsewhere(one), one.name))
        return RouteTarget.NAT_GATEWAY, usable[0].name if usable else ""

    def internet(self) -> str:
        """The name of the VPC's internet gateway, if it has one."""
        gates = self._design.internet_gateways
        return "" if isinstance(gates, Unknown) or not gates else gates[0].name

    def replacing(self, source: Place, route: Route, part: tuple[Interval, ...], family: int) -> tuple[Change, ...]:
        """The change that gives a route of the source's table a gateway that works."""
        kind, name = self.nearest(source, part, family)
        if not name or name == route.target:
            return ()
        table = self._routing.table_name(source.subnet)
        return (Change("replace-route", table, route=Route(route.destination, kind, name)),)

    def missing(
        self, subnet: str, part: str, kind: RouteTarget, name: str, destination: str, *, back: bool = False
    ) -> Stop:
        """The table of a subnet has no route to (or for replies back to) a destination."""
        stop = no_route(self._routing.table_name(subnet), part, kind, name, destination, back=back)
        if self._routing.table(subnet) is not None:
            return stop
        return replace(stop, opening=tuple(replace(one, kind="add-main-table") for one in stop.opening))
