"""Raw answers of AWS: one entry for each call, its content or the error instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from planner.design import Unknown

SCHEMA = 1


@dataclass(slots=True)
class Raw:
    """Answers by call, such as ``ec2:DescribeVpcs``; keyed answers by what they are about.

    An answer that AWS refused is kept as the error, so that a reader gets ``Unknown`` with the
    call named, and never an empty list that reads as "nothing there".
    """

    region: str
    cluster: str
    """Name of the cluster that was asked about; empty for a VPC without one."""
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    vpc: str = ""
    """Id of the VPC that was asked about, where no cluster was."""
    account: str = ""
    """Number of the account; empty where it is not known."""
    taken: str = ""
    """When AWS was asked, as an ISO time in UTC; empty where nobody said."""
    redacted: bool = False
    """Whether names, numbers and addresses were replaced."""

    @property
    def subject(self) -> str:
        """What was asked about: the cluster by name, else the VPC by id."""
        return self.cluster or self.vpc

    def put(self, call: str, content: Any, key: str = "") -> None:
        """Keep the content of a call; times become ISO text, as in a file, so that a snapshot reads the same."""
        self.answers.setdefault(call, {})[key] = {"ok": as_json(content)}

    def fail(self, call: str, error: str, key: str = "") -> None:
        """Keep the error of a call."""
        self.answers.setdefault(call, {})[key] = {"error": error}

    def forget(self, call: str) -> None:
        """Drop all answers of a call, to keep them in another form."""
        self.answers.pop(call, None)

    def in_order(self) -> Raw:
        """The same answers in one order, whichever of them came first."""
        return replace(self, answers={call: dict(sorted(self.answers[call].items())) for call in sorted(self.answers)})

    def get(self, call: str, key: str = "") -> Any | Unknown:
        """The content of a call, or why there is none."""
        entry = self.answers.get(call, {}).get(key)
        if entry is None:
            return Unknown(call, "was not asked")
        if "error" in entry:
            return Unknown(call, str(entry["error"]))
        return entry["ok"]

    def keyed(self, call: str) -> Mapping[str, Any]:
        """All answers of a keyed call that succeeded, by key."""
        return {key: entry["ok"] for key, entry in self.answers.get(call, {}).items() if "ok" in entry}

    def error(self, call: str) -> Unknown | None:
        """The first error of a keyed call, or None."""
        for entry in self.answers.get(call, {}).values():
            if "error" in entry:
                return Unknown(call, str(entry["error"]))
        return None


def as_json(value: Any) -> Any:
    """An answer of boto3 as JSON has it: times as ISO text in UTC, and nothing but lists and tables."""
    if isinstance(value, Mapping):
        return {str(key): as_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)
