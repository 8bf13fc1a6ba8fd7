"""YAML with line and column: what is read, and what is refused."""

from __future__ import annotations

import pytest

from planner.diagnostics import Diagnostic, SourceRange
from planner.spec.source import MAX_BYTES, Source, parse


def read(text: str | bytes) -> Source:
    source = parse(text, "x.yaml")
    assert isinstance(source, Source), source
    return source


def refused(text: str | bytes) -> Diagnostic:
    diagnostic = parse(text, "x.yaml")
    assert isinstance(diagnostic, Diagnostic)
    return diagnostic


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),  # YAML 1.1 reads false
        ("on", "on"),
        ("yes", "yes"),
        ("true", True),
        ("False", False),
        ("12:30:45", "12:30:45"),  # YAML 1.1 reads a sexagesimal number
        ("010", 10),  # YAML 1.1 reads eight
        ("0x1f", 31),
        ("0o17", 15),
        ("1_000", "1_000"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("~", None),
        ("", None),
        ("2026-11-23", "2026-11-23"),  # YAML 1.1 reads a date
        ('"3"', "3"),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    assert read(f"key: {text}").data == {"key": value}


def test_positions_of_values_and_keys() -> None:
    source = read("a:\n  - b: 1\n    c: [x, y]\n")
    assert source.values["a", 0, "c", 1] == SourceRange("x.yaml", 3, 12)
    assert source.keys["a", 0, "b"] == SourceRange("x.yaml", 2, 5)
    assert source.locate(("a", 0, "missing", "below")) == SourceRange("x.yaml", 2, 5)
    assert source.locate(("nowhere",)) == SourceRange("x.yaml", 1, 1)


def test_kept_text_stays_as_it_is_written() -> None:
    source = parse("version: 1.30", "x", lambda path: path == ("version",))
    assert isinstance(source, Source)
    assert source.data == {"version": "1.30"}


def test_merge_keys_and_aliases() -> None:
    assert read("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n").data["use"] == {"y": 3, "x": 1}
    assert read("a: &a [1]\nb: *a\n").data == {"a": [1], "b": [1]}


def test_byte_order_mark_is_dropped() -> None:
    assert read(b"\xef\xbb\xbfa: 1").data == {"a": 1}


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join(['*' + old] * 10)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "yaml-empty", 1, 1),
        ("# only a comment\n", "yaml-empty", 1, 1),
        ("a: 1\na: 2\n", "yaml-duplicate", 2, 1),
        ("a: {b: 1, c: 2, b: 3}\n", "yaml-duplicate", 1, 17),
        ("a: [1\n", "yaml-syntax", 2, 1),
        ("a:\n\t- b\n", "yaml-syntax", 2, 1),
        ("a: b: c\n", "yaml-syntax", 1, 5),
        ("a: 'b\n", "yaml-syntax", 1, 4),
        ("a: *missing\n", "yaml-syntax", 1, 4),
        ("a: !!python/object/apply:os.system [ls]\n", "yaml-tag", 1, 4),
        ("a: !secret x\n", "yaml-tag", 1, 4),
        ("!!map {a: 1}\n", None, 0, 0),
        ("a: 1\n---\nb: 2\n", "yaml-documents", 2, 1),
        (BOMB, "yaml-bomb", None, None),
        ("a: &a\n  b: *a\n", "yaml-cycle", None, None),
        ("[" * 100 + "]" * 100, "yaml-depth", 1, 41),
        ("[" * 200_000, "yaml-depth", 1, 41),
        ("a: .inf\n", "yaml-number", 1, 4),
        ("a: .nan\n", "yaml-number", 1, 4),
        ("a: " + "9" * 10_000 + "\n", "yaml-number", 1, 4),
        ("? [a]\n: b\n", "yaml-key", 1, 3),
        ("a: \x00\n", "yaml-character", 1, 4),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "yaml-encoding", 1, 1),
        (b"a: 1\nb: \xff\n", "yaml-encoding", 2, 4),
        (b"x" * (MAX_BYTES + 1), "yaml-size", 1, 1),
        ("- a\n" * 300_000, "yaml-size", None, None),
        ('a: "\\ud800"\n', "yaml-syntax", None, None),
        ("<<: 3\n", "yaml-merge", 1, 5),
    ],
)
def test_broken_files_get_an_ordinary_error(
    text: str | bytes, code: str | None, line: int | None, column: int | None
) -> None:
    if code is None:
        read(text)
        return
    diagnostic = refused(text)
    assert diagnostic.code == code
    assert diagnostic.range is not None
    assert diagnostic.fix or diagnostic.limit
    if line is not None:
        assert (diagnostic.range.line, diagnostic.range.column) == (line, column)
