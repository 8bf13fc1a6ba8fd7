"""What only a running cluster tells: insights, versions and their dates, add-on versions, quotas.

A plan has none of it. All dates are ISO 8601, days (``2026-11-28``) or moments in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.design.unknown import Unknown


@dataclass(frozen=True, slots=True)
class Insight:
    """A check that EKS itself runs on a cluster.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_InsightSummary.html
    """

    name: str
    category: str
    """UPGRADE_READINESS, MISCONFIGURATION, ROLLBACK_READINESS, or what EKS adds."""
    status: str
    """PASSING, WARNING, ERROR or UNKNOWN."""
    version: str | None = None
    """The Kubernetes version that it is about; None for one that is about none."""
    reason: str = ""
    refreshed: str | None = None
    """When EKS last ran it."""
    recommendation: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class SupportedVersion:
    """A Kubernetes version as EKS offers it.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_ClusterVersionInformation.html
    """

    version: str
    status: str
    """STANDARD_SUPPORT, EXTENDED_SUPPORT or UNSUPPORTED."""
    end_of_standard_support: str | None = None
    end_of_extended_support: str | None = None


@dataclass(frozen=True, slots=True)
class AddonVersion:
    """A published version of an add-on, with the Kubernetes versions that it is for."""

    addon: str
    version: str
    cluster_versions: tuple[str, ...] = ()
    default_for: tuple[str, ...] = ()
    """Those of them for which it is EKS's default."""


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota of the account in this region, and how much of it is used."""

    code: str
    name: str
    value: int | Unknown
    used: int | Unknown
    """Rounded up."""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Operations:
    """Everything of it about one cluster."""

    observed: str | None = None
    """The moment at which AWS was asked."""
    insights: tuple[Insight, ...] | Unknown = ()
    versions: tuple[SupportedVersion, ...] | Unknown = ()
    addon_versions: tuple[AddonVersion, ...] | Unknown = ()
    quotas: tuple[Quota, ...] | Unknown = ()
