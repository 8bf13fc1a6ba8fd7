"""The Pulumi command in a process group of its own, which is stopped by us alone.

A Ctrl-C on a terminal goes to every process of the foreground group, a `kill` to one. Pulumi stops cleanly at
the first signal and at once at the second
(https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/backend/cancellation_scope.go), so it must hear each
signal once, whichever way it came to us: it stands outside our group, and we pass signals on.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pulumi import automation
from pulumi.automation.errors import create_command_error

_PATIENCE = 10.0
"""Seconds that a run whose caller broke off has to end by itself."""

_running: set[subprocess.Popen[str]] = set()


def interrupt() -> None:
    """Tell the engine that runs, if any, to stop: cleanly the first time, at once the second."""
    for process in tuple(_running):
        if sys.platform == "win32":
            process.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            process.send_signal(signal.SIGINT)


class Command(automation.PulumiCommand):
    """A Pulumi command that was found, run in a process group of its own."""

    def __init__(self, found: automation.PulumiCommand) -> None:
        self.command, self.version = found.command, found.version

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], Any] | None = None,
        on_error: Callable[[str], Any] | None = None,
    ) -> automation.CommandResult:
        """Run it without questions to a person; what it writes goes to ``on_output`` and ``on_error``, line by
        line. Raises CommandError where it fails."""
        env = {**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        beside = Path(self.command)
        if beside.is_absolute():  # plugins beside the command go before others
            env["PATH"] = os.pathsep.join([str(beside.parent), env["PATH"]])
        process = subprocess.Popen(  # noqa: S603 - the command that was found, and no shell
            [self.command, "--non-interactive", *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=env,
            encoding="utf-8",
            **_own_group(),
        )
        _running.add(process)
        try:
            out, err = _Reader(process.stdout, on_output), _Reader(process.stderr, on_error)
            out.join()
            err.join()
            code = process.wait()
        except BaseException:
            _end(process)
            raise
        finally:
            _running.discard(process)
        result = automation.CommandResult(stdout="\n".join(out.lines), stderr="\n".join(err.lines), code=code)
        if code != 0:
            raise create_command_error(result)
        return result


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


class _Reader(threading.Thread):
    """Reads a stream to its end."""

    def __init__(self, stream: Any, tell: Callable[[str], Any] | None) -> None:
        super().__init__(daemon=True)
        self._stream, self._tell = stream, tell
        self.lines: list[str] = []
        self.start()

    def run(self) -> None:
        """Read."""
        with self._stream:
            for line in self._stream:
                self.lines.append(line.rstrip())
                if self._tell is not None:
                    self._tell(line.rstrip())


def _end(process: subprocess.Popen[str]) -> None:
    """Nobody waits for this run any more: it may end by itself, and is ended."""
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
