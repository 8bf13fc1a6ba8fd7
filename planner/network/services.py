"""Which AWS services the cluster calls through interface endpoints, and why (notes N07, N08)."""

from __future__ import annotations

from planner.catalog.facts import Facts
from planner.spec.addons import addon_names, identity_of
from planner.spec.cluster import ClusterSpec


def interface_services(spec: ClusterSpec, facts: Facts) -> dict[str, str]:
    """Short names of the interface endpoints that the cluster needs, each with the reason.

    With a way to the internet none is needed; what the spec asks for in ``vpcEndpoints`` always comes
    along. STS is called for the roles of service accounts (IRSA), EKS Auth for Pod Identity.
    """
    wanted: dict[str, str] = {}
    if spec.nat == "none":
        ways = {identity_of(spec, addon) for addon in ("vpc-cni", *controllers(spec, facts))}
        asked = (
            "base",
            *(one for one in ("pod-identity", "irsa") if one in ways),
            *(("fargate",) if spec.fargate else ()),
        )
        for feature in asked:
            _take(wanted, feature, facts)
        known = facts.table("addons.known")
        for addon in controllers(spec, facts):
            for service in known.get(addon, {}).get("endpoints", ()):
                wanted.setdefault(service, addon)
    for feature in spec.vpc_endpoints.features:
        _take(wanted, feature, facts)
    for service in spec.vpc_endpoints.extra:
        wanted.setdefault(service, "asked for in vpcEndpoints.extra")
    return dict(sorted(wanted.items()))


def optional_services(spec: ClusterSpec, facts: Facts) -> dict[str, str]:
    """Services that the add-ons of a cluster without internet can call and that nobody asked for, with
    the feature of ``vpcEndpoints.features`` that plans each."""
    planned = interface_services(spec, facts)
    table, reasons = facts.table("endpoints.features"), facts.table("endpoints.reasons")
    return {
        service: f"{reasons[feature]}: vpcEndpoints.features: [{feature}]"
        for addon in controllers(spec, facts)
        for feature in facts.table("endpoints.optional").get(addon, ())
        for service in table[feature]
        if service not in planned
    }


def controllers(spec: ClusterSpec, facts: Facts) -> tuple[str, ...]:
    """The add-ons of the plan, and Karpenter where a node pool is its."""
    pools = ("karpenter",) if any(pool.manager == "karpenter" for pool in spec.node_pools) else ()
    return tuple(dict.fromkeys([*addon_names(spec, facts), *pools]))


def _take(wanted: dict[str, str], feature: str, facts: Facts) -> None:
    for service in facts.table("endpoints.features")[feature]:
        wanted.setdefault(service, str(facts.table("endpoints.reasons")[feature]))
