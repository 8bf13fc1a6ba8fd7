"""What a cluster has that decides which flows it needs: from a spec, or from a design that exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.catalog.facts import Facts
from planner.design import Design, Unknown
from planner.spec.addons import addon_names, identity_of, uses_karpenter
from planner.spec.cluster import ClusterSpec
from planner.spec.security import PodGroupSpec


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports of a protocol, inclusive; None for all."""

    protocol: str
    from_port: int | None = None
    to_port: int | None = None


ALL = Ports("-1")
ASKED = "what vpcEndpoints asks for"


@dataclass(frozen=True, slots=True)
class Features:
    """The part of a cluster that matters for its flows."""

    private: bool = True
    """Whether the API is reached inside the VPC."""
    public: bool = False
    ipv6: bool = False
    ipv6_internet: bool = False
    """Whether pods of an IPv6 cluster leave the VPC."""
    addons: tuple[str, ...] = ()
    webhooks: tuple[tuple[str, int], ...] = ()
    """(of what, TCP target port), beyond those of the add-ons."""
    between_nodes: tuple[Ports, ...] = (ALL,)
    pod_groups: tuple[PodGroupSpec, ...] = ()
    operators: tuple[str, ...] = ()
    """Blocks from which people use the private API."""
    remote_nodes: tuple[str, ...] = ()
    remote_pods: tuple[str, ...] = ()
    allowed: tuple[tuple[str, Ports, str], ...] = ()
    """(block, ports, why): where nodes may go beyond what the cluster needs."""
    services: tuple[tuple[str, str], ...] = ()
    """(short endpoint name, what needs it) of AWS services that nodes and pods call."""
    efa: bool = False
    """Asked for, or kept ready by EKS in the cluster security group."""
    efs: bool = False
    fargate: bool = False
    load_balancer_ports: tuple[Ports, ...] = ()
    """Targets of load balancers that rules of the plan open; empty where the controller opens them."""
    control_plane_egress: bool = False
    """Whether the control plane leaves through the VPC (CUSTOMER_ROUTED)."""


def of_spec(spec: ClusterSpec, facts: Facts) -> Features:
    """The features that a spec asks for."""
    security, hybrid, ports = spec.security, spec.hybrid, spec.control_plane.settings.node_ports
    karpenter = ("karpenter",) if uses_karpenter(spec) else ()
    addons = tuple(dict.fromkeys([*addon_names(spec, facts), *karpenter]))
    return Features(
        private=spec.endpoint.private,
        public=spec.endpoint.public,
        ipv6=spec.ip_family == "ipv6",
        ipv6_internet=spec.ip_family == "ipv6" and spec.nat != "none",
        addons=addons,
        webhooks=tuple((one.name, one.port) for one in security.webhooks),
        between_nodes=tuple(Ports(one.protocol, *one.range) for one in security.between_nodes) or (ALL,),
        pod_groups=security.pod_groups,
        operators=tuple(spec.endpoint.private_cidrs),
        remote_nodes=tuple(map(str, hybrid.node_cidrs)) if hybrid else (),
        remote_pods=tuple(map(str, hybrid.pod_cidrs)) if hybrid else (),
        allowed=tuple((one.cidr, Ports(one.protocol, *one.range), one.reason) for one in security.allow),
        services=_services(addons, facts, _asked(spec, addons, facts)),
        efa=security.efa or security.egress == "open",
        efs="aws-efs-csi-driver" in addons or bool(spec.efs),
        fargate=bool(spec.fargate),
        load_balancer_ports=tuple(
            Ports(one.protocol, *one.range)
            for one in spec.load_balancers.targets(facts, (ports.first, ports.last) if ports else None)
        ),
    )


def of_design(design: Design, facts: Facts) -> Features:
    """The features that a design shows; what only a spec says (webhooks of one's own, people's
    networks) is not in it."""
    cluster = design.cluster
    addons = () if cluster is None or isinstance(cluster.addons, Unknown) else cluster.addons
    names = tuple(one.name for one in addons)
    return Features(
        private=cluster.endpoint.private if cluster else False,
        public=cluster.endpoint.public if cluster else False,
        ipv6=cluster.ip_family == "ipv6" if cluster else False,
        ipv6_internet=cluster is not None
        and cluster.ip_family == "ipv6"
        and bool(design.egress_only_internet_gateways),
        addons=names,
        remote_nodes=tuple(map(str, cluster.remote_node_cidrs)) if cluster else (),
        remote_pods=tuple(map(str, cluster.remote_pod_cidrs)) if cluster else (),
        services=_services(names, facts) if cluster else (),
        fargate=bool(design.fargate_profiles) and not isinstance(design.fargate_profiles, Unknown),
        control_plane_egress=cluster is not None and cluster.control_plane_egress == "CUSTOMER_ROUTED",
    )


def _asked(spec: ClusterSpec, addons: tuple[str, ...], facts: Facts) -> dict[str, str]:
    """Services that roles of service accounts call, and those whose endpoints the spec asks for: an endpoint
    with private DNS takes all calls to its service, also where there is a way to the internet."""
    table = facts.table("endpoints.features")
    wanted: dict[str, str] = {}
    if "irsa" in {identity_of(spec, addon) for addon in ("vpc-cni", *addons)}:
        wanted |= dict.fromkeys(table["irsa"], "IAM roles for service accounts")
    if spec.fargate:
        wanted |= dict.fromkeys(table["fargate"], "Fargate pods with roles")
    asked = [*spec.vpc_endpoints.extra, *(one for feature in spec.vpc_endpoints.features for one in table[feature])]
    return wanted | dict.fromkeys(asked, ASKED)


def _services(
    addons: tuple[str, ...], facts: Facts, asked: Mapping[str, str] | None = None
) -> tuple[tuple[str, str], ...]:
    """Services that are called whatever way they are reached: joining and images always, the rest by add-on
    and as ``asked``."""
    wanted: dict[str, str] = dict.fromkeys(facts.table("endpoints.features")["base"], "nodes join and pull images")
    wanted["s3"] = "image layers lie in S3"
    known = facts.table("addons.known")
    for addon in addons:
        for service in known.get(addon, {}).get("endpoints", ()):
            wanted.setdefault(service, addon)
    return tuple(sorted({**(asked or {}), **wanted}.items()))
