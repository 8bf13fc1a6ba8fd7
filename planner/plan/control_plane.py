"""The control plane's scaling tier: what each gives, and which is advised (note N37)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capacity.brief import Brief
from planner.catalog.versions import version_tuple
from planner.diagnostics import Diagnostic, Kind
from planner.plan.limits import Reach


def record_control_plane(brief: Brief, reach: Reach, version: str, zones: int) -> Iterator[Diagnostic]:
    """The decision ``control-plane``, and a notice where a tier does not exist for the version."""
    facts, tier = brief.facts, brief.spec.control_plane.tier
    note = facts["control_plane.tiers"].note
    table = facts.table("control_plane.tiers")
    since = [one for one in sorted(table, key=version_tuple) if version_tuple(one) <= version_tuple(version)]
    figures = table[since[-1]] if since else {}
    inputs: dict[str, object] = {
        name: f"{row['seats']:,} requests at once (seats), {row['podsPerSecond']} pods scheduled a second, {row['databaseGb']} GB of etcd"
        for name, row in sorted(figures.items(), key=lambda pair: int(pair[1]["seats"]))
    }
    standard = facts.number("control_plane.standard_database_gb")
    inputs["standard"] = f"scales by itself, {standard} GB of etcd"
    tell = facts.table("scale.contact")
    large = reach.nodes > tell["nodes"] or reach.pods > tell["pods"]
    spiky = brief.spec.autoscaling.load == "spiky" and reach.nodes > facts.table("scale.plan_ahead")["nodes"]
    advised = "tier-xl" if large or spiky else "standard"
    why = (
        f"above {tell['nodes']:,} nodes or {tell['pods']:,} pods, so its capacity should be there before the load is: try the highest tier under load and step down"
        if large
        else "a spiky load of many nodes: the standard control plane takes time to grow"
        if spiky
        else "a provisioned tier pays where bursts must not wait, or etcd needs more room"
    )
    moved = -(-max(reach.pods, 0) // max(zones, 1))
    row = figures.get(tier)
    worked = ""
    if row and moved:
        worked = f"{moved:,} pods of a lost zone ÷ {row['podsPerSecond']} = {-(-moved // row['podsPerSecond']):,} s to schedule them again"
    brief.ledger.add(
        "control-plane",
        "Control-plane tier",
        tier,
        worked=worked,
        inputs={"advice": f"{advised}: {why}", **inputs},
        explanation=f"a tier never changes by itself and is billed by the hour on top of the cluster; a cluster with more than {standard} GB in etcd cannot go back to standard. {note[:1].upper()}{note[1:]}",
        source=facts.source("control_plane.tiers"),
        note="N37",
    )
    if tier != "standard" and not since:
        yield Diagnostic(
            Kind.INVALID,
            "control-plane-version",
            "provisioned control planes do not exist for this Kubernetes version",
            path=("spec", "controlPlane", "tier"),
            value=f"{tier} with {version}",
            limit=f"{min(table, key=version_tuple)} or later",
            fix="use tier: standard, or a later version",
            source=facts.source("control_plane.tiers"),
            note="N37",
        )
