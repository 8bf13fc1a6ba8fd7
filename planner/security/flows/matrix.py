"""Every flow that a cluster needs, asked for every pair of places, and shown by zones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network, ip_network

from planner.design import Design, Direction, Route, RouteTarget, Unknown
from planner.security.flows.buckets import FEW, Bucket, apart
from planner.security.flows.places import Places
from planner.security.intents.model import IN_CLUSTER, NODES, Actor, Intent, Who
from planner.security.reach.engine import Prover
from planner.security.reach.model import Answer, Outside, Party, Place, PublicEndpoint, Question, Status

ENOUGH = 20
"""Blocked pairs of two buckets that are told."""
ENOUGH_OF_ROW = 600
"""Blocked pairs of a flow that are told; more than those of places that are asked one by one."""
ENOUGH_UNKNOWN = 200
"""Pairs that are not known, after which no blocked one is looked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of an intent, with its answer."""

    intent: Intent
    source: str
    """Zone (or name) of the source."""
    target: str
    question: Question
    answer: Answer


@dataclass(frozen=True, slots=True)
class Row:
    """An intent with all its answers; ``unknown`` where its places could not be read."""

    intent: Intent
    asked: tuple[Asked, ...]
    unknown: Unknown | None = None

    @property
    def status(self) -> Status:
        """The worst of all pairs: blocked, else unknown, else reachable."""
        found = {one.answer.status for one in self.asked}
        if Status.BLOCKED in found:
            return Status.BLOCKED
        if self.unknown is not None or Status.UNKNOWN in found:
            return Status.UNKNOWN
        return Status.REACHABLE

    @property
    def blocked(self) -> tuple[Asked, ...]:
        """The questions that are blocked."""
        return tuple(one for one in self.asked if one.answer.status is Status.BLOCKED)


def ask_all(design: Design, intents: Sequence[Intent], few: int = FEW) -> tuple[Row, ...]:
    """The matrix of a design. Networks that are connected from outside are taken to be connected:
    what lies beyond is unknown, what lies here is judged. More than ``few`` places of an actor are asked
    together where they stand alike, and one by one only where that does not pass."""
    connected = [one for intent in intents for one in (intent.source, intent.target) if one.who is Who.OUTSIDE]
    judged = with_connections(design, [one.name for one in connected])
    prover, places = Prover(judged), Places(judged, few)
    return tuple(_row(intent, design, prover, places) for intent in intents)


def questions(design: Design, intents: Sequence[Intent]) -> Iterator[Question]:
    """One question for each intent, from everywhere that its source stands to everywhere that its target
    does: what could let any part of it pass could let this pass."""
    places = Places(design)
    for intent in intents:
        family = _family(intent, design)
        for source in _anywhere(design, places.of(_source(intent, design), family).parties):
            for target in _anywhere(design, places.of(intent.target, family).parties):
                yield _question(intent, source, target, family)


def _anywhere(design: Design, parties: Sequence[Party]) -> tuple[Party, ...]:
    """All places as one that carries all their groups and has all their addresses; others as they are."""
    found = [one for one in parties if isinstance(one, Place)]
    if not found:
        return tuple(parties)
    groups = tuple(sorted({name for one in found for name in one.groups}))
    blocks = {one.name: str(one.cidr) for one in design.subnets}
    addresses = tuple(
        dict.fromkeys(address for one in found for address in (one.addresses or (blocks.get(one.subnet, "0.0.0.0/0"),)))
    )
    every = ("::/0",) if design.vpc.ipv6 else ()  # rules for any IPv6 block might serve
    return (replace(found[0], groups=groups, addresses=(*addresses, *every)),)


def _row(intent: Intent, design: Design, prover: Prover, places: Places) -> Row:
    family = _family(intent, design)
    sources, targets = places.of(_source(intent, design), family), places.of(intent.target, family)
    inside = all(isinstance(one, Place) for one in (*sources.parties, *targets.parties))
    asked: list[Asked] = []
    blocked, pair = 0, _Pair(intent, family, prover, places)
    for source in places.buckets(sources, inside=inside):
        for target in places.buckets(targets, inside=inside):
            if blocked < ENOUGH_OF_ROW:
                found = tuple(pair.ask(source, target))
                blocked += sum(one.answer.status is Status.BLOCKED for one in found)
                asked += found
    return Row(intent, tuple(asked), sources.unknown or targets.unknown)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Asks an intent of two buckets."""

    intent: Intent
    family: int
    prover: Prover
    places: Places

    def ask(self, source: Bucket, target: Bucket) -> Iterator[Asked]:
        """One question for both where that is enough, else one for each pair of what is in doubt; after
        some that are not reachable the others would say nothing new."""
        found = self._both(source, target)
        if found is not None and (_alone(source, target) or found.answer.status is Status.REACHABLE):
            yield found
            return
        blocked = unknown = 0
        for one in self._each(source, target):
            yield one
            blocked += one.answer.status is Status.BLOCKED
            unknown += one.answer.status is Status.UNKNOWN
            if blocked >= ENOUGH or unknown >= ENOUGH_UNKNOWN:
                return

    def _each(self, source: Bucket, target: Bucket) -> Iterator[Asked]:
        """What is sure to pass once, then what is in doubt: by groups, and then place by place."""
        sources, targets = source.classes or (source,), target.classes or (target,)
        calls, answers = self._clear(source, target, sources, targets)
        if True in calls and True in answers:
            yield self._one(sources[calls.index(True)].members[0], targets[answers.index(True)].members[0])
        for one, out in zip(sources, calls, strict=True):
            for other, into in zip(targets, answers, strict=True):
                if out and into:
                    continue
                found = self._both(one, other)
                if found is not None and (_alone(one, other) or found.answer.status is Status.REACHABLE):
                    yield found
                else:
                    yield from (self._one(member, peer) for member in one.members for peer in other.members)

    def _clear(
        self, source: Bucket, target: Bucket, sources: Sequence[Bucket], targets: Sequence[Bucket]
    ) -> tuple[list[bool], list[bool]]:
        """Which sources' groups let all of the target's places be called, and which targets' groups let all
        of the source's in: between these everything passes, if names, routes and ACLs let it."""
        none = [False] * len(sources), [False] * len(targets)
        one, other = apart(source, target)
        if not isinstance(one, Place) or not isinstance(other, Place) or len(sources) == len(targets) == 1:
            return none
        question, side = _question(self.intent, one, other, self.family), self.prover.side
        if question.efa or not self.prover.joined(question, one, other):
            return none
        return (
            [
                isinstance(many.together, Place) and side(question, many.together, other, Direction.EGRESS)
                for many in sources
            ],
            [
                isinstance(many.together, Place) and side(question, many.together, one, Direction.INGRESS)
                for many in targets
            ],
        )

    def _both(self, source: Bucket, target: Bucket) -> Asked | None:
        one, other = apart(source, target)
        return None if one is None or other is None else self._one(one, other)

    def _one(self, source: Party, target: Party) -> Asked:
        question = _question(self.intent, source, target, self.family)
        return Asked(
            self.intent, self.places.zone(source), self.places.zone(target), question, self.prover.ask(question)
        )


