"""Comparing versions of the VPC CNI."""

from __future__ import annotations


def version_tuple(text: str) -> tuple[int, ...]:
    """``v1.20.4-eksbuild.1`` as (1, 20, 4). Raises ValueError for anything else."""
    return tuple(int(part) for part in text.removeprefix("v").partition("-")[0].split("."))


def older(version: str | None, floor: str) -> bool:
    """Whether a version is older than ``floor``; one that is not given never is."""
    return version is not None and version_tuple(version) < version_tuple(floor)
