"""The modes of a comparison side by side, for the terminal and as plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from planner.plan.compare import Comparison, Option
from planner.report.columns import aligned
from planner.report.simulation import paragraphs


def tables(comparison: Comparison, width: int) -> str:
    """Addresses per node, what the fullest zone needs, EC2 calls; then settings and trade-offs."""
    losses = sorted({need.lost for one in comparison.options for need in one.needs})
    zones = [_loss(lost) for lost in losses]
    head = ["mode", "pods\n/node", "IPs\n/node", *zones, "EC2\ncalls", "ready\nafter", "plan"]
    rows = [row for one in comparison.options for row in _rows(one, comparison, losses)]
    if comparison.naive:
        naive = comparison.naive
        blanks = ["-"] * (len(losses) - 1)
        rows.insert(
            0,
            [
                "nodes × (pods + 1)",
                "",
                str(naive.per_node),
                f"{naive.addresses:,} /{naive.length}",
                *blanks,
                "",
                "",
                "",
            ],
        )
    return aligned(head, rows, left=1) + "\n\n" + paragraphs(_notes(comparison), width)


def _loss(lost: int) -> str:
    return f"a zone:\n{lost or 'none'} lost"


def _rows(one: Option, comparison: Comparison, losses: list[int]) -> list[list[str]]:
    """A line for the nodes, and one for the pods where they have subnets of their own."""
    mark = " *" if one.key == comparison.recommended else ""
    if not one.groups:
        return [[one.title + mark, "-", "-", *("-" for _ in losses), "-", "-", "no"]]
    slowest = max(group.seconds for group in one.groups)
    rows = [
        [
            one.title + mark,
            _range([group.max_pods for group in one.groups]),
            _range([group.node_subnet for group in one.groups]),
            *(_needed(one, "node", lost) for lost in losses),
            f"{one.calls:,}",
            f"{slowest:g} s",
            "fits" if one.fits else "no",
        ]
    ]
    if any(group.pod_subnet for group in one.groups):
        pods = _range([group.pod_subnet for group in one.groups])
        rows.append(["  its pod subnets", "", pods, *(_needed(one, "pod", lost) for lost in losses), "", "", ""])
    return rows


def _range(values: list[int]) -> str:
    low, high = min(values), max(values)
    return str(low) if low == high else f"{low}-{high}"


def _needed(one: Option, tier: str, lost: int) -> str:
    found = [need for need in one.needs if need.lost == lost and need.tier == tier]
    return f"{found[0].addresses:,} /{found[0].length}" if found else "-"


def _notes(comparison: Comparison) -> list[str]:
    lines = []
    chosen = next((one for one in comparison.options if one.key == comparison.recommended), None)
    if chosen:
        lines.append(f"* recommended: {chosen.title} ({chosen.settings}): {comparison.reason}")
    else:
        lines.append(comparison.reason)
    for one in comparison.options:
        asked = ", as the spec says" if one.asked and one.key != "spec" else ""
        lines.append(
            f"{one.title} ({one.settings}{asked}): {one.trade_off}"
            + (f". No plan: {one.problem}" if one.problem else "")
        )
    lost = [
        need
        for one in comparison.options
        for need in one.needs
        if need.lost and need.addresses != need.balanced_addresses
    ]
    if lost:
        sums = ", ".join(
            dict.fromkeys(
                f"{need.balanced_addresses:,} ({one.title})"
                for one in comparison.options
                for need in one.needs
                if need.lost == 1 and need.addresses != need.balanced_addresses
            )
        )
        lines.append(
            f"With a zone lost the surge of an update falls on the zones that are left; counted with the surge of all zones working it would be {sums}."
        )
    lines.append(
        "A zone needs: addresses of its fullest node subnet (and pod subnet), AWS's 5 reserved ones included, and the block that holds them."
    )
    return lines


def plain(comparison: Comparison) -> dict[str, Any]:
    """Everything as JSON, camelCase."""
    from planner.plan.plain import camel

    def camelled(value: Any) -> Any:
        if isinstance(value, dict):
            return {camel(key): camelled(item) for key, item in value.items()}
        return [camelled(item) for item in value] if isinstance(value, list | tuple) else value

    found: dict[str, Any] = camelled(asdict(comparison))
    return found
