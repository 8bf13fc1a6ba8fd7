"""Bars on terminals and as SVG: never too wide, never told by colour alone, always sound XML."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from planner.capacity.max_pods import Limiter
from planner.report.chart import Bar, svg, terminal
from planner.report.chart.as_svg import ticks
from planner.report.chart.bars import LOOKS
from planner.templates import render

SVG = "{http://www.w3.org/2000/svg}"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
SOME = (
    Bar("m5.large", 29, Limiter.ADDRESSES),
    Bar("m5.24xlarge", 250, Limiter.CAP, "addresses would do for 737"),
    Bar("t3.nano", 4, Limiter.ADDRESSES),
)

bars = st.builds(
    Bar,
    st.text(max_size=40),
    st.integers(0, 10_000),
    st.sampled_from(Limiter),
    st.one_of(st.just(""), st.text(max_size=40)),
)


def drawn(*some: Bar, title: str = "Pods", subtitle: str = "") -> ET.Element:
    """The root of the SVG of some bars."""
    return ET.fromstring(svg(some, title, subtitle, render))  # noqa: S314 - our own


def texts(root: ET.Element) -> list[str]:
    """Every text of an SVG."""
    return ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]


# --- terminals -----------------------------------------------------------------------------------


def test_bars_are_as_long_as_their_values_say() -> None:
    lines = terminal(SOME, width=80, colored=False).splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["m5.large", "m5.24xlarge", "t3.nano"]
    lengths = [len(re.findall("[█░]", line)) for line in lines[:3]]
    assert lengths[1] > 8 * lengths[0] > 8 * lengths[2] > 0
    assert lines[0].endswith(" 29 addresses")
    assert " 250 recommended cap" in lines[1]
    assert lines[-1] == "limited by:  ██ addresses (2)  ░░ recommended cap (1)"


def test_a_note_stands_where_there_is_room() -> None:
    assert "(addresses would do for 737)" in terminal(SOME, width=100, colored=False)
    assert "would do" not in terminal(SOME, width=50, colored=False)


def test_colour_only_where_it_is_wanted() -> None:
    plain, colored = (terminal(SOME, width=80, colored=one) for one in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[94m" in colored
    assert "░" not in colored
    assert [line.split()[0] for line in ANSI.sub("", colored).splitlines()[:3]] == [one.label for one in SOME]


def test_every_limiter_has_looks_of_its_own() -> None:
    assert set(LOOKS) == set(Limiter)
    for looks in ("fill", "terminal", "light", "dark"):
        assert len({getattr(one, looks) for one in LOOKS.values()}) == len(LOOKS), looks


@pytest.mark.parametrize("limiter", Limiter)
def test_without_colour_the_limiter_is_a_fill_and_a_word(limiter: Limiter) -> None:
    lines = terminal([Bar("a", 3, limiter)], width=72, colored=False).splitlines()
    assert LOOKS[limiter].fill in lines[0]
    assert lines[0].endswith(f" 3 {limiter}")
    assert f"{LOOKS[limiter].fill * 2} {limiter} (1)" in lines[-1]


def test_nothing_is_no_bar_and_something_is_never_invisible() -> None:
    lines = terminal(
        [Bar("a", 0, Limiter.CAP), Bar("b", 1, Limiter.CAP), Bar("c", 9999, Limiter.CAP)], width=72, colored=False
    ).splitlines()
    assert "░" not in lines[0]
    assert lines[1].count("░") == 1


@given(some=st.lists(bars, min_size=1, max_size=12), width=st.integers(1, 200), colored=st.booleans())
def test_never_wider_than_asked(some: list[Bar], width: int, colored: bool) -> None:
    shown = ANSI.sub("", terminal(some, width=width, colored=colored))
    lines = shown.split("\n")
    assert max(map(cell_len, lines)) <= width
    assert lines[len(some)] == ""
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", shown)


@given(some=st.lists(st.builds(Bar, st.just("m5.large"), st.integers(0, 999), st.sampled_from(Limiter)), min_size=1))
def test_at_72_columns_value_and_limiter_are_always_there(some: list[Bar]) -> None:
    lines = terminal(some, width=72, colored=False).splitlines()
    for line, bar in zip(lines, some, strict=False):
        assert line.endswith(f" {bar.value} {bar.limiter}")


@pytest.mark.parametrize("colored", [False, True], ids=["plain", "colored"])
def test_as_many_bars_as_there_are_types(colored: bool) -> None:
    many = [Bar(f"m5.{number}xlarge", number, Limiter.ADDRESSES) for number in range(1400)]
    assert len(terminal(many, width=80, colored=colored).splitlines()) == 1402


def test_nothing_to_draw() -> None:
    assert terminal([], width=80, colored=True) == "nothing to draw"
    root = drawn()
    assert "Nothing to draw." in texts(root)


# --- SVG -----------------------------------------------------------------------------------------


def test_the_svg_says_what_it_is() -> None:
    root = drawn(*SOME, title="Pods per node", subtitle="prefix mode")
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Pods per node"
    description = root.findtext(f"{SVG}desc") or ""
    assert description.startswith("3 horizontal bars: 4 to 250 pods per node.")
    assert "addresses 2, recommended cap 1" in description
    assert {"Pods per node", "prefix mode", "limited by:", "addresses (2)", "recommended cap (1)"} <= set(texts(root))
    assert "250 recommended cap (addresses would do for 737)" in texts(root)


def test_the_svg_needs_nothing_else() -> None:
    text = svg(SOME, "Pods", "all of them", render)
    assert "<script" not in text
    assert "@import" not in text
    assert "url(" not in text
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme: dark" in text


def test_bars_of_the_svg_are_as_long_as_their_values_say() -> None:
    root = drawn(Bar("a", 50, Limiter.CAP), Bar("b", 100, Limiter.CAP), Bar("c", 0, Limiter.CAP))
    widths = [float(one.get("width", "")) for one in root.iterfind(f"{SVG}g/{SVG}rect")]
    assert widths == [240, 480, 0]
    assert {"0", "20", "40", "60", "80", "100"} <= set(texts(root))


@given(
    some=st.lists(bars, max_size=8),
    title=st.text(max_size=120),
    subtitle=st.text(max_size=200),
)
def test_any_text_is_escaped(some: list[Bar], title: str, subtitle: str) -> None:
    drawn(*some, title=title, subtitle=subtitle)


@pytest.mark.parametrize("label", ["<&>", "a<b>&amp;\"'", "]]>", "</text><script>alert(1)</script>"])
def test_markup_stays_text(label: str) -> None:
    root = drawn(Bar(label, 1, Limiter.CAP, note=label), title=label, subtitle=label)
    assert texts(root).count(label) == 3  # title, subtitle, label
    assert f"1 recommended cap ({label})" in texts(root)
    assert root.findtext(f"{SVG}title") == label
    assert not list(root.iter(f"{SVG}script"))


@given(some=st.lists(bars, min_size=1, max_size=8), title=st.text(max_size=60))
def test_no_text_is_cut(some: list[Bar], title: str) -> None:
    """Every text ends inside of the picture, with the widest of the usual monospaced fonts."""
    root = drawn(*some, title=title, subtitle="of all types")
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    for one in root.iter(f"{SVG}text"):
        font = 16 if one.get("class") == "title" else 12
        long = cell_len("".join(one.itertext())) * font * 0.62
        x = float(one.get("x", ""))
        begin = x - {"end": long, "middle": long / 2}.get(one.get("text-anchor", ""), 0)
        assert begin >= 0
        assert begin + long <= width
        assert 0 <= float(one.get("y", "")) <= height


def test_the_height_grows_with_the_bars() -> None:
    heights = [
        float(drawn(*(Bar(str(number), number, Limiter.CAP) for number in range(count))).get("height", ""))
        for count in (1, 10, 1400)
    ]
    assert heights[0] + 9 * 22 == heights[1]
    assert heights[2] > 1400 * 22


def test_a_long_chart_has_its_axis_below_as_well() -> None:
    many = [Bar(str(number), 100, Limiter.CAP) for number in range(30)]
    assert texts(drawn(*many[:3])).count("80") == 1
    assert texts(drawn(*many)).count("80") == 2


@given(largest=st.integers(0, 10**7))
def test_ticks_are_round_and_reach_the_largest(largest: int) -> None:
    found = ticks(largest)
    step = found[1]
    assert found[0] == 0
    assert found[-1] >= largest
    assert found[-2] < largest or largest == 0
    assert len(found) <= 7
    assert {later - one for one, later in itertools.pairwise(found)} == {step}
    assert str(step).rstrip("0") in {"1", "2", "5"}


def luminance(color: str) -> float:
    """Relative luminance. Source: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(("scheme", "page"), [("light", "#ffffff"), ("dark", "#16181d")])
