"""Words of the command line as parties of a design."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_interface

from planner.design import Design, NodeGroup, Unknown
from planner.security.flows.places import INTERNET_BLOCKS, Places
from planner.security.intents.model import Actor, Who
from planner.security.reach.model import Outside, Party, Place, Service

WORDS = {
    "nodes": Who.NODES,
    "pods": Who.PODS,
    "control-plane": Who.CONTROL_PLANE,
    "efs": Who.EFS,
    "load-balancers": Who.LOAD_BALANCERS,
}


class NotNamedError(Exception):
    """A word that names nothing in the design; the message says what could be named."""


def parties(design: Design, word: str, family: int = 4) -> tuple[Party, ...]:
    """The parties that a word names. Raises NotNamedError."""
    name, _, part = word.partition(":")
    if name in WORDS and "/" not in word and ":" not in part:
        return _actor(design, name, part)
    if word == "internet":
        return (Outside("internet", INTERNET_BLOCKS[family]),)
    interface = _interface(design, word)
    if interface is not None:
        return (interface,)
    block = _block(word)
    if block is not None:
        return (_inside(design, block, word),)
    subnet = next((one for one in design.subnets if word in (one.name, one.id)), None)
    if subnet is not None:
        return _in_subnet(design, subnet.name)
    if word.replace(".", "").replace("-", "").isalnum() and word[:1].isalpha() and "-az" not in word:
        return (Service(word, word),)
    raise NotNamedError(_unknown(design, word))


def _actor(design: Design, name: str, part: str) -> tuple[Party, ...]:
    places = Places(design)
    if name == "pods" and part:
        groups = {group.name for group in known_groups(design)}
        if part not in groups:
            return _checked(design, places.of(Actor(Who.POD_GROUP, part)).parties, f"pods:{part}")
    found = places.of(Actor(WORDS[name]))
    if found.unknown is not None and not found.parties:
        raise NotNamedError(f"{name}: {found.unknown}")
    mine = found.parties
    if part:
        wanted = f"of {part} in "
        mine = tuple(one for one in mine if wanted in one.label or one.label.endswith(f"in {part}"))
    return _checked(design, mine, f"{name}:{part}" if part else name)


def known_groups(design: Design) -> tuple[NodeGroup, ...]:
    """The node groups that could be read."""
    return () if isinstance(design.node_groups, Unknown) else design.node_groups


def _checked(design: Design, found: tuple[Party, ...], word: str) -> tuple[Party, ...]:
    groups = [one.groups for one in found if isinstance(one, Place)]
    if isinstance(design.security_groups, Unknown) and found:
        return found
    if not found or any(design.security_group(name) is None for many in groups for name in many[:1]):
        raise NotNamedError(_unknown(design, word))
    return found


def _interface(design: Design, word: str) -> Place | None:
    seen = design.interfaces
    if seen is None or isinstance(seen, Unknown):
        return None
    for one in seen:
        if word == one.id or word in one.addresses:
            return Place(one.id, one.subnet, one.security_groups, one.addresses, public=one.public_ip is not None)
    return None


def _block(word: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_interface(word).network
    except ValueError:
        return None


def _inside(design: Design, block: IPv4Network | IPv6Network, word: str) -> Party:
    """A block outside of the VPC, or a bare address in one of its subnets: groups are then not known."""
    for subnet in design.subnets:
        if isinstance(block, IPv4Network) and block.subnet_of(subnet.cidr):
            raise NotNamedError(
                f"{word} lies in {subnet.name} ({subnet.cidr}), and no interface with it was seen: name the nodes, the pods or the interface that has it, for security groups decide"
            )
    return Outside(word, str(block))


def _in_subnet(design: Design, name: str) -> tuple[Party, ...]:
    """Everything known to stand in a subnet."""
    places = Places(design)
    found = [
        one
        for who in (Who.CONTROL_PLANE, Who.NODES, Who.PODS)
        for one in places.of(Actor(who)).parties
        if isinstance(one, Place) and one.subnet == name
    ]
    seen = design.interfaces
    if seen is not None and not isinstance(seen, Unknown):
        found += [
            Place(one.id, one.subnet, one.security_groups, one.addresses, public=one.public_ip is not None)
            for one in seen
            if one.subnet == name
        ]
    if not found:
        raise NotNamedError(f"{name}: nothing with security groups is known in this subnet")
    return tuple(dict.fromkeys(found))


def _unknown(design: Design, word: str) -> str:
    groups = ", ".join(f"nodes:{one.name}" for one in known_groups(design))
    subnets = ", ".join(one.name for one in design.subnets[:4])
    return f"{word}: nothing of that name; there are nodes, pods, control-plane, internet, {groups}, subnets such as {subnets}, AWS services such as ecr.api, addresses and blocks"
