"""The documentation of a rule: as a page, and as text for a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping

from planner.catalog.facts import Fact, Facts
from planner.report.markdown import table
from planner.review.pages import page_of
from planner.review.rule import Rule

_SHOWN = 60
"""Characters of a limit's value that are shown; longer ones are tables of facts."""


def rule_markdown(rule: Rule, facts: Facts) -> str:
    """The page of a rule."""
    parts = [f"# {rule.code} {rule.name}", f"{_about(rule)}.", rule.doc.strip()]
    if rule.limits or rule.parameters:
        rows = [(one.key, _value(one), one.unit, f"{one.source} ({one.retrieved})") for one in _limits(rule, facts)]
        parts += ["## Limits", table(["fact", "value", "unit", "source"], rows)]
        parts += [f"{_changes(rule)}."] if rule.parameters else []
    if rule.notes:
        parts += ["## Notes", ", ".join(rule.notes)]
    return "\n\n".join(parts)


def rule_text(rule: Rule, facts: Facts) -> str:
    """The page for a terminal, with where it lies and how to waive it."""
    parts = [f"{rule.code} {rule.name} ({_about(rule)})", rule.doc.strip()]
    if rule.limits or rule.parameters:
        lines = [
            f"* {one.key}: {_value(one)} {one.unit}".rstrip() + f" ({one.source}, {one.retrieved})"
            for one in _limits(rule, facts)
        ]
        parts.append("\n".join(["## Limits", *lines, *([_changes(rule)] if rule.parameters else [])]))
    tail = [f"Notes: {', '.join(rule.notes)}"] if rule.notes else []
    return "\n\n".join([*parts, "\n".join([*tail, f"Page: {page_of(rule.code)}"])])


def _about(rule: Rule) -> str:
    """``warning, confidence high, since 0.1.0, Kubernetes 1.33 and later``."""
    first, last = rule.kubernetes
    bounds = {
        (True, True): f", Kubernetes {first} to {last}",
        (True, False): f", Kubernetes {first} and later",
        (False, True): f", Kubernetes {last} and earlier",
    }.get((bool(first), bool(last)), "")
    return f"{rule.severity}, confidence {rule.confidence}, since {rule.since}{bounds}"


def _limits(rule: Rule, facts: Facts) -> list[Fact]:
    return [facts[key] for key in dict.fromkeys((*rule.limits, *rule.parameters))]


def _changes(rule: Rule) -> str:
    return f"Another value: {', '.join(f'`--parameter {key}=NUMBER`' for key in rule.parameters)}"


def _value(fact: Fact) -> str:
    value = dict(fact.value) if isinstance(fact.value, Mapping) else fact.value
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | tuple) else str(value)
    return text if len(text) <= _SHOWN else f"{len(fact.value)} entries (docs/reference/facts.md)"
