"""Short ways to make the diagnostics of this folder."""

from __future__ import annotations

from typing import Any

from planner.diagnostics import Diagnostic, Kind, Path


def invalid(code: str, path: Path, summary: str, **parts: Any) -> Diagnostic:
    """Something that AWS or Kubernetes refuses, or that contradicts itself."""
    return Diagnostic(Kind.INVALID, code, summary, path=("spec", *path), **parts)


def notice(code: str, path: Path, summary: str, **parts: Any) -> Diagnostic:
    """Something that works and that the reader should know."""
    return Diagnostic(Kind.NOTICE, code, summary, path=("spec", *path), **parts)
