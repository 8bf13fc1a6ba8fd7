"""``eksplan review``"""

from __future__ import annotations

import json

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit
from planner.cli.findings import FAIL_ON, fails
from planner.cli.inputs import load_catalog, plan_from, spec_or_plan_option
from planner.cli.judging import Judging, judging_options


@click.command("review")
@spec_or_plan_option
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to print the findings.",
)
@click.option(
    "--select", multiple=True, metavar="CODE", help="Only these rules or groups (VPC001, CSN); may be repeated."
)
@click.option("--ignore", multiple=True, metavar="CODE", help="Not these rules or groups; may be repeated.")
@FAIL_ON
@judging_options
def command(
    file: str, output: str, select: tuple[str, ...], ignore: tuple[str, ...], fail_on: str, judging: Judging
) -> int:
    """Judge a spec or a plan by the rule catalogue.

    A rule that could not see what it needs answers `not evaluated`, never `pass`.
    """
    from planner.plan.plain import plain
    from planner.report.readiness import readiness_lines
    from planner.report.text import verdict_tables
    from planner.review.engine import review
    from planner.review.readiness import readiness
    from planner.review.registry import ALL_RULES

    for code in (*select, *ignore):
        if not any(code.upper() in (rule.code, rule.group) for rule in ALL_RULES):
            groups = ", ".join(dict.fromkeys(rule.group for rule in ALL_RULES))
            raise CliError(f"{code}: no such rule or group; groups are {groups}, `eksplan explain rules` lists all")
    catalog = load_catalog()
    plan = plan_from(file, catalog, as_json=output == "json").plan

    def among(codes: tuple[str, ...], code: str, group: str) -> bool:
        return any(one.upper() in (code, group) for one in codes)

    rules = [
        rule
        for rule in ALL_RULES
        if (not select or among(select, rule.code, rule.group)) and not among(ignore, rule.code, rule.group)
    ]
    if not rules:
        raise CliError("--select and --ignore leave no rule; `eksplan explain rules` lists all")
    context = judging.context(catalog)
    verdict = review(plan.design, context, rules)
    ready = None
    if context.target and plan.design.cluster:
        ready = readiness(verdict, plan.design.cluster.name, plan.design.cluster.version, context.target)
    if output == "json":
        if ready:
            streams.note(ready.heading)
        streams.document(json.dumps(plain(verdict), indent=1, sort_keys=True, ensure_ascii=False))
    else:
        if ready:
            streams.show(*readiness_lines(ready))
        streams.show(*verdict_tables(verdict, f"review of {plan.name}"))
    return Exit.FINDINGS if fails(verdict, fail_on) else Exit.CLEAN
