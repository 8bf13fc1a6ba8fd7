"""Who reaches the Kubernetes API, by which name and over which routes (notes N04, N05)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import collapse_addresses, ip_network

from planner.capacity.brief import Brief
from planner.design import EndpointAccess, RouteTable, RouteTarget
from planner.diagnostics import Diagnostic, Kind
from planner.network.demand import Tier
from planner.network.planned import Layout
from planner.network.routes import Routing
from planner.spec.cluster import ClusterSpec

_SOURCE = "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html"


def open_to_all(cidrs: Iterable[str], family: int = 4) -> bool:
    """Whether these blocks together hold every address of a family."""
    blocks = [one for text in cidrs if (one := ip_network(text)).version == family]
    return any(one.prefixlen == 0 for one in collapse_addresses(blocks))  # type: ignore[type-var]


def plan_access(spec: ClusterSpec) -> EndpointAccess:
    """Endpoint access of a plan. Where nodes come from outside the VPC and blocks limit the public
    endpoint, the stack adds what the nodes come from, which AWS assigns."""
    asked = spec.endpoint
    nodes_outside = asked.public and not asked.private and spec.nat in ("single", "perZone")
    return EndpointAccess(
        asked.private,
        asked.public,
        tuple(sorted(asked.public_cidrs)),
        nat_egress=nodes_outside and not open_to_all(asked.public_cidrs),
    )


def check_access(brief: Brief, zones: int) -> Iterator[Diagnostic]:
    """More blocks than EKS takes, once the addresses of the nodes are added."""
    spec, facts = brief.spec, brief.facts
    if not plan_access(spec).nat_egress:
        return
    added = (1 if spec.nat == "single" else zones) + (spec.ip_family == "ipv6")
    quota, given = facts.number("cluster.public_cidr_quota"), len(spec.endpoint.public_cidrs)
    if given <= quota < given + added:
        yield Diagnostic(
            Kind.INVALID,
            "endpoint-quota",
            "no room for the addresses that nodes come from",
            path=("spec", "endpoint", "publicCidrs"),
            value=f"{given} + {added} of the nodes' own",
            limit=f"{quota}, not adjustable",
            fix="set endpoint.private: true, so that nodes stay inside the VPC; or join neighbouring blocks",
            source=facts.source("cluster.public_cidr_quota"),
            note="N04",
        )


def record_access(brief: Brief, layout: Layout, routing: Routing, groups: Sequence[str]) -> None:
    """The decision ``endpoint.access``: who reaches the API how; ``groups`` carry the rule for people."""
    spec = brief.spec
    access = plan_access(spec)
    inputs = {
        "nodes": _nodes(spec, access, layout, routing),
        "pods": _pods(access),
        "people in the VPC": _people(spec, access),
        "connected networks": _connected(spec, access, groups),
        "internet": _internet(access),
        "name": _name(access),
        **({"DNS of the VPC": _dns(spec)} if access.private else {}),
        "control plane to nodes": "always through EKS's own interfaces in the cluster subnets, whatever is set here",
    }
    if spec.hybrid:
        inputs["hybrid nodes"] = _hybrid(access)
    brief.ledger.add(
        "endpoint.access",
        "Access to the Kubernetes API",
        _value(access),
        inputs=dict(inputs),
        explanation=_words(access),
        source=_SOURCE,
        note="N04",
    )


def _value(access: EndpointAccess) -> str:
    blocks = ", ".join(access.public_cidrs)
    if access.private and access.public:
        return f"private, and public for {blocks}"
    if access.private:
        return "private only"
    return f"public only for {blocks}" + (" and the nodes' own way out" if access.nat_egress else "")


def _words(access: EndpointAccess) -> str:
    if access.private and access.public:
        return "nodes stay inside the VPC; from the internet only the listed blocks get in, and authentication guards both ways"
    if access.private:
        return "nothing outside the VPC and the networks connected to it can open a connection; whoever runs kubectl, CI or the deployment of Kubernetes objects must be inside"
    words = "nodes leave the VPC for every call to the API and pay for it at the NAT gateway"
    if access.nat_egress:
        words += "; the stack adds the Elastic IP of every NAT gateway to the blocks, because nodes that are refused never join"
    return words


def _nodes(spec: ClusterSpec, access: EndpointAccess, layout: Layout, routing: Routing) -> str:
    if access.private:
        return f"local route of the VPC, from {_cidrs(layout, _tiers(spec))} to EKS's interfaces in {_cidrs(layout, [Tier.CLUSTER])}, TCP 443"
    return f"{_way_out(spec, layout, routing)}, then the public endpoint, TCP 443" + (
        "; the stack lists these addresses" if access.nat_egress else ""
    )


def _pods(access: EndpointAccess) -> str:
    service = "the Service kubernetes.default, whose endpoints are EKS's interfaces in the cluster subnets"
    inside = "" if access.private else " (they stay inside the VPC)"
    return f"{service}{inside}; by the cluster's own name, as their nodes do"


def _people(spec: ClusterSpec, access: EndpointAccess) -> str:
    if not access.private:
        return "as from anywhere else: over the internet, from a listed block"
    blocks = ", ".join(spec.endpoint.private_cidrs) or "endpoint.privateCidrs, which is empty"
    return f"local route of the VPC; what carries the cluster's own groups (nodes and pods) is let in on TCP 443, anything else only from {blocks}"


def _connected(spec: ClusterSpec, access: EndpointAccess, groups: Sequence[str]) -> str:
    if not access.private:
        return "as from anywhere else: over the internet, from a listed block"
    if not spec.endpoint.private_cidrs:
        return "nobody: endpoint.privateCidrs is empty, so no rule lets them in; name the blocks of VPN, peers or on-premises to let their people in"
    blocks = ", ".join(spec.endpoint.private_cidrs)
    carried = ", ".join(groups) or "the cluster security group"
    return f"{blocks}: {carried} lets them in on TCP 443; the routes there and back (Transit Gateway, VPN, peering) are yours"


def _internet(access: EndpointAccess) -> str:
    if not access.public:
        return "nobody: there is no public endpoint"
    if open_to_all(access.public_cidrs):
        return "everyone, TCP 443; only authentication guards the API"
    return f"{', '.join(access.public_cidrs)}, TCP 443; everyone else is refused"


def _name(access: EndpointAccess) -> str:
    if access.private and access.public:
        return "inside the VPC a private hosted zone gives the private addresses, outside the name gives public ones"
    if access.private:
        return "public name servers give the private addresses of EKS's interfaces, so networks that are connected need no forwarding of names; some resolvers drop such answers (rebind protection)"
    return "public addresses everywhere"


def _dns(spec: ClusterSpec) -> str:
    """What the private hosted zone needs (note N05)."""
    needed = "enableDnsSupport, enableDnsHostnames and AmazonProvidedDNS in the DHCP options"
    if spec.vpc.id:
        return f"{needed}: the spec does not describe what {spec.vpc.id} has"
    return f"{needed}: the plan turns both attributes on and leaves the region's default DHCP options, which have it"


def _hybrid(access: EndpointAccess) -> str:
    if access.private and access.public:
        return "their resolvers give public addresses, so they leave over the internet and must be among the listed blocks; one endpoint alone is advised"
    if access.private:
        return "over the connected network, TCP 443 to EKS's interfaces"
    return "over the internet, from a listed block"


def _tiers(spec: ClusterSpec) -> list[Tier]:
    public = [group.subnets == "public" for group in spec.node_groups]
    tiers = [Tier.PUBLIC] if any(public) else []
    return [*tiers, Tier.NODE] if not public or not all(public) else tiers


def _cidrs(layout: Layout, tiers: Sequence[Tier]) -> str:
    found = {str(one.subnet.cidr): None for tier in tiers for one in layout.of(tier)}
    return ", ".join(found) or "their subnets"


def _way_out(spec: ClusterSpec, layout: Layout, routing: Routing) -> str:
    """The routes of the subnets that have nodes, each kind once."""
    found: dict[str, None] = {}
    for tier in _tiers(spec):
        for one in layout.of(tier):
            table = next((table for table in routing.route_tables if one.subnet.name in table.subnets), None)
            found[_route(table)] = None
    return "; ".join(found)


def _route(table: RouteTable | None) -> str:
    if table is None:
        return "the routes that the existing subnets have"
    words = {
        RouteTarget.NAT_GATEWAY: "NAT gateway {} and the internet gateway",
        RouteTarget.INTERNET_GATEWAY: "internet gateway {}, with the node's own public address",
        RouteTarget.EGRESS_ONLY_INTERNET_GATEWAY: "egress-only internet gateway {}, with the node's own IPv6 address",
    }
    ways = [f"{one.destination} to {words[one.target_kind].format(one.target)}" for one in table.routes]
    return f"{table.name}: {', '.join(ways)}"
