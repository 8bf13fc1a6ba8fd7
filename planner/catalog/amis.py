"""EKS's AMI types in the facts (``ami.types``), and the public SSM parameters that name their AMIs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.catalog.facts import Facts


def ami_row(name: str, facts: Facts) -> Mapping[str, Any] | None:
    """The row of an amiType, or None."""
    return next((row for row in facts["ami.types"].value if row["name"] == name), None)


def release_order(release: str) -> tuple[int, ...]:
    """Orders releases of one AMI type: 1.35.2-20260903 by version and day, 1.35-2026.04.18 (Windows) likewise,
    Bottlerocket's 1.53.0-1a2b3c4d by version alone."""
    version, _, build = release.partition("-")
    day = build.replace(".", "").replace("-", "")
    known = day if day.isdecimal() and len(day) == 8 else "0"
    return tuple(int(part) for part in (*version.split("."), known) if part.isdecimal())


def parameters(row: Mapping[str, Any], version: str) -> tuple[str, str]:
    """Public SSM parameters of the AMI's id and of its release version for a Kubernetes minor version;
    the second is empty for Windows, of which AWS publishes none."""
    folder = str(row["parameter"]).format(version=version)
    return f"{folder}/image_id", f"{folder}/{row['release']}" if row["release"] else ""
