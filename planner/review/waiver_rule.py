"""A waiver has run out.

## What it does
Compares the last day of every waiver in the file that `--waivers` names with today.

## Why it matters
A waiver is an agreement for a while. One that ran out unseen would hide the finding for ever, so it fails the review
whatever `--fail-on` says, except `never`, and what it waived counts again.

## How to fix
Fix what it waives and remove it from the file, or agree with its owner on a new `expires`.

"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.rule import Outcome, ReviewContext, Rule


def _check(_design: Design, _context: ReviewContext) -> Iterator[Outcome]:
    """No design has waivers: the file of waivers is judged beside it."""
    yield from ()


EXPIRED = Rule(
    code="WVR001",
    name="expired-waiver",
    severity=Severity.ERROR,
    source="",
    check=_check,
    doc=__doc__ or "",
)
