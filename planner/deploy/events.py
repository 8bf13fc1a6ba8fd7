"""Events of Pulumi's engine as steps, and as what a person wants to hear while they happen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.deploy.steps import Action, Step

if TYPE_CHECKING:
    from pulumi.automation import EngineEvent
    from pulumi.automation.events import StepEventMetadata

#: The engine's operations; the halves of a replacement count as one.
_ACTIONS = {
    "same": Action.SAME,
    "create": Action.CREATE,
    "update": Action.UPDATE,
    "delete": Action.DELETE,
    "replace": Action.REPLACE,
    "create-replacement": Action.REPLACE,
    "delete-replaced": Action.REPLACE,
    "refresh": Action.REFRESH,
    "read": Action.READ,
    "import": Action.CREATE,
}
_COMPONENTS = ("pulumi:", "eksplan:")


@dataclass
class Listener:
    """Hears one operation of the engine. ``steps`` are its resources, in the order that they were named;
    ``problems`` what the engine or the provider said was wrong."""

    on_begin: Callable[[Step], None] = lambda _step: None
    on_done: Callable[[Step], None] = lambda _step: None
    on_failed: Callable[[Step], None] = lambda _step: None
    steps: dict[str, Step] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    failed: list[Step] = field(default_factory=list)

    def __call__(self, event: EngineEvent) -> None:
        """Take one event."""
        if event.resource_pre_event is not None:
            self._named(event.resource_pre_event.metadata, self.on_begin)
        elif event.res_outputs_event is not None:
            self._named(event.res_outputs_event.metadata, self.on_done)
        elif event.res_op_failed_event is not None:
            step = self._step(event.res_op_failed_event.metadata)
            if step is not None:
                self.failed.append(step)
                self.on_failed(step)
        elif event.diagnostic_event is not None and event.diagnostic_event.severity == "error":
            text = _plain(event.diagnostic_event.message)
            if text and text not in self.problems:
                self.problems.append(text)

    def _named(self, metadata: StepEventMetadata, tell: Callable[[Step], None]) -> None:
        step = self._step(metadata)
        if step is None:
            return
        before = self.steps.get(metadata.urn)
        # a replacement is told as its parts too, and a refresh ends with what it found
        if before is None or before.action in (Action.SAME, Action.REFRESH, Action.READ) or step.changed:
            self.steps[metadata.urn] = step
        tell(step)

    @staticmethod
    def _step(metadata: StepEventMetadata) -> Step | None:
        operation = str(getattr(metadata.op, "value", metadata.op))
        if metadata.type.startswith(_COMPONENTS) or operation not in _ACTIONS:
            return None
        changed = tuple(sorted({*(metadata.diffs or ()), *(metadata.detailed_diff or {})}))
        return Step(metadata.urn.rpartition("::")[2], metadata.type, _ACTIONS[operation], changed)


def _plain(text: str) -> str:
    """A message of the engine without its marks for colours."""
    import re

    return re.sub(r"<\{%.*?%\}>", "", text).strip()
