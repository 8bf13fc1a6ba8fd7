"""The flows that a cluster's features need (the fact ``flows.table`` has their reasons and sources)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.security.intents.features import ASKED, Features, Ports
from planner.security.intents.model import (
    CONTROL_PLANE,
    FARGATE,
    INTERNET,
    METADATA,
    NODES,
    PODS,
    RESOLVER,
    Actor,
    Intent,
    Who,
)
from planner.spec.security import PodGroupSpec


def intents(features: Features, facts: Facts) -> tuple[Intent, ...]:
    """Every flow that must be possible, each once, sorted."""
    found = {
        *_api(features),
        *_control_plane(features, facts),
        *_inside(features),
        *_services(features, facts),
        *_pod_groups(features),
        *_outside(features),
        *_targets(features),
    }
    return tuple(sorted(found))


def _tcp(key: str, source: Actor, target: Actor, port: int, detail: str = "") -> Intent:
    return Intent(key, source, target, "tcp", port, port, detail)


def _dns(source: Actor) -> Iterator[Intent]:
    for protocol in ("tcp", "udp"):
        yield Intent("dns", source, PODS, protocol, 53, 53)


def _api(features: Features) -> Iterator[Intent]:
    """Pods call the Service ``kubernetes.default``, whose endpoints are EKS's own interfaces whatever the
    access; kubelet takes the cluster's name."""
    fargate = (FARGATE,) if features.fargate else ()
    inside = (NODES, PODS, *fargate) if features.private else (PODS, *fargate)
    for one in inside:
        yield _tcp("api", one, CONTROL_PLANE, 443)
    if features.public and not features.private:
        for one in (NODES, *fargate):
            yield _tcp("api-public", one, INTERNET, 443)
    for cidr in features.operators:
        yield _tcp("operator", Actor(Who.OUTSIDE, cidr), CONTROL_PLANE, 443)


def webhooks(features: Features, facts: Facts) -> tuple[tuple[str, int], ...]:
    """(of what, TCP target port) of every webhook that the control plane calls."""
    known = facts.table("flows.webhooks")
    of_addons = [(addon, port) for addon in features.addons for port in known.get(addon, ())]
    return tuple(dict.fromkeys([*of_addons, *features.webhooks]))


def _control_plane(features: Features, facts: Facts) -> Iterator[Intent]:
    yield _tcp("kubelet", CONTROL_PLANE, NODES, 10250)
    if features.fargate:
        yield _tcp("kubelet", CONTROL_PLANE, FARGATE, 10250)
    for name, port in webhooks(features, facts):
        yield _tcp("webhook", CONTROL_PLANE, PODS, port, name)
        for cidr in features.remote_pods:
            yield _tcp("hybrid-webhook", CONTROL_PLANE, Actor(Who.OUTSIDE, cidr), port, name)
    if features.control_plane_egress:
        yield _tcp("control-plane-egress", CONTROL_PLANE, INTERNET, 443)


def _inside(features: Features) -> Iterator[Intent]:
    for source in (NODES, PODS, *((FARGATE,) if features.fargate else ())):
        yield from _dns(source)
    for source in (NODES, PODS):
        yield Intent("resolver", source, RESOLVER, "udp", 53, 53)
    yield _tcp("imds", NODES, METADATA, 80)
    pairs = [(NODES, NODES), (NODES, PODS), (PODS, NODES), (PODS, PODS)]
    if features.fargate:
        pairs += [(FARGATE, PODS), (PODS, FARGATE), (FARGATE, FARGATE)]
    for ports in features.between_nodes:
        for source, target in pairs:
            yield Intent("node-to-node", source, target, ports.protocol, ports.from_port, ports.to_port)
    if "metrics-server" in features.addons:
        yield _tcp("metrics", PODS, NODES, 10250)
    if features.efa:
        yield Intent("efa", NODES, NODES, "-1")


_OF_NODES = ("s3", "eks-auth", "ssmmessages", "ec2messages")
"""Services that nodes call beside those of joining: layers of images, Pod Identity's agent, Session Manager's."""
_OF_FARGATE = ("ecr.api", "ecr.dkr", "s3", "sts")