def _alone(source: Bucket, target: Bucket) -> bool:
    return len(source.members) == len(target.members) == 1


def _question(intent: Intent, source: Party, target: Party, family: int) -> Question:
    ports = (intent.from_port, intent.to_port)
    if intent.key == "api-public" and isinstance(target, Outside):
        target = PublicEndpoint("the public endpoint", target.cidr)
    named = "the Kubernetes API" if intent.key == "api" and isinstance(target, Place) else ""
    return Question(source, target, intent.protocol, *ports, family=family, efa=intent.key == "efa", named=named)


def _family(intent: Intent, design: Design) -> int:
    """IPv6 between what lives in an IPv6 cluster and its blocks; AWS's services are called by IPv4."""
    names = [one.name for one in (intent.source, intent.target) if one.who is Who.OUTSIDE]
    if intent.key.endswith("-ipv6"):
        return 6
    if names:
        return ip_network(names[0]).version
    inside = intent.source.who in IN_CLUSTER and intent.target.who in IN_CLUSTER
    ipv6 = design.cluster is not None and design.cluster.ip_family == "ipv6"
    return 6 if inside and ipv6 else 4


def _source(intent: Intent, design: Design) -> Actor:
    """Pods leave the VPC with their node's address, unless the CNI is told otherwise; what they call
    inside it sees their own.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/external-snat.html
    """
    servers = () if isinstance(design.vpc.domain_name_servers, Unknown) else design.vpc.domain_name_servers
    outside = intent.target.who is Who.OUTSIDE and not _in_vpc(intent.target.name, design)
    asks_outside = intent.target.who is Who.RESOLVER and not any(_holds(design, one) for one in servers)
    away = outside or asks_outside or intent.target.who in (Who.SERVICE, Who.INTERNET)
    leaves = away and _family(intent, design) == 4
    if intent.source.who is not Who.PODS or not leaves:
        return intent.source
    endpoints = () if isinstance(design.vpc_endpoints, Unknown) else design.vpc_endpoints
    inside = any(one.kind == "Interface" and one.short_service == intent.target.name for one in endpoints)
    addon = design.cluster.addon("vpc-cni") if design.cluster else None
    external = addon is not None and '"AWS_VPC_K8S_CNI_EXTERNALSNAT":"true"' in addon.configuration
    return intent.source if inside or external else NODES


def _holds(design: Design, server: str) -> bool:
    """Whether a name server is an address of the VPC."""
    try:
        address = IPv4Address(server)
    except ValueError:
        return False
    return any(address in block for block in design.vpc.cidrs)


def with_connections(design: Design, blocks: Sequence[str]) -> Design:
    """The design with routes to networks that the user will connect, where a plan has none: a plan
    makes no transit gateways. What exists is judged as it is."""
    if not design.planned or isinstance(design.route_tables, Unknown):
        return design
    private = [one for one in dict.fromkeys(blocks) if _private(one) and not _in_vpc(one, design)]
    if not private:
        return design
    more = tuple(Route(one, RouteTarget.OTHER, f"the connection to {one}, which is yours to make,") for one in private)
    tables = tuple(replace(table, routes=(*table.routes, *more)) for table in design.route_tables)
    return replace(design, route_tables=tables)


def _in_vpc(cidr: str, design: Design) -> bool:
    """Whether a block is part of the VPC: its local route leads there, and no other may take its place."""
    network = ip_network(cidr)
    return isinstance(network, IPv4Network) and any(network.subnet_of(one) for one in design.vpc.cidrs)


def _private(cidr: str) -> bool:
    """Whether a block is no part of the internet."""
    network = ip_network(cidr)
    shared = ip_network("100.64.0.0/10")
    return bool(network.is_private) or (isinstance(network, IPv4Network) and network.overlaps(shared))
