"""What the looks before `up` look at, and what they answer with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from planner.catalog.facts import Facts
from planner.design import Design, Unknown

if TYPE_CHECKING:
    from boto3.session import Session

    from planner.plan.model import Plan

T = TypeVar("T")
_CONNECT, _READ, _ATTEMPTS = 5, 20, 3
"""Seconds to wait for a connection and for an answer, and how often to ask: a look must end."""


class Verdict(StrEnum):
    """How a check ended."""

    FINE = "fine"
    FAILED = "failed"
    LATER = "later"  # nothing stops `up`, but somebody should know
    NOT_EVALUATED = "not evaluated"


class Later(str):
    """A problem that does not stop `up`, but comes later."""

    __slots__ = ()


class Unseen(str):
    """What could not be judged, and why."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What is about to be made, where, and what the stack has already (names of its resources)."""

    plan: Plan
    session: Session
    facts: Facts
    made: frozenset[str]

    @property
    def design(self) -> Design:
        """The plan's design."""
        return self.plan.design

    def client(self, service: str, region: str | None = None) -> Any:
        """A client in the design's region, or another; it gives up where AWS does not answer."""
        from botocore.config import Config

        settings = Config(connect_timeout=_CONNECT, read_timeout=_READ, retries={"total_max_attempts": _ATTEMPTS})
        return self.session.client(  # type: ignore[call-overload]
            service, region_name=region or self.design.region, config=settings
        )


def known_parts(parts: tuple[T, ...] | Unknown) -> tuple[T, ...]:
    """Parts of a design; none where they are unknown, as in no plan."""
    return () if isinstance(parts, Unknown) else parts
