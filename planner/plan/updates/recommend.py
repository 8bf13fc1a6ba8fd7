"""Which maxUnavailable: the fastest at which budgets, capacity and addresses hold (notes N16, N21)."""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog.facts import Facts
from planner.diagnostics import Kind
from planner.nodegroups.updates.drain import most_pods
from planner.nodegroups.updates.model import How, Strategy, UpdatedGroup
from planner.plan.scenarios.world import World
from planner.plan.updates.subject import Asked, Subject
from planner.plan.updates.update import Trial, Update, how, trial


@dataclass(frozen=True, slots=True)
class Option:
    """A setting that was tried, and what became of it."""

    trial: Trial
    verdict: str
    """``fits``, or what is wrong first."""
    chosen: bool = False
    current: bool = False


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The settings to compare; one is chosen unless none can succeed."""

    options: tuple[Option, ...]
    why: str

    @property
    def chosen(self) -> Option | None:
        """The recommended one."""
        return next((one for one in self.options if one.chosen), None)


def recommend(update: Update, world: World, asked: Asked, facts: Facts) -> Recommendation:
    """Try every number of nodes at once with the strategy that is set, and the other strategy where none
    succeeds. A workload without a budget is treated as a rolling update of its own would treat it."""
    subject = update.subject
    strategy = update.trials[0].played.how.strategy
    most = min(len(subject.group.nodes), facts.number("nodegroup.max_unavailable"))
    tried = [_tried(subject, world, asked, how(asked, strategy, number), facts) for number in range(1, most + 1)]
    best = _fastest(tried)
    if best is None:
        others = [
            _tried(subject, world, asked, how(asked, other, number), facts)
            for other in Strategy
            if other is not strategy
            for number in range(1, most + 1)
        ]
        best = _fastest(others)
        tried += [best] if best else []
    current = {one.played.how.at_once for one in update.trials}
    shown: dict[tuple[Strategy, int], Option] = {}
    for one in tried:
        setting = one.trial.played.how
        is_current = setting.strategy is strategy and setting.at_once in current
        after = best is not None and setting.strategy is best.trial.played.how.strategy
        is_next = after and best is not None and setting.at_once == best.trial.played.how.at_once + 1
        if is_current or is_next or one is best or setting.at_once == 1:
            shown[setting.strategy, setting.at_once] = Option(one.trial, one.verdict, one is best, is_current)
    for given in update.trials:  # more at once than there are nodes
        key = (given.played.how.strategy, given.played.how.at_once)
        if key not in shown:
            shown[key] = Option(given, verdict(subject.group, given, facts), current=True)
    return Recommendation(tuple(shown[key] for key in sorted(shown)), _why(best, tried))


def _tried(subject: Subject, world: World, asked: Asked, setting: How, facts: Facts) -> Option:
    one = trial(subject, world, asked, setting)
    return Option(one, verdict(subject.group, one, facts))


def verdict(group: UpdatedGroup, one: Trial, facts: Facts) -> str:
    """``fits``, or what keeps a setting from being recommended."""
    wrong = next((found for found in one.troubles if found.kind is Kind.INFEASIBLE), None)
    risk = next(
        (found for found in one.troubles if found.code in ("update-drain", "update-capacity", "update-zonal")), None
    )
    found = wrong or risk
    if found is not None:
        return found.summary
    percent = facts.number("rolling.unavailable_percent")
    number = one.played.how.at_once
    for tenant in group.tenants:
        gone = most_pods(group.nodes, tenant.name, number)
        bearable = max(tenant.pods.replicas * percent // 100, 1)
        if tenant.allowed is None and gone > bearable and number > 1:
            return f"{tenant.name} has no budget: up to {gone} of its {tenant.pods.replicas} pods go at once"
    bearable = max(len(group.nodes) * percent // 100, 1)
    if number > bearable and not any(one.index is not None for one in group.tenants):
        return f"no workload is declared for it: {number} of {len(group.nodes)} nodes go at once with pods that are not known"
    return "fits"


def _fastest(tried: list[Option]) -> Option | None:
    good = [one for one in tried if one.verdict == "fits"]
    return min(good, key=lambda one: (one.trial.played.expected, one.trial.played.how.at_once), default=None)


def _why(best: Option | None, tried: list[Option]) -> str:
    if best is None:
        return f"no maxUnavailable helps: {tried[0].verdict}" if tried else "there is no node to replace"
    setting = best.trial.played.how
    above = next((one for one in tried if one.trial.played.how == _with(setting, setting.at_once + 1)), None)
    limit = f"; {setting.at_once + 1}: {above.verdict}" if above and above.verdict != "fits" else ""
    return f"the fastest at which budgets, capacity and addresses hold{limit}"


def _with(setting: How, number: int) -> How:
    return How(setting.strategy, number, setting.timings, setting.force, setting.autoscaler)
