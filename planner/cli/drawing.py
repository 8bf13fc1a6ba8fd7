"""The option of commands that draw."""

from __future__ import annotations

import click

drawing_option = click.option(
    "-o",
    "--output",
    type=click.Choice(["terminal", "svg", "json"]),
    default="terminal",
    show_default=True,
    help="How to draw it.",
)
