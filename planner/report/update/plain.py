"""Updates as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic
from planner.nodegroups.updates.model import Timings
from planner.plan.updates.recommend import Option, Recommendation
from planner.plan.updates.update import Trial, Update


def plain(
    name: str, subject: str, found: Sequence[tuple[Update, Recommendation]], times: Timings, facts: Facts
) -> dict[str, Any]:
    """Every group's update; times in seconds."""
    return {
        "name": name,
        "subject": subject,
        "succeeds": all(update.works for update, _ in found),
        "seconds": {
            "documented": {"drain": times.limit, "wait": times.wait},
            "assumed": {key: value for key, value in dataclasses.asdict(times).items() if key not in ("limit", "wait")},
            "source": facts.source("update.assumed"),
        },
        "groups": [_update(update, recommendation) for update, recommendation in found],
    }


def _update(update: Update, recommendation: Recommendation) -> dict[str, Any]:
    group = update.subject.group
    return {
        "group": group.name,
        "nodes": len(group.nodes),
        "zones": list(group.zones),
        "lostZones": sorted(group.lost),
        "maxUnavailablePercentage": update.percentage,
        "podsKnown": update.subject.pods_known,
        "succeeds": update.works,
        "trials": [_trial(one) for one in update.trials],
        "troubles": [trouble(one) for one in update.troubles],
        "recommendation": {
            "why": recommendation.why,
            "options": [_option(one) for one in recommendation.options],
        },
    }


def _trial(one: Trial) -> dict[str, Any]:
    played = one.played
    return {
        "strategy": str(played.how.strategy),
        "maxUnavailable": played.how.at_once,
        "force": played.how.force,
        "rounds": played.rounds,
        "expectedSeconds": played.expected,
        "worstSeconds": played.worst,
        "peakNodes": played.peak,
        "peakNodesByZone": dict(sorted(played.peak_by_zone.items())),
        "announced": {"nodes": one.bound.total, "nodesPerZone": one.bound.per_zone},
        "podsWaitSeconds": played.late,
        "finalNodes": played.final,
        "failure": dataclasses.asdict(played.failure) if played.failure else None,
        "phases": [dataclasses.asdict(phase) for phase in played.phases],
        "subnets": [
            {
                "zone": room.zone,
                "subnets": list(room.subnets),
                "needed": room.needed,
                "usable": room.usable,
                "left": room.left,
                "prefixesNeeded": room.prefixes_needed,
                "prefixesRoom": room.prefixes_room,
            }
            for room in one.filled.rooms
        ],
    }


def trouble(one: Diagnostic) -> dict[str, Any]:
    """What stops an update, or may."""
    return {
        "stops": one.kind.value == "infeasible",
        "code": one.code,
        "summary": one.summary,
        "field": one.field,
        "value": one.value,
        "limit": one.limit,
        "fix": one.fix,
        "source": one.source,
        "note": one.note,
    }


def _option(one: Option) -> dict[str, Any]:
    played = one.trial.played
    return {
        "strategy": str(played.how.strategy),
        "maxUnavailable": played.how.at_once,
        "rounds": played.rounds,
        "expectedSeconds": played.expected,
        "worstSeconds": played.worst,
        "peakNodes": played.peak,
        "verdict": one.verdict,
        "recommended": one.chosen,
        "current": one.current,
    }
