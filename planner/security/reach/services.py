"""AWS services: through an interface endpoint, a gateway endpoint, or the internet (notes N05, N07).

Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html,
https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from planner.design import Design, Direction, PrefixList, RouteTable, Unknown, VpcEndpoint
from planner.security.reach.addresses import Found, of_amazon
from planner.security.reach.crossing import ANYWHERE
from planner.security.reach.groups import Peer
from planner.security.reach.model import Answer, Change, Component, Outside, Place, Question, Service, Status, Step
from planner.security.reach.ranges import of_family
from planner.security.reach.routing import Routing
from planner.security.reach.trail import Trail
from planner.security.reach.wording import Stop, answered

if TYPE_CHECKING:
    from planner.security.reach.engine import Prover

INTERNET = {4: Outside("internet", "0.0.0.0/0"), 6: Outside("internet", "::/0")}
GATEWAYS = ("s3", "dynamodb")
BLOCKED = Status.BLOCKED


class Services:
    """AWS services as a design reaches them."""

    def __init__(self, design: Design, routing: Routing) -> None:
        self._design = design
        self._routing = routing
        endpoints = design.vpc_endpoints
        self._unknown = endpoints if isinstance(endpoints, Unknown) else None
        self._endpoints: dict[tuple[str, str], list[VpcEndpoint]] = {}
        for one in () if isinstance(endpoints, Unknown) else endpoints:
            self._endpoints.setdefault((one.kind, one.short_service), []).append(one)
        lists = design.prefix_lists
        self._lists: dict[str, PrefixList] = {} if isinstance(lists, Unknown) else {one.name: one for one in lists}

    def interfaces(self, service: str) -> tuple[Place, ...]:
        """The interfaces that a service's name resolves to, one for each subnet of its endpoints."""
        return tuple(
            Place(f"{one.name} in {subnet}", subnet, one.security_groups)
            for one in self._resolving(service)
            for subnet in one.subnets
        )

    def _available(self, kind: str, service: str) -> list[VpcEndpoint]:
        return [one for one in self._endpoints.get((kind, service), ()) if one.state.lower() == "available"]

    def _resolving(self, service: str) -> list[VpcEndpoint]:
        """Interface endpoints whose private names stand for a service."""
        return [one for one in self._available("Interface", service) if one.private_dns]

    def where(self, service: str, family: int) -> Found:
        """The public addresses of a service: those of its prefix list, else somewhere in the internet."""
        found = self._lists.get(self._list_name(service))
        if found is not None and not isinstance(found.cidrs, Unknown):
            listed = of_family(found.cidrs, family)
            if listed:
                return Found(listed)
        internet = self._routing.public_part(ANYWHERE[family], family)
        return Found(internet, some=True, cidr=INTERNET[family].cidr)

    def _list_name(self, service: str) -> str:
        return f"com.amazonaws.{self._design.region}.{service}"

    def peer(self, service: str, family: int) -> Peer:
        """A service as security-group rules see it where no interface stands for it."""
        there = self.where(service, family)
        names = {self._list_name(service)} if service in GATEWAYS and family == 4 else set()
        return Peer(addresses=there.intervals, some=there.some, prefix_lists=frozenset(names))

    def _gateway(self, subnet: str, service: str) -> VpcEndpoint | None:
        table = self._routing.table(subnet)
        if not isinstance(table, RouteTable):
            return None
        found = self._available("Gateway", service)
        return next((one for one in found if table.name in one.route_tables or table.id in one.route_tables), None)

    def ask(self, prover: Prover, question: Question, source: Place, target: Service) -> Answer:
        """Whether a service can be called."""
        names = self.names()
        if names is not None and names.sure:
            return answered((names.step,), names)
        if self._resolving(target.name):
            return self._by_endpoint(prover, question, source, target, names)
        gateway = self._gateway(source.subnet, target.name) if question.family == 4 else None
        if gateway is not None:
            return self._by_gateway(prover, question, source, gateway)
        return self._by_internet(prover, question, source, target)

    def _by_endpoint(
        self, prover: Prover, question: Question, source: Place, target: Service, names: Stop | None
    ) -> Answer:
        """By the private name of an interface endpoint. If it is not sure that the name resolves to it, what
        the endpoint blocks is blocked only if the internet is no way either."""
        trail, dns = Trail(), self._private_names(target.label)
        doubts = [one for one in (names, dns) if one is not None]
        for stop in doubts:
            trail.stop(stop)
        if dns is not None and dns.sure:
            return trail.answer()
        self._by_interface(prover, question, source, target, trail)
        if doubts and trail.blocked and self._by_internet(prover, question, source, target).status is not BLOCKED:
            return answered(trail.answer().steps, doubts[0])
        return trail.answer()

    def names(self) -> Stop | None:
        """Whether names resolve at all in this VPC."""
        support = self._design.vpc.dns_support
        if support is True:
            return None
        step = Step(Component.DNS, self._design.vpc.name, f"enableDnsSupport: {support}")
        if isinstance(support, Unknown):
            return Stop("DNS_UNKNOWN", step, f"whether the VPC resolves names is not known: {support}", sure=False)
        opening = (Change("dns-attribute", "enableDnsSupport"),)
        return Stop("DNS_SUPPORT_OFF", step, "the VPC resolves no names", "set enableDnsSupport of the VPC", opening)

    def private_names(self, label: str) -> tuple[Stop, ...]:
        """What keeps the VPC's DNS from giving a name its private addresses."""
        names = self.names()
        if names is not None and names.sure:
            return (names,)
        return tuple(one for one in (names, self._private_names(label)) if one is not None)

    def _private_names(self, label: str) -> Stop | None:
        """Whether a private name resolves to its interfaces."""
        vpc = self._design.vpc
        if vpc.dns_hostnames is False:
            step = Step(Component.DNS, vpc.name, "enableDnsHostnames: False")
            opening = (Change("dns-attribute", "enableDnsHostnames"),)
            reason = f"without enableDnsHostnames {label} does not resolve to its interfaces in the VPC"
            return Stop("DNS_HOSTNAMES_OFF", step, reason, "set enableDnsHostnames of the VPC", opening)
        if isinstance(vpc.dns_hostnames, Unknown):
            step = Step(Component.DNS, vpc.name, str(vpc.dns_hostnames))
            return Stop("DNS_UNKNOWN", step, f"enableDnsHostnames is not known: {vpc.dns_hostnames}", sure=False)
        servers = vpc.domain_name_servers
        if isinstance(servers, Unknown):
            step = Step(Component.DNS, vpc.name, str(servers))
            return Stop("DNS_UNKNOWN", step, f"the DHCP options are not known: {servers}", sure=False)
        if not of_amazon(vpc, servers):
            given = ", ".join(servers) or "none"
            step = Step(Component.DNS, vpc.name, f"name servers of the DHCP options: {given}")
            reason = f"the DHCP options name {given} as name servers: {label} resolves to its interfaces in the VPC only if they forward to the VPC's resolver"
            if not servers:
                reason = f"the DHCP options name no name server, and how {label} then resolves is not known"
            change = (
                "put AmazonProvidedDNS into the DHCP options, or let the name servers forward to the VPC's resolver"
            )
            return Stop("DNS_CUSTOM", step, reason, change, sure=False)
        return None

    def _by_interface(self, prover: Prover, question: Question, source: Place, target: Service, trail: Trail) -> None:
        """Every interface of the endpoint must be reachable: names resolve to any of them."""
        endpoints = self._resolving(target.name)
        places = self.interfaces(target.name)
        name = ", ".join(one.name for one in endpoints)
        trail.passed(Component.VPC_ENDPOINT, name, f"{len(places)} interfaces")
        if not places:
            step = Step(Component.VPC_ENDPOINT, name, "in no subnet")
            reason = f"{name} is in no subnet, and what {target.label} then resolves to is not known"
            trail.stop(Stop("ENDPOINT_WITHOUT_SUBNET", step, reason, sure=False))
        parts = []
        for place in places:
            asked = replace(question, target=place)
            part = Trail()
            prover.within(asked, source, place, part)
            parts.append((place, part))
        some_pass = any(not part.blocked for _, part in parts)
        for place, part in parts:
            trail.absorb(part, steps=part.blocked or place.subnet == source.subnet, partial=some_pass)

    def _by_gateway(self, prover: Prover, question: Question, source: Place, gateway: VpcEndpoint) -> Answer:
        """Through a gateway endpoint: groups and ACLs must let the service's own addresses pass."""
        trail = Trail()
        service = Outside(gateway.short_service, INTERNET[question.family].cidr)
        peer = self.peer(gateway.short_service, question.family)
        passed = prover.groups.ask(source, Direction.EGRESS, question, peer)
        named = self._list_name(gateway.short_service)
        trail.group(source, service, Direction.EGRESS, question, passed, named)
        trail.passed(Component.ROUTE, self._routing.table_name(source.subnet), f"prefix list to {gateway.name}")
        there = self.where(gateway.short_service, question.family)
        prover.crossing.out(question, source.subnet, there, trail)
        prover.crossing.reply_into(question, source.subnet, there, source.ephemeral, trail)
        trail.passed(Component.VPC_ENDPOINT, gateway.name, "gateway endpoint of this route table")
        return trail.answer()

    def _by_internet(self, prover: Prover, question: Question, source: Place, target: Service) -> Answer:
        """Over the internet; if that is no way, the endpoint that is missing is named as well."""
        trail = Trail()
        outside = Outside(target.label, INTERNET[question.family].cidr)
        names = self.names()
        if names is not None:
            trail.stop(names)
        there = self.where(target.name, question.family)
        prover.leave(question, source, Outside("internet", outside.cidr), there, trail)
        if self._unknown is not None:
            step = Step(Component.VPC_ENDPOINT, target.name, str(self._unknown))
            reason = f"over the internet: {trail.answer().reason}; VPC endpoints are not known: {self._unknown}"
            return answered((*trail.steps, step), Stop("ENDPOINTS_UNKNOWN", step, reason, sure=False))
        if not trail.blocked:
            return trail.answer()
        return answered((*trail.steps,), self._missing(trail, source, target))

    def _missing(self, trail: Trail, source: Place, target: Service) -> Stop:
        first = next(one for one in trail.stops if one.sure)
        over = f"over the internet: {first.reason}"
        endpoints = self._available("Interface", target.name)
        if endpoints:
            name = endpoints[0].name
            step = Step(Component.VPC_ENDPOINT, name, "private DNS is off")
            reason = f"{target.label} does not resolve to {name}, whose private DNS is off; {over}"
            opening: tuple[Change, ...] = (Change("private-dns", name),)
            return Stop("PRIVATE_DNS_OFF", step, reason, f"turn private DNS of {name} on", opening)
        elsewhere = self._available("Gateway", target.name)
        if elsewhere:
            table = self._routing.table_name(source.subnet)
            step = Step(Component.VPC_ENDPOINT, elsewhere[0].name, f"not in {table}")
            reason = f"{elsewhere[0].name} is not in {table}, the route table of {source.subnet}; {over}"
            known = isinstance(self._routing.table(source.subnet), RouteTable)
            opening = (Change("endpoint-table", elsewhere[0].name, table=table),) if known else ()
            return Stop("ENDPOINT_NOT_IN_TABLE", step, reason, f"associate {elsewhere[0].name} with {table}", opening)
        if first.code.startswith(("SECURITY_GROUP", "NACL")):
            return first  # there is a way out, and something here closes it
        kind = "a gateway endpoint" if target.name in GATEWAYS else "an interface endpoint"
        add = f"add {kind} for {target.label}"
        if first.code != "NO_ROUTE" or first.step.name != self._routing.table_name(source.subnet):
            return replace(first, change=f"{first.change}; or {add}")  # a way out is there, and broken
        dead = self._endpoints.get(("Interface", target.name), [])
        name = dead[0].name if dead else target.name
        what = f"{name} is {dead[0].state}" if dead else f"there is no VPC endpoint for {target.label}"
        change = f"accept or replace {name}" if dead else add
        change = f"{change}; or {first.change}" if first.change else change
        return Stop("NO_ENDPOINT", Step(Component.VPC_ENDPOINT, name, what), f"{what}; {over}", change, first.opening)
