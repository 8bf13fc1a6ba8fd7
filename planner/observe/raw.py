"""Raw answers of AWS: one entry for each call, its content or the error instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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

    def put(self, call: str, content: Any, key: str = "") -> None:
        """Keep the content of a call."""
        self.answers.setdefault(call, {})[key] = {"ok": content}

    def fail(self, call: str, error: str, key: str = "") -> None:
        """Keep the error of a call."""
        self.answers.setdefault(call, {})[key] = {"error": error}

    def forget(self, call: str) -> None:
        """Drop all answers of a call, to keep them in another form."""
        self.answers.pop(call, None)

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
