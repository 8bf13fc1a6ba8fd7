"""`eksplan up` that is stopped or killed, in processes of its own: what the next call says and does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from planner.deploy.pending import pending_of
from planner.design.compare import differences
from tests.cli.running import invoke
from tests.engine.conftest import Engine
from tests.engine.test_commands import folder, plan, written
from tests.engine.test_faults import HoldAt, _engine_of
from tests.support.faults import account_of_file, record
from tests.support.inventory import inventory
from tests.support.world import observe

__all__ = ["folder"]

pytestmark = [
    pytest.mark.engine,
    pytest.mark.xdist_group("engine"),
    pytest.mark.skipif(sys.platform != "linux", reason="finds the engine's process in /proc"),
    # Pulumi's language host leaves its event loop open where a run fails
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def endpoint() -> Iterator[str]:
    """This process's moto, for the processes that it starts."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def started(file: str, endpoint: str) -> subprocess.Popen[str]:
    """`eksplan up`, in a process and a group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "planner", "up", "-f", file, "--yes"],
        env={**os.environ, "AWS_ENDPOINT_URL": endpoint},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("victim", ["our process", "the engine", "both"])
def test_after_a_kill_up_says_what_to_type_and_that_finishes(
    engine: Engine, folder: Path, endpoint: str, victim: str
) -> None:
    number, one = 30, plan()
    file = written(one)
    before = inventory(one.design.region)
    hold = engine.plugin.fault = HoldAt(number)
    run = started(file, endpoint)
    assert hold.reached.wait(120)
    pulumi = _engine_of(run.pid)
    for process in {"our process": (run.pid,), "the engine": (pulumi,), "both": (run.pid, pulumi)}[victim]:
        os.kill(process, signal.SIGKILL)
    engine.plugin.fault = lambda *_: None
    if victim == "our process":
        gone(pulumi)  # it has lost its program, and ends by itself
    hold.release.set()
    _, said = run.communicate(timeout=60)
    if victim == "the engine":
        assert run.returncode == 5, said
        assert f"Go on with: eksplan up -f {file}" in said
    else:
        assert run.returncode == -signal.SIGKILL
    time.sleep(0.5)  # moto ends what it was at

    again = invoke("up", "-f", file, "--yes")
    if again.code:
        assert again.code == 5, again.said
        assert f"process {pulumi} (gone)" in again.err
        assert "run `eksplan up` with --unlock" in again.err
        again = invoke("up", "-f", file, "--yes", "--unlock")
    assert again.code == 0, again.said
    assert differences(one.design, observe(one.design)) == ()
    made = [(kind, name) for method, kind, name in engine.plugin.calls if method == "create"]
    assert len(made) == len(set(made))  # nothing was made twice
    assert invoke("preview", "-f", file, "--exit-code").code == 0
    state = folder / "data" / "eksplan" / "state"
    left = account_of_file(state, one.design.region, before, engine.plugin.provider.made)
    assert (left.lost, left.orphaned) == (frozenset(), frozenset())
    outcome = "the next call finished, with --unlock"
    record(f"eksplan up: kill -9 of {victim} at resource {number}", outcome, len(left.lost), len(left.orphaned))
    ended = invoke("destroy", "-f", file, "--yes")
    assert ended.code == 0, ended.said
    assert inventory(one.design.region) == before


def test_a_run_that_is_at_work_is_not_passed_over(engine: Engine, folder: Path, endpoint: str) -> None:
    file = written(plan())
    hold = engine.plugin.fault = HoldAt(3)
    run = started(file, endpoint)
    assert hold.reached.wait(120)
    at_work = f"process {_engine_of(run.pid)} (at work)"
    try:
        held = invoke("up", "-f", file, "--yes")
        assert held.code == 5, held.said
        assert at_work in held.err
        forced = invoke("up", "-f", file, "--yes", "--unlock")
        assert forced.code == 5, forced.said
        assert at_work in forced.err
        assert "wait for its end, or end it" in forced.err
    finally:
        hold.release.set()
    _, said = run.communicate(timeout=120)
    assert run.returncode == 0, said


def gone(process: int) -> None:
    """Wait for a process to end."""
    deadline = time.monotonic() + 60
    while Path(f"/proc/{process}/comm").exists() and time.monotonic() < deadline:
        if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.05)
    assert not Path(f"/proc/{process}/comm").exists()


def test_destroy_leaves_nothing_behind_that_a_killed_run_made(engine: Engine, folder: Path, endpoint: str) -> None:
    one = plan()
    file = written(one)
    hold = engine.plugin.fault = HoldAt(3)
    run = started(file, endpoint)
    assert hold.reached.wait(120)
    for process in (_engine_of(run.pid), run.pid):
        os.kill(process, signal.SIGKILL)
    run.communicate(timeout=60)
    hold.release.set()
    engine.plugin.fault = lambda *_: None
    time.sleep(0.5)
    refused = invoke("destroy", "-f", file, "--yes", "--unlock")
    assert refused.code == 5, refused.said
    assert "a run ended while it made" in refused.err
    assert f"Run `eksplan up -f {file}` first" in refused.err
    assert invoke("up", "-f", file, "--yes").code == 0
    assert invoke("destroy", "-f", file, "--yes").code == 0
    vpcs = boto3.client("ec2", region_name=one.design.region).describe_vpcs()["Vpcs"]
    assert [vpc for vpc in vpcs if not vpc["IsDefault"]] == []


@pytest.mark.parametrize(
    ("number", "code", "whole_group"),
    [(signal.SIGINT, 130, False), (signal.SIGINT, 130, True), (signal.SIGTERM, 143, False), (signal.SIGHUP, 143, True)],
)
def test_a_signal_reaches_the_engine_once_and_it_stops_cleanly(
    engine: Engine, folder: Path, endpoint: str, number: signal.Signals, code: int, whole_group: bool
) -> None:
    one = plan()
    file = written(one)
    hold = engine.plugin.fault = HoldAt(8)
    run = started(file, endpoint)
    assert hold.reached.wait(120)
    (os.killpg if whole_group else os.kill)(run.pid, number)
    time.sleep(1)
    assert run.poll() is None  # it waits for what is under way
    engine.plugin.fault = lambda *_: None
    hold.release.set()
    _, said = run.communicate(timeout=120)
    assert run.returncode == code, said
    assert "stopping: the engine finishes what it is at" in said
    assert f"what was made is in the state. Go on with: eksplan up -f {file}" in said
    begun = len(engine.plugin.calls)
    rest = invoke("up", "-f", file, "--yes")  # no lock is left, and nothing is pending
    assert rest.code == 0, rest.said
    assert "a run ended while" not in rest.err
    made = [(kind, name) for method, kind, name in engine.plugin.calls if method == "create"]
    assert 8 <= begun < len(made) == len(set(made))
    assert differences(one.design, observe(one.design)) == ()


def test_a_second_signal_stops_at_once_and_the_next_run_finds_what_was_under_way(
    engine: Engine, folder: Path, endpoint: str
) -> None:
    one = plan()
    file = written(one)
    hold = engine.plugin.fault = HoldAt(3)
    run = started(file, endpoint)
    assert hold.reached.wait(120)
    run.send_signal(signal.SIGINT)
    time.sleep(1)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=30)  # what is under way is still held
    assert run.returncode == 130, said
    assert "stopping at once" in said
    hold.release.set()
    engine.plugin.fault = lambda *_: None
    time.sleep(0.5)
    rest = invoke("up", "-f", file, "--yes")
    if rest.code == 5 and "--unlock" in rest.err:
        rest = invoke("up", "-f", file, "--yes", "--unlock")
    assert rest.code == 0, rest.said
    made = [(kind, name) for method, kind, name in engine.plugin.calls if method == "create"]
    assert len(made) == len(set(made))
    assert differences(one.design, observe(one.design)) == ()


def test_pending_operations_are_read_as_the_state_has_them() -> None:
    urn = "urn:pulumi:test::eksplan::eksplan:index:Network$aws:ec2/vpc:Vpc::test-vpc"
    begun = {"resource": {"urn": urn}, "type": "creating"}
    assert [one.key for one in pending_of({"pending_operations": [begun, begun]})] == [("aws:ec2/vpc:Vpc", "test-vpc")]
    assert pending_of({"pending_operations": [begun], "resources": [{"urn": urn}]}) == ()
    assert pending_of({"pending_operations": [{**begun, "type": "updating"}]}) == ()
    assert pending_of({"pending_operations": None}) == ()
