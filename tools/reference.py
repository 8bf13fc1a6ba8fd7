"""Write what the docs take from the code: pages in docs/reference, and screens in the README.

Where the README shows a screen (a ``console`` block that begins with ``$ eksplan``), the command
is run and its output put there.

    python tools/reference.py            write it
    python tools/reference.py --check    fail if something would change
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

# pages must not depend on who writes them
for _name in [name for name in os.environ if name.startswith(("EKSPLAN_", "AWS_"))]:
    del os.environ[_name]
os.environ.update(COLUMNS="80", EKSPLAN_CATALOG="embedded")

import click
from click.testing import CliRunner

from planner.catalog import store
from planner.cli.exits import SilentExit
from planner.cli.main import COMMANDS, cli
from planner.notes import notes
from planner.report.findings.rule_page import rule_markdown
from planner.report.markdown import table
from planner.review.pages import FOLDER, page_of
from planner.review.registry import ALL_RULES
from planner.review.rule import Rule
from planner.review.waiver_rule import EXPIRED
from planner.spec.schema import fields

ROOT = Path(__file__).parent.parent
SCREEN = re.compile(r"^```console\n\$ eksplan (?P<arguments>.*)\n(?P<output>(?s:.*?))^```$", re.MULTILINE)
HEAD = "<!-- Written by tools/reference.py from the code. Change the code, then run it again. -->\n"


def commands() -> str:
    """Every command's own help."""
    parts = ["# Commands", "What each command's `--help` prints.", _help(cli, ["eksplan"])]
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        if command is None:
            raise SystemExit(f"{name} cannot be loaded")
        parts += _pages(command, ["eksplan", name])
    return "\n\n".join(parts)


def _pages(command: click.Command, words: list[str]) -> list[str]:
    parts = [f"## {' '.join(words)}", _help(command, words)]
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            parts += _pages(inner, [*words, name])
    return parts


def _help(command: click.Command, words: list[str]) -> str:
    context = click.Context(
        command,
        info_name=" ".join(words),
        terminal_width=80,
        max_content_width=80,
        help_option_names=cli.context_settings["help_option_names"],
    )
    return f"```text\n{command.get_help(context)}\n```"


def spec() -> str:
    """Every field of a spec."""
    rows = [
        (f"`{one.path}`", one.type, "required" if one.required else one.default or "", one.description)
        for one in fields()
    ]
    return "\n\n".join(
        [
            "# Fields of a spec",
            (
                "`eksplan schema spec` prints the same as JSON Schema, `eksplan explain spec.cni` a part of it. Lengths "
                "of time are in seconds, memory in MiB unless a quantity such as `512Mi` says otherwise, CPU in cores or "
                "millicores (`250m`)."
            ),
            table(["field", "type", "default", "what it says"], rows).replace("\\`", "`"),
        ]
    )


DOCUMENTED = (*ALL_RULES, EXPIRED)


def _rule_page(rule: Rule) -> str:
    return HEAD + rule_markdown(rule, store.load(store.EMBEDDED).facts)


def rules() -> str:
    """Every rule with where its page is."""
    return "\n\n".join(
        [
            "# Rules",
            (
                "`eksplan explain CODE` prints the page of one of them. Severities: a *blocker* keeps the cluster from "
                "coming up, an *error* breaks it under load or change, *warning* and *info* are advice. A rule that "
                "could not see what it needs answers *not evaluated*, never *pass*."
            ),
            table(
                ["code", "name", "severity", "what", "notes"],
                [(rule.code, rule.name, rule.severity, rule.title, ", ".join(rule.notes)) for rule in DOCUMENTED],
            ),
            "\n".join(f"* [{rule.code}](rules/{rule.code}.md) {rule.title}" for rule in DOCUMENTED),
        ]
    )


def facts() -> str:
    """Every fact kept by hand, with its source."""
    catalog = store.load(store.EMBEDDED)
    rows = [
        (fact.key, _value(fact.value), fact.unit, f"{fact.source} ({fact.retrieved})", fact.note)
        for fact in sorted(catalog.facts.values(), key=lambda one: one.key)
    ]
    return "\n\n".join(
        [
            "# Facts",
            (
                "Limits and constants that plans are made from, each with its source and the day it was read. Instance "
                "types, zones, offerings and Kubernetes versions are in the catalog (`eksplan catalog show`)."
            ),
            table(["fact", "value", "unit", "source", "note"], rows),
        ]
    )


def _value(value: object) -> str:
    if isinstance(value, Mapping | tuple):
        text = json.dumps(value, ensure_ascii=False)
        return text if len(text) <= 300 else f"{len(value)} entries, in planner/catalog/data"
    return str(value)


def notes_page() -> str:
    """Every note with what the program does about it."""
    rows = [
        (note.id, note.text, note.does, ", ".join(rule.code for rule in ALL_RULES if note.id in rule.notes))
        for note in notes().values()
    ]
    return "\n\n".join(
        [
            "# Notes",
            "The notes on EKS that explanations cite by id, and what the program does about each.",
            table(["id", "note", "what eksplan does", "rules"], rows),
        ]
    )


def readme() -> str:
    """The README with its screens as the commands print them now."""
    return SCREEN.sub(_screen, (ROOT / "README.md").read_text("utf-8"))


def _screen(shown: re.Match[str]) -> str:
    result = CliRunner().invoke(cli, shlex.split(shown["arguments"]), prog_name="eksplan", catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SilentExit | SystemExit):
        raise result.exception
    lines = "".join(f"{line.rstrip()}\n" for line in result.output.splitlines())
    return f"```console\n$ eksplan {shown['arguments']}\n{lines}```"


PAGES: dict[str, Callable[[], str]] = {
    "README.md": readme,
    "docs/reference/commands.md": lambda: HEAD + commands(),
    "docs/reference/spec.md": lambda: HEAD + spec(),
    "docs/reference/rules.md": lambda: HEAD + rules(),
    "docs/reference/facts.md": lambda: HEAD + facts(),
    "docs/reference/notes.md": lambda: HEAD + notes_page(),
    **{page_of(rule.code): partial(_rule_page, rule) for rule in DOCUMENTED},
}


def stale() -> dict[str, str]:
    """The pages that are not what the code says, with what they should be."""
    os.chdir(ROOT)
    fresh = {name: f"{page().rstrip()}\n" for name, page in PAGES.items()}
    left = {path.as_posix() for path in Path(FOLDER).glob("*.md")} - fresh.keys()
    return dict.fromkeys(sorted(left), "") | {
        name: text for name, text in fresh.items() if not Path(name).is_file() or Path(name).read_text("utf-8") != text
    }


def main() -> int:
    """Write or check. Returns the exit code."""
    old = stale()
    if "--check" in sys.argv:
        print(f"stale: {', '.join(old)}; run tools/reference.py" if old else "the reference pages are fresh")
        return 1 if old else 0
    for name, text in old.items():
        if not text:  # the page of a rule that is gone
            Path(name).unlink()
            continue
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, "utf-8")
    print(f"written: {', '.join(old) or 'nothing, all pages were fresh'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
