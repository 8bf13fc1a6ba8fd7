"""How long EKS supports a Kubernetes version: by what it says itself, else by the catalog's dated table.

Source: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from planner.catalog.model import KubernetesVersion, Version
from planner.design import Design, SupportedVersion, Unknown
from planner.review.rule import ReviewContext

CALL = "eks:DescribeClusterVersions"


@dataclass(frozen=True, slots=True)
class Support:
    """Support of a version. Days are None where nobody says them."""

    status: str
    """STANDARD_SUPPORT, EXTENDED_SUPPORT or UNSUPPORTED."""
    standard_until: date | None
    extended_until: date | None


def day_of(design: Design, context: ReviewContext) -> date | None:
    """The day on which a design is judged: that of the review, else that on which it was observed."""
    if context.today is not None:
        return context.today
    observed = design.operations.observed if design.operations else None
    return as_day(observed)


def as_day(text: str | None) -> date | None:
    """The day of an ISO 8601 day or moment (UTC); None for none, and for what is no date."""
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def support_of(design: Design, context: ReviewContext) -> Support | Unknown | None:
    """Support of the cluster's version; None without a cluster, and for a plan that is judged on no day."""
    if design.cluster is None:
        return None
    day = day_of(design, context)
    if day is None:
        return None if design.planned else Unknown(CALL, "the day of the review is not known")
    said = design.operations.versions if design.operations else Unknown(CALL, "was not asked")
    if not isinstance(said, Unknown):
        return _said(design.cluster.version, said, day)
    found = _by_table(design.cluster.version, context, day)
    if isinstance(found, Unknown) and not design.planned:
        return Unknown(CALL, f"{said.reason}; {found.reason}")
    return found


def _said(version: str, said: tuple[SupportedVersion, ...], day: date) -> Support | Unknown:
    """By EKS's own answer. An end that has passed since counts, whatever the status was then."""
    entry = next((one for one in said if one.version == version), None)
    if entry is None:
        known = [Version.parse(one.version) for one in said]
        if known and Version.parse(version) < min(known):
            return Support("UNSUPPORTED", None, None)
        return Unknown(CALL, f"{version} is not in the answer")
    standard, extended = as_day(entry.end_of_standard_support), as_day(entry.end_of_extended_support)
    by_date = _status(standard, extended, day)
    order = ("STANDARD_SUPPORT", "EXTENDED_SUPPORT", "UNSUPPORTED")
    if entry.status not in order:
        return Unknown(CALL, f"the status {entry.status} of {version} is not one that this program knows")
    return Support(max(entry.status, by_date, key=order.index), standard, extended)


def _status(standard: date | None, extended: date | None, day: date) -> str:
    if extended is not None and day > extended:
        return "UNSUPPORTED"
    return "EXTENDED_SUPPORT" if standard is not None and day > standard else "STANDARD_SUPPORT"


def _by_table(version: str, context: ReviewContext, day: date) -> Support | Unknown:
    """By the catalog's table: an end that has passed is certain, what still holds only while the table is fresh."""
    if not context.versions:
        return Unknown(CALL, "no table of versions is at hand")
    entry = next((one for one in context.versions if one.version == version), None)
    if entry is None:
        oldest = min(context.versions, key=lambda one: Version.parse(one.version))
        if Version.parse(version) < Version.parse(oldest.version):
            # versions end in their order
            ended = _by_table(oldest.version, context, day)
            if isinstance(ended, Unknown) or ended.status == "UNSUPPORTED":
                return ended
            return Unknown(CALL, f"{version} is older than every version of the table of {oldest.retrieved}")
        return Unknown(CALL, f"the table of {oldest.retrieved} does not know {version}; run `eksplan catalog refresh`")
    standard, extended = as_day(entry.end_of_standard_support), as_day(entry.end_of_extended_support)
    status = _status(standard, extended, day)
    age = (day - _read_on(entry)).days
    if status != "UNSUPPORTED" and age > context.number("version.table_days"):
        limit = context.number("version.table_days")
        why = f"the table of versions is of {entry.retrieved}, {age} days old, and believed for {limit}"
        return Unknown(CALL, f"{why}; run `eksplan catalog refresh`")
    return Support(status, standard, extended)


def _read_on(entry: KubernetesVersion) -> date:
    """The day on which an entry was read, the first of a month where only that is kept; of an entry that does
    not say it, the day of the version's release."""
    text = entry.retrieved or entry.released
    return date.fromisoformat(text if len(text) > 7 else f"{text}-01")
