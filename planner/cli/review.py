"""``eksplan review``"""

from __future__ import annotations

import click

from planner.cli.inputs import load_catalog
from planner.cli.policy import policy_option
from planner.cli.subjects import Choice, choice_options
from planner.cli.verdicts import Verdicts, verdict_options


@click.command("review")
@choice_options
@policy_option
@verdict_options
def command(choice: Choice, verdicts: Verdicts) -> int:
    """Judge a spec, a plan, a snapshot, or what runs in AWS, by the rule catalogue.

    A rule that could not see what it needs answers `not evaluated`, never `pass`. AWS is only read; a
    cluster or an account that cannot be read is told, and the rest is judged.
    """
    from planner.review.engine import review
    from planner.review.identity import scope_of
    from planner.review.judged import report
    from planner.review.locations import places
    from planner.review.rule import ReviewContext

    prepared = verdicts.prepared()
    catalog = load_catalog()
    subjects = choice.subjects(catalog, as_json=verdicts.as_json)
    reports = []
    for one in subjects.judged:
        verdict = review(one.design, ReviewContext(catalog.facts, catalog.instance_types), prepared.rules)
        locate = places(one.design, one.source, one.file)
        reports.append(report(verdict, one.name, scope_of(one.design), locate))
    return prepared.finish([*reports, *subjects.unread_reports(prepared.rules)], choice.file)
