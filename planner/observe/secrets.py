"""Masks secrets in answers, before anything of them is written or shown.

What rules read of user data stays: NodeConfig documents, calls of bootstrap.sh, TOML settings.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from planner.observe.raw import Raw

MASK = "<masked>"
_LARGEST = 1 << 22
"""Most bytes that packed user data may unpack to; AWS takes 16 KiB of it packed."""

_WORDS = (
    r"pass(?:word|wd|phrase)|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|"
    r"licen[sc]e[_-]?key|auth[_-]?key|encryption[_-]?key|connection[_-]?string|dsn"
)
_NAME = re.compile(_WORDS, re.IGNORECASE)
#: Names with such a word that hold no secret: settings of the metadata service, and names of Kubernetes secrets.
_HARMLESS = re.compile(
    r"http[_-]?tokens?|metadata-token|token[_-]?ttl|secret[_-]?name$|secretref|pull[_-]?secrets?$", re.IGNORECASE
)

#: Secrets that show by themselves. A group keeps what stands before one.
_SHAPES = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"()-----BEGIN [A-Z0-9 ]*-----.*?(?:-----END [A-Z0-9 ]*-----|\Z)",
        r"()\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b",
        r"()\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*",
        r"()\b(?:gh[opusr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|hv[sbr]\.[\w-]{20,})",
        r"()\b(?:npm_\w{30,}|sk-[\w-]{20,}|AIza[\w-]{30,}|dckr_pat_[\w-]{20,}|pypi-[\w-]{40,})",
        r"((?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|sig|AWSAccessKeyId)=)[^&\s\"'<>]+",
        r"((?i:authorization)[\"']?\s*[:=]\s*[\"']?(?:(?i:bearer|basic|token)\s+)?)[^\s\"'$<]+",
        r"((?i:bearer)\s+)[\w.~+/-]{16,}=*",
        r"(://[^\s:/@\"']*:)[^\s@/\"'$<]+(?=@)",
        # a secret access key: forty characters of base64 of every kind
        r"()(?<![\w+/=-])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*\d)[A-Za-z0-9+/]{40}(?![\w+/=-])",
    )
)
_BLOCK = r"[|>][-+]?[ \t]*\r?\n(?:[ \t]+\S.*(?:\r?\n|$))+"
_VALUE = r"(?:\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[^\s\"',;&})\]<]+)"
_ASSIGNED = re.compile(
    rf"(?P<name>(?<![\w])[\w.-]*(?:{_WORDS})[\w.-]*)(?P<join>[\"']?[ \t]*(?:=>|:=|[:=])[ \t]*)(?P<value>{_BLOCK}|{_VALUE})",
    re.IGNORECASE,
)
_OPTION = re.compile(rf"(?P<name>--?[\w-]*(?:{_WORDS})[\w-]*)(?P<join>[ \t]+)(?P<value>(?!-){_VALUE})", re.IGNORECASE)
_PAIR = re.compile(
    rf"(?P<name>\bname[\"']?[ \t]*:[ \t]*[\"']?[\w.-]*(?:{_WORDS})[\w.-]*)(?P<join>[\"']?,?\s*[\"']?value[\"']?[ \t]*:[ \t]*)(?P<value>{_VALUE})",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"(?P<name>[\w-]+)(?P<join>:)(?P<value>[^\s\"':|]+)(?=[\"']?\s*\|\s*(?:sudo\s+)?chpasswd)")
_ENCODED = re.compile(
    r"(?<![\w+/=])(?:(?:[A-Za-z0-9+/]{60,76}\r?\n)+[A-Za-z0-9+/]{1,76}={0,2}|[A-Za-z0-9+/]{24,}={0,2})(?![\w+/=])"
)


def without_secrets(raw: Raw) -> Raw:
    """The same answers with every secret masked."""
    return replace(raw, answers=_clean(raw.answers))


def mask_text(text: str) -> str:
    """A script or settings with every secret masked, also those in text that is encoded as base64."""
    text = _ENCODED.sub(_inner, text)
    for pattern in (_PAIR, _ASSIGNED, _OPTION, _LOGIN):
        text = pattern.sub(_masked, text)
    return _shapes(text)


def mask_user_data(encoded: str) -> str:
    """User data, which is encoded as base64. What is no text is masked as a whole, for nobody can say what it holds."""
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return mask_text(encoded)
    text = _as_text(content)
    if text is None:
        return base64.b64encode(f"{MASK}: user data that is no text".encode()).decode()
    clean = mask_text(text)
    return encoded if clean == text else base64.b64encode(clean.encode()).decode()


def _as_text(content: bytes) -> str | None:
    try:
        if content.startswith(b"\x1f\x8b"):
            content = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content, _LARGEST)
        return content.decode()
    except (zlib.error, gzip.BadGzipFile, UnicodeDecodeError):
        return None


def _inner(found: re.Match[str]) -> str:
    """Text within text: masked and encoded again where it held a secret."""
    try:
        text = base64.b64decode("".join(found[0].split()), validate=True).decode()
    except (binascii.Error, ValueError):
        return found[0]
    if not text.isprintable() and any(ord(one) < 9 for one in text):
        return found[0]
    clean = mask_text(text)
    return found[0] if clean == text else base64.b64encode(clean.encode()).decode()


def _masked(found: re.Match[str]) -> str:
    name, value = found["name"], found["value"]
    bare = value.strip("\"'")
    # an expression of the shell names a secret, and does not hold one
    if not bare or MASK in bare or bare.startswith(("$", "`", "{{", "<")) or _HARMLESS.search(name):
        return found[0]
    quote = value[0] if value[0] in "\"'" and value[-1] == value[0] else ""
    end = "\n" if value.endswith("\n") else ""
    return f"{name}{found['join']}{quote}{MASK}{quote}{end}"


def _shapes(text: str) -> str:
    for pattern in _SHAPES:
        text = pattern.sub(lambda found: found[1] + MASK, text)
    return text


def _secret(name: object) -> bool:
    return isinstance(name, str) and bool(_NAME.search(name)) and not _HARMLESS.search(name)


def _clean(value: Any) -> Any:
    """Any part of an answer."""
    if isinstance(value, str):
        return _shapes(value)
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    named = _secret(value.get("Key", value.get("key", value.get("name"))))
    return {key: _field(key, one, named=named) for key, one in value.items()}


def _field(key: str, value: Any, *, named: bool) -> Any:
    if not isinstance(value, str):
        return _clean(value)
    if key == "UserData":
        return mask_user_data(value)
    if key == "configurationValues":
        return _configuration(value)
    return MASK if named and key in ("Value", "value") and value else _shapes(value)


def _configuration(text: str) -> str:
    """Values of an add-on, in JSON or YAML."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return mask_text(text)
    clean = _settings(given)
    return text if clean == given else json.dumps(clean)


def _settings(value: Any) -> Any:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, list):
        return [_settings(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    named = _secret(value.get("name"))
    return {
        key: MASK if isinstance(one, str) and one and (_secret(key) or (named and key == "value")) else _settings(one)
        for key, one in value.items()
    }
