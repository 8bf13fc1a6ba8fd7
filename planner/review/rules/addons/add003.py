"""EKS reports a problem of an add-on.

## What it does
Passes on the health issues of every add-on, and a status that says that it failed or is degraded.

## Why it matters
An add-on that is not healthy is pods that do not run: no addresses, no names, no volumes. Later updates of it fail too.

## How to fix
The message names the resource. Often it is no room for its pods, a missing role, or a field that somebody changed:
`aws eks describe-addon` shows it, `aws eks update-addon --resolve-conflicts OVERWRITE` takes back what was changed.

## References
* https://docs.aws.amazon.com/eks/latest/APIReference/API_AddonIssue.html
* https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.addons import hidden_addons, known_addons
from planner.review.rule import Outcome, Problem, ReviewContext, Rule

_SOUND = ("ACTIVE", "CREATING", "UPDATING", "DELETING", "")


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    yield from hidden_addons(design)
    for addon in known_addons(design):
        failed = () if addon.status in _SOUND or addon.health_issues else (f"its status is {addon.status}",)
        for issue in (*addon.health_issues, *failed):
            code, _, text = issue.partition(": ")
            yield Problem(
                addon.name,
                text or code,
                measured=code if text else addon.status,
                limit="no issue, ACTIVE",
                fix=f"aws eks describe-addon --cluster-name {design.cluster.name if design.cluster else ''} "
                f"--addon-name {addon.name} names the resources",
            )


RULE = Rule(
    code="ADD003",
    name="addon-health",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/APIReference/API_AddonIssue.html",
    notes=("N15",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
