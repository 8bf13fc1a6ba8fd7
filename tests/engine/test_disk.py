"""A disk of the state that is full, or not to be written: on a file system of its own, where mounting is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.design.compare import differences
from tests.cli.running import Ran, invoke
from tests.engine.conftest import Engine
from tests.engine.test_commands import folder, plan, written
from tests.engine.test_faults import HoldAt
from tests.engine.test_killed import endpoint, started
from tests.support.faults import account_of_file, record
from tests.support.inventory import inventory
from tests.support.world import observe

__all__ = ["endpoint", "folder"]

pytestmark = [
    pytest.mark.engine,
    pytest.mark.xdist_group("engine"),
    pytest.mark.skipif(sys.platform != "linux", reason="mounts a small file system"),
    # Pulumi's language host leaves its event loop open where a run fails
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def mount(*arguments: str) -> str:
    """Call mount(8); what it says when it fails."""
    command = shutil.which("mount")
    if command is None:
        return "no mount command"
    ended = subprocess.run([command, *arguments], capture_output=True, text=True, check=False)
    return "" if ended.returncode == 0 else ended.stderr.strip() or "mount failed"


@pytest.fixture
def disk(folder: Path) -> Iterator[Path]:
    """A disk of 2 MB for the state, and for nothing else. Skips where no file system may be mounted."""
    state = folder / "data" / "eksplan" / "state"
    state.mkdir(parents=True)
    refused = mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(state))
    if refused:
        pytest.skip(f"no full or read-only disk is tested: {refused}")
    yield state
    subprocess.run(["umount", "--lazy", str(state)], check=True)


def fill(disk: Path) -> Path:
    """Take all the space that is left."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(b"\0" * 4096)
            except OSError:
                return filler


def finished(file: str) -> Ran:
    """`up`, with --unlock and --adopt where it says so."""
    said: list[str] = []
    while True:
        ran = invoke("up", "-f", file, "--yes", *said)
        more = [one for one in ("--unlock", "--adopt") if ran.code == 5 and one in ran.err and one not in said]
        if not more:
            return ran
        said += more


@pytest.mark.skipif("EKSPLAN_FAULT_TABLE" not in os.environ, reason="takes two minutes: benchmarks/faults.py runs it")
def test_a_disk_that_runs_full_loses_nothing(engine: Engine, folder: Path, disk: Path, endpoint: str) -> None:
    """Pulumi writes ten times, and leaves half of the state, and half of its copy."""
    one = plan()
    file = written(one)
    before = inventory(one.design.region)
    hold = engine.plugin.fault = HoldAt(40)
    run = started(file, endpoint)
    assert hold.reached.wait(120)
    filler = fill(disk)
    engine.plugin.fault = lambda *_: None
    hold.release.set()
    _, said = run.communicate(timeout=300)
    assert run.returncode == 5, said
    assert "no space left on device" in said
    assert f"Go on with: eksplan up -f {file}" in said
    filler.unlink()
    again = finished(file)
    assert again.code == 0, again.said
    assert differences(one.design, observe(one.design)) == ()
    made = [(kind, name) for method, kind, name in engine.plugin.calls if method == "create"]
    assert len(made) == len(set(made))  # what the state did not know was adopted, and not made again
    left = account_of_file(disk, one.design.region, before, engine.plugin.provider.made)
    assert (left.lost, left.orphaned) == (frozenset(), frozenset())
    outcome = "its words are shown; the next run finished, with --adopt"
    record("the state's disk runs full", outcome, len(left.lost), len(left.orphaned))
    assert invoke("destroy", "-f", file, "--yes").code == 0
    assert inventory(one.design.region) == before


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_disk_that_takes_nothing_stops_before_anything_is_made(
    engine: Engine, folder: Path, disk: Path, fault: str
) -> None:
    one = plan()
    file = written(one)
    before = inventory(one.design.region)
    filler = fill(disk)
    if fault == "read-only":
        filler.unlink()
        assert mount("-o", "remount,ro", str(disk)) == ""
    refused = invoke("up", "-f", file, "--yes")
    assert refused.code == 5, refused.said
    assert ("no space left on device" if fault == "full" else "read-only file system") in refused.err
    assert engine.plugin.calls == []
    if fault == "read-only":
        assert mount("-o", "remount,rw", str(disk)) == ""
    filler.unlink(missing_ok=True)
    again = finished(file)
    assert again.code == 0, again.said
    assert differences(one.design, observe(one.design)) == ()
    left = account_of_file(disk, one.design.region, before, engine.plugin.provider.made)
    assert (left.lost, left.orphaned) == (frozenset(), frozenset())
    outcome = "refused before anything was made; the next run finished"
    record(f"the state's disk is {fault} from the start", outcome, len(left.lost), len(left.orphaned))
