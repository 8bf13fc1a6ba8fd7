"""What a packet has passed so far, and the worst that stopped it."""

from __future__ import annotations

from dataclasses import replace

from planner.design import Direction
from planner.security.reach.groups import Passed
from planner.security.reach.model import Answer, Component, Party, Place, Question, Step
from planner.security.reach.wording import Stop, answered, group_stop, rule_text


class Trail:
    """Collects steps and stops; the first sure stop is the answer, else the first unsure one."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._stops: list[Stop] = []

    def passed(self, component: Component, name: str, what: str) -> None:
        """A component let it pass."""
        self.steps.append(Step(component, name, what))

    def stop(self, stop: Stop) -> None:
        """A component did not, or is not known to."""
        self.steps.append(stop.step)
        self._stops.append(stop)

    def group(
        self, place: Place, other: Party, direction: Direction, question: Question, passed: Passed, peer: str = ""
    ) -> None:
        """What the security groups of one side said; ``peer`` is what a rule that helps would name."""
        if not passed.passes:
            self.stop(group_stop(place, other, direction, question, passed, peer))
            return
        for name, rule in passed.rules:
            self.passed(Component.SECURITY_GROUP, name, rule_text(rule))

    def absorb(self, part: Trail, *, steps: bool = True, sure: bool = True, partial: bool = False) -> None:
        """Take over what a part of the packets met: ``partial`` if another part passes, ``sure`` False if
        it is not known whether this part counts."""
        if steps:
            self.steps += part.steps
        self._stops += [replace(one, sure=one.sure and sure, partial=one.partial or partial) for one in part.stops]

    @property
    def blocked(self) -> bool:
        """Whether something surely stops it."""
        return any(one.sure for one in self._stops)

    @property
    def stops(self) -> tuple[Stop, ...]:
        """All stops, in the order in which they were met."""
        return tuple(self._stops)

    def answer(self) -> Answer:
        """The answer so far."""
        sure = next((one for one in self._stops if one.sure), None)
        partial = sure is not None and all(one.partial for one in self._stops if one.sure)
        return answered(tuple(self.steps), sure or (self._stops[0] if self._stops else None), partial=partial)
