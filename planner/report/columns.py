"""Plain aligned columns, for tables with a thousand rows where rich would take seconds."""

from __future__ import annotations

from collections.abc import Sequence


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]], *, left: int) -> str:
    """Rows under a header; the first ``left`` columns to the left, the others to the right. Heads
    may have several lines."""
    heads = [head.split("\n") for head in header]
    deep = max(map(len, heads))
    lines_of_heads = [[head[number] if number < len(head) else "" for head in heads] for number in range(deep)]
    widths = [max(map(len, column)) for column in zip(*lines_of_heads, *rows, strict=True)]
    lines = (
        "  ".join(
            cell.ljust(width) if number < left else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (*lines_of_heads, *rows)
    )
    return "\n".join(lines)
