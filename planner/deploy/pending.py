"""What a run was at when it died: the state says it, and AWS alone knows how it ended.

Pulumi writes every creation down before it asks for it, and clears it when it has the answer. The next run
keeps what was left (https://www.pulumi.com/docs/support/troubleshooting/common-issues/interrupted-updates/), so it
is looked for in AWS by name and tag, taken over where it is there, and cleared once `up` has ended well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Pending:
    """A resource whose creation was begun; ``kind`` is Pulumi's type."""

    kind: str
    name: str

    @property
    def key(self) -> tuple[str, str]:
        """Type and name, as resources are looked for in AWS."""
        return self.kind, self.name


def pending_of(deployment: Mapping[str, Any]) -> tuple[Pending, ...]:
    """Creations that were begun and not ended, in a state; what the state has by now is left out."""
    made = {one["urn"] for one in deployment.get("resources") or ()}
    begun = [one for one in deployment.get("pending_operations") or () if one["type"] == "creating"]
    urns = {one["resource"]["urn"] for one in begun} - made
    return tuple(sorted({Pending(kind_in(urn), name_in(urn)) for urn in urns}))


def without_pending(deployment: Mapping[str, Any]) -> dict[str, Any] | None:
    """The state with nothing pending; None where nothing is."""
    if not deployment.get("pending_operations"):
        return None
    return {key: value for key, value in deployment.items() if key != "pending_operations"}


def kind_in(urn: str) -> str:
    """Pulumi's type in a URN."""
    return urn.split("::")[2].rpartition("$")[2]


def name_in(urn: str) -> str:
    """The resource's name in a URN."""
    return urn.rpartition("::")[2]
