"""The root volume that a node gets when a spec does not say."""

from __future__ import annotations

DEFAULT_GIB = 50
"""GiB."""
