"""Network ACLs: stateless, by number, at every crossing of a subnet's edge.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.design import AclRule, NetworkAcl
from planner.security.reach.ranges import EVERY_PORT, ICMP, Interval, Rectangle, block, cut, joined, spans

LAST_NUMBER = 32766
"""The highest number that an entry can have; the one after it, which cannot be changed, denies."""
REPLIES = {"icmp": {8: 0, 13: 14}, "icmpv6": {128: 129}}
"""ICMP types that are answered, and the type of the answer: echo and timestamp.

Source: https://www.iana.org/assignments/icmp-parameters
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """What an ACL says about everything asked: the entries that allow some of it, and if a part is denied
    the first such part, the entry that denies it (None for the implicit one) and all addresses of which
    some packets are denied."""

    allowed_by: tuple[AclRule, ...]
    denied: Rectangle | None = None
    by: AclRule | None = None
    refused: tuple[Interval, ...] = ()


def decide(
    acl: NetworkAcl, *, egress: bool, protocol: str, ports: Interval, addresses: Sequence[Interval], family: int
) -> Decided:
    """Judge packets of a protocol to these ports from or to these addresses; part denied is denied."""
    left: list[Rectangle] = [(ports, interval) for interval in addresses]
    used: dict[AclRule, None] = {}
    denied: list[tuple[Rectangle, AclRule | None]] = []
    for rule in sorted((one for one in acl.rules if one.egress is egress), key=lambda one: one.number):
        version, interval = block(rule.cidr)
        if not left or version != family or not _speaks_of(rule, protocol):
            continue
        area = (spans(rule.protocol, rule.from_port, rule.to_port), interval)
        remaining: list[Rectangle] = []
        for one in left:
            shared, rest = cut(one, area)
            if shared is not None and rule.allow:
                used[rule] = None
            elif shared is not None:
                denied.append((shared, rule))
            remaining += rest
        left = remaining
    denied += [(one, None) for one in left]
    if not denied:
        return Decided(tuple(used))
    return Decided(tuple(used), *denied[0], joined(addresses for (_, addresses), _ in denied))


def reply_ports(protocol: str, asked: Interval, ephemeral: Interval) -> Interval | None:
    """The ports that replies are sent to; of ICMP the types of the answers. None where nothing answers."""
    if protocol == "-1" or asked == EVERY_PORT:
        return EVERY_PORT if protocol in ("-1", *ICMP) else ephemeral
    if protocol not in ICMP:
        return ephemeral
    answer = REPLIES[protocol].get(asked[0] // 256)
    return None if answer is None else spans(protocol, answer, 0)


def _speaks_of(rule: AclRule, protocol: str) -> bool:
    """Whether an entry decides about a protocol. Of all protocols asked at once a denial of one is a
    denial of a part, an allowance of one is not enough."""
    return rule.protocol in ("-1", protocol) or (protocol == "-1" and not rule.allow)


def free_number(acl: NetworkAcl, *, egress: bool, before: AclRule | None) -> int:
    """A number for a new entry that comes before another (or after all, for the implicit one)."""
    taken = {one.number for one in acl.rules if one.egress is egress}
    if before is None:
        highest = max(taken, default=0)
        for number in (highest + 100, highest + 10, highest + 1):
            if number <= LAST_NUMBER:
                return number
        # no entry speaks of what only the implicit one denies, so that any number does
        return next(number for number in range(LAST_NUMBER, 0, -1) if number not in taken)
    candidates = [number for number in range(before.number - 1, 0, -1) if number not in taken]
    return candidates[0] if candidates else before.number
