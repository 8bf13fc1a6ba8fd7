"""YAML with line and column: text to plain data plus where every part stands.

PyYAML composes the nodes; scalars follow YAML 1.2's core schema, so that ``no`` is a word,
``010`` is ten and ``12:30`` is text. Tags, duplicate keys, cyclic aliases and documents of
unreasonable size or depth are refused. Source: https://yaml.org/spec/1.2.2/#103-core-schema
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from planner.diagnostics import Diagnostic, Kind, Path, SourceRange

MAX_BYTES = 1 << 20
MAX_DEPTH = 40
MAX_NODES = 250_000
MAX_DIGITS = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a document may be: bytes of text, and parts once aliases are expanded."""

    size: int = MAX_BYTES
    nodes: int = MAX_NODES
    what: str = "a cluster spec"


CLUSTER_LIMITS = Limits()

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """PyYAML's loader with the scalars of YAML 1.2's core schema."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own class attribute


_PREFIX = "tag:yaml.org,2002:"
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(_PREFIX + _tag, re.compile(rf"(?:{_pattern})\Z"), list(_first))

KeepText = Callable[[Path], bool]


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed document: data, and the position of each value and key by path."""

    file: str
    data: Any
    values: dict[Path, SourceRange] = field(default_factory=dict)
    keys: dict[Path, SourceRange] = field(default_factory=dict)

    def locate(self, path: Path, *, key: bool = False) -> SourceRange:
        """Where ``path`` stands: the value (or the key), else the nearest parent that is there."""
        table = self.keys if key else self.values
        if path in table:
            return table[path]
        while path:
            path = path[:-1]
            if path in self.keys:
                return self.keys[path]
            if path in self.values:
                return self.values[path]
        return SourceRange(self.file, 1, 1)


