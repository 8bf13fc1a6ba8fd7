"""What a maxPodsExpression gives on many types: table, JSON, CSV."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Sequence

from planner.capacity.expression import ExpressionValue
from planner.report.columns import aligned

#: Above this each type gets one line only.
_MANY = 20


def plain(value: ExpressionValue) -> dict[str, object]:
    """A type's value as JSON says it."""
    return {
        "instanceType": value.instance_type,
        "value": value.value,
        "applied": value.applied,
        "reservedMemoryMib": value.reserved_memory_mib,
        "findings": [{"trouble": one.trouble, "text": one.text, "limit": one.limit} for one in value.findings],
    }


def csv_text(values: Sequence[ExpressionValue]) -> str:
    """One line for each type; findings are separated by semicolons."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["instanceType", "value", "applied", "reservedMemoryMib", "findings"])
    for one in values:
        value = "" if one.value is None else one.value
        found = "; ".join(finding.text for finding in one.findings)
        writer.writerow([one.instance_type, value, one.applied, one.reserved_memory_mib, found])
    return written.getvalue()


def table(values: Sequence[ExpressionValue], width: int) -> str:
    """Values, with the findings in words under each type; of many types only their kinds."""
    rows = [
        (
            one.instance_type,
            "-" if one.value is None else str(one.value),
            str(one.applied),
            str(one.reserved_memory_mib),
        )
        for one in values
    ]
    head, *lines = aligned(("type", "value", "applied", "reserved MiB"), rows, left=1).splitlines()
    if len(values) > _MANY:
        kinds = [", ".join(dict.fromkeys(finding.trouble for finding in one.findings)) for one in values]
        return "\n".join(
            [f"{head}  findings", *(f"{line}  {kind}".rstrip() for line, kind in zip(lines, kinds, strict=True))]
        )
    text = [head]
    for line, one in zip(lines, values, strict=True):
        text.append(line)
        for finding in one.findings:
            text += textwrap.wrap(
                finding.text, width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
            )
    return "\n".join(text)
