"""State files that a dead run left broken: which copy mends them, and what is never touched."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from planner.deploy.checkpoint import caught_up, files_of, is_behind, mend
from planner.deploy.errors import BrokenStateError, LockedError
from planner.deploy.place import Place, quiet_url


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place("test", f"file://{tmp_path / 'state'}", tmp_path / "work", {})


def content(number: int) -> bytes:
    """A checkpoint that can be told from others."""
    return json.dumps({"version": 3, "checkpoint": {"stack": "test", "latest": {"number": number}}}).encode()


def at(place: Place, name: str, written: bytes = b"", *, folder: str = "stacks/eksplan") -> Path:
    """A file of the backend, written."""
    file = Path(place.backend.removeprefix("file://")) / ".pulumi" / folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(written)
    return file


def lock(place: Place, process: int, host: str = "") -> Path:
    held = {"pid": process, "username": "ann", "hostname": host or socket.gethostname(), "timestamp": "2026-11-28"}
    return at(place, "1.json", json.dumps(held).encode(), folder="locks/organization/eksplan/test")


@pytest.mark.parametrize("left", [b"", content(2)[:40], b"\x00" * 64, b"[]"], ids=["empty", "half", "zeros", "a list"])
def test_a_broken_state_is_put_back_from_the_copy_beside_it(place: Place, left: bytes) -> None:
    state = at(place, "test.json", left)
    at(place, "test.json.bak", content(1))
    at(place, "test.1.json", content(0), folder="backups/eksplan/test")
    (said,) = mend(place, unlock=False)
    assert json.loads(state.read_bytes()) == json.loads(content(1))
    assert "put back from .pulumi/stacks/eksplan/test.json.bak" in said
    assert ("is empty" if not left else f"not whole ({len(left)} bytes)") in said.replace("was", "is")
    assert state.with_name("test.json.broken").read_bytes() == left
    assert is_behind(place)
    assert mend(place, unlock=False) == ()
    assert is_behind(place)  # until an `up` has ended well
    caught_up(place)
    assert not is_behind(place)


def test_where_the_copy_beside_it_is_broken_too_the_newest_end_of_a_run_is_taken(place: Place) -> None:
    state = at(place, "test.json")
    at(place, "test.json.bak", b"{")
    at(place, "test.100.json", content(1), folder="backups/eksplan/test")
    at(place, "test-200.checkpoint.json", content(2), folder="history/eksplan/test")
    at(place, "test-200.history.json", content(9), folder="history/eksplan/test")
    at(place, "test.300.json", b"", folder="backups/eksplan/test")
    at(place, "test.400.json.attrs", content(9), folder="backups/eksplan/test")
    (said,) = mend(place, unlock=False)
    assert state.read_bytes() == content(2)
    assert "history/eksplan/test/test-200.checkpoint.json" in said


def test_nothing_whole_is_said_and_nothing_is_touched(place: Place) -> None:
    state = at(place, "test.json")
    at(place, "test.json.bak")
    with pytest.raises(BrokenStateError, match=r"test\.json is empty, and no copy of it below .* is whole.*--adopt"):
        mend(place, unlock=True)
    assert sorted(one.name for one in state.parent.iterdir()) == ["test.json", "test.json.bak"]


def test_with_adopt_a_state_that_nothing_mends_is_put_away(place: Place) -> None:
    state = at(place, "test.json", b"{")
    (said,) = mend(place, unlock=False, adopt=True)
    assert "the stack begins anew" in said
    assert not state.exists()
    assert state.with_name("test.json.broken").read_bytes() == b"{"
    assert is_behind(place)


def test_what_was_put_away_before_stays(place: Place) -> None:
    state = at(place, "test.json")
    at(place, "test.json.bak", content(1))
    at(place, "test.json.broken", b"older")
    mend(place, unlock=False)
    assert state.with_name("test.json.broken").read_bytes() == b"older"
    assert state.with_name("test.json.broken-2").read_bytes() == b""


def test_half_written_attributes_are_put_away_and_the_state_stays(place: Place) -> None:
    """What a killed run leaves: with these Pulumi reads nothing, though the state is whole."""
    state, attributes = at(place, "test.json", content(3)), at(place, "test.json.attrs")
    (said,) = mend(place, unlock=False)
    assert "test.json.attrs.broken" in said
    assert not attributes.exists()
    assert state.read_bytes() == content(3)
    assert not is_behind(place)


def test_a_compressed_state_is_mended_by_a_compressed_copy(place: Place) -> None:
    whole = gzip.compress(content(1))
    state = at(place, "test.json.gz", whole[:30])
    at(place, "test.json.bak", content(0))
    at(place, "test.json.gz.bak", whole)
    assert len(mend(place, unlock=False)) == 1
    assert state.read_bytes() == whole


def test_what_is_whole_or_not_there_is_left_alone(place: Place) -> None:
    assert mend(place, unlock=True) == ()
    at(place, "test.json.bak", content(1))  # a stack that was removed leaves its copy
    assert mend(place, unlock=True) == ()
    at(place, "test.json", content(2))
    at(place, "test.json.attrs", b'{"md5": ""}')
    assert mend(place, unlock=True) == ()
    assert mend(Place("test", "s3://bucket", place.folder, {}), unlock=True) == ()


def test_nothing_is_mended_under_a_lock_but_with_unlock(place: Place) -> None:
    state = at(place, "test.json")
    at(place, "test.json.bak", content(1))
    lock(place, 123, "elsewhere")
    with pytest.raises(LockedError, match=r"held by ann@elsewhere, process 123 \(not visible from here\).*--unlock"):
        mend(place, unlock=False)
    assert state.read_bytes() == b""
    assert len(mend(place, unlock=True)) == 1
    assert state.read_bytes() == content(1)


@pytest.mark.skipif(sys.platform != "linux", reason="tells processes by their names in /proc")
def test_a_living_holder_is_never_passed_over(place: Place, tmp_path: Path) -> None:
    """A process of the name counts; its number with another name, or none, does not."""
    state = at(place, "test.json")
    at(place, "test.json.bak", content(1))
    shutil.copy("/bin/sleep", tmp_path / "pulumi")
    with subprocess.Popen([str(tmp_path / "pulumi"), "60"]) as holder:
        lock(place, holder.pid)
        try:
            with pytest.raises(LockedError, match=rf"process {holder.pid} \(at work\).*wait for its end, or end it"):
                mend(place, unlock=True)
        finally:
            holder.kill()
    assert state.read_bytes() == b""
    lock(place, os.getpid())  # its number is another process's by now
    with pytest.raises(LockedError, match=r"\(gone\).*--unlock"):
        mend(place, unlock=False)
    assert len(mend(place, unlock=True)) == 1


def test_a_lock_that_was_left_half_written_counts(place: Place) -> None:
    at(place, "test.json")
    at(place, "test.json.bak", content(1))
    lock(place, 1).write_bytes(b"")
    with pytest.raises(LockedError, match="--unlock"):
        mend(place, unlock=False)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("file:///a/b", "file:///a/b?metadata=skip"),
        ("file://~/a?no_tmp_dir=true", "file://~/a?no_tmp_dir=true&metadata=skip"),
        ("file:///a?metadata=skip", "file:///a?metadata=skip"),
        ("s3://bucket?region=us-east-1", "s3://bucket?region=us-east-1"),
    ],
)
def test_pulumi_is_told_to_write_no_attributes(given: str, told: str) -> None:
    assert quiet_url(given) == told


def test_a_relative_folder_is_the_stacks_own(tmp_path: Path) -> None:
    """Pulumi is started in the stack's folder."""
    files = files_of(Place("test", "file://./state?no_tmp_dir=true", tmp_path, {}))
    assert files is not None
    assert files.root == tmp_path / "state"
