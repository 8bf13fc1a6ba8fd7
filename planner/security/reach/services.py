"""AWS services: through an interface endpoint, a gateway endpoint, or the internet (notes N05, N07).

Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html,
https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.design import Design, Direction, RouteTable, Unknown, VpcEndpoint
from planner.security.reach.addresses import Found
from planner.security.reach.crossing import ANYWHERE
from planner.security.reach.groups import Peer
from planner.security.reach.model import Answer, Change, Component, Outside, Place, Question, Service, Step
from planner.security.reach.routing import Routing
from planner.security.reach.trail import Trail
from planner.security.reach.wording import Stop, answered

if TYPE_CHECKING:
    from planner.security.reach.engine import Prover

INTERNET = {4: Outside("internet", "0.0.0.0/0"), 6: Outside("internet", "::/0")}
AMAZON_DNS = "AmazonProvidedDNS"


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

    def interfaces(self, service: str) -> tuple[Place, ...]:
        """The interfaces of a service's endpoints, one for each subnet."""
        return tuple(
            Place(f"{one.name} in {subnet}", subnet, one.security_groups)
            for one in self._endpoints.get(("Interface", service), ())
            if one.state.lower() == "available"
            for subnet in one.subnets
        )

    def peer(self, subnet: str, service: str, family: int) -> Peer:
        """A service as security-group rules see it where no interface stands for it."""
        listed = (
            frozenset({f"com.amazonaws.{self._design.region}.{service}"})
            if self._gateway(subnet, service)
            else frozenset()
        )
        return Peer(addresses=ANYWHERE[family], prefix_lists=listed)

    def _gateway(self, subnet: str, service: str) -> VpcEndpoint | None:
        table = self._routing.table(subnet)
        if not isinstance(table, RouteTable):
            return None
        found = (one for one in self._endpoints.get(("Gateway", service), ()) if one.state.lower() == "available")
        return next((one for one in found if table.name in one.route_tables or table.id in one.route_tables), None)

    def ask(self, prover: Prover, question: Question, source: Place, target: Service) -> Answer:
        """Whether a service can be called."""
        names = self._names()
        if names is not None and names.sure:
            return answered((names.step,), names)
        endpoints = [
            one for one in self._endpoints.get(("Interface", target.name), ()) if one.state.lower() == "available"
        ]
        if endpoints and any(one.private_dns for one in endpoints):
            trail = Trail()
            dns = self._private_names(target)
            for stop in (names, dns):
                if stop is not None:
                    trail.stop(stop)
            if not (dns is not None and dns.sure):
                self._by_interface(prover, question, source, target, trail)
            return trail.answer()
        gateway = self._gateway(source.subnet, target.name)
        if gateway is not None:
            return self._by_gateway(prover, question, source, gateway)
        return self._by_internet(prover, question, source, target, endpoints)

    def _names(self) -> Stop | None:
        """Whether names resolve at all in this VPC."""
        support = self._design.vpc.dns_support
        if support is True:
            return None
        step = Step(Component.DNS, self._design.vpc.name, f"enableDnsSupport: {support}")
        if isinstance(support, Unknown):
            return Stop("DNS_UNKNOWN", step, f"whether the VPC resolves names is not known: {support}", sure=False)
        opening = (Change("dns-attribute", "enableDnsSupport"),)
        return Stop("DNS_SUPPORT_OFF", step, "the VPC resolves no names", "set enableDnsSupport of the VPC", opening)

    def _private_names(self, target: Service) -> Stop | None:
        """Whether the service's name resolves to its endpoint."""
        vpc = self._design.vpc
        if vpc.dns_hostnames is False:
            step = Step(Component.DNS, vpc.name, "enableDnsHostnames: False")
            opening = (Change("dns-attribute", "enableDnsHostnames"),)
            reason = f"without enableDnsHostnames {target.label} does not resolve to its endpoint"
            return Stop("DNS_HOSTNAMES_OFF", step, reason, "set enableDnsHostnames of the VPC", opening)
        if isinstance(vpc.dns_hostnames, Unknown):
            step = Step(Component.DNS, vpc.name, str(vpc.dns_hostnames))
            return Stop("DNS_UNKNOWN", step, f"enableDnsHostnames is not known: {vpc.dns_hostnames}", sure=False)
        servers = vpc.domain_name_servers
        if isinstance(servers, Unknown):
            step = Step(Component.DNS, vpc.name, str(servers))
            return Stop("DNS_UNKNOWN", step, f"the DHCP options are not known: {servers}", sure=False)
        if servers and AMAZON_DNS not in servers:
            step = Step(Component.DNS, vpc.name, f"name servers {', '.join(servers)}")
            reason = (
                f"{target.label} resolves to its endpoint only if {', '.join(servers)} forward to the VPC's resolver"
            )
            return Stop("DNS_CUSTOM", step, reason, sure=False)
        return None

    def _by_interface(self, prover: Prover, question: Question, source: Place, target: Service, trail: Trail) -> None:
        """Every interface of the endpoint must be reachable: names resolve to any of them."""
        places = self.interfaces(target.name)
        trail.passed(
            Component.VPC_ENDPOINT, ", ".join(dict.fromkeys(self._named(target.name))), f"{len(places)} interfaces"
        )
        for place in places:
            asked = Question(
                source, place, question.protocol, question.from_port, question.to_port, family=question.family
            )
            part = Trail()
            prover.within(asked, source, place, part)
            for step in part.steps if part.blocked or place.subnet == source.subnet else ():
                trail.steps.append(step)
            for stop in part.stops:
                trail.stop(stop)

    def _named(self, service: str) -> list[str]:
        return [one.name for one in self._endpoints.get(("Interface", service), ())]

    def _by_gateway(self, prover: Prover, question: Question, source: Place, gateway: VpcEndpoint) -> Answer:
        """Through a gateway endpoint: groups and ACLs must let the service's own addresses pass."""
        trail = Trail()
        service = Outside(gateway.short_service, INTERNET[question.family].cidr)
        peer = self.peer(source.subnet, gateway.short_service, question.family)
        trail.group(
            source, service, Direction.EGRESS, question, prover.groups.ask(source, Direction.EGRESS, question, peer)
        )
        trail.passed(Component.ROUTE, self._routing.table_name(source.subnet), f"prefix list to {gateway.name}")
        anywhere = Found(ANYWHERE[question.family])
        prover.crossing.out(question, source.subnet, anywhere, trail)
        prover.crossing.reply_into(question, source.subnet, anywhere, source.ephemeral, trail)
        trail.passed(Component.VPC_ENDPOINT, gateway.name, "gateway endpoint of this route table")
        return trail.answer()

    def _by_internet(
        self, prover: Prover, question: Question, source: Place, target: Service, endpoints: list[VpcEndpoint]
    ) -> Answer:
        """Over the internet; if that is no way, the endpoint that is missing is named as well."""
        trail = Trail()
        outside = Outside(target.label, INTERNET[question.family].cidr)
        names = self._names()
        if names is not None:
            trail.stop(names)
        prover.leave(question, source, Outside("internet", outside.cidr), trail)
        if self._unknown is not None and trail.stops:
            step = Step(Component.VPC_ENDPOINT, target.name, str(self._unknown))
            reason = f"over the internet: {trail.answer().reason}; VPC endpoints are not known: {self._unknown}"
            return answered((*trail.steps, step), Stop("ENDPOINTS_UNKNOWN", step, reason, sure=False))
        if not trail.blocked:
            return trail.answer()
        return answered((*trail.steps,), self._missing(trail, source, target, endpoints))

    def _missing(self, trail: Trail, source: Place, target: Service, endpoints: list[VpcEndpoint]) -> Stop:
        first = next(one for one in trail.stops if one.sure)
        over = f"over the internet: {first.reason}"
        if endpoints:
            name = endpoints[0].name
            step = Step(Component.VPC_ENDPOINT, name, "private DNS is off")
            reason = f"{target.label} does not resolve to {name}, whose private DNS is off; {over}"
            opening = (Change("private-dns", name),)
            return Stop("PRIVATE_DNS_OFF", step, reason, f"turn private DNS of {name} on", opening)
        elsewhere = [
            one for one in self._endpoints.get(("Gateway", target.name), ()) if one.state.lower() == "available"
        ]
        if elsewhere:
            table = self._routing.table_name(source.subnet)
            step = Step(Component.VPC_ENDPOINT, elsewhere[0].name, f"not in {table}")
            reason = f"{elsewhere[0].name} is not in {table}, the route table of {source.subnet}; {over}"
            opening = (Change("endpoint-table", elsewhere[0].name, route=None),)
            return Stop("ENDPOINT_NOT_IN_TABLE", step, reason, f"associate {elsewhere[0].name} with {table}", opening)
        if first.code.startswith(("SECURITY_GROUP", "NACL")):
            return first  # there is a way out, and something here closes it
        dead = self._endpoints.get(("Interface", target.name), [])
        what = (
            f"the endpoint {dead[0].name} is {dead[0].state}"
            if dead
            else f"there is no VPC endpoint for {target.label}"
        )
        step = Step(Component.VPC_ENDPOINT, target.name, what)
        kind = "a gateway endpoint" if target.name in ("s3", "dynamodb") else "an interface endpoint"
        change = (
            f"add {kind} for {target.label}; or {first.change}" if first.change else f"add {kind} for {target.label}"
        )
        return Stop("NO_ENDPOINT", step, f"{what}; {over}", change, first.opening)
