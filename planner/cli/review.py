"""``eksplan review``"""

from __future__ import annotations

import click

from planner.cli.against import AGAINST, tell_drift
from planner.cli.exits import Exit
from planner.cli.inputs import load_catalog
from planner.cli.judging import Judging, judging_options, tell_readiness
from planner.cli.policy import policy_option
from planner.cli.subjects import Choice, choice_options
from planner.cli.verdicts import Verdicts, verdict_options


@click.command("review")
@choice_options
@policy_option
@verdict_options()
@judging_options
@AGAINST
def command(choice: Choice, verdicts: Verdicts, judging: Judging, against: str | None) -> int:
    """Judge a spec, plan, snapshot or what runs by the rule catalogue.

    A rule that could not see what it needs answers `not evaluated`, never `pass`. AWS is only read; a
    cluster or an account that cannot be read is told, and the rest is judged. With --target it is asked
    first whether the cluster is ready for that Kubernetes version.
    """
    from planner.review.engine import review
    from planner.review.identity import scope_of
    from planner.review.judged import report
    from planner.review.locations import places

    prepared = verdicts.prepared()
    catalog = load_catalog()
    subjects = choice.subjects(catalog, as_json=verdicts.as_json)
    drawn = "table" in prepared.drawn
    reports = []
    for one, earlier in subjects.latest():
        context = judging.context(catalog, earlier)
        verdict = review(one.design, context, prepared.rules)
        tell_readiness(one.design, verdict, context, drawn=drawn)
        locate = places(one.design, one.source, one.file)
        reports.append(report(verdict, one.name, scope_of(one.design), locate))
    differs = tell_drift(against, [one.design for one in subjects.judged], catalog.facts, drawn=drawn)
    code = prepared.finish([*reports, *subjects.unread_reports(prepared.rules)], choice.file, judging.day())
    return Exit.FINDINGS if differs and verdicts.fail_on != "never" else code
