"""Replaces what tells whose answers these are: numbers, names, ids, tags and public addresses.

Within one run the same name in gives the same name out and different names stay different, so that rules judge
alike. Blocks of VPCs and private addresses stay, and so do words of AWS's and Kubernetes' own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from planner.observe.raw import Raw

#: Fields whose value is a name that somebody chose.
_NAMES = {
    "name": "cluster",
    "nodegroupName": "group",
    "fargateProfileName": "profile",
    "GroupName": "sg",
    "LaunchTemplateName": "template",
    "RoleName": "role",
    "PolicyName": "policy",
    "InstanceProfileName": "profile",
    "KeyName": "key",
    "ec2SshKey": "key",
    "CreationToken": "token",
}
#: Fields of free text, of which no rule reads anything.
_TEXTS = {"Description", "description", "Comment"}
#: Keys of tags that controllers read; their values stay as well.
_KNOWN_TAG = re.compile(
    r"^(?:kubernetes\.io/|k8s\.io/|eks:|aws:|karpenter\.sh/|alpha\.eksctl\.io/|elbv2\.k8s\.aws/|efs\.csi\.aws\.com/)"
)
#: Words that are no one's, though somebody may use them as a name.
_COMMON = frozenset(
    [
        "default",
        "eks",
        "aws",
        "ec2",
        "iam",
        "cluster",
        "nodegroup",
        "role",
        "node",
        "nodes",
        "system",
        "kube-system",
        "api",
        "audit",
        "web",
        "general",
        "spot",
        "vpc",
        "subnet",
        "key",
        "policy",
        "group",
        "user",
        "root",
        "admin",
        "amazon",
        "linux",
        "instance",
        "private",
        "public",
        "true",
        "false",
        "active",
        "enabled",
        "disabled",
    ]
)
_ACCOUNT = re.compile(r"(?<![\w.-])\d{12}(?![\w.-])")
_ID = re.compile(r"\b([a-z]{1,12}(?:-[a-z]{2,12})?)-((?:[0-9a-f]{17})|(?:[0-9a-f]{8}))\b")
_LONG = re.compile(r"\b(?:[0-9A-F]{32}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")
_ARN_NAME = re.compile(
    r"arn:[\w-]+:(?:iam|sts)::\d{12}:(?:role|user|assumed-role|policy|instance-profile|group)/([^\s\"',*]+)"
)
_PLACE = re.compile(r"(?<![\w.-])(\d{1,3}(?:\.\d{1,3}){3})(/\d{1,2})?(?![\w.])")
_DNS = re.compile(r"\bec2-\d{1,3}(?:-\d{1,3}){3}\.")
#: First octets beside which private or special blocks lie, so that their second octet stays too.
_MIXED = frozenset({100, 169, 172, 192, 198, 203})


@dataclass
class Redaction:
    """One run: several snapshots are redacted alike."""

    made: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def redacted(self, raw: Raw) -> Raw:
        """The same answers, with everything replaced."""
        if raw.cluster:
            self._name(raw.cluster, "cluster")
        for value, kind in _names(raw.answers):
            self._name(value, kind)
        names = sorted((one for one in self.made if not one.startswith("\0")), key=len, reverse=True)
        pattern = re.compile("|".join(rf"(?<![A-Za-z0-9]){re.escape(one)}(?![A-Za-z0-9])" for one in names) or r"(?!)")
        walk = _Walk(self, pattern)
        return replace(
            raw,
            cluster=walk.text(raw.cluster),
            vpc=walk.text(raw.vpc),
            account=walk.text(raw.account),
            answers={
                call: {walk.text(key): walk.any(entry) for key, entry in entries.items()}
                for call, entries in raw.answers.items()
            },
            redacted=True,
        )

    def _name(self, value: str, kind: str) -> None:
        if len(value) > 1 and value.lower() not in _COMMON and value not in self.made:
            self.made[value] = f"{kind}-{self._next(kind)}"

    def _next(self, kind: str) -> int:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return self._counts[kind]

    def numbered(self, kind: str, value: str, form: str) -> str:
        """A number for a value of a kind, in a form such as ``{:012d}``."""
        key = f"\0{kind}\0{value}"
        if key not in self.made:
            self.made[key] = form.format(self._next(f"\0{kind}"))
        return self.made[key]

    def address(self, text: str) -> str:
        """A public IPv4 address as another one; two that share a prefix share one as long afterwards, so that
        a block holds the addresses that it held.

        The scheme is that of Crypto-PAn: https://doi.org/10.1109/ICNP.2002.1181415
        """
        try:
            address = ipaddress.IPv4Address(text)
        except ValueError:
            return text
        if not address.is_global:
            return text
        number, kept = int(address), 16 if int(address) >> 24 in _MIXED else 8
        for bit in range(kept, 32):
            prefix = f"{bit}/{int(address) >> (32 - bit)}".encode()
            flip = hmac.new(self._key, prefix, hashlib.sha256).digest()[0] & 1
            number ^= flip << (31 - bit)
        return str(ipaddress.IPv4Address(number))

    def block(self, text: str) -> str:
        """A block of public addresses, of the same length."""
        base, _, length = text.partition("/")
        bits = int(length)
        moved = self.address(base)
        return text if moved == base or bits < 8 else str(ipaddress.IPv4Network(f"{moved}/{bits}", strict=False))


@dataclass(frozen=True, slots=True)
class _Walk:
    """Replaces names that are known by now."""

    of: Redaction
    names: re.Pattern[str]

    def any(self, value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            if key in _TEXTS:
                return "redacted" if value else value
            return self._user_data(value) if key == "UserData" else self.text(value)
        if isinstance(value, list):
            return [self.any(one, key) for one in value]
        if not isinstance(value, Mapping):
            return value
        if set(value) == {"Key", "Value"} and isinstance(value["Key"], str):
            return dict(zip(("Key", "Value"), self._tag(value["Key"], value["Value"]), strict=True))
        if key in ("tags", "Tags"):
            return dict(self._tag(name, one) for name, one in value.items())
        return {self.text(name): self.any(one, name) for name, one in value.items()}

    def _tag(self, key: str, value: Any) -> tuple[str, Any]:
        if _KNOWN_TAG.match(key) or not isinstance(value, str):
            return self.text(key), self.any(value)
        shown = key if key == "Name" else self.of.numbered("tag", key, "tag-{}")
        changed = self.text(value)
        # what is made of a known name stays made of it: planned names are told by it
        return shown, changed if changed != value else self.of.numbered("value", value, "value-{}") if value else ""

    def text(self, text: str) -> str:
        of = self.of
        text = self.names.sub(lambda found: of.made[found[0]], text)
        text = _LONG.sub(lambda found: of.numbered("long", found[0].lower(), "{:032X}"), text)
        text = _ACCOUNT.sub(lambda found: of.numbered("account", found[0], "1{:011d}"), text)
        text = _ID.sub(lambda found: f"{found[1]}-{of.numbered('id', found[2], '0{:016x}')}", text)
        text = _DNS.sub("ec2-redacted.", text)
        return _PLACE.sub(self._place, text)

    def _place(self, found: re.Match[str]) -> str:
        if found[2] and int(found[2][1:]) <= 32:
            return self.of.block(found[0])
        return self.of.address(found[1]) + (found[2] or "")

    def _user_data(self, encoded: str) -> str:
        try:
            text = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return self.text(encoded)
        return base64.b64encode(self.text(text).encode()).decode()


def _names(value: Any) -> Iterator[tuple[str, str]]:
    """Names in answers with what each is a name of."""
    if isinstance(value, str):
        for found in _ARN_NAME.finditer(value):
            for part in found[1].split("/"):
                if part and not found[1].startswith("aws-service-role/"):
                    yield part, "role"
    elif isinstance(value, list):
        for one in value:
            yield from _names(one)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            if one == "domain-name":  # of DHCP options; EC2's own stays
                rows = [str(row["Value"]) for row in value.get("Values") or ()]
                yield from ((domain, "domain") for domain in rows if not domain.endswith("internal"))
            if key == "certificateAuthority" and isinstance(one, Mapping) and one.get("data"):
                yield str(one["data"]), "certificate"
            if isinstance(one, str) and key in _NAMES and not _of_aws(key, value):
                yield one, _NAMES[key]
            yield from _names(one)


def _of_aws(key: str, value: Mapping[str, Any]) -> bool:
    """Whether a name is no one's choice: of a policy of AWS's own, or a ``name`` of neither cluster nor group."""
    if key == "PolicyName":
        return ":iam::aws:policy/" in str(value.get("PolicyArn", ""))
    return key == "name" and "clusterName" not in value and "roleArn" not in value
