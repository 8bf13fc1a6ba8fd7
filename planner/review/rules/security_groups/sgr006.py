"""A security group lets SSH or RDP in from everywhere.

## What it does
Adds up the ingress rules of every security group of the VPC, those by prefix lists too, and looks for TCP 22 or
3389 open to all IPv4 or all IPv6 addresses; two halves (0.0.0.0/1 and 128.0.0.0/1) are everywhere as well. A group
that nothing carries is a warning.

## Why it matters
Login ports that everybody reaches are tried from the first minute on. Nodes need none: Session Manager works
without an open port.

## How to fix
Remove the rule that the finding names; where people must log in, name their own block or a security group.

## References
* https://docs.aws.amazon.com/config/latest/developerguide/vpc-sg-port-restriction-check.html
* https://docs.aws.amazon.com/eks/latest/best-practices/network-security.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Direction, SecurityGroup, SecurityGroupRule, Unknown
from planner.diagnostics import Severity
from planner.review.carried import carried_groups
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.security.reach.ranges import block, is_block, minus, of_family

EVERYWHERE = {4: "0.0.0.0/0", 6: "::/0"}


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    if isinstance(design.security_groups, Unknown):
        yield Unseen(design.vpc.name, design.security_groups)
        return
    ports = sorted(context.facts.table("nodegroup.ports_opened").values())
    carried = carried_groups(design)
    for group in design.security_groups:
        for port in ports:
            yield from _open(design, group, port, idle=carried is not None and group.name not in carried)


def _open(design: Design, group: SecurityGroup, port: int, *, idle: bool) -> Iterator[Outcome]:
    rules = [one for one in group.rules if _lets_in(one, port)]
    blocks: list[str] = []
    for rule in rules:
        found = _blocks(design, rule)
        if isinstance(found, Unknown):
            yield Unseen(group.name, found)
        else:
            blocks += found
    wide = [text for family, text in EVERYWHERE.items() if not minus([block(text)[1]], of_family(blocks, family))]
    if wide:
        peers = ", ".join(
            sorted({rule.peer for rule in rules if is_block(rule.peer) or rule.peer not in _names(design)})
        )
        yield Problem(
            group.name,
            f"TCP {port} is open to everybody" + ("; nothing carries the group now" if idle else ""),
            measured=f"tcp {port} from {', '.join(wide)}",
            limit="your own blocks or groups",
            fix=f"aws ec2 revoke-security-group-ingress --group-id {group.id or group.name} for the rules from {peers}",
            severity=Severity.WARNING if idle else None,
        )


def _lets_in(rule: SecurityGroupRule, port: int) -> bool:
    if rule.direction is not Direction.INGRESS or rule.protocol not in ("-1", "tcp"):
        return False
    if rule.protocol == "-1" or rule.from_port is None or rule.to_port is None:
        return True
    return rule.from_port <= port <= rule.to_port


def _names(design: Design) -> set[str]:
    groups = design.security_groups
    return set() if isinstance(groups, Unknown) else {one.name for one in groups}


def _blocks(design: Design, rule: SecurityGroupRule) -> tuple[str, ...] | Unknown:
    """The blocks that a rule names, by a prefix list or itself; none for a group."""
    if is_block(rule.peer):
        return (rule.peer,)
    if isinstance(design.prefix_lists, Unknown):
        return () if rule.peer in _names(design) else design.prefix_lists
    found = next((one for one in design.prefix_lists if rule.peer in (one.name, one.id)), None)
    if found is None or found.of_aws:
        return ()  # a group, or a service of AWS's own
    return found.cidrs


RULE = Rule(
    code="SGR006",
    name="remote-login-open-to-all",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/config/latest/developerguide/vpc-sg-port-restriction-check.html",
    notes=("N24",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
