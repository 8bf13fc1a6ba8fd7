"""State files that a killed run left broken: `up` mends them and goes on, on the real engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.design.compare import differences
from tests.cli.running import invoke
from tests.engine.conftest import Engine
from tests.engine.test_commands import folder, plan, written
from tests.support.inventory import inventory
from tests.support.world import observe

__all__ = ["folder"]

pytestmark = [
    pytest.mark.engine,
    pytest.mark.xdist_group("engine"),
    # Pulumi's language host leaves its event loop open where a run fails
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def made(file: str) -> Path:
    """The state's file, after `up`."""
    ran = invoke("up", "-f", file, "--yes")
    assert ran.code == 0, ran.said
    return Path("data/eksplan/state/.pulumi/stacks/eksplan/test.json")


@pytest.mark.parametrize("half", [False, True], ids=["empty", "half"])
def test_a_broken_state_is_put_back_and_nothing_is_made_twice(engine: Engine, folder: Path, half: bool) -> None:
    one = plan()
    file = written(one)
    state = made(file)
    before, calls = inventory(one.design.region), len(engine.plugin.calls)
    whole = state.read_bytes()
    state.write_bytes(whole[: len(whole) // 2] if half else b"")
    looked = invoke("preview", "-f", file)
    assert looked.code == 0, looked.said
    assert "mended:" in looked.err
    kept = invoke("destroy", "-f", file, "--yes")
    assert kept.code == 5
    assert f"Run `eksplan up -f {file}` first" in kept.err
    again = invoke("up", "-f", file, "--yes")
    assert again.code == 0, again.said
    assert inventory(one.design.region) == before
    assert [one for one in engine.plugin.calls[calls:] if one[0] == "create"] == []
    assert differences(one.design, observe(one.design)) == ()
    assert invoke("preview", "-f", file, "--exit-code").code == 0
    gone = invoke("destroy", "-f", file, "--yes")
    assert gone.code == 0, gone.said


def test_attributes_that_a_killed_run_left_empty_do_not_stop_the_next(engine: Engine, folder: Path) -> None:
    """Pulumi itself says no more than "failed to load checkpoint: EOF"."""
    file = written(plan())
    attributes = made(file).with_name("test.json.attrs")
    assert not attributes.exists()  # Pulumi is told to write none; other programs may
    attributes.write_bytes(b"")
    mended = invoke("up", "-f", file, "--yes")
    assert mended.code == 0, mended.said
    assert "test.json.attrs.broken" in mended.err
    assert "0 changes made" in mended.out


def test_where_no_copy_is_whole_it_says_so_and_adoption_finds_what_was_made(engine: Engine, folder: Path) -> None:
    one = plan()
    file = written(one)
    state = made(file)
    for copy in Path("data/eksplan/state/.pulumi").rglob("test*json*"):
        copy.write_bytes(b"")
    lost = invoke("up", "-f", file, "--yes")
    assert lost.code == 5, lost.said
    assert f"{state.absolute()} is empty, and no copy of it below" in lost.err
    assert "run `eksplan up` with --adopt, which keeps the broken file aside" in lost.err
    before = inventory(one.design.region)
    calls = len(engine.plugin.calls)
    taken = invoke("up", "-f", file, "--yes", "--adopt")
    assert taken.code == 0, taken.said
    assert "adopts Vpc test" in taken.err
    assert state.with_name("test.json.broken").read_bytes() == b""
    assert [call for call in engine.plugin.calls[calls:] if call[0] == "create"] == []
    assert inventory(one.design.region) == before


def test_a_broken_state_under_a_dead_runs_lock_wants_unlock_and_no_more(engine: Engine, folder: Path) -> None:
    one = plan()
    file = written(one)
    state = made(file)
    state.write_bytes(b"")
    locks = state.parents[2] / "locks" / "organization" / "eksplan" / "test"
    locks.mkdir(parents=True, exist_ok=True)
    lock = {"pid": 4_194_300, "username": "gone", "hostname": "gone", "timestamp": "2026-11-28T00:00:00Z"}
    (locks / "00000000-0000-4000-8000-000000000000.json").write_text(json.dumps(lock))
    held = invoke("up", "-f", file, "--yes")
    assert held.code == 5, held.said
    assert "gone@gone, process 4194300" in held.err
    assert "--unlock" in held.err
    free = invoke("up", "-f", file, "--yes", "--unlock")
    assert free.code == 0, free.said
    assert differences(one.design, observe(one.design)) == ()
