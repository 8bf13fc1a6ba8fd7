"""``eksplan explain``"""

from __future__ import annotations

import difflib
import re
import textwrap

import click

from planner.cli import streams
from planner.cli.exits import CliError


@click.command("explain")
@click.argument("what")
@click.option("--since", metavar="VERSION", help="With rules: only those that came with this version or later.")
def command(what: str, since: str | None) -> None:
    """Explain a rule, a field of the spec, a note, or a flow.

    WHAT is a rule (VPC001 or its name), a field (spec.cni.mode, or the beginning of some, such as
    spec.cni), a note (N18), a flow that clusters need (kubelet, as security-group rules name it),
    or one of the words rules, fields, notes and flows for a list.
    """
    lists = {
        "rules": lambda: _rules(since),
        "fields": lambda: _fields("spec") or "",
        "spec": lambda: _fields("spec") or "",
        "notes": _notes,
        "flows": _flows,
    }
    if since is not None and what != "rules":
        raise CliError(f"--since goes with rules, not with {what}")
    text = lists[what]() if what in lists else _rule(what) or _note(what) or _flow(what) or _fields(what)
    if text is None:
        raise CliError(
            f"{what}: no such rule, field, note or flow{_near(what)}; `eksplan explain rules`, `fields`, `notes` and `flows` list them"
        )
    streams.data(text)


def _rule(what: str) -> str | None:
    from planner.cli.inputs import load_catalog
    from planner.report.findings.rule_page import rule_text
    from planner.review.judged import described

    rule = described(what.upper()) or described(what)
    return _fleet_rule(what) if rule is None else rule_text(rule, load_catalog().facts)


def _fleet_rule(what: str) -> str | None:
    from planner.plan.fleet.review import FLEET_RULES

    rule = next((one for one in FLEET_RULES if one.code == what.upper()), None)
    if rule is None:
        return None
    return f"{rule.code} ({rule.severity}, of fleets)\n\n{rule.title}.\n\n{_wrapped(rule.doc, 0)}\n\nNotes: {', '.join(rule.notes)}"


def _rules(since: str | None) -> str:
    from planner.catalog.versions import version_tuple
    from planner.report.columns import aligned
    from planner.review.registry import ALL_RULES

    try:
        first = version_tuple(since) if since else ()
    except ValueError:
        raise CliError(f"--since {since}: not a version such as 0.1.0") from None
    rules = [rule for rule in ALL_RULES if version_tuple(rule.since) >= first]
    if not rules:
        newest = max((rule.since for rule in ALL_RULES), key=version_tuple)
        raise CliError(f"--since {since}: no rule is that new; the newest came with {newest}")
    return aligned(
        ["code", "severity", "since", "name", "what"],
        [[r.code, r.severity, r.since, r.name, r.title] for r in rules],
        left=5,
    )


def _note(what: str) -> str | None:
    from planner.notes import notes

    note = notes().get(what.upper())
    if note is None:
        return None
    from planner.review.registry import ALL_RULES

    rules = [rule.code for rule in ALL_RULES if note.id in rule.notes]
    tail = f"\nRules: {', '.join(rules)}" if rules else ""
    return f"{note.id} ({note.section})\n\n{note.text}\n\nWhat eksplan does with it: {note.does}{tail}"


def _notes() -> str:
    from planner.notes import notes

    return "\n".join(_wrapped(f"{note.id}  {note.text}", 5) for note in notes().values())


def _flow(what: str) -> str | None:
    from planner.cli.inputs import load_catalog

    facts = load_catalog().facts
    row = facts.table("flows.table").get(what)
    if row is None:
        return None
    ports = row["ports"]
    text = "all" if row["protocol"] == "-1" else row["protocol"]
    if ports:
        text += f" {ports[0]}" if ports[0] == ports[1] else f" {ports[0]}-{ports[1]}"
    lines = [
        f"{what}: {row['title']} ({row['who']} to {row['to']}, {text})".replace("{detail}", "a service"),
        "",
        _wrapped(f"Why: {row['why']}".replace("{detail}", "it"), 2),
        _wrapped(f"Without it: {row['breaks']}".replace("{breaks}", "depends on the service"), 2),
    ]
    if what == "service":
        lines += [_wrapped(f"  {one}: {breaks}", 4) for one, breaks in sorted(facts.table("flows.breaks").items())]
    if what == "webhook":
        targets = facts.table("flows.webhooks")
        lines.append("Target ports of add-ons (others: security.webhooks):")
        lines += [f"  {one}: {', '.join(map(str, many))}" for one, many in sorted(targets.items()) if many]
    return "\n".join([*lines, f"Source: {row['source']}", f"Note: {row['note']}"])


def _flows() -> str:
    from planner.cli.inputs import load_catalog
    from planner.report.columns import aligned

    table = load_catalog().facts.table("flows.table")
    rows = [[key, row["title"], row["who"]] for key, row in sorted(table.items(), key=lambda one: one[1]["row"])]
    return aligned(["flow", "what", "who begins it"], rows, left=3)


def _fields(what: str) -> str | None:
    from planner.spec.schema import fields

    plain = re.sub(r"\[\d*\]", "", what)
    found = [
        one
        for one in fields()
        if one.path.replace("[]", "") == plain or one.path.replace("[]", "").startswith(f"{plain}.")
    ]
    if not found:
        return None
    blocks = []
    for one in found:
        facts = [one.type, "required" if one.required else f"default {one.default}" if one.default else "optional"]
        blocks.append(f"{one.path}  ({', '.join(facts)})\n" + _wrapped(" " * 4 + one.description, 4))
    return "\n".join(blocks)


def _wrapped(text: str, indent: int) -> str:
    return "\n".join(
        textwrap.wrap(
            text,
            streams.width(),
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
            replace_whitespace=False,
        )
    )


def _near(what: str) -> str:
    from planner.notes import notes
    from planner.review.registry import ALL_RULES
    from planner.spec.schema import fields

    known = (
        [one.path for one in fields()]
        + [rule.code for rule in ALL_RULES]
        + [rule.name for rule in ALL_RULES]
        + list(notes())
    )
    near = difflib.get_close_matches(what, known, n=3, cutoff=0.5)
    return f"; did you mean {', '.join(near)}?" if near else ""
