"""Who the public endpoint of a cluster's API lets in: the blocks of ``publicAccessCidrs``.

Source: https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
"""

from __future__ import annotations

from planner.design import Design, NatGateway, Unknown
from planner.security.reach.crossing import ANYWHERE
from planner.security.reach.model import Change, Component, Place, Question, Step
from planner.security.reach.ranges import minus, of_family
from planner.security.reach.trail import Trail
from planner.security.reach.wording import Stop

NAME = "publicAccessCidrs"


def admitted(design: Design, question: Question, source: Place, trail: Trail) -> None:
    """Whether the address with which a source leaves the VPC is in one of the blocks. Where the way out
    is not known there is nothing to add to that."""
    cluster = design.cluster
    if cluster is None:
        return
    access = cluster.endpoint
    blocks = of_family(access.public_cidrs, question.family)
    text = ", ".join(access.public_cidrs) or "no block"
    if not minus(ANYWHERE[question.family], blocks) or access.nat_egress:
        trail.passed(Component.PUBLIC_ENDPOINT, NAME, text)
        return
    gateways = _taken(design, trail)
    addresses = sorted({address for one in gateways for address in one.public_ips})
    refused = [one for one in addresses if minus(of_family([one], question.family), blocks)]
    who = ", ".join(one.name for one in gateways) or source.label
    if refused:
        step = Step(Component.PUBLIC_ENDPOINT, NAME, f"{', '.join(refused)} not in {text}")
        reason = f"the public endpoint lets in {text}, and not {', '.join(refused)}, with which {who} calls it"
        change = f"turn the private endpoint on, or add {', '.join(f'{one}/32' for one in refused)} to {NAME}"
        opening = tuple(Change("public-block", f"{one}/32") for one in refused)
        partial = len(refused) < len(addresses)
        trail.stop(Stop("PUBLIC_ENDPOINT_REFUSES", step, reason, change, opening, partial=partial))
    elif addresses:
        trail.passed(Component.PUBLIC_ENDPOINT, NAME, f"{', '.join(addresses)} in {text}")
    elif gateways or source.public:
        step = Step(Component.PUBLIC_ENDPOINT, NAME, text)
        reason = f"the public endpoint lets in {text}, and the public address of {who} is not known"
        trail.stop(Stop("PUBLIC_ENDPOINT_UNKNOWN", step, reason, "turn the private endpoint on", sure=False))


def _taken(design: Design, trail: Trail) -> tuple[NatGateway, ...]:
    """The NAT gateways on the way."""
    names = {one.name for one in trail.steps if one.component is Component.NAT_GATEWAY}
    gateways = design.nat_gateways
    return () if isinstance(gateways, Unknown) else tuple(one for one in gateways if one.name in names)
