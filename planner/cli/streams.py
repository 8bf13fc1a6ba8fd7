"""Where output goes: data to standard output, notes and errors to standard error.

Colour only on terminals, and never with ``NO_COLOR`` or ``TERM=dumb``; ``--color`` decides
otherwise. Widths follow the terminal, ``COLUMNS`` elsewhere. Text for people is written in the
stream's own encoding, with plainer characters where it lacks some; documents are always UTF-8.
"""

from __future__ import annotations

import codecs
import io
import os
import shutil
import sys
from typing import IO, TYPE_CHECKING

import click

from planner.cli.exits import CliError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

PIPE_WIDTH = 100
#: Below this, tables would cut addresses in pieces; the terminal wraps better.
LEAST_WIDTH = 72
_choice = "auto"
_PLAIN = {"─": "-", "×": "x", "−": "-", "–": "-", "÷": "/", "⌈": "ceil(", "⌉": ")", "→": "->", "≤": "<=", "…": "..."}
_PLAIN |= dict(zip("█▉▊▋▌▍▎▏░▒▓▚▞", "######||.=+%~", strict=True))  # charts


class ReaderGoneError(Exception):
    """Whoever read standard output has closed it; there is nobody to write to."""


def _plainer(error: UnicodeError) -> tuple[str | bytes, int]:
    """What to write for characters that an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_PLAIN.get(one, "?") for one in error.object[error.start : error.end]), error.end


codecs.register_error("eksplan", _plainer)


def prepare() -> None:
    """Let both streams take every character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="eksplan")


def set_color(choice: str) -> None:
    """Remember ``--color``: auto, always or never."""
    global _choice  # noqa: PLW0603 - one process, one choice
    _choice = choice


def colored(stream: IO[str] | None) -> bool:
    """Whether to colour what goes to ``stream``."""
    if _choice != "auto":
        return _choice == "always"
    terminal = stream is not None and stream.isatty()
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns to write into."""
    if os.environ.get("COLUMNS", "").isdecimal():
        return max(int(os.environ["COLUMNS"]), LEAST_WIDTH)
    if sys.stdout is not None and sys.stdout.isatty():
        return max(shutil.get_terminal_size().columns, LEAST_WIDTH)
    return PIPE_WIDTH


def data(text: str) -> None:
    """Write text for people to standard output. Raises ReaderGoneError, and CliError where the
    disk is full."""
    if sys.stdout is None:  # closed before we began
        return
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
    except OSError as error:
        _failed(error)


def document(text: str) -> None:
    """Write a document (JSON, YAML, Markdown, a script) to standard output, in UTF-8 whatever the
    locale. Raises as ``data`` does."""
    if sys.stdout is None:
        return
    whole = text if text.endswith("\n") else text + "\n"
    try:
        sys.stdout.flush()
        # the one thing that UTF-8 lacks is half a character, as in the name of a file that is no text
        sys.stdout.buffer.write(whole.encode("utf-8", "backslashreplace"))
    except OSError as error:
        _failed(error)


def finish() -> None:
    """Write out what is still held back. Raises as ``data`` does."""
    if sys.stdout is not None:
        try:
            sys.stdout.flush()
        except OSError as error:
            _failed(error)
    if sys.stderr is not None:
        try:
            sys.stderr.flush()
        except OSError:
            _silence(sys.stderr)


def _failed(error: OSError) -> None:
    """Say what is wrong with standard output, and let nothing more be written to it."""
    if sys.stdout is not None:
        _silence(sys.stdout)
    if isinstance(error, BrokenPipeError):
        raise ReaderGoneError from None
    raise CliError(f"standard output cannot be written: {error.strerror}") from None


def _silence(stream: IO[str]) -> None:
    """Send what is left in a broken stream's buffer to nowhere; Python would complain at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def note(text: str) -> None:
    """Write a note to standard error; where nobody can read it, nothing is lost but the note."""
    if sys.stderr is None:
        return
    try:
        click.echo(text, err=True, color=colored(sys.stderr))
    except OSError:
        _silence(sys.stderr)


def style(text: str, *, stream: IO[str] | None = None, **styles: object) -> str:
    """Text in colour, where colour is wanted."""
    return click.style(text, **styles) if colored(stream or sys.stdout) else text  # type: ignore[arg-type]


def console(file: IO[str]) -> Console:
    """A rich console that draws for standard output, into ``file``."""
    from rich.console import Console

    on = colored(sys.stdout)
    return Console(
        file=file,
        width=width(),
        force_terminal=on,
        no_color=not on,
        color_system="standard" if on else None,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
        safe_box=True,
    )


def show(*renderables: RenderableType) -> None:
    """Print rich renderables to standard output. Raises as ``data`` does."""
    drawn = io.StringIO()
    target = console(drawn)
    for renderable in renderables:
        target.print(renderable)
    data(drawn.getvalue())


def drawn(*renderables: RenderableType) -> str:
    """Rich renderables as text for a file: no colour, as wide as standard output."""
    from rich.console import Console

    target = io.StringIO()
    plain = Console(file=target, width=width(), no_color=True, highlight=False, markup=False, emoji=False)
    for renderable in renderables:
        plain.print(renderable)
    return target.getvalue()
