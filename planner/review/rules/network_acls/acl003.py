"""An earlier deny shadows an allow.

## What it does
Looks in every network ACL of the VPC for entries that allow something which entries with lower numbers deny as a
whole. A deny for a part of what a later entry allows is a usual pattern and no finding.

## Why it matters
Entries are read by number, and the first that matches decides. A shadowed allow does nothing, and whoever reads it
believes that it does.

## How to fix
Give the allow a lower number than the deny, or remove one of the two: `aws ec2 replace-network-acl-entry`.

## References
* https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
* https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import AclRule, Design, NetworkAcl, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.security.reach.ranges import Rectangle, block, cut, spans


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    if isinstance(design.network_acls, Unknown):
        yield Unseen(design.vpc.name, design.network_acls)
        return
    for acl in design.network_acls:
        for egress in (False, True):
            yield from _shadowed(acl, sorted((one for one in acl.rules if one.egress is egress), key=_number))


def _number(rule: AclRule) -> int:
    return rule.number


def _shadowed(acl: NetworkAcl, rules: list[AclRule]) -> Iterator[Outcome]:
    for place, rule in enumerate(rules):
        deniers = _deniers(rule, rules[:place]) if rule.allow else ()
        if deniers:
            way = "egress" if rule.egress else "ingress"
            numbers = ", ".join(str(one.number) for one in deniers)
            yield Problem(
                acl.name,
                f"{way} entry {rule.number} allows nothing: what it names was denied before",
                measured=f"{rule.number} allows {_text(rule)}; {', '.join(f'{one.number} denies {_text(one)}' for one in deniers)}",
                limit=f"a number below {deniers[0].number}",
                fix=f"give entry {rule.number} a number below {deniers[0].number}, or remove {numbers}",
            )


def _deniers(rule: AclRule, before: list[AclRule]) -> tuple[AclRule, ...]:
    """The denies that together take everything from an allow; empty where something is left, or an earlier
    allow takes a part."""
    family, addresses = block(rule.cidr)
    left: list[Rectangle] = [(spans(rule.protocol, rule.from_port, rule.to_port), addresses)]
    used: list[AclRule] = []
    for one in before:
        version, interval = block(one.cidr)
        if version != family or one.protocol not in ("-1", rule.protocol):
            continue
        pieces = [cut(piece, (spans(one.protocol, one.from_port, one.to_port), interval)) for piece in left]
        if any(shared is not None for shared, _ in pieces):
            if one.allow:
                return ()
            used.append(one)
        left = [piece for _, rest in pieces for piece in rest]
        if not left:
            return tuple(used)
    return ()


def _text(rule: AclRule) -> str:
    what = "all traffic" if rule.protocol == "-1" else f"{rule.protocol} {rule.ports}"
    return f"{what} {'to' if rule.egress else 'from'} {rule.cidr}"


RULE = Rule(
    code="ACL003",
    name="entry-never-reached",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html",
    notes=("N35",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
