"""The update, played node by node (note N21).

DEFAULT: setup; the surge starts; rounds of at most maxUnavailable old nodes that are drained, wait
cordoned, and are terminated, whereupon the Auto Scaling group starts as many new ones; then one node
less at a time. MINIMAL: no surge, and the next round begins when the new nodes are Ready.

Source: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
"""

from __future__ import annotations

from collections import Counter

from planner.nodegroups.updates.drain import drain
from planner.nodegroups.updates.model import Failure, How, OldNode, Phase, Played, Strategy, UpdatedGroup
from planner.nodegroups.updates.surge import surge


def play(group: UpdatedGroup, how: How) -> Played:
    """Play the update of a group. Nodes are taken zone by zone in turn, as a fair choice would."""
    return _Game(group, how).played()


class _Game:
    """The group while it is updated."""

    def __init__(self, group: UpdatedGroup, how: How) -> None:
        self.group, self.how = group, how
        self.old = _in_turn(group)
        self.tenants = {one.name: one for one in group.tenants}
        self.there = Counter(node.zone for node in group.nodes)
        self.most_there = Counter(self.there)
        self.most_nodes = self.there.total()
        self.ready_at: list[int] = []
        """When each new node that holds no pods yet is Ready."""
        self.now = 0
        self.phases: list[Phase] = []
        self.late = 0
        self.failure: Failure | None = None
        self.forced: list[str] = []

    def played(self) -> Played:
        more = surge(self.group, self.how) if self.old else 0
        rounds = -(-len(self.old) // self.how.at_once)
        self._passes("setup", self.how.timings.setup)
        if more:
            self._scale_up(more)
        for number in range(1, rounds + 1):
            if not self._round(number):
                break
        if more and not self.failure:
            self._scale_down(more)
        return Played(
            how=self.how,
            phases=tuple(self.phases),
            rounds=rounds,
            expected=self.now,
            worst=self._worst(rounds, more),
            peak=self.most_nodes,
            peak_by_zone=dict(self.most_there),
            late=self.late,
            final=self.there.total(),
            failure=self.failure,
            forced=tuple(dict.fromkeys(self.forced)),
        )

    def _passes(self, kind: str, seconds: int, number: int = 0, *, replaced: int = 0) -> None:
        there = self.there.total()
        self.phases.append(Phase(kind, number, self.now, self.now + seconds, replaced, there, there))
        self.now += seconds

    def _start(self, count: int) -> None:
        """Nodes start where fewest are, as Auto Scaling balances zones."""
        for _ in range(count):
            zone = min(self.group.left, key=lambda one: self.there[one])
            self.there[zone] += 1
            self.most_there[zone] = max(self.most_there[zone], self.there[zone])
        self.most_nodes = max(self.most_nodes, self.there.total())
        self.ready_at += [self.now + self.how.timings.boot] * count

    def _scale_up(self, more: int) -> None:
        self._start(more)
        self._passes("scale-up", self.how.timings.boot)

    def _round(self, number: int) -> bool:
        """Replace some nodes; whether that succeeds."""
        chosen, start = self.old[: self.how.at_once], self.now
        late = self._late(len(chosen))
        found = drain(chosen, self.tenants, late)
        seconds, limit = found.seconds, self.how.timings.limit
        if seconds is None or seconds > limit:
            if not self.how.force:
                self.failure = Failure("PodEvictionFailure", number, found.slowest, seconds)
                self.now += limit
                there = self.there.total()
                self.phases.append(
                    Phase("round", number, start, self.now, 0, there, there, limit, found.slowest, failed=True)
                )
                return False
            self.forced.append(found.slowest)
            seconds = limit
        self.late = max(self.late, late)
        before = self.there.total()
        self.now += seconds + self.how.timings.wait + self.how.timings.terminate
        for node in chosen:
            self.there[node.zone] -= 1
        del self.old[: len(chosen)]
        self._start(len(chosen))
        if self.how.strategy is Strategy.MINIMAL:
            self.now += self.how.timings.boot
        else:
            del self.ready_at[: len(chosen)]  # the first that were ready hold the pods now
        self.phases.append(
            Phase(
                "round",
                number,
                start,
                self.now,
                len(chosen),
                before,
                self.there.total(),
                seconds,
                found.slowest,
            )
        )
        return True

    def _late(self, count: int) -> int:
        """Seconds until as many new nodes are Ready as are drained: the pods of so many old nodes fit
        on them. With MINIMAL they go to nodes that are there."""
        if self.how.strategy is Strategy.MINIMAL:
            return 0
        self.ready_at.sort()
        return max(self.ready_at[count - 1] - self.now, 0)

    def _scale_down(self, more: int) -> None:
        """One node less at a time, from the zone with most; it ends where an autoscaler scales up."""
        if self.how.autoscaler:
            self._start(max(self.group.most - len(self.group.nodes), 0))
            self._passes("scale-down", 0)
            return
        before = self.there.total()
        for _ in range(more):
            zone = max(self.group.left, key=lambda one: self.there[one])
            self.there[zone] -= 1
        end = self.now + more * self.how.timings.step
        self.phases.append(Phase("scale-down", 0, self.now, end, 0, before, self.there.total()))
        self.now = end

    def _worst(self, rounds: int, more: int) -> int:
        """With every drain at its limit and every pod gone just in time."""
        times = self.how.timings
        boot = times.boot if self.how.strategy is Strategy.MINIMAL else 0
        each = times.limit + times.wait + times.terminate + boot
        first = times.setup + (times.boot if more else 0)
        return first + rounds * each + (0 if self.how.autoscaler else more * times.step)


def _in_turn(group: UpdatedGroup) -> list[OldNode]:
    """The old nodes, one of each zone in turn."""
    numbered: list[tuple[int, int, OldNode]] = []
    seen: Counter[str] = Counter()
    for place, node in enumerate(group.nodes):
        numbered.append((seen[node.zone], place, node))
        seen[node.zone] += 1
    return [node for _, _, node in sorted(numbered, key=lambda one: one[:2])]
