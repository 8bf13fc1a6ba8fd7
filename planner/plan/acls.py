"""Network ACLs of a plan: one for each tier of subnets, with what the flows of the cluster need (note N35).

ACLs are stateless: every flow brings an entry for its replies, for the whole range of ephemeral ports.
They part tiers from what is outside the VPC; inside it security groups do.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from planner.capacity.brief import Brief
from planner.design import AclRule, NetworkAcl
from planner.diagnostics import Diagnostic, Kind
from planner.network.demand import Tier
from planner.network.planned import Layout
from planner.network.routes import ANY_IPV4, named_tags
from planner.security.intents.features import of_spec
from planner.security.intents.flows import intents
from planner.security.intents.model import IN_CLUSTER, Actor, Intent, Who

_SOURCE = "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"
_FIRST, _STEP = 100, 10
_HOMES = {Who.NODES: (Tier.NODE, Tier.PUBLIC), Who.FARGATE: (Tier.NODE,)}
"""Tiers that an actor lives in; pods live in all of them."""
_OUTWARD = frozenset({Who.INTERNET, Who.SERVICE, Who.OUTSIDE})


@dataclass(frozen=True, slots=True, order=True)
class _Entry:
    """An entry without its number; ports None for all."""

    egress: bool
    protocol: str
    ports: tuple[int, int] | None
    cidr: str

    def numbered(self, number: int) -> AclRule:
        """The entry with its number."""
        first, last = self.ports or (None, None)
        return AclRule(self.egress, number, True, self.protocol, first, last, self.cidr)  # noqa: FBT003

    def holds(self, other: _Entry) -> bool:
        """Whether this entry makes the other superfluous."""
        if self.egress is not other.egress or self.protocol not in ("-1", other.protocol):
            return False
        mine, its = self.ports, other.ports
        if self.protocol != "-1" and mine and (its is None or not mine[0] <= its[0] <= its[1] <= mine[1]):
            return False
        return IPv4Network(other.cidr).subnet_of(IPv4Network(self.cidr))


def plan_acls(brief: Brief, layout: Layout, blocks: Sequence[IPv4Network]) -> tuple[NetworkAcl, ...]:
    """An ACL for each tier of subnets that the plan makes; ``blocks`` are the VPC's. None unless asked for.

    A subnet that serves several tiers gets the entries of all of them.
    """
    if brief.spec.security.network_acls != "tiers":
        return ()
    tiers: dict[str, set[Tier]] = defaultdict(set)
    for one in layout.subnets:
        if one.existing is None:
            tiers[one.subnet.name].add(one.tier)
    together: dict[tuple[Tier, ...], list[str]] = defaultdict(list)
    for subnet, found in tiers.items():
        together[tuple(tier for tier in Tier if tier in found)].append(subnet)
    flows = _Flows(brief, layout, blocks)
    made = [_acl(brief, found, subnets, flows) for found, subnets in together.items()]
    acls = tuple(sorted(made, key=lambda one: one.name))
    _record(brief, acls)
    return acls


def check_acls(brief: Brief, acls: Sequence[NetworkAcl]) -> Iterator[Diagnostic]:
    """ACLs with more entries than the quota gives."""
    quota = brief.spec.quotas.network_acl_rules or brief.facts.number("acl.rules")
    for acl in acls:
        # the denial at the end counts too
        most = max(sum(1 for one in acl.rules if one.egress is egress) + 1 for egress in (False, True))
        if most > quota:
            yield Diagnostic(
                Kind.INFEASIBLE,
                "acl-entries",
                f"network ACL {acl.name} needs more entries than it may have",
                path=("spec", "security", "networkAcls"),
                value=f"{most} in one direction, the last denial included",
                limit=f"{quota} ({brief.facts['acl.rules'].note})",
                fix=f"have the quota raised and say quotas.networkAclRules: {most}"
                if most <= 40
                else "join blocks of vpc.secondaryCidrs, avoid, hybrid or security.allow",
                source=brief.facts.source("acl.rules"),
                note="N35",
            )


def _acl(brief: Brief, tiers: tuple[Tier, ...], subnets: Sequence[str], flows: _Flows) -> NetworkAcl:
    wanted = {entry for tier in tiers for entry in _entries(brief, tier, flows)}
    kept = sorted(one for one in wanted if not any(other != one and other.holds(one) for other in wanted))
    rules: list[AclRule] = []
    for egress in (False, True):
        mine = [one for one in kept if one.egress is egress]
        rules += [one.numbered(_FIRST + _STEP * number) for number, one in enumerate(mine)]
    name = "-".join([brief.name, "acl", *(str(tier) for tier in tiers)])
    return NetworkAcl(name, tuple(sorted(rules)), tuple(sorted(subnets)), tags=named_tags(brief.spec, name))


def _entries(brief: Brief, tier: Tier, flows: _Flows) -> Iterator[_Entry]:
    if tier is Tier.CLUSTER:
        yield from flows.of_control_plane()
        return
    yield from flows.inside()
    yield from flows.outward()
    yield from flows.inward()
    balancers = brief.spec.load_balancers
    if tier is Tier.PUBLIC:
        if balancers.public != 0:
            yield from flows.listeners(ANY_IPV4)
    elif tier is Tier.NODE and balancers.internal:
        for one in brief.spec.avoid:
            yield from flows.listeners(str(one.cidr))


class _Flows:
    """Entries of flows, each with that of its replies."""

    def __init__(self, brief: Brief, layout: Layout, blocks: Sequence[IPv4Network]) -> None:
        self._brief, self._blocks = brief, [str(one) for one in blocks]
        self._blocks_of = {
            tier: [str(one) for one in blocks if any(sub.subnet.cidr.subnet_of(one) for sub in layout.of(tier))]
            for tier in Tier
        }
        low, high = brief.facts["acl.ephemeral_ports"].value
        self._ephemeral = (int(low), int(high))
        self._intents = intents(of_spec(brief.spec, brief.facts), brief.facts)

    def of_control_plane(self) -> Iterator[_Entry]:
        """What calls the control plane's interfaces, and what these call; and EKS's own least, out to 443."""
        for intent in self._intents:
            if intent.target.who is Who.CONTROL_PLANE:
                yield from self._both(intent, self._places(intent.source), egress=False)
            if intent.source.who is Who.CONTROL_PLANE:
                yield from self._both(intent, self._places(intent.target), egress=True)
        # https://docs.aws.amazon.com/eks/latest/userguide/control-plane-egress-troubleshooting.html
        yield _Entry(True, "tcp", (443, 443), ANY_IPV4)  # noqa: FBT003

    def inside(self) -> Iterator[_Entry]:
        """Everything within the VPC and with hybrid nodes and their pods: security groups decide there."""
        hybrid = self._brief.spec.hybrid
        remote = [str(one) for one in (*hybrid.node_cidrs, *hybrid.pod_cidrs)] if hybrid else []
        for block in (*self._blocks, *remote):
            for egress in (False, True):
                yield _Entry(egress, "-1", None, block)

    def outward(self) -> Iterator[_Entry]:
        """What nodes and pods call outside the VPC: everything where their way out is open."""
        spec = self._brief.spec
        if spec.security.egress == "open" and spec.nat != "none":
            yield _Entry(True, "-1", None, ANY_IPV4)  # noqa: FBT003
            for protocol in ("tcp", "udp"):
                yield _Entry(False, protocol, self._ephemeral, ANY_IPV4)  # noqa: FBT003
            return
        for intent in self._intents:
            if intent.source.who in IN_CLUSTER - {Who.CONTROL_PLANE} and intent.target.who in _OUTWARD:
                yield from self._both(intent, self._places(intent.target), egress=True)

    def inward(self) -> Iterator[_Entry]:
        """What calls nodes and pods from outside the VPC, as groups for pods say."""
        for intent in self._intents:
            if intent.source.who is Who.OUTSIDE and intent.target.who in IN_CLUSTER - {Who.CONTROL_PLANE}:
                yield from self._both(intent, self._places(intent.source), egress=False)

    def listeners(self, cidr: str) -> Iterator[_Entry]:
        """Clients of load balancers, and the replies to them."""
        for port in self._brief.facts["acl.listener_ports"].value:
            yield _Entry(False, "tcp", (port, port), cidr)  # noqa: FBT003
        yield _Entry(True, "tcp", self._ephemeral, cidr)  # noqa: FBT003

    def _both(self, intent: Intent, cidrs: Iterable[str], *, egress: bool) -> Iterator[_Entry]:
        every = intent.protocol == "-1"
        ports = None if every or intent.from_port is None else (intent.from_port, intent.to_port or intent.from_port)
        replies = None if every else self._ephemeral
        for cidr in cidrs:
            yield _Entry(egress, intent.protocol, ports, cidr)
            yield _Entry(not egress, intent.protocol, replies, cidr)

    def _places(self, actor: Actor) -> tuple[str, ...]:
        """Blocks of an actor; AWS's services have public addresses where no endpoint takes them in."""
        if actor.who is Who.OUTSIDE:
            return (actor.name,) if ":" not in actor.name else ()
        if actor.who in (Who.INTERNET, Who.SERVICE):
            return (ANY_IPV4,)
        return tuple(dict.fromkeys(one for tier in _HOMES.get(actor.who, tuple(Tier)) for one in self._blocks_of[tier]))


def _record(brief: Brief, acls: Sequence[NetworkAcl]) -> None:
    low, high = brief.facts["acl.ephemeral_ports"].value
    ports = ", ".join(map(str, brief.facts["acl.listener_ports"].value))
    inputs: dict[str, object] = {
        acl.name: f"{sum(not one.egress for one in acl.rules)} entries in, {sum(one.egress for one in acl.rules)} out; {len(acl.subnets)} subnets"
        for acl in acls
    }
    inputs["replies"] = f"ports {low} to {high}, the whole ephemeral range: {brief.facts['acl.ephemeral_ports'].note}"
    inputs["load balancers"] = f"clients reach TCP {ports}; other listeners take entries of your own"
    brief.ledger.add(
        "security.network-acls",
        "Network ACLs",
        ", ".join(acl.name for acl in acls),
        inputs=inputs,
        explanation="they part the subnets of each tier from what is outside the VPC; inside it security groups decide. Amazon's DNS and instance metadata pass whatever they say",
        source=_SOURCE,
        note="N35",
    )
