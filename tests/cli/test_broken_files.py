"""Files that are no sound YAML document: one error with its place, exit code 2, never a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.running import GROUPS, HEAD, SPEC, invoke, invoke_spec

BOMB = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n".encode() for old, new in zip("abcde", "bcdef", strict=True)
)
"""A million parts in six lines."""

FILES: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "1:1", "holds no document"),
    "only comments": (b"# nothing\n# at all\n", "1:1", "holds no document"),
    "only a null": (b"null\n", "1:1", "a single value"),
    "binary": (bytes(range(256)), "2:", "not UTF-8"),
    "invalid UTF-8": (b"apiVersion: eksplan/v1\nkind: \xff\xfe\n", "2:7", "byte 0xff"),
    "Latin-1": (SPEC.replace("test", "caf\xe9").encode("latin-1"), "3:", "byte 0xe9"),
    "UTF-16": (SPEC.encode("utf-16"), "1:1", "not UTF-8"),
    "UTF-16 without a mark": (SPEC.encode("utf-16-le"), "1:", "#x0000"),
    "UTF-32": (SPEC.encode("utf-32"), "1:1", "not UTF-8"),
    "aliases that explode": (BOMB, "1:", "aliases expand to too many parts"),
    "an alias of itself": (b"a: &a [*a]\n", "1:4", "an alias refers to what contains it"),
    "an alias of nothing": (b"a: *b\n", "1:4", "undefined alias"),
    "deep flow": (b"[" * 100_000, "1:41", "nested too deeply"),
    "deep block": ("".join(" " * depth + "a:\n" for depth in range(300)).encode(), "41:41", "nested too deeply"),
    "a Python object": (b"a: !!python/object/apply:os.abort []\n", "1:4", "tags are not allowed"),
    "a set": (b"a: !!set {x, y}\n", "1:4", "tags are not allowed"),
    "bytes": (b"a: !!binary aGk=\n", "1:4", "tags are not allowed"),
    "a tag of one's own": (b"a: !mine x\n", "1:4", "tags are not allowed"),
    "a tag on a key": (SPEC.encode() + b"  !!python/name:os.abort nat: none\n", "8:3", "tags are not allowed"),
    "a duplicate key": (SPEC.encode() + b"  region: us-east-2\n", "8:3", "'region' stands twice"),
    "a duplicate key at the top": (SPEC.encode() + b"kind: Cluster\n", "8:1", "first on line 2"),
    "a tab": ((HEAD + "\tnat: none\n").encode(), "6:1", "spaces, not tabs"),
    "an unclosed quote": ((HEAD + '  version: "1.35\n' + GROUPS).encode(), "", "end of stream"),
    "an unclosed list": (b"a: [1, 2\nb: 3\n", "2:", "did not find expected ',' or ']'"),
    "wrong indentation": (b"a:\n  b: 1\n c: 2\n", "3:", "not valid YAML"),
    "an unknown escape": (b'a: "\\q"\n', "1:", "escape"),
    "half a character": (b'a: "\\ud800"\n', "1:", "Unicode"),
    "another YAML": (b"%YAML 3.0\n---\na: 1\n", "1:1", "not valid YAML"),
    "a list": (b"- a\n- b\n", "1:1", "a list where a spec is a mapping"),
    "a scalar": (b"hello\n", "1:1", "a single value where a spec is a mapping"),
    "two documents": ((SPEC + "---\n" + SPEC).encode(), "8:1", "one document in a file"),
    "a list for a key": (b"? [a, b]\n: 1\n", "1:3", "a key must be plain text"),
    "a merge of a number": (SPEC.encode() + b"<<: 3\n", "8:5", "<< takes a mapping"),
    "very large": (b"a: " + b"x" * (2 << 20), "1:1", "2,097,155 bytes"),
    "very many parts": (b"a: [" + b"1," * 300_000 + b"]\n", "1:", "too many parts"),
    "an endless number": (SPEC.replace("maxSize: 3", "maxSize: " + "9" * 5000).encode(), "7:", "not a usable number"),
    "an endless hexadecimal number": (
        SPEC.replace("maxSize: 3", "maxSize: 0x" + "f" * 5000).encode(),
        "7:",
        "not a usable number",
    ),
    "not a number": (SPEC.replace("maxSize: 3", "maxSize: .nan").encode(), "7:", "number"),
    "infinity": (SPEC.replace("maxSize: 3", "maxSize: -.inf").encode(), "7:", "number"),
    "beyond all floats": (SPEC.replace("maxSize: 3", "maxSize: 1e400").encode(), "7:", "infinity"),
}


@pytest.mark.parametrize("command", ["plan", "why", "review"])
@pytest.mark.parametrize("kind", FILES)
def test_it_is_refused_with_its_place(kind: str, command: str) -> None:
    content, place, message = FILES[kind]
    ran = invoke_spec(content, command=command, name="broken.yaml")
    assert ran.code == 2
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert ran.err.startswith(f"broken.yaml:{place}")
    assert "error[" in ran.err.splitlines()[0]
    assert message in ran.err
    assert "  fix:" in ran.err


def test_standard_input_is_named_as_such() -> None:
    ran = invoke("plan", "-f", "-", given=b"- a\n")
    assert ran.code == 2
    assert ran.err.startswith("<stdin>:1:1: error[document]")


@pytest.mark.parametrize("raw", ["\x00", "\x1b[31m", "\x07"], ids=["NUL", "escape", "bell"])
def test_a_control_character_is_refused_where_it_stands(raw: str) -> None:
    ran = invoke_spec(SPEC.replace("us-east", f"us{raw}east"))
    assert ran.code == 2
    assert ran.err.startswith("spec.yaml:5:13: error[yaml-character]")


def test_an_unclosed_quote_is_shown_where_it_opens() -> None:
    ran = invoke_spec(HEAD + '  version: "1.35\n' + GROUPS)
    assert ran.err.startswith("spec.yaml:6:12: error[yaml-syntax]")


def test_no_command_runs_because_of_a_tag() -> None:
    ran = invoke_spec("a: !!python/object/apply:os.mkdir [made]\n")
    assert ran.code == 2
    assert not Path("made").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file() -> None:
    Path("secret.yaml").write_text(SPEC, "utf-8")
    Path("secret.yaml").chmod(0)
    ran = invoke("plan", "-f", "secret.yaml")
    assert ran.code == 2
    assert "secret.yaml: cannot be read" in ran.err


@pytest.mark.parametrize(
    "content",
    [
        SPEC.replace("\n", "\r\n").encode(),
        SPEC.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + SPEC.encode(),
        ("---\n" + SPEC + "...\n").encode(),
        SPEC.rstrip("\n").encode(),
        SPEC.replace("maxSize: 3", "maxSize: 003").encode(),
        SPEC.replace("maxSize: 3", "maxSize: 0x3").encode(),
        ("# a comment\n" + SPEC).encode(),
    ],
    ids=["CRLF", "CR", "BOM", "document marks", "no last newline", "leading zeros", "hexadecimal", "comment"],
)
def test_unusual_but_sound_files_give_the_same_plan(content: bytes) -> None:
    usual, unusual = invoke_spec(SPEC, "-o", "json"), invoke_spec(content, "-o", "json")
    assert unusual.code == 0
    assert unusual.out == usual.out


def test_words_that_older_yaml_took_for_something_else_stay_words() -> None:
    spec = SPEC.replace("name: test", "name: no").replace("name: general", "name: on")
    ran = invoke_spec(spec + "  tags: {off: yes, time: 12:30, zip: 0123, day: 2026-01-02, big: 1_000}\n", "-o", "json")
    assert ran.code == 0
    for text in ('"name": "no"', '"off": "yes"', '"time": "12:30"', '"zip": "0123"', '"big": "1_000"'):
        assert text in ran.out


def test_010_is_ten() -> None:
    ran = invoke_spec(SPEC.replace("maxSize: 3", "maxSize: 010"), "nodes.general", command="why")
    assert "max 10 nodes" in ran.out
