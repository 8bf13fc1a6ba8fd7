"""AWS fails at every single resource: the next runs finish, and nothing is lost or orphaned."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation

from planner.design.compare import differences
from stacks import declare
from stacks.adopt import adopting
from tests.engine.conftest import Engine
from tests.engine.test_chain import destroyable
from tests.support.faults import KINDS, EveryResourceOnce, account, cleared, record, remedy
from tests.support.inventory import inventory
from tests.support.world import example_design, observe

# one worker: two engines would only wait for each other
pytestmark = [
    pytest.mark.engine,
    pytest.mark.xdist_group("engine"),
    # Pulumi's language host leaves loops and sockets open when a run fails
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_at_every_resource_leaves_nothing_behind(engine: Engine, kind: str) -> None:
    design = destroyable(example_design("minimal"))
    before, told = inventory(design.region), ""
    lost = orphaned = 0
    found: dict[tuple[str, str], str] = {}
    fault = engine.plugin.fault = EveryResourceOnce(kind)

    def program() -> None:
        adopting(found)
        declare(design)

    stack = engine.stack(design)
    stack.workspace.program = program
    for _run in range(20):
        try:
            stack.up(continue_on_error=True)
            break
        except automation.CommandError as error:
            told += str(error)
        left = account(stack, design.region, before, engine.plugin.provider.made, told)
        lost, orphaned = lost + len(left.lost), orphaned + len(left.orphaned)
        found = remedy(stack, design.region, fault.failed)
    else:
        pytest.fail("it never finished: " + told[-3000:])
    assert len(fault.failed) > 40
    record(f"{kind} at each of {len(fault.failed)} resources", f"finished after {_run} failed runs", lost, orphaned)
    assert (lost, orphaned) == (0, 0)
    assert account(stack, design.region, before, engine.plugin.provider.made, "").unknown == frozenset()
    assert differences(design, observe(design)) == ()
    engine.plugin.fault = lambda *_: None
    stack.destroy()
    assert inventory(design.region) == before


def state_folder(stack: automation.Stack) -> Path:
    """Where the state of a stack lies."""
    return Path(stack.workspace.env_vars["PULUMI_BACKEND_URL"].removeprefix("file://").partition("?")[0])


class HoldAt:
    """A fault for the plugin: the run stands still when the n-th resource was made, until ``release``."""

    def __init__(self, number: int) -> None:
        self.number, self.made = number, 0
        self.reached, self.release = threading.Event(), threading.Event()

    def __call__(self, phase: str, method: str, kind: str, name: str) -> None:
        if (phase, method) == ("after", "create"):
            self.made += 1
            if self.made >= self.number:
                self.reached.set()
                self.release.wait(60)


def _engine_of(process: int) -> int:
    """The pulumi process that a run started."""
    children = Path(f"/proc/{process}/task/{process}/children")
    for task in Path(f"/proc/{process}/task").iterdir():
        children = task / "children"
        for child in children.read_text("ascii").split():
            if "pulumi" in Path(f"/proc/{child}/cmdline").read_text("utf-8"):
                return int(child)
    raise LookupError(f"process {process} runs no engine")


@pytest.mark.skipif(sys.platform != "linux", reason="finds the engine's process in /proc")
@pytest.mark.parametrize("victim", ["our process", "the engine"])
@pytest.mark.parametrize("number", [3, 10, 30])
def test_a_killed_run_is_finished_by_the_next(engine: Engine, victim: str, number: int) -> None:
    design = destroyable(example_design("minimal"))
    before = inventory(design.region)
    found: dict[tuple[str, str], str] = {}
    stack = engine.stack(design)

    def program() -> None:
        adopting(found)
        declare(design)

    stack.workspace.program = program
    hold = engine.plugin.fault = HoldAt(number)
    environment = {**os.environ, **stack.workspace.env_vars, "EKSPLAN_TEST_WORK": str(stack.workspace.work_dir)}
    run = subprocess.Popen(
        [sys.executable, "-m", "tests.engine.run", "minimal"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert hold.reached.wait(60)
    pulumi = _engine_of(run.pid)
    os.kill(run.pid if victim == "our process" else pulumi, signal.SIGKILL)
    run.wait(60)
    if victim == "our process":
        # the engine loses its program and must not go on alone; it is killed too if it waits
        os.kill(pulumi, signal.SIGKILL)
    time.sleep(0.5)
    hold.release.set()
    engine.plugin.fault = lambda *_: None

    stack.cancel()  # the dead run's lock
    left = account(stack, design.region, before, engine.plugin.provider.made, "")
    assert left.lost == frozenset()
    assert left.orphaned == frozenset()
    found = remedy(stack, design.region, set())
    cleared(stack)
    stack.up()
    assert account(stack, design.region, before, engine.plugin.provider.made, "").unknown == frozenset()
    assert differences(design, observe(design)) == ()
    record(
        f"kill -9 of {victim} at resource {number}",
        f"{len(left.unknown)} under way, reported; the next run finished",
        len(left.lost),
        len(left.orphaned),
    )
    stack.destroy()
    assert inventory(design.region) == before


def test_two_runs_at_once_the_second_is_told_of_the_lock(engine: Engine) -> None:
    design = destroyable(example_design("minimal"))
    before = inventory(design.region)
    stack, hold = engine.stack(design), HoldAt(3)
    engine.plugin.fault = hold
    ended: list[Any] = []
    first = threading.Thread(target=lambda: ended.append(stack.up()))
    first.start()
    assert hold.reached.wait(60)
    try:
        with pytest.raises(automation.ConcurrentUpdateError):
            engine.stack(design).up()
    finally:
        hold.release.set()
        first.join(120)
    assert len(ended) == 1
    assert differences(design, observe(design)) == ()
    left = account(stack, design.region, before, engine.plugin.provider.made, "")
    record("two runs at once", "the second refused, the first finished", len(left.lost), len(left.orphaned))
    assert (left.lost, left.unknown) == (frozenset(), frozenset())


def test_a_state_that_cannot_be_written_stops_before_anything_is_made(engine: Engine) -> None:
    """Backups, locks and the state itself are in one folder; root may write anywhere, so a file takes its place."""
    design = destroyable(example_design("minimal"))
    before, stack = inventory(design.region), engine.stack(design)
    folder = state_folder(stack) / ".pulumi" / "locks"
    aside = folder.with_name("aside")
    if folder.exists():
        folder.rename(aside)
    folder.write_text("in the way", "utf-8")
    with pytest.raises(automation.CommandError):
        stack.up()
    assert inventory(design.region) == before
    folder.unlink()
    stack.up()
    assert differences(design, observe(design)) == ()
    left = account(stack, design.region, before, engine.plugin.provider.made, "")
    record("state not writable", "refused before anything was made", len(left.lost), len(left.orphaned))
    assert (left.lost, left.unknown) == (frozenset(), frozenset())