def _services(features: Features, facts: Facts) -> Iterator[Intent]:
    for service, why in features.services:
        source = NODES if why == "nodes join and pull images" or service in _OF_NODES else PODS
        yield _call(source, service, why, facts)
        if features.fargate and (service in _OF_FARGATE or (why == ASKED and service not in _OF_NODES)):
            yield _call(FARGATE, service, why, facts)


def _call(source: Actor, service: str, why: str, facts: Facts) -> Intent:
    broken = str(facts.table("flows.breaks").get(service, f"{why} does not work"))
    return Intent("service", source, Actor(Who.SERVICE, service), "tcp", 443, 443, service, broken)


def _outside(features: Features) -> Iterator[Intent]:
    if features.ipv6_internet:
        yield _tcp("internet-ipv6", PODS, INTERNET, 443)
    for cidr in features.remote_nodes:
        yield _tcp("hybrid-api", Actor(Who.OUTSIDE, cidr), CONTROL_PLANE, 443)
        yield _tcp("hybrid-kubelet", CONTROL_PLANE, Actor(Who.OUTSIDE, cidr), 10250)
    for cidr in features.remote_pods:
        yield _tcp("hybrid-api", Actor(Who.OUTSIDE, cidr), CONTROL_PLANE, 443)
    for cidr, ports, why in features.allowed:
        target = Actor(Who.OUTSIDE, cidr)
        for source in (NODES, PODS):
            yield Intent("allowed", source, target, ports.protocol, ports.from_port, ports.to_port, why)


def _targets(features: Features) -> Iterator[Intent]:
    if features.efs:
        # a pod on Fargate mounts with its own interface
        for source in (NODES, *((FARGATE,) if features.fargate else ())):
            yield _tcp("efs", source, Actor(Who.EFS), 2049)
    for ports in features.load_balancer_ports:
        balancers = Actor(Who.LOAD_BALANCERS)
        for target in (NODES, PODS):
            yield Intent("load-balancer", balancers, target, ports.protocol, ports.from_port, ports.to_port)


def _pod_groups(features: Features) -> Iterator[Intent]:
    for group in features.pod_groups:
        mine = Actor(Who.POD_GROUP, group.name)
        yield from _dns(mine)
        if group.api:
            yield _tcp("api", mine, CONTROL_PLANE, 443)
        for port in group.webhook_ports:
            yield _tcp("webhook", CONTROL_PLANE, mine, port, group.name)
        for port in group.probe_ports:
            yield _tcp("probes", NODES, mine, port, group.name)
        yield from _calls(group, mine, features)


def _calls(group: PodGroupSpec, mine: Actor, features: Features) -> Iterator[Intent]:
    for one in group.ingress:
        ports = Ports(one.protocol, *one.range)
        for source in _peers(one.peer, features):
            why = f"{_spoken(one.peer)} call {group.name}"
            yield Intent("pod-group", source, mine, ports.protocol, ports.from_port, ports.to_port, why)
    for one in group.egress:
        ports = Ports(one.protocol, *one.range)
        why = f"{group.name} calls {_spoken(one.peer)}"
        for target in _peers(one.peer, features):
            yield Intent("pod-group", mine, target, ports.protocol, ports.from_port, ports.to_port, why)
        if one.peer == "internet" and features.ipv6_internet:
            yield Intent("pod-group-ipv6", mine, INTERNET, ports.protocol, ports.from_port, ports.to_port, why)


def _peers(text: str, features: Features) -> tuple[Actor, ...]:
    """``cluster``, ``internet``, ``aws``, ``load-balancers``, a block, or the name of a pod group."""
    if text == "cluster":
        return (NODES, PODS)
    if text == "internet":
        return (INTERNET,)
    if text == "aws":
        return tuple(Actor(Who.SERVICE, service) for service, _ in features.services)
    if text == "load-balancers":
        return (Actor(Who.LOAD_BALANCERS),)
    if "/" in text:
        return (Actor(Who.OUTSIDE, text),)
    return (Actor(Who.POD_GROUP, text),)


def _spoken(peer: str) -> str:
    """A peer in words, within the characters that AWS takes in descriptions."""
    words = {
        "cluster": "nodes and pods",
        "internet": "the internet",
        "aws": "AWS services",
        "load-balancers": "load balancers",
    }
    return words.get(peer, peer)
