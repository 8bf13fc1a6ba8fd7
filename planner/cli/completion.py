"""``eksplan completion``"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from planner.cli import streams
from planner.cli.exits import CliError

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
def command(shell: str) -> None:
    """Print the completion script of a shell.

    bash: eval "$(eksplan completion bash)"; zsh: eval "$(eksplan completion zsh)"; fish: eksplan
    completion fish | source
    """
    from planner.cli.main import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise CliError(f"{shell}: no completion for this shell; there is {', '.join(_SHELLS)}")
    try:
        script = kind(cli, {}, "eksplan", "_EKSPLAN_COMPLETE").source()
    except RuntimeError as error:  # click asks bash for its version
        raise CliError(f"{shell}: {error}") from None
    streams.document(script)
