"""The map and the waterfalls in block characters, at most as wide as the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address

from planner.report.columns import aligned
from planner.report.pictures.address_map import MappedBlock, Piece, Use
from planner.report.pictures.waterfall import Step, Waterfall

FILLS = {Use.USED: "▓", Use.PLANNED: "█", Use.RESERVED: "▒", Use.LEFT: "░", Use.FREE: "·"}
_COLORS = {Use.USED: "magenta", Use.PLANNED: "bright_blue", Use.RESERVED: "cyan", Use.LEFT: "green", Use.FREE: "dim"}
_STEP_FILLS = {"taken": "█", "spare": "▓", "reserved": "▒", "left": "░", "size": "█"}
_STEP_COLORS = {"taken": "bright_blue", "spare": "yellow", "reserved": "magenta", "left": "green", "size": "default"}
#: Rows that one block of the VPC is drawn in.
_ROWS = 8


def draw_map(blocks: Sequence[MappedBlock], *, width: int, colored: bool) -> str:
    """Each block of the VPC as rows of cells, then its subnets with their numbers."""
    parts = [_block(one, width, colored=colored) for one in blocks]
    legend = "  ".join(f"{_paint(FILLS[use] * 2, _COLORS[use], colored=colored)} {use}" for use in Use)
    return "\n\n".join([*parts, legend])


def _block(block: MappedBlock, width: int, *, colored: bool) -> str:
    columns = 64 if width >= 82 else 32
    size = block.cidr.num_addresses
    rows = max(min(_ROWS, size // columns), 1)
    cell = max(size // (columns * rows), 1)
    columns = min(columns, size)
    cells = _cells(block.pieces, int(block.cidr.network_address), columns * rows, cell)
    lines = [f"{block.cidr}: {size:,} addresses, each cell {cell:,}; free {block.amount(Use.FREE):,}"]
    for row in range(rows):
        start = IPv4Address(int(block.cidr.network_address) + row * columns * cell)
        part = cells[row * columns : (row + 1) * columns]
        lines.append(f"{start!s:>15} " + _run(part, colored=colored))
    if block.subnets:
        table = [
            [
                f"{one.tier} {one.zone}",
                str(one.cidr),
                *(f"{one.amount(use):,}" for use in (Use.USED, Use.PLANNED, Use.RESERVED, Use.LEFT)),
            ]
            for one in block.subnets
        ]
        lines.append("")
        lines.append(aligned(["subnet", "block", "used", "planned", "reserved", "left"], table, left=2))
    return "\n".join(lines)


def _cells(pieces: Sequence[Piece], start: int, count: int, cell: int) -> list[Use]:
    """What each cell mostly is; a cell with anything in it is never drawn as free."""
    amounts: list[dict[Use, int]] = [{} for _ in range(count)]
    for piece in pieces:
        first, last = piece.first - start, piece.first - start + piece.count - 1
        for number in range(first // cell, last // cell + 1):
            low, high = max(first, number * cell), min(last, (number + 1) * cell - 1)
            found = amounts[number]
            found[piece.use] = found.get(piece.use, 0) + high - low + 1
    return [
        max(
            (amount, list(Use).index(use) * -1, use)
            for use, amount in found.items()
            if use is not Use.FREE or len(found) == 1
        )[2]
        for found in amounts
    ]


def _run(cells: Sequence[Use], *, colored: bool) -> str:
    """Cells as text, neighbours of a kind painted together."""
    text, position = "", 0
    while position < len(cells):
        end = position
        while end < len(cells) and cells[end] is cells[position]:
            end += 1
        text += _paint(FILLS[cells[position]] * (end - position), _COLORS[cells[position]], colored=colored)
        position = end
    return text


def draw_waterfalls(found: Sequence[Waterfall], *, width: int, colored: bool) -> str:
    """One picture for each subnet: bars that begin where the one before ends."""
    return "\n\n".join(_waterfall(one, width, colored=colored) for one in found)


def _waterfall(one: Waterfall, width: int, *, colored: bool) -> str:
    from rich.cells import cell_len, set_cell_size

    label = min(max(cell_len(step.label) for step in one.steps), max(width // 3, 12))
    room = max(width - label - 12, 10)
    lines = [f"{one.key}: {', '.join(one.cidrs)}, {one.size:,} addresses"]
    for step in one.steps:
        name = step.label if cell_len(step.label) <= label else set_cell_size(step.label, label - 1) + "…"
        drawn = " " * _offset(step, one.size, room) + _paint(
            _STEP_FILLS[step.kind] * _length(step, one.size, room), _STEP_COLORS[step.kind], colored=colored
        )
        lines.append(f"{set_cell_size(name, label)} {step.addresses:>8,}  {drawn}".rstrip())
    return "\n".join(lines)


def _offset(step: Step, size: int, room: int) -> int:
    return min(room * step.start // size, room - 1)


def _length(step: Step, size: int, room: int) -> int:
    """Cells of a bar; what is not zero is never invisible."""
    if not step.addresses:
        return 0
    return max(room * (step.start + step.addresses) // size - room * step.start // size, 1)


def _paint(text: str, color: str, *, colored: bool) -> str:
    if not colored or color == "default":
        return text
    from rich.style import Style

    return Style.parse(color).render(text)
