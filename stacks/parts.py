"""Small things that every component needs."""

from __future__ import annotations

from typing import TypeVar

from planner.design import Design, Tags, Unknown

T = TypeVar("T")


def known(value: T | Unknown) -> T:
    """A part of a design that must be known to be declared. Raises ValueError if it is not."""
    if isinstance(value, Unknown):
        raise ValueError(f"cannot declare what is {value}")
    return value


def tags(pairs: Tags) -> dict[str, str] | None:
    """Tags as Pulumi takes them."""
    return dict(pairs) or None


def protected(design: Design) -> bool:
    """Whether Pulumi refuses to delete what cannot be made again: as long as the plan protects the cluster.

    To destroy a stack, a plan with ``deletionProtection: false`` is applied first.
    """
    return design.cluster is not None and design.cluster.deletion_protection is True
