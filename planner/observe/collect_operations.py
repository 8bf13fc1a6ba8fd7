"""Asks about what only a running cluster tells: insights, versions and their dates, add-on versions, quotas.

Of long answers only what a review needs is kept: an account's instances are counted, not listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from planner.catalog import store
from planner.catalog.facts import Facts
from planner.design import Unknown
from planner.observe.calls import Calls, pages
from planner.observe.quotas import DEFAULTS, INSTANCES, QUOTA, VOLUMES, quota_rows, used_of

INSIGHTS = "eks:ListInsights"
INSIGHT = "eks:DescribeInsight"
VERSIONS = "eks:DescribeClusterVersions"
ADDON_VERSIONS = "eks:DescribeAddonVersions"


def collect_operations(calls: Calls) -> None:
    """All of it about the cluster that was asked about. A call that is denied is kept as its error."""
    if not calls.raw.taken:
        calls.raw.taken = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    _insights(calls)
    calls.many(VERSIONS, calls.eks, "describe_cluster_versions", "clusterVersions", includeAll=True)
    _addon_versions(calls)
    catalog = store.load(store.EMBEDDED)
    calls.ask(INSTANCES, lambda: _vcpus(calls, catalog.facts, catalog.instance_types))
    calls.ask(VOLUMES, lambda: _storage(calls))
    _quotas(calls, catalog.facts)


def _insights(calls: Calls) -> None:
    """The insights; the recommendation of each that does not pass."""
    name = calls.raw.cluster
    for one in calls.many(INSIGHTS, calls.eks, "list_insights", "insights", clusterName=name):
        if (one.get("insightStatus") or {}).get("status") != "PASSING" and one.get("id"):
            wanted = {"clusterName": name, "id": one["id"]}
            path = ("insight",)
            calls.one(INSIGHT, calls.eks, "describe_insight", *path, key=one["id"], **wanted)


def _addon_versions(calls: Calls) -> None:
    """Published versions of the add-ons that the cluster has, with the Kubernetes versions that they are for."""

    def versions(name: str) -> list[dict[str, Any]]:
        found = pages(calls.eks, "describe_addon_versions", "addons", addonName=name)
        return [
            {
                "addonVersion": version["addonVersion"],
                "compatibilities": [
                    {key: one[key] for key in ("clusterVersion", "defaultVersion") if key in one}
                    for one in version.get("compatibilities") or ()
                ],
            }
            for addon in found
            if addon.get("addonName") == name
            for version in addon.get("addonVersions") or ()
        ]

    for name in sorted(calls.raw.keyed("eks:DescribeAddon")):
        calls.ask(ADDON_VERSIONS, lambda name=name: versions(name), name)  # type: ignore[misc]


def _quotas(calls: Calls, facts: Facts) -> None:
    """The quotas of which something is used: the account's own, and AWS's defaults where one was never changed."""
    client = calls.client("service-quotas")
    missing: set[str] = set()
    for row in quota_rows(facts):
        used = used_of(calls.raw, row)
        if isinstance(used, Unknown) or used == 0:
            continue
        wanted = {"ServiceCode": row.service, "QuotaCode": row.code}
        found = calls.one(QUOTA, client, "get_service_quota", "Quota", "Value", key=row.key, **wanted)
        if isinstance(found, Unknown) and "NoSuchResource" in found.reason:
            missing.add(row.service)

    def defaults(service: str) -> dict[str, float]:
        codes = {row.code for row in quota_rows(facts) if row.service == service}
        listed = pages(client, "list_aws_default_service_quotas", "Quotas", ServiceCode=service)
        return {one["QuotaCode"]: one["Value"] for one in listed if one.get("QuotaCode") in codes and "Value" in one}

    for service in sorted(missing):
        calls.ask(DEFAULTS, lambda service=service: defaults(service), service)  # type: ignore[misc]


def _vcpus(calls: Calls, facts: Facts, types: Mapping[str, Any]) -> dict[str, int]:
    """vCPUs of the instances that run in the region, by market and row of the quota's families."""
    rows = {family: row["name"] for row in facts["preflight.vcpus"].value for family in row["families"]}
    states = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    found: Counter[str] = Counter()
    for instance in _instances(pages(calls.ec2, "describe_instances", "Reservations", Filters=states)):
        name = str(instance.get("InstanceType", ""))
        market = "spot" if instance.get("InstanceLifecycle") == "spot" else "on_demand"
        row = rows.get(_letters(name))
        if row is not None and instance.get("InstanceLifecycle") != "capacity-block":
            found[f"{market} {row}"] += _size(name, instance, types)
    return dict(found)


def _instances(reservations: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    return (one for reservation in reservations for one in reservation.get("Instances") or ())


def _letters(name: str) -> str:
    """The letters that a type begins with: ``m`` of m7i.large."""
    return name[: next((index for index, letter in enumerate(name) if not letter.isalpha()), len(name))]


def _size(name: str, instance: Mapping[str, Any], types: Mapping[str, Any]) -> int:
    """vCPUs of an instance: those of its type, by which EC2 counts; of a type that is new, its own."""
    if name in types:
        return int(types[name].vcpu)
    options = instance.get("CpuOptions") or {}
    return int(options.get("CoreCount", 0)) * int(options.get("ThreadsPerCore", 1))


def _storage(calls: Calls) -> dict[str, int]:
    """GiB of the region's volumes, by type."""
    found: Counter[str] = Counter()
    for volume in pages(calls.ec2, "describe_volumes", "Volumes"):
        found[str(volume.get("VolumeType", ""))] += int(volume.get("Size", 0))
    return dict(found)
