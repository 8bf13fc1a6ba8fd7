"""What nodes without a way to the internet need from VPC endpoints."""

from __future__ import annotations

from planner.catalog.facts import Facts
from planner.design import Design, Subnet, Unknown, VpcEndpoint
from planner.review.topology import has_egress, node_subnets


def isolated_node_subnets(design: Design) -> tuple[Subnet, ...] | Unknown:
    """Node subnets without any default route; unknown as soon as one of them is."""
    subnets = node_subnets(design)
    if isinstance(subnets, Unknown):
        return subnets
    found: list[Subnet] = []
    for subnet in subnets:
        egress = has_egress(design, subnet)
        if isinstance(egress, Unknown):
            return egress
        if not egress:
            found.append(subnet)
    return tuple(found)


def needed_services(design: Design, facts: Facts) -> dict[str, str]:
    """Short names of the endpoint services that such nodes need, each with the reason.

    Unknown add-ons add nothing here; ``unknown_addons`` says so.
    """
    needed = dict.fromkeys(facts.table("endpoints.features")["base"], "nodes join and pull images")
    needed["s3"] = "image layers lie in S3"
    if design.cluster and not isinstance(design.cluster.addons, Unknown):
        known = facts.table("addons.known")
        for addon in design.cluster.addons:
            for service in known.get(addon.name, {}).get("endpoints", ()):
                needed.setdefault(service, addon.name)
            if addon.pod_identities:
                needed.setdefault("eks-auth", "Pod Identity")
    return needed


def unknown_addons(design: Design) -> Unknown | None:
    """Why it is not known what the add-ons need, or None."""
    addons = design.cluster.addons if design.cluster else ()
    return addons if isinstance(addons, Unknown) else None


def of_aws(endpoint: VpcEndpoint) -> bool:
    """Whether an interface endpoint leads to a service of AWS, not to a partner's own."""
    return endpoint.kind == "Interface" and ".vpce-svc-" not in endpoint.service


def working(endpoint: VpcEndpoint) -> bool:
    """Whether an endpoint is (or will be) available."""
    return endpoint.state.lower() == "available"
