"""Raw answers as what only a running cluster tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from planner.catalog import store
from planner.design import AddonVersion, Insight, Operations, Quota, SupportedVersion, Unknown
from planner.observe.collect_operations import ADDON_VERSIONS, INSIGHT, INSIGHTS, VERSIONS
from planner.observe.quotas import quota_rows, used_of, value_of
from planner.observe.raw import Raw


def operations_of(raw: Raw) -> Operations:
    """All of it. A VPC that was asked about without a cluster has nothing but the moment."""
    if not raw.cluster:
        return Operations(raw.taken or None)
    return Operations(raw.taken or None, _insights(raw), _versions(raw), _addon_versions(raw), tuple(_quotas(raw)))


def _insights(raw: Raw) -> tuple[Insight, ...] | Unknown:
    listed = raw.get(INSIGHTS)
    if isinstance(listed, Unknown):
        return listed
    more = raw.keyed(INSIGHT)
    found = [_insight(one, more.get(one.get("id", ""), {})) for one in listed]
    return tuple(sorted(found, key=lambda one: (one.name, one.version or "", one.id)))


def _insight(item: Mapping[str, Any], more: Mapping[str, Any]) -> Insight:
    status = item.get("insightStatus") or {}
    return Insight(
        name=str(item.get("name") or item.get("id")),
        category=str(item.get("category") or ""),
        status=str(status.get("status") or "UNKNOWN"),
        version=item.get("kubernetesVersion"),
        reason=str(status.get("reason") or ""),
        refreshed=item.get("lastRefreshTime"),
        recommendation=str(more.get("recommendation") or ""),
        id=str(item.get("id") or ""),
    )


def _versions(raw: Raw) -> tuple[SupportedVersion, ...] | Unknown:
    listed = raw.get(VERSIONS)
    if isinstance(listed, Unknown):
        return listed
    if not listed:
        return Unknown(VERSIONS, "the answer names no version")
    return tuple(
        SupportedVersion(
            version=one["clusterVersion"],
            # the older field says the same in small letters
            status=str(one.get("versionStatus") or one.get("status") or "").upper(),
            end_of_standard_support=_day(one.get("endOfStandardSupportDate")),
            end_of_extended_support=_day(one.get("endOfExtendedSupportDate")),
        )
        for one in sorted(listed, key=lambda one: str(one["clusterVersion"]))
    )


def _day(text: Any) -> str | None:
    return str(text)[:10] if text else None


def _addon_versions(raw: Raw) -> tuple[AddonVersion, ...] | Unknown:
    """Of the add-ons that the cluster has. Where not one could be read, why not."""
    failed = raw.error(ADDON_VERSIONS)
    found = raw.keyed(ADDON_VERSIONS)
    if failed is not None and not found:
        return failed
    return tuple(_addon_version(addon, one) for addon, versions in sorted(found.items()) for one in versions)


def _addon_version(addon: str, item: Mapping[str, Any]) -> AddonVersion:
    fits = [one for one in item.get("compatibilities") or () if one.get("clusterVersion")]
    return AddonVersion(
        addon=addon,
        version=item["addonVersion"],
        cluster_versions=tuple(sorted({one["clusterVersion"] for one in fits})),
        default_for=tuple(sorted({one["clusterVersion"] for one in fits if one.get("defaultVersion")})),
    )


def _quotas(raw: Raw) -> Iterator[Quota]:
    """Quotas of which something is used; where a call about the use failed, one that says so."""
    failed: set[str] = set()
    for row in quota_rows(store.load(store.EMBEDDED).facts):
        used = used_of(raw, row)
        if used == 0:  # nothing of it is used, whatever is allowed
            continue
        if isinstance(used, Unknown):
            if used.call in failed:
                continue
            failed.add(used.call)
        yield Quota(row.code, row.name, value_of(raw, row), used, row.unit)
