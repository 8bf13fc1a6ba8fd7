"""Network ACLs: stateless, by number, at every crossing of a subnet's edge.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.design import AclRule, NetworkAcl
from planner.security.reach.ranges import Interval, Rectangle, block, cut

IMPLICIT = 32767
"""The last entry, which cannot be changed, denies."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What an ACL says about everything asked: the entries that allow it, or the one that denies a part
    (None for the implicit one) and that part."""

    allowed_by: tuple[AclRule, ...]
    denied: Rectangle | None = None
    by: AclRule | None = None


def decide(
    acl: NetworkAcl, *, egress: bool, protocol: str, ports: Interval, addresses: Sequence[Interval], family: int
) -> Decided:
    """Judge packets of a protocol to these ports from or to these addresses; part denied is denied."""
    left: list[Rectangle] = [(ports, interval) for interval in addresses]
    used: list[AclRule] = []
    for rule in sorted((one for one in acl.rules if one.egress is egress), key=lambda one: one.number):
        version, interval = block(rule.cidr)
        if version != family or not _speaks_of(rule, protocol):
            continue
        area = (_ports(rule), interval)
        remaining: list[Rectangle] = []
        for one in left:
            shared, rest = cut(one, area)
            if shared is not None and not rule.allow:
                return Decided(tuple(used), shared, rule)
            if shared is not None:
                used.append(rule)
            remaining += rest
        left = remaining
        if not left:
            return Decided(tuple(dict.fromkeys(used)))
    return Decided(tuple(dict.fromkeys(used)), left[0] if left else None)


def _speaks_of(rule: AclRule, protocol: str) -> bool:
    """Whether an entry decides about a protocol. Of all protocols asked at once a denial of one is a
    denial of a part, an allowance of one is not enough."""
    return rule.protocol in ("-1", protocol) or (protocol == "-1" and not rule.allow)


def _ports(rule: AclRule) -> Interval:
    if rule.protocol in ("-1", "icmp", "icmpv6") or rule.from_port is None or rule.to_port is None:
        return (0, 65535)
    return (rule.from_port, rule.to_port)


def free_number(acl: NetworkAcl, *, egress: bool, before: AclRule | None) -> int:
    """A number for a new entry that comes before another (or after all, for the implicit one)."""
    taken = {one.number for one in acl.rules if one.egress is egress}
    if before is None:
        highest = max(taken, default=0)
        return next(number for number in (highest + 100, highest + 10, highest + 1) if number < IMPLICIT)
    candidates = [number for number in range(before.number - 1, 0, -1) if number not in taken]
    return candidates[0] if candidates else before.number
