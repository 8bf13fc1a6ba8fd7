"""The user's own PowerShell for Windows nodes, with or without its tag (note N25).

EC2 runs what stands between <powershell> and </powershell>; EKS puts the user's commands first and
its own after, within one tag.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_TAG = re.compile(
    r"</?(powershell|script|persist|detach|runAsLocalSystem|version|powershellArguments)\b[^>\n]*>", re.IGNORECASE
)


class TagError(ValueError):
    """Tags that do not make one script; ``line`` counts from 1."""

    def __init__(self, line: int, tag: str, message: str) -> None:
        super().__init__(message)
        self.line, self.tag = line, tag


def commands(text: str) -> str:
    """The commands of one text, without a tag around them. Raises TagError."""
    body = text.replace("\r\n", "\n")
    found = list(_TAG.finditer(body))
    if not found:
        return body.strip("\n")
    pieces: list[str] = []
    opened: re.Match[str] | None = None
    end = 0
    for tag in found:
        line = body[: tag.start()].count("\n") + 1
        if tag[1].lower() != "powershell":
            raise TagError(line, tag[0], "a tag that does not fit into the one script that EKS makes of it")
        if opened is None:
            if tag[0].startswith("</"):
                raise TagError(line, tag[0], "a tag is closed that was not opened")
            if body[end : tag.start()].strip():
                raise TagError(line, tag[0], "commands stand outside the tag, and EC2 would not run them")
            opened = tag
        elif not tag[0].startswith("</"):
            raise TagError(line, tag[0], "a tag is opened within another")
        else:
            pieces.append(body[opened.end() : tag.start()].strip("\n"))
            opened, end = None, tag.end()
    if opened is not None:
        raise TagError(body[: opened.start()].count("\n") + 1, opened[0], "a tag is never closed")
    if body[end:].strip():
        raise TagError(body.count("\n") + 1, found[-1][0], "commands stand outside the tag, and EC2 would not run them")
    return "\n".join(piece for piece in pieces if piece.strip())


def all_commands(texts: Sequence[str]) -> str:
    """The commands of all texts, in order. Raises TagError."""
    return "\n".join(one for one in map(commands, texts) if one.strip())
