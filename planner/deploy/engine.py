"""The engine's operations on one stack: preview, up, refresh, destroy, outputs, unlock."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.deploy.checkpoint import locks_of
from planner.deploy.errors import EngineError, LockedError, NoPulumiError
from planner.deploy.events import Listener
from planner.deploy.pending import Pending, name_in, pending_of, without_pending
from planner.deploy.place import PROJECT, Place

if TYPE_CHECKING:
    from pulumi import automation

    from planner.design import Design


__all__ = [
    "Engine",
    "EngineError",
    "LockedError",
    "NoPulumiError",
    "find_pulumi",
    "install_pulumi",
    "open_engine",
    "require_sdk",
]


@dataclass(frozen=True, slots=True)
class Engine:
    """A stack whose program declares one design."""

    stack: automation.Stack
    adopted: dict[tuple[str, str], str]
    """Ids in AWS, by type and name, that the program takes into the state instead of making them."""
    place: Place

    def preview(self, listener: Listener, *, refresh: bool = False, parallel: int | None = None) -> None:
        """What `up` would do; nothing is changed. Raises EngineError."""
        self._run(lambda: self.stack.preview(on_event=listener, refresh=refresh or None, parallel=parallel), listener)

    def up(self, listener: Listener, *, refresh: bool = False, parallel: int | None = None) -> None:
        """Make the resources what the design says. Raises EngineError."""
        self._run(
            lambda: self.stack.up(on_event=listener, refresh=refresh or None, parallel=parallel, suppress_outputs=True),
            listener,
        )

    def refresh(self, listener: Listener, *, only_look: bool, parallel: int | None = None) -> None:
        """Read what is there into the state, or only say what differs. Raises EngineError."""
        self._run(
            lambda: self.stack.refresh(on_event=listener, preview_only=only_look or None, parallel=parallel), listener
        )

    def preview_destroy(self, listener: Listener) -> None:
        """What `destroy` would delete. Raises EngineError."""
        self._run(lambda: self.stack.preview_destroy(on_event=listener), listener)

    def destroy(self, listener: Listener, *, parallel: int | None = None) -> None:
        """Delete everything that the stack made. Raises EngineError."""
        self._run(lambda: self.stack.destroy(on_event=listener, parallel=parallel, suppress_outputs=True), listener)

    def outputs(self) -> dict[str, Any]:
        """What the stack exports; empty before it was made. Raises EngineError."""
        found = self._run(self.stack.outputs, Listener())
        return {name: one.value for name, one in found.items()}

    def names(self) -> frozenset[str]:
        """Names of the resources that the state holds. Raises EngineError."""
        return frozenset(name_in(one["urn"]) for one in self._state().get("resources") or ())

    def protected(self) -> tuple[str, ...]:
        """Names of the resources that the state protects from being deleted. Raises EngineError."""
        held = [one for one in self._state().get("resources") or () if one.get("protect")]
        return tuple(sorted(name_in(one["urn"]) for one in held))

    def pending(self) -> tuple[Pending, ...]:
        """What a run that died was making. Raises EngineError."""
        return pending_of(self._state())

    def clear_pending(self) -> None:
        """Forget what a run that died was making, once it was found or made. Raises EngineError."""
        from pulumi import automation

        exported = self._run(self.stack.export_stack, Listener())
        cleared = without_pending(exported.deployment or {})
        if cleared is not None:
            changed = automation.Deployment(exported.version, cleared)
            self._run(lambda: self.stack.import_stack(changed), Listener())

    def _state(self) -> Mapping[str, Any]:
        return self._run(self.stack.export_stack, Listener()).deployment or {}

    def unlock(self) -> None:
        """Give the stack free after a run that ended without doing so. Raises EngineError, and LockedError
        while the holder is seen to live."""
        at_work = [lock for lock in locks_of(self.place) if lock.living]
        if at_work:
            raise LockedError(f"this stack is held by {'; '.join(map(str, at_work))}: wait for its end, or end it")
        self._run(self.stack.cancel, Listener())

    def _run(self, operation: Any, listener: Listener) -> Any:
        from pulumi import automation

        try:
            return operation()
        except automation.ConcurrentUpdateError:
            holders = "; ".join(map(str, locks_of(self.place)))
            raise LockedError(
                f"another run holds this stack{': ' + holders if holders else ''}. Wait for it; if it is gone (its "
                "process was killed), run `eksplan up` with --unlock"
            ) from None
        except automation.CommandError as error:
            raise EngineError(_words(error, listener)) from None


def open_engine(
    design: Design, place: Place, *, create: bool, command: automation.PulumiCommand | None = None
) -> Engine:
    """The stack of a place, whose program is the design. Raises NoPulumiError where Pulumi is not
    installed, and EngineError for a stack that is not there (unless ``create``) or cannot be read."""
    from pulumi import automation

    from planner.deploy.command import Command
    from stacks import declare
    from stacks.adopt import adopting

    command = Command(command or find_pulumi())

    adopted: dict[tuple[str, str], str] = {}

    def program() -> None:
        adopting(adopted)
        declare(design)

    options = automation.LocalWorkspaceOptions(
        work_dir=str(place.folder), env_vars=dict(place.variables), pulumi_command=command
    )
    opened = automation.create_or_select_stack if create else automation.select_stack
    try:
        return Engine(opened(place.stack, project_name=PROJECT, program=program, opts=options), adopted, place)
    except automation.StackNotFoundError:
        raise EngineError(
            f"no stack {place.stack} in {place.backend}; `eksplan up -f PLAN` makes it, --stack names another"
        ) from None
    except automation.CommandError as error:
        raise EngineError(_words(error, Listener())) from None


def require_sdk() -> None:
    """Raises EngineError where Pulumi's Python SDK is not installed: only the extra `provision` has it."""
    for name in ("pulumi", "pulumi_aws"):
        if importlib.util.find_spec(name) is None:
            raise EngineError(f"Pulumi's Python SDK is not installed ({name}): pip install 'eksplan[provision]'")


