"""Where output goes: data to standard output, notes and errors to standard error.

Colour only on terminals, and never with ``NO_COLOR`` or ``TERM=dumb``; ``--color`` decides
otherwise. Widths follow the terminal, ``COLUMNS`` elsewhere.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

PIPE_WIDTH = 100
#: Below this, tables would cut addresses in pieces; the terminal wraps better.
LEAST_WIDTH = 72
_choice = "auto"


def set_color(choice: str) -> None:
    """Remember ``--color``: auto, always or never."""
    global _choice  # noqa: PLW0603 - one process, one choice
    _choice = choice


def colored(stream: IO[str]) -> bool:
    """Whether to colour what goes to ``stream``."""
    if _choice != "auto":
        return _choice == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns to write into."""
    if os.environ.get("COLUMNS", "").isdecimal():
        return max(int(os.environ["COLUMNS"]), LEAST_WIDTH)
    if sys.stdout.isatty():
        return max(shutil.get_terminal_size().columns, LEAST_WIDTH)
    return PIPE_WIDTH


def data(text: str) -> None:
    """Write data to standard output."""
    click.echo(text, nl=not text.endswith("\n"), color=True)


def note(text: str) -> None:
    """Write a note to standard error."""
    click.echo(text, err=True, color=colored(sys.stderr))


def style(text: str, *, stream: IO[str] | None = None, **styles: object) -> str:
    """Text in colour, where colour is wanted."""
    return click.style(text, **styles) if colored(stream or sys.stdout) else text  # type: ignore[arg-type]


def console() -> Console:
    """A rich console on standard output."""
    from rich.console import Console

    on = colored(sys.stdout)
    return Console(
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
    """Print rich renderables to standard output."""
    target = console()
    for renderable in renderables:
        target.print(renderable)
