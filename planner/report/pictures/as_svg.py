"""The map and the waterfalls as SVG files that need nothing else: no scripts, fonts or addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.report.pictures.address_map import MappedBlock, MappedSubnet, Use, first_address
from planner.report.pictures.waterfall import Waterfall

Renderer = Callable[[str, Mapping[str, Any]], str]
_MARGIN, _ROW, _FONT = 16, 24, 12
_WIDE = 640
_LABEL = 260
#: Subnets narrower than this on the band get no label in it.
_NARROW = 60
#: Places in the palette of the template; the first five are those of Use.
_STEPS = {
    "taken": (1, "taken at peak"),
    "spare": (5, "kept free on purpose"),
    "reserved": (2, "reserved or used by others"),
    "left": (3, "left over"),
    "size": (6, "the subnet"),
}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with its kind and what it says when pointed at."""

    x: float
    y: float
    width: float
    height: float
    kind: int
    title: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Text at a place."""

    x: float
    y: float
    text: str
    cls: str = ""
    anchor: str = "start"


def map_svg(blocks: Sequence[MappedBlock], title: str, render: Renderer) -> str:
    """Each block of the VPC as a band to scale, and below it a bar for each subnet by itself."""
    boxes: list[Box] = []
    texts: list[Text] = []
    y = _MARGIN + 40.0
    for block in blocks:
        texts.append(
            Text(
                _MARGIN,
                y,
                f"{block.cidr}: {block.cidr.num_addresses:,} addresses, {block.amount(Use.FREE):,} free",
                "strong",
            )
        )
        y += 10
        size, start = block.cidr.num_addresses, int(block.cidr.network_address)
        full = _LABEL + _WIDE
        boxes += [
            Box(
                round(_MARGIN + full * (piece.first - start) / size, 2),
                y,
                round(max(full * piece.count / size, 0.5), 2),
                36,
                list(Use).index(piece.use),
                f"{first_address(piece)}, {piece.count:,} addresses: {piece.use}",
            )
            for piece in block.pieces
        ]
        y += 36
        for one in block.subnets:
            width = full * one.cidr.num_addresses / size
            if width >= _NARROW:
                x = _MARGIN + full * (int(one.cidr.network_address) - start) / size
                texts.append(Text(round(x + width / 2, 1), y + 14, one.zone, "muted", "middle"))
        y += 30
        for one in block.subnets:
            texts.append(Text(_MARGIN + _LABEL - 8, y + _ROW / 2 - 1, f"{one.tier} {one.zone} {one.cidr}", "", "end"))
            boxes += _subnet(one, y)
            y += _ROW
        y += 24
    legend = [(list(Use).index(use), str(use)) for use in Use]
    return rendered(render, title, boxes, texts, legend, y, _said(blocks))


def _subnet(one: MappedSubnet, y: float) -> list[Box]:
    start, size = int(one.cidr.network_address), one.cidr.num_addresses
    return [
        Box(
            round(_MARGIN + _LABEL + _WIDE * (piece.first - start) / size, 2),
            y,
            round(max(_WIDE * piece.count / size, 0.5), 2),
            _ROW - 6,
            list(Use).index(piece.use),
            f"{one.name}: {piece.count:,} addresses {piece.use}",
        )
        for piece in one.pieces
    ]


def _said(blocks: Sequence[MappedBlock]) -> str:
    """The map in words, for those who do not see it."""
    return " ".join(
        f"{block.cidr}: " + ", ".join(f"{block.amount(use):,} {use}" for use in Use) + "." for block in blocks
    )


def waterfall_svg(found: Sequence[Waterfall], title: str, render: Renderer) -> str:
    """One waterfall below the other, each to its own scale."""
    boxes: list[Box] = []
    texts: list[Text] = []
    y = _MARGIN + 40.0
    for one in found:
        texts.append(Text(_MARGIN, y, f"{one.key}: {', '.join(one.cidrs)}, {one.size:,} addresses", "strong"))
        y += 12
        for step in one.steps:
            texts.append(Text(_MARGIN + _LABEL - 8, y + _ROW / 2 - 1, step.label, "", "end"))
            x = round(_MARGIN + _LABEL + _WIDE * step.start / one.size, 2)
            width = round(max(_WIDE * step.addresses / one.size, 0.5 if step.addresses else 0), 2)
            boxes.append(
                Box(x, y, width, _ROW - 6, _STEPS[step.kind][0], f"{step.label}: {step.addresses:,} ({step.decision})")
            )
            inside = x + width > _MARGIN + _LABEL + _WIDE - 70
            place = (x - 6, "end") if inside and x > _MARGIN + _LABEL + 60 else (x + width + 6, "start")
            if step.kind == "size":
                place = (_MARGIN + _LABEL + _WIDE + 6, "start")
            texts.append(Text(round(place[0], 1), y + _ROW / 2 - 1, f"{step.addresses:,}", "value", place[1]))
            y += _ROW
        y += 30
    legend = list(_STEPS.values())
    said = " ".join(
        f"{one.key}: " + ", ".join(f"{step.label} {step.addresses:,}" for step in one.steps) + "." for one in found
    )
    return rendered(render, title, boxes, texts, legend, y, said)


def rendered(
    render: Renderer,
    title: str,
    boxes: Sequence[Box],
    texts: Sequence[Text],
    legend: Sequence[tuple[int, str]],
    bottom: float,
    said: str,
) -> str:
    """The template filled with boxes, texts and the legend (kind and words), as high as ``bottom`` asks."""
    from planner.report.chart.as_svg import safe, wide

    places: list[tuple[int, str, float]] = []
    x = float(_MARGIN)
    for kind, words in legend:
        places.append((kind, words, x))
        x += 30 + wide(words)
    cleaned = [Text(one.x, one.y, safe(one.text), one.cls, one.anchor) for one in texts]
    named = [Box(one.x, one.y, one.width, one.height, one.kind, safe(one.title)) for one in boxes]
    return render(
        "addresses.svg.j2",
        {
            "width": round(max(_MARGIN + _LABEL + _WIDE + 80, x, _MARGIN * 2 + wide(title, 16))),
            "height": round(bottom + _ROW + _MARGIN),
            "title": safe(title),
            "description": safe(said),
            "boxes": named,
            "texts": cleaned,
            "legend": places,
            "legend_y": bottom,
            "margin": _MARGIN,
        },
    )
