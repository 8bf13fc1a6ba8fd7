"""The user's own parts of user data on Amazon Linux, told apart as cloud-init does (note N25).

A part is known by how it begins, or comes out of a MIME document that is complete in itself. What
no node could read is told as a ``Malformed`` part with its line.

Source: https://docs.cloud-init.io/en/latest/explanation/format.html
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.errors import MissingHeaderBodySeparatorDefect
from email.message import Message

NODE_CONFIG = "application/node.eks.aws"
SHELL = "text/x-shellscript"
#: How a part begins, and what it then is; longer beginnings first.
BEGINNINGS = (
    ("#!", SHELL),
    ("#cloud-config-archive", "text/cloud-config-archive"),
    ("#cloud-config", "text/cloud-config"),
    ("#cloud-boothook", "text/cloud-boothook"),
    ("#include-once", "text/x-include-once-url"),
    ("#include", "text/x-include-url"),
    ("#part-handler", "text/part-handler"),
    ("## template: jinja", "text/jinja2"),
)
#: Headers that cloud-init heeds beside the type.
_KEPT_HEADERS = ("Merge-Type", "X-Merge-Type")
_HEADER = re.compile(r"(MIME-Version|Content-[A-Za-z-]+|Merge-Type|X-Merge-Type)[ \t]*:", re.IGNORECASE)
_YAML = re.compile(r"---\s*$|\{|[\"']?(apiVersion|kind|metadata|spec)[\"']?\s*:")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class UserPart:
    """One part as it goes into the MIME document."""

    media_type: str
    text: str
    """Without blank lines around it, lines ended by \\n."""
    entry: int = 0
    """Which text of the list it came from, from 0."""
    line: int = 1
    """Line of that text on which it begins."""
    declared: str = ""
    """The whole Content-Type where the user gave one."""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def content_type(self) -> str:
        """The Content-Type header: the user's own, else EKS's form."""
        if self.declared:
            return self.declared
        if self.media_type == NODE_CONFIG:
            return self.media_type
        charset = "us-ascii" if self.text.isascii() else "utf-8"
        return f'{self.media_type}; charset="{charset}"'


@dataclass(frozen=True, slots=True)
class Malformed:
    """A part that no node could read."""

    entry: int
    line: int
    summary: str
    value: str
    limit: str
    fix: str
    code: str = "group-user-data-mime"


def read_parts(texts: Sequence[str]) -> tuple[tuple[UserPart, ...], tuple[Malformed, ...]]:
    """All parts in order, and everything that is wrong with them."""
    parts: list[UserPart] = []
    wrong: list[Malformed] = []
    for entry, text in enumerate(texts):
        for found in _read(text.removeprefix("\ufeff").replace("\r\n", "\n"), entry):
            (wrong if isinstance(found, Malformed) else parts).append(found)  # type: ignore[arg-type]
    return tuple(parts), tuple(wrong)


def media_type_of(text: str) -> str | None:
    """What a text is by how it begins; None where cloud-init and nodeadm know no such beginning."""
    for beginning, kind in BEGINNINGS:
        if text.startswith(beginning):
            return kind
    first = next((line for line in text.split("\n") if line.strip() and not line.startswith("#")), "")
    return NODE_CONFIG if _YAML.match(first) else None


def _read(text: str, entry: int) -> Iterator[UserPart | Malformed]:
    bare = text.strip("\n")
    if not bare.strip():
        return
    before = text[: len(text) - len(text.lstrip("\n"))].count("\n")
    control = _CONTROL.search(text)
    if control:
        yield Malformed(
            entry,
            text[: control.start()].count("\n") + 1,
            "user data with a character that no text has",
            f"line {text[: control.start()].count(chr(10)) + 1}: #x{ord(control[0]):02x}",
            "text in UTF-8",
            "encode binary content in Base64 inside a script, or fetch it at boot",
            "group-user-data-form",
        )
    elif _HEADER.match(bare):
        yield from _Document(bare, entry, before).read()
    else:
        kind = media_type_of(bare)
        yield UserPart(kind, bare, entry, before + 1) if kind else _unknown(bare, entry, before + 1)


def _unknown(text: str, entry: int, line: int) -> Malformed:
    return Malformed(
        entry,
        line,
        "user data of a form that cloud-init does not know",
        f"line {line}: {text.partition(chr(10))[0][:40]}",
        "a first line such as #!/bin/bash, #cloud-config, MIME-Version: 1.0 or (AL2023) apiVersion: node.eks.aws/v1alpha1",
        "begin a script with #!/bin/bash, a NodeConfig with apiVersion",
        "group-user-data-form",
    )


def _leaves(message: Message) -> Iterator[Message]:
    """The parts of sound multipart documents, however deep; anything else as it is."""
    inner = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(inner, list) and not message.defects:
        for one in inner:
            if isinstance(one, Message):
                yield from _leaves(one)
    else:
        yield message


class _Document:
    """A MIME document of the user's own; ``above`` lines stand above it in its text."""

    def __init__(self, text: str, entry: int, above: int) -> None:
        self.text, self.entry, self.above = text, entry, above
        self.lines = text.split("\n")
        self.message = email.message_from_string(text)

    def read(self) -> Iterator[UserPart | Malformed]:
        if self.message.get_content_maintype() != "multipart":
            yield from self._leaf(self.message, 0)
            return
        boundary = self.message.get_boundary()
        wrong = list(self._frame(boundary))
        if wrong:
            yield from wrong
            return
        position = 0
        for leaf in _leaves(self.message):
            raw = leaf.get_payload()
            if isinstance(raw, str):
                position = max(self.text.find(raw, position), 0)
            yield from self._leaf(leaf, self.text[:position].count("\n"))

    def _wrong(self, line: int, summary: str, limit: str, fix: str, value: str | None = None) -> Malformed:
        """``line`` counts from 0."""
        shown = self.lines[line][:60] if value is None else value
        number = self.above + line + 1
        return Malformed(self.entry, number, summary, f"line {number}: {shown}", limit, fix)

    def _frame(self, boundary: str | None) -> Iterator[Malformed]:
        """What is wrong with the boundaries: nodeadm and cloud-init drop such parts without a word."""
        if not boundary:
            declared = next((n for n, line in enumerate(self.lines) if line.lower().startswith("content-type")), 0)
            yield self._wrong(declared, "a MIME document without a boundary", 'boundary="//"', "name the boundary")
            return
        declared = next((n for n, line in enumerate(self.lines) if boundary in line), 0)
        places = {f"--{boundary}", f"--{boundary}--"}
        stray = False
        for number, line in enumerate(self.lines):
            bare = line.rstrip()
            if bare in places or not bare.startswith("--") or self._inside(number):
                continue
            following = self.lines[number + 1] if number + 1 < len(self.lines) else ""
            last = number >= self._last() and bare.endswith("--") and len(bare) > 4
            if _HEADER.match(following) or last:
                stray = True
                yield self._wrong(
                    number,
                    "a boundary that is not the one that the document names: what follows is lost",
                    f'boundary="{boundary}" on line {self.above + declared + 1}',
                    f"write --{boundary}" + ("--" if last and not _HEADER.match(following) else ""),
                )
        if stray:
            return
        opened = [n for n, line in enumerate(self.lines) if line.rstrip() == f"--{boundary}"]
        closed = [n for n, line in enumerate(self.lines) if line.rstrip() == f"--{boundary}--"]
        if not opened:
            yield self._wrong(
                declared, "a MIME document without parts", f"a line --{boundary} above each part", "add the parts"
            )
        elif not closed:
            yield self._wrong(
                self._last(),
                "the MIME document is not closed: nodeadm refuses it whole",
                f"a last line --{boundary}--",
                f"add --{boundary}-- at the end",
            )
        elif any(line.strip() for line in self.lines[closed[0] + 1 :]):
            yield self._wrong(
                closed[0],
                "the MIME document is closed here, and what follows is lost",
                "the closing boundary once, at the end",
                f"write --{boundary} between parts",
            )

    def _inside(self, number: int) -> bool:
        """Whether a line belongs to a document inside this one, which has boundaries of its own."""
        inner = {
            one.get_boundary()
            for one in self.message.walk()
            if one is not self.message and one.get_content_maintype() == "multipart"
        }
        return self.lines[number].rstrip() in {f"--{one}{end}" for one in inner for end in ("", "--")}

    def _last(self) -> int:
        return max((n for n, line in enumerate(self.lines) if line.strip()), default=0)

    def _leaf(self, leaf: Message, line: int) -> Iterator[UserPart | Malformed]:
        if leaf.is_multipart() or leaf.get_content_maintype() in ("multipart", "message"):
            yield self._wrong(
                line,
                "a document within the document that cannot be taken apart",
                "parts of text, or a closed multipart document with a boundary of its own",
                "put its parts into the outer document",
                value=leaf.get_content_type(),
            )
            return
        if any(isinstance(one, MissingHeaderBodySeparatorDefect) for one in leaf.defects):
            yield self._wrong(
                line,
                "a part whose headers run into its body",
                "an empty line between them",
                "put an empty line below the headers",
            )
            return
        raw = str(leaf.get_payload())
        text: str | None = raw
        if str(leaf.get("Content-Transfer-Encoding", "")).strip().lower() in ("base64", "quoted-printable"):
            decoded = leaf.get_payload(decode=True)
            try:
                text = decoded.decode() if isinstance(decoded, bytes) else None
            except UnicodeDecodeError:
                text = None
        if text is None or _CONTROL.search(text):
            yield self._wrong(
                line,
                "a part that is no text",
                "text in UTF-8, at most encoded in Base64",
                "give the part as text",
                value=leaf.get_content_type(),
            )
            return
        bare = text.replace("\r\n", "\n").strip("\n")
        if not bare.strip():
            return
        kind = leaf.get_content_type()
        number = self.above + line + 1
        if "Content-Type" not in leaf or kind == "text/plain":
            guessed = media_type_of(bare)
            yield UserPart(guessed, bare, self.entry, number) if guessed else _unknown(bare, self.entry, number)
            return
        declared = " ".join(str(leaf["Content-Type"]).split())
        headers = tuple((name, " ".join(str(leaf[name]).split())) for name in _KEPT_HEADERS if name in leaf)
        yield UserPart(kind, bare, self.entry, number, declared if kind != NODE_CONFIG else "", headers)
