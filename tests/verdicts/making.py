"""Findings, reports and reviews made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from planner.diagnostics import Finding, NotEvaluated, Severity, SourceRange, Verdict
from planner.review.baseline import Baseline
from planner.review.judged import Gone, Place, Report, Review, Waiver, report
from planner.review.settle import settle

TODAY = date(2026, 11, 28)

HOSTILE = (
    "\x1b[2Jevil\x07\r\n::error::x | <script>alert(1)</script> `x` **b** [a](javascript:x) @team #1 "
    "http://evil.example =cmd|'/c calc'!A1 ]]> &amp; \u202etxt \x00 \ud800 日本"
)
"""A name that tries to break out of every format."""


def finding(
    rule: str = "CSN002",
    resource: str = "hello-cluster-use1-az1",
    summary: str = "a version update of the control plane will be refused",
    severity: Severity = Severity.BLOCKER,
    measured: str = "3 free in 10.0.0.0/28",
) -> Finding:
    """A finding."""
    return Finding(
        rule,
        severity,
        resource,
        summary,
        measured=measured,
        limit="5 or more",
        fix="free addresses, or move the cluster",
        source="https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html",
        notes=("N31",),
    )


def reported(
    *findings: Finding,
    unseen: Sequence[NotEvaluated] = (),
    passed: Sequence[str] = ("SGR001", "VPC001", "VPC002"),
    skipped: Sequence[str] = (),
    subject: str = "hello",
    place: Place | None = None,
) -> Report:
    """The report on a cluster in us-east-1."""
    at = place or Place("cluster.yaml", 7, 3, "spec.vpc")
    verdict = Verdict(tuple(findings), tuple(unseen), tuple(passed), tuple(skipped))
    return report(verdict, subject, f"us-east-1/{subject}", lambda _: at)


def waiver(rule: str = "CSN002", resource: str = "*", expires: date = date(2027, 3, 31), subject: str = "*") -> Waiver:
    """A waiver that holds."""
    return Waiver(
        rule, resource, "a test cluster", "team-platform", expires, subject, SourceRange("waivers.yaml", 2, 5)
    )


def full_review(hostile: str = "") -> Review:
    """One of everything: findings of each severity, waived, known, gone, unseen, not applicable, two
    subjects, an expired waiver and an unused one. ``hostile`` stands in every text that AWS may give."""
    one = reported(
        finding(resource=f"hello-cluster-use1-az1{hostile}"),
        finding("VPC003", "hello", f"names are not resolved{hostile}", Severity.ERROR, f"10.0.0.2{hostile}"),
        finding("RTE003", "hello-node-use1-az2", "the way out leads through another zone", Severity.WARNING),
        finding("API002", "hello", "the API is open to the whole internet", Severity.WARNING),
        finding("NGP015", "web", "a Spot group with one type", Severity.INFO),
        unseen=[NotEvaluated("VPC007", f"hello{hostile}", "ec2:DescribeVpcPeeringConnections", f"denied{hostile}")],
        skipped=["NGP023"],
    )
    other = reported(
        finding("API003", "other", "nodes leave the VPC", Severity.WARNING),
        subject=f"other{hostile}",
        passed=["VPC001"],
        place=Place(id="arn:aws:eks:us-east-1:111122223333:cluster/other"),
    )
    known = next(each for each in one.findings if each.finding.rule == "API002")
    gone = Gone("0" * 16, "VPC001", f"hello{hostile}", "us-east-1/hello")
    entry = Gone(known.fingerprint, "API002", "hello", "us-east-1/hello")
    waivers = [
        waiver("RTE003", "hello-node-*"),
        waiver("SGR001"),
        waiver("CSN002", f"old{hostile}", date(2026, 1, 31)),
    ]
    return settle([one, other], waivers, Baseline((entry, gone)), TODAY)
