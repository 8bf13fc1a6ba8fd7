"""What AWS has and the state does not know: looked for, told, and taken over by the next `up`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.cli import streams

if TYPE_CHECKING:
    from planner.cli.provision import Opened
    from planner.deploy.pending import Pending
    from planner.deploy.steps import Step


def under_way(at: Opened) -> tuple[Pending, ...]:
    """What the run before was making when it ended, which is told; what AWS has of it is taken over.

    Raises EngineError.
    """
    from planner.observe.leftovers import SEARCHED, leftovers

    pending = at.engine.pending()
    found = leftovers(at.session, at.plan.design.region, [one.key for one in pending])
    at.engine.adopted.update(found)
    for one in pending:
        what = f"{one.kind.rpartition(':')[2]} {one.name}"
        if one.key in found:
            streams.note(f"a run ended while it made {what}: AWS has it, and it is adopted: {found[one.key]}")
        elif one.kind in SEARCHED:
            streams.note(f"a run ended while it made {what}: AWS has none, or several, by this name")
        else:
            streams.note(f"a run ended while it made {what}, which cannot be looked for by name or tag: look yourself")
    return pending


def adopt(at: Opened, steps: tuple[Step, ...]) -> bool:
    """Let the program take over what AWS has already of the resources to make; whether there is any."""
    from planner.deploy.steps import Action
    from planner.observe.leftovers import leftovers

    missing = [(one.kind, one.name) for one in steps if one.action is Action.CREATE]
    found = {
        key: identity
        for key, identity in leftovers(at.session, at.plan.design.region, missing).items()
        if key not in at.engine.adopted
    }
    for (kind, name), identity in sorted(found.items()):
        streams.note(f"adopts {kind.rpartition(':')[2]} {name}: {identity}")
    at.engine.adopted.update(found)
    return bool(found)
