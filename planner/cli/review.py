"""``eksplan review``"""

from __future__ import annotations

import click

from planner.cli.inputs import load_catalog, plan_from, spec_or_plan_option
from planner.cli.verdicts import Verdicts, verdict_options


@click.command("review")
@spec_or_plan_option
@verdict_options()
def command(file: str, verdicts: Verdicts) -> int:
    """Judge a spec or a plan by the rule catalogue.

    A rule that could not see what it needs answers `not evaluated`, never `pass`.
    """
    from planner.review.engine import review
    from planner.review.identity import scope_of
    from planner.review.judged import report
    from planner.review.locations import places
    from planner.review.rule import ReviewContext

    prepared = verdicts.prepared()
    catalog = load_catalog()
    planned = plan_from(file, catalog, as_json=verdicts.as_json)
    design = planned.plan.design
    verdict = review(design, ReviewContext(catalog.facts, catalog.instance_types), prepared.rules)
    locate = places(design, planned.source, "<stdin>" if file == "-" else file)
    return prepared.finish([report(verdict, planned.plan.name, scope_of(design), locate)], [file])