def find_pulumi() -> automation.PulumiCommand:
    """The Pulumi command on PATH, else the one that Pulumi's installer put into its folder before. Raises
    NoPulumiError where there is none, or one that is too old."""
    from pulumi import automation

    try:
        return automation.PulumiCommand()
    except (OSError, subprocess.CalledProcessError) as error:
        missing = NoPulumiError(f"the pulumi command is not here ({error})")
    except automation.InvalidVersionError as error:
        missing = NoPulumiError(f"the pulumi command is too old: {error}")
    try:
        return automation.PulumiCommand(root=str(installer_folder()))
    except (OSError, subprocess.CalledProcessError, automation.InvalidVersionError):
        raise missing from None


def installer_folder() -> Path:
    """Where Pulumi's installer puts the command of the SDK's version, as ``PulumiCommand.install`` has it."""
    return Path("~").expanduser() / ".pulumi" / "versions" / importlib.metadata.version("pulumi")


def install_pulumi() -> automation.PulumiCommand:
    """Install the Pulumi command with Pulumi's own installer, into ``installer_folder``. Raises NoPulumiError."""
    from pulumi import automation

    try:
        return automation.PulumiCommand.install()
    except (OSError, subprocess.CalledProcessError, RuntimeError, automation.InvalidVersionError) as error:
        raise NoPulumiError(f"Pulumi's installer failed: {error}") from None


def _words(error: Exception, listener: Listener) -> str:
    """The provider's own words where events gave them, else the last lines of what the command wrote."""
    if listener.problems:
        return "\n".join(listener.problems)
    lines = [line.strip() for line in str(error).splitlines()]
    told = [line for line in lines if line.startswith("error:")]
    return "\n".join(told or [line for line in lines if line][-6:])
