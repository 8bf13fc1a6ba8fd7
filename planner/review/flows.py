"""Flows that every cluster needs, asked of a design, for the rules about what stops them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from planner.design import Design, Unknown
from planner.design.index import once
from planner.review.rule import Outcome, Problem, ReviewContext, Unseen
from planner.security.flows.matrix import Row, ask_all
from planner.security.intents.features import of_design
from planner.security.intents.flows import intents
from planner.security.reach.model import Answer, Component, Status, Step


def rows(design: Design, context: ReviewContext, keys: tuple[str, ...], more: tuple[str, ...] = ()) -> tuple[Row, ...]:
    """The flows of these keys, asked for all pairs of places; alike ones together, for speed. ``more`` are
    controllers that are no EKS add-ons."""
    if design.cluster is None:
        return ()

    def ask() -> tuple[Row, ...]:
        features = of_design(design, context.facts)
        features = replace(features, addons=tuple(dict.fromkeys((*features.addons, *more))))
        wanted = [one for one in intents(features, context.facts) if one.key in keys]
        return ask_all(design, wanted, few=0)

    # several rules ask the same, and the answers take longer than all other rules together
    return once(design, ("flows", keys, more, id(context.facts)), ask)


def stopped(
    design: Design,
    context: ReviewContext,
    keys: tuple[str, ...],
    codes: tuple[str, ...],
    call: str,
    more: tuple[str, ...] = (),
) -> Iterator[Outcome]:
    """What stops these flows with an explanation code that begins so, each stop once; and what could
    not be judged because ``call`` did not tell."""
    problems: dict[tuple[str, ...], list[tuple[Row, Answer]]] = {}
    unseen: dict[str, Unseen] = {}
    for row in rows(design, context, keys, more):
        if row.unknown is not None:
            unseen.setdefault(design.vpc.name, Unseen(design.vpc.name, row.unknown))
        for asked in row.asked:
            answer = asked.answer
            if not answer.code.startswith(codes):
                continue
            if answer.status is Status.BLOCKED and answer.blocked_by is not None:
                problems.setdefault(_same(answer.blocked_by, answer), []).append((row, answer))
            elif answer.status is Status.UNKNOWN:
                unseen.setdefault(design.vpc.name, Unseen(design.vpc.name, Unknown(call, answer.reason)))
    for (name, *_), many in problems.items():
        yield _problem(name, many, context)
    yield from unseen.values()


def _same(step: Step, answer: Answer) -> tuple[str, ...]:
    """What one problem is: an entry of an ACL, or a change of a group."""
    if step.component is Component.NETWORK_ACL:
        return step.name, answer.code, step.what.partition(" denies ")[0]
    return step.name, answer.change


def _problem(name: str, many: list[tuple[Row, Answer]], context: ReviewContext) -> Problem:
    """One problem for all pairs that the same change opens."""
    (row, answer), facts = many[0], context.facts
    intent = row.intent
    more = f", and {len(many) - 1} more pairs" if len(many) > 1 else ""
    return Problem(
        name,
        f"{intent.title(facts)} ({intent.source} to {intent.target}) is stopped: {intent.breaks(facts)}",
        measured=f"{answer.reason}{more}",
        limit=f"{intent.ports_text} from {intent.source} to {intent.target}",
        fix=answer.change,
    )