class _RefusedError(Exception):
    """Stops reading with one diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.summary)
        self.diagnostic = diagnostic


def parse(
    content: bytes | str,
    file: str,
    keep_text: KeepText = lambda _path: False,
    limits: Limits = CLUSTER_LIMITS,
) -> Source | Diagnostic:
    """Read one YAML document. ``keep_text`` says for which paths a plain scalar stays as written
    (so that ``version: 1.30`` is "1.30" and not 1.3). Returns a diagnostic for anything that is
    not one sound document."""
    try:
        return _Reader(file, keep_text, limits).read(_decoded(content, file, limits))
    except _RefusedError as refused:
        return refused.diagnostic


def _decoded(content: bytes | str, file: str, limits: Limits) -> str:
    size = len(content)
    if size > limits.size:
        raise _refuse(
            file,
            "yaml-size",
            "the file is too large for a spec",
            value=f"{size:,} bytes",
            limit=f"{limits.size:,} bytes",
            fix=f"give {limits.what}" + ("; `eksplan init` writes one" if limits is CLUSTER_LIMITS else ""),
        )
    if isinstance(content, bytes):
        try:
            content = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = error.object[: error.start]
            line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
            raise _refuse(
                file,
                "yaml-encoding",
                "the file is not UTF-8 text",
                line,
                column,
                value=f"byte 0x{error.object[error.start]:02x}",
                fix="save it as UTF-8",
            ) from None
    return content


def _refuse(file: str, code: str, summary: str, line: int = 1, column: int = 1, **parts: Any) -> _RefusedError:
    return _RefusedError(Diagnostic(Kind.INVALID, code, summary, range=SourceRange(file, line, column), **parts))


class _Reader:
    """Walks the composed nodes once, building data and positions."""

    def __init__(self, file: str, keep_text: KeepText, limits: Limits) -> None:
        self.file = file
        self.keep_text = keep_text
        self.limits = limits
        self.values: dict[Path, SourceRange] = {}
        self.keys: dict[Path, SourceRange] = {}
        self.count = 0
        self.open: list[int] = []

    def read(self, text: str) -> Source:
        self._check_characters(text)
        self._check_shape(text)
        node = self._guard(lambda: yaml.compose(text, Loader=_Loader))
        if node is None:
            raise _refuse(
                self.file, "yaml-empty", "the file holds no document", fix="write a spec, or run `eksplan init`"
            )
        data = self._value(node, ())
        return Source(self.file, data, self.values, self.keys)

    def _guard(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except yaml.MarkedYAMLError as error:
            # an unclosed quote ends with the file; it is opened where it must be closed
            unclosed = error.problem and "end of stream" in error.problem
            mark = (error.context_mark if unclosed else None) or error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            summary = " ".join(part for part in (error.context, error.problem) if part)
            fix = (
                "use spaces, not tabs, to indent"
                if "\\t" in summary or "tab" in summary
                else "check indentation, colons and quotes here"
            )
            raise _refuse(self.file, "yaml-syntax", f"not valid YAML: {summary}", line, column, fix=fix) from None
        except yaml.YAMLError as error:
            raise _refuse(self.file, "yaml-syntax", f"not valid YAML: {error}", fix="give a YAML text") from None
        except ValueError as error:  # a lone surrogate or an impossible escape
            raise _refuse(
                self.file, "yaml-character", f"not valid YAML text: {error}", fix="save it as UTF-8"
            ) from None

    def _check_characters(self, text: str) -> None:
        """No character that YAML does not allow, such as those of a binary file."""
        found = yaml.reader.Reader.NON_PRINTABLE.search(text)
        if found:
            before = text[: found.start()]
            raise _refuse(
                self.file,
                "yaml-character",
                f"character #x{ord(found[0]):04x} may not stand in YAML",
                before.count("\n") + 1,
                found.start() - before.rfind("\n"),
                value=f"#x{ord(found[0]):04x}",
                limit="printable characters",
                fix="remove it, or write it as an escape in double quotes; a binary file is no spec",
            )

    def _check_shape(self, text: str) -> None:
        """Depth, size and number of documents, from events: no recursion, nothing is built."""

        def scan() -> None:
            depth = documents = 0
            for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
                mark = event.start_mark
                if isinstance(event, yaml.CollectionStartEvent):
                    depth += 1
                    if depth > MAX_DEPTH:
                        raise self._at(
                            mark,
                            "yaml-depth",
                            "nested too deeply",
                            value=f"{depth} levels",
                            limit=f"{MAX_DEPTH} levels",
                            fix="flatten it; a spec needs about six levels",
                        )
                elif isinstance(event, yaml.CollectionEndEvent):
                    depth -= 1
                elif isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        raise self._at(
                            mark,
                            "yaml-documents",
                            "a second document begins here",
                            value=str(documents),
                            limit="one document in a file",
                            fix="put each cluster into a file of its own",
                        )
                if count > self.limits.nodes:
                    raise self._at(
                        mark,
                        "yaml-size",
                        "too many parts for a spec",
                        limit=f"{self.limits.nodes:,} parts",
                        fix=f"give {self.limits.what}",
                    )

        self._guard(scan)

    def _at(self, mark: Any, code: str, summary: str, **parts: Any) -> _RefusedError:
        return _refuse(self.file, code, summary, mark.line + 1, mark.column + 1, **parts)

    def _value(self, node: yaml.Node, path: Path) -> Any:
        self.count += 1
        if self.count > self.limits.nodes:
            raise self._at(
                node.start_mark,
                "yaml-bomb",
                "aliases expand to too many parts",
                limit=f"{self.limits.nodes:,} parts",
                fix="write the values out instead of using aliases",
            )
        if id(node) in self.open:
            raise self._at(node.start_mark, "yaml-cycle", "an alias refers to what contains it", fix="remove the alias")
        self.values[path] = SourceRange(self.file, node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if node.tag not in (_PREFIX + "map", _PREFIX + "seq"):
            raise self._tag(node)
        self.open.append(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self._value(item, (*path, number)) for number, item in enumerate(node.value)]
            return self._mapping(node, path)
        finally:
            self.open.pop()

    def _tag(self, node: yaml.Node) -> _RefusedError:
        return self._at(
            node.start_mark,
            "yaml-tag",
            "YAML tags are not allowed",
            value=str(node.tag),
            limit="plain mappings, lists, texts, numbers, true, false, null",
            fix="remove the tag",
        )

    def _mapping(self, node: yaml.Node, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: list[yaml.Node] = []
        for key_node, value_node in node.value:
            if key_node.tag == _PREFIX + "merge":
                merged += value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
                continue
            key = self._key(key_node)
            place = (*path, key)
            if key in result:
                first = self.keys[place]
                raise self._at(
                    key_node.start_mark,
                    "yaml-duplicate",
                    f"the key {key!r} stands twice",
                    value=key,
                    limit=f"first on line {first.line}",
                    fix="remove one of the two",
                )
            self.keys[place] = SourceRange(self.file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            result[key] = self._value(value_node, place)
        for source in merged:
            if not isinstance(source, yaml.MappingNode):
                raise self._at(
                    source.start_mark, "yaml-merge", "<< takes a mapping or a list of mappings", fix="merge a mapping"
                )
            for key_node, value_node in source.value:
                key = self._key(key_node)
                if key not in result:
                    place = (*path, key)
                    self.keys[place] = SourceRange(
                        self.file, key_node.start_mark.line + 1, key_node.start_mark.column + 1
                    )
                    result[key] = self._value(value_node, place)
        return result

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._at(node.start_mark, "yaml-key", "a key must be plain text", fix="use text before the colon")
        if node.tag.removeprefix(_PREFIX) not in _SCALARS:
            raise self._tag(node)
        return str(node.value)

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        kind = node.tag.removeprefix(_PREFIX)
        if node.tag == kind or kind not in _SCALARS:
            raise self._tag(node)
        text = str(node.value)
        if kind != "null" and self.keep_text(path):
            return text
        try:
            value = _SCALARS[kind](text)
        except ValueError:
            raise self._at(
                node.start_mark,
                "yaml-number",
                "not a usable number",
                value=text[:40],
                fix="write an ordinary number, or put it in quotes",
            ) from None
        if isinstance(value, float) and not math.isfinite(value):
            raise self._at(
                node.start_mark,
                "yaml-number",
                "infinity and not-a-number are no values here",
                value=text,
                fix="write an ordinary number",
            )
        return value


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"{len(text)} digits")
    return int(text, 0) if text[:2] in {"0o", "0x"} else int(text)


_SCALARS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "null": lambda _text: None,
    "bool": lambda text: text.lower() == "true",
    "int": _integer,
    "float": float,
    "merge": str,
}


def paths(source: Source) -> Iterator[Path]:
    """Every path of the document, in document order."""
    return iter(source.values)