def test_bars_stand_out_from_their_background(scheme: str, page: str) -> None:
    """3:1, what WCAG 2.2 asks for graphics (1.4.11)."""
    assert f"fill: {page};" in svg(SOME, "", "", render)
    for look in LOOKS.values():
        low, high = sorted((luminance(getattr(look, scheme)), luminance(page)))
        assert (high + 0.05) / (low + 0.05) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colour_blind_readers_can_tell_the_bars_apart(scheme: str) -> None:
    """Colours of any two limiters differ, in CIELAB by 25 and more, for protanopia, deuteranopia and
    tritanopia as for normal sight. Source: Machado, Oliveira and Fernandes, 2009, table 1."""
    for matrix in (
        ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
        ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
        ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
        ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    ):
        seen = [lab(getattr(one, scheme), matrix) for one in LOOKS.values()]
        for one, other in itertools.combinations(seen, 2):
            assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 >= 25


def lab(color: str, matrix: tuple[tuple[float, float, float], ...]) -> tuple[float, float, float]:
    """A colour in CIELAB (D65) as somebody sees it."""
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares]
    r, g, b = (min(max(sum(weight * one for weight, one in zip(row, linear, strict=True)), 0.0), 1.0) for row in matrix)

    def cube(one: float) -> float:
        return one ** (1 / 3) if one > 0.008856 else 7.787 * one + 16 / 116

    x = cube((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047)
    y = cube(0.2126 * r + 0.7152 * g + 0.0722 * b)
    z = cube((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)
