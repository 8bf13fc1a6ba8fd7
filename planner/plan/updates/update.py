"""The update of one group: played, with its addresses, and everything that stops it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Kind
from planner.nodegroups.updates.capacity import short
from planner.nodegroups.updates.model import How, Played, Strategy
from planner.nodegroups.updates.play import play
from planner.nodegroups.updates.stuck import UPDATE, stuck
from planner.nodegroups.updates.surge import Bound, announced, at_once
from planner.plan.scenarios.fill import Filled, fill
from planner.plan.scenarios.play import advice
from planner.plan.scenarios.world import World
from planner.plan.updates.subject import Asked, Subject

NO_ADDRESSES = "update-addresses"
"""Code of the trouble that new nodes find no addresses."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The update with one setting."""

    played: Played
    bound: Bound
    filled: Filled
    """The subnets at the peak."""
    troubles: tuple[Diagnostic, ...]

    @property
    def works(self) -> bool:
        """Whether it can succeed."""
        return not any(one.kind is Kind.INFEASIBLE for one in self.troubles)


@dataclass(frozen=True, slots=True)
class Update:
    """The update of a group as it is set: one trial, or the two that a percentage may mean."""

    subject: Subject
    percentage: int | None
    """maxUnavailablePercentage, where it decides."""
    trials: tuple[Trial, ...]

    @property
    def works(self) -> bool:
        """Whether it can succeed, however the percentage is rounded."""
        return all(one.works for one in self.trials)

    @property
    def troubles(self) -> tuple[Diagnostic, ...]:
        """What is wrong with any of the trials, each once."""
        found = {(one.code, one.path, one.value): one for trial in self.trials for one in trial.troubles}
        return tuple(found.values())


def update(subject: Subject, world: World, asked: Asked, facts: Facts) -> Update:
    """Play the update of a group with its own settings, or those that are asked for."""
    settings, group = subject.settings, subject.group
    strategy = asked.strategy or Strategy(settings.strategy)
    percentage = settings.max_unavailable_percentage if asked.at_once is None else None
    unavailable = settings.max_unavailable if asked.at_once is None else asked.at_once
    numbers = at_once(unavailable, percentage, len(group.nodes), facts.number("nodegroup.max_unavailable"))
    return Update(
        subject, percentage, tuple(trial(subject, world, asked, how(asked, strategy, number)) for number in numbers)
    )


def how(asked: Asked, strategy: Strategy, number: int) -> How:
    """Settings with so many nodes at once."""
    return How(strategy, number, asked.timings, asked.force, asked.autoscaler)


def trial(subject: Subject, world: World, asked: Asked, setting: How) -> Trial:
    """One setting, played and judged."""
    group = subject.group
    played = play(group, setting)
    filled = at_peak(subject, world, asked, played)
    static = list(stuck(group, setting))
    troubles = [*_gone(subject), *static, *short(group, setting), *_addresses(subject, world, asked, played, filled)]
    named = {one.path for one in static if one.kind is Kind.INFEASIBLE}
    troubles = [*troubles, *_failed(subject, played, {path[2] for path in named if len(path) > 2})]
    troubles += _homeless(subject)
    return Trial(played, announced(group, setting), filled, tuple(troubles))


def at_peak(subject: Subject, world: World, asked: Asked, played: Played) -> Filled:
    """The subnets with the group at its peak, zone by zone, and the others at their size."""
    nodes: dict[str, tuple[int, ...]] = {}
    totals: dict[str, int] = {}
    for crowd in world.crowds:
        left = [zone for zone in crowd.zones if zone not in asked.lost]
        if crowd.name == subject.group.name:
            there: Mapping[str, int] = played.peak_by_zone
            totals[crowd.name] = played.peak
        else:
            size = asked.size(crowd)
            there = dict.fromkeys(left, -(-size // max(len(left), 1)))
            if left:
                totals[crowd.name] = size
        nodes[crowd.name] = tuple(there.get(zone, 0) if zone in left else 0 for zone in crowd.zones)
    return fill(world, nodes, totals)


def _gone(subject: Subject) -> Iterator[Diagnostic]:
    if not subject.group.left:
        yield Diagnostic(
            Kind.INFEASIBLE,
            "update-zone",
            f"{subject.group.name}: its only zones are lost, so no new node can start",
            value=", ".join(subject.group.zones),
            limit="one zone or more that works",
            fix="wait for the zone, or give the group further zones",
            source=UPDATE,
            note="N39",
        )


def _addresses(subject: Subject, world: World, asked: Asked, played: Played, filled: Filled) -> Iterator[Diagnostic]:
    """Nodes that find no address: EKS then reports NodeCreationFailure. Where the update adds no node
    and the group's own find theirs, others lack room, with or without it."""
    first, group = filled.first, subject.group
    if first is None or not group.left:
        return
    short = any(name == group.name and fit < wanted for name, fit, wanted in filled.fit_by_crowd)
    mine = short or played.peak > len(group.nodes)
    prefixes = f" and {first.prefixes_needed} prefixes" if first.prefixes_needed else ""
    blocks = f" and {first.prefixes_free} whole /28 blocks" if first.prefixes_needed else ""
    yield Diagnostic(
        Kind.INFEASIBLE if mine else Kind.NOTICE,
        NO_ADDRESSES,
        f"{group.name}: NodeCreationFailure, node {first.node} of {first.of} of {first.crowd} in {first.zone} finds no addresses",
        value=f"{first.singles_needed} addresses{prefixes} for the node",
        limit=f"{', '.join(first.subnets)} has {first.singles_free} free addresses{blocks}",
        fix=advice(world, filled) + _without_surge(subject, world, asked, played),
        source=UPDATE,
        note="N21",
    )


def _without_surge(subject: Subject, world: World, asked: Asked, played: Played) -> str:
    """MINIMAL as a way out, where its nodes do find addresses."""
    if played.how.strategy is Strategy.MINIMAL:
        return ""
    without = play(subject.group, how(asked, Strategy.MINIMAL, played.how.at_once))
    return "; or use strategy: minimal" if at_peak(subject, world, asked, without).first is None else ""


def _failed(subject: Subject, played: Played, known: set[object]) -> Iterator[Diagnostic]:
    """A drain that ended the update and that was not seen in the pods alone."""
    failure = played.failure
    if failure is None:
        return
    index = next((one.index for one in subject.group.tenants if one.name == failure.workload), None)
    if index is not None and index in known:
        return
    takes = "never end" if failure.seconds is None else f"take {failure.seconds} s"
    yield Diagnostic(
        Kind.INFEASIBLE,
        "update-drain",
        f"{failure.workload}: {failure.code} in round {failure.round}",
        path=("spec", "workloads", index) if index is not None else (),
        value=f"the drain would {takes}",
        limit=f"{played.how.timings.limit} s for a node",
        fix="lower maxUnavailable, or allow more pods to be unavailable",
        source=UPDATE,
        note="N21",
    )


def _homeless(subject: Subject) -> Iterator[Diagnostic]:
    homeless = subject.group.homeless
    if homeless and subject.group.left:
        names = ", ".join(f"{count} of {name}" for name, count in homeless)
        yield Diagnostic(
            Kind.NOTICE,
            "update-pending",
            f"{subject.group.name}: these nodes do not hold all declared pods even before the update",
            value=f"{names} find no room on {len(subject.group.nodes)} nodes",
            limit=f"maxSize {subject.group.most}",
            fix="raise desiredSize, or play it with --nodes max",
            source=UPDATE,
            note="N38",
        )
