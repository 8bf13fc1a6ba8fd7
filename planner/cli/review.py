"""``eksplan review``"""

from __future__ import annotations

import click

from planner.cli.inputs import load_catalog, plan_from, spec_or_plan_option
from planner.cli.judging import Judging, judging_options, tell_readiness
from planner.cli.verdicts import Verdicts, verdict_options


@click.command("review")
@spec_or_plan_option
@verdict_options()
@judging_options
def command(file: str, verdicts: Verdicts, judging: Judging) -> int:
    """Judge a spec or a plan by the rule catalogue.

    A rule that could not see what it needs answers `not evaluated`, never `pass`. With --target it is asked
    first whether the cluster is ready for that Kubernetes version.
    """
    from planner.review.engine import review
    from planner.review.identity import scope_of
    from planner.review.judged import report
    from planner.review.locations import places

    prepared = verdicts.prepared()
    catalog = load_catalog()
    context = judging.context(catalog)
    planned = plan_from(file, catalog, as_json=verdicts.as_json)
    design = planned.plan.design
    verdict = review(design, context, prepared.rules)
    tell_readiness(design, verdict, context, drawn="table" in prepared.drawn)
    locate = places(design, planned.source, "<stdin>" if file == "-" else file)
    return prepared.finish([report(verdict, planned.plan.name, scope_of(design), locate)], [file])
