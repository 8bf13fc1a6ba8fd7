"""When subnets run out of addresses: a line of least squares through what was free at each look.

For looks at days ``t`` with ``y`` free addresses the slope is ``Σ(t − t̄)(y − ȳ) ÷ Σ(t − t̄)²`` addresses a day.
Addresses run out where the last count, not the line, comes to nothing at that slope: a fitted value may differ from
what is really there. Where the slope does not fall there is no date.
Source: https://en.wikipedia.org/wiki/Simple_linear_regression
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Literal

from planner.design import Design, Unknown

_HORIZON = 3_650
"""Days: what lies beyond is no date that anybody can plan with."""

Use = Literal["cluster", "nodes", "pods", "other"]


@dataclass(frozen=True, slots=True)
class Look:
    """A design as it was at a moment."""

    moment: datetime
    design: Design


@dataclass(frozen=True, slots=True)
class Trend:
    """Free addresses of a subnet, or of all subnets of one use in a zone, over several looks."""

    name: str
    zone: str
    use: Use
    free: int
    """At the last look."""
    per_day: float
    """Addresses a day; negative where they fall, 0 with a single look."""
    points: int
    since: date
    exhausted: date | None
    """The day on which none is left; None where the number does not fall, or falls too slowly to name one."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Trends of subnets and zones, those that run out first first."""

    subnets: tuple[Trend, ...]
    zones: tuple[Trend, ...]


def looks_of(designs: Iterable[Design]) -> tuple[Look, ...]:
    """Designs with the moments at which they were observed, in order; those that do not say it are left out."""
    found = [Look(when, one) for one in designs if (when := _moment(one)) is not None]
    return tuple(sorted(found, key=lambda one: one.moment))


def _moment(design: Design) -> datetime | None:
    text = design.operations.observed if design.operations else None
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def forecast(looks: Sequence[Look]) -> Forecast:
    """Trends over looks in the order of time. Only subnets of the last look have one; one that was not there
    before begins when it was first seen. Raises ValueError without looks."""
    if not looks:
        raise ValueError("no look, no trend")
    last = looks[-1].design
    uses = {subnet.name: _use(last, subnet.name) for subnet in last.subnets}
    zones = {subnet.name: subnet.zone for subnet in last.subnets}
    counts: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)
    sums: defaultdict[tuple[str, Use], dict[datetime, int]] = defaultdict(dict)
    for look in looks:
        for subnet in look.design.subnets:
            free = subnet.free_addresses
            if subnet.name not in uses or free is None or isinstance(free, Unknown):
                continue
            counts[subnet.name].append((look.moment, free))
            place = (zones[subnet.name], uses[subnet.name])
            sums[place][look.moment] = sums[place].get(look.moment, 0) + free
    subnets = [_trend(name, zones[name], uses[name], points) for name, points in counts.items()]
    whole = [_trend(zone, zone, use, sorted(found.items())) for (zone, use), found in sums.items()]
    return Forecast(tuple(sorted(subnets, key=_first)), tuple(sorted(whole, key=_first)))


def _first(trend: Trend) -> tuple[date, int, str, str]:
    return (trend.exhausted or date.max, trend.free, trend.name, trend.use)


def _use(design: Design, subnet: str) -> Use:
    """What the cluster uses a subnet for; pods before nodes before the control plane."""
    addon = design.cluster.addon("vpc-cni") if design.cluster else None
    if addon is not None and any(one.subnet == subnet for one in addon.eni_configs):
        return "pods"
    if not isinstance(design.node_groups, Unknown) and any(subnet in one.subnets for one in design.node_groups):
        return "nodes"
    return "cluster" if design.cluster is not None and subnet in design.cluster.subnets else "other"


def _trend(name: str, zone: str, use: Use, points: Sequence[tuple[datetime, int]]) -> Trend:
    moment, free = points[-1]
    slope = _slope(points)
    return Trend(
        name=name,
        zone=zone,
        use=use,
        free=free,
        per_day=float(slope),
        points=len(points),
        since=points[0][0].date(),
        exhausted=_exhausted(moment, free, slope),
    )


def _slope(points: Sequence[tuple[datetime, int]]) -> Fraction:
    """Addresses a day, without rounding."""
    days = [Fraction(int((moment - points[0][0]).total_seconds()), 86_400) for moment, _ in points]
    middle = sum(days, Fraction(0)) / len(days)
    mean = Fraction(sum(free for _, free in points), len(points))
    spread = sum(((day - middle) ** 2 for day in days), Fraction(0))
    if not spread:  # a single look, or all at one moment
        return Fraction(0)
    return (
        sum(((day - middle) * (free - mean) for day, (_, free) in zip(days, points, strict=True)), Fraction(0)) / spread
    )


def _exhausted(moment: datetime, free: int, slope: Fraction) -> date | None:
    if free <= 0:
        return moment.date()
    if slope >= 0 or free > -slope * _HORIZON:
        return None
    return (moment + timedelta(seconds=float(free / -slope) * 86_400)).date()
