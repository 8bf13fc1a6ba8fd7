"""Rules that no flow needs."""

from __future__ import annotations

from collections.abc import Sequence

from planner.design import Design, SecurityGroupRule, Unknown
from planner.security.flows.matrix import questions, with_connections
from planner.security.intents.model import Intent, Who
from planner.security.reach.engine import Prover


def needless_rules(design: Design, intents: Sequence[Intent]) -> tuple[tuple[str, SecurityGroupRule], ...]:
    """(group, rule) of every rule of the cluster's own groups that would let none of these flows pass.

    Groups that nothing of the cluster carries are not judged: they serve something else.
    """
    if isinstance(design.security_groups, Unknown):
        return ()
    blocks = [one.name for intent in intents for one in (intent.source, intent.target) if one.who is Who.OUTSIDE]
    prover = Prover(with_connections(design, blocks))
    used: set[tuple[str, SecurityGroupRule]] = set()
    for question in questions(design, intents):
        used |= set(prover.carriers(question))
    judged = {name for name, _ in used}
    return tuple(
        (group.name, rule)
        for group in design.security_groups
        if group.name in judged
        for rule in group.rules
        if (group.name, rule) not in used and not rule.made_by_eks
    )
