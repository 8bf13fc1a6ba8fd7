"""Region and Kubernetes version of a plan (notes N10, N29)."""

from __future__ import annotations

from planner.catalog.model import Catalog, Region
from planner.catalog.nearest import nearest_names
from planner.decisions import Ledger
from planner.diagnostics import Diagnostic, Kind
from planner.spec.cluster import ClusterSpec

_VERSIONS = "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html"


def resolve_region(spec: ClusterSpec, catalog: Catalog) -> tuple[Region | None, list[Diagnostic]]:
    """The region's facts, or the nearest names."""
    try:
        return catalog.load_region(spec.region), []
    except KeyError:
        near = nearest_names(spec.region, catalog.region_names)
        return None, [
            Diagnostic(
                Kind.INVALID,
                "region-unknown",
                "the catalog does not know this region",
                path=("spec", "region"),
                value=spec.region,
                limit=f"{len(catalog.region_names)} regions",
                fix=f"did you mean {', '.join(near)}?"
                if near
                else "`eksplan catalog show` lists them; `eksplan catalog refresh --region NAME` adds a new one",
            )
        ]


def resolve_version(spec: ClusterSpec, catalog: Catalog, ledger: Ledger) -> tuple[str, list[Diagnostic]]:
    """The Kubernetes version and what is to say about it.

    Support is judged on the catalog's own day, so that the same input gives the same plan.
    """
    if spec.version is None:
        entry = catalog.default_version()
        ledger.add(
            "version",
            "Kubernetes version",
            entry.version,
            explanation=f"the catalog's default; standard support until {entry.end_of_standard_support}",
            source=entry.source,
            note="N10",
        )
        return entry.version, []
    known = catalog.version(spec.version)
    if known is None:
        versions = ", ".join(one.version for one in catalog.versions)
        return spec.version, [
            Diagnostic(
                Kind.INVALID,
                "version-unknown",
                "EKS does not offer this Kubernetes version, as far as the catalog knows",
                path=("spec", "version"),
                value=spec.version,
                limit=versions,
                fix="choose one of these; a newer one comes with `eksplan catalog refresh`",
                source=_VERSIONS,
                note="N10",
            )
        ]
    ledger.add(
        "version",
        "Kubernetes version",
        known.version,
        explanation=f"as the spec says; standard support until {known.end_of_standard_support}, extended until {known.end_of_extended_support}",
        source=known.source,
        note="N10",
    )
    day = catalog.retrieved
    if known.end_of_extended_support < day:
        return known.version, [
            Diagnostic(
                Kind.INVALID,
                "version-ended",
                "EKS no longer creates clusters of this version",
                path=("spec", "version"),
                value=known.version,
                limit=f"extended support ended on {known.end_of_extended_support}",
                fix=f"use {catalog.default_version().version}",
                source=_VERSIONS,
                note="N10",
            )
        ]
    if known.end_of_standard_support < day:
        extended = spec.support_type == "extended"
        fix = f"use {catalog.default_version().version}" + (
            "" if extended else ", or set supportType: extended; EKS upgrades the cluster by itself otherwise"
        )
        return known.version, [
            Diagnostic(
                Kind.NOTICE,
                "version-extended",
                "standard support of this version has ended; extended support costs about six times as much",
                path=("spec", "version"),
                value=known.version,
                limit=f"standard support ended on {known.end_of_standard_support}",
                fix=fix,
                source=_VERSIONS,
                note="N10",
            )
        ]
    return known.version, []
