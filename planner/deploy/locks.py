"""Locks of a stack whose state lies in a folder: who holds it, and whether they still live.

Pulumi writes a file for each run below `.pulumi/locks` and deletes it at the end
(https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/backend/diy/lock.go); a run that is killed leaves it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Lock:
    """Who holds a stack, since when, as they wrote it themselves."""

    user: str
    host: str
    process: int
    since: str

    @property
    def here(self) -> bool:
        """Whether the holder ran on this host, where its process can be looked for."""
        return self.host == socket.gethostname()

    @property
    def living(self) -> bool | None:
        """Whether the holder's process runs still; None where that cannot be known from here."""
        if not self.here or sys.platform == "win32":  # os.kill ends processes there
            return None
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            pass
        try:
            # "1234 (pulumi) S ..."; the number may be another's by now, and Z has ended and waits for its parent
            told = Path(f"/proc/{self.process}/stat").read_text("utf-8", "replace")
        except OSError:
            return True
        command, _, state = told.partition("(")[2].rpartition(")")
        return "pulumi" in command and state.split()[0] not in ("Z", "X")

    def __str__(self) -> str:
        state = {True: "at work", False: "gone", None: "not visible from here"}[self.living]
        return f"{self.user}@{self.host}, process {self.process} ({state}), since {self.since}"


def locks_in(folder: Path) -> tuple[Lock, ...]:
    """The locks in a folder of them; one that was left half-written counts, with what can be read of it."""
    return tuple(map(_read, sorted(folder.glob("*.json")))) if folder.is_dir() else ()


def _read(file: Path) -> Lock:
    try:
        held = json.loads(file.read_bytes())
        return Lock(str(held["username"]), str(held["hostname"]), int(held["pid"]), str(held["timestamp"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Lock("?", "?", 0, "?")
