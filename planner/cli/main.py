"""The ``eksplan`` command: global options, lazy commands, and one place that ends the process."""

from __future__ import annotations

import os
import sys
from typing import Any

# pydantic looks through every installed package for plugins otherwise; nothing here uses any
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

import click

from planner import __version__
from planner.cli import output
from planner.cli.exits import CliError, Exit, SilentExit
from planner.cli.lazy import LazyGroup

COMMANDS = {
    "init": ("planner.cli.init", "Write a commented starter spec."),
    "plan": ("planner.cli.plan", "Plan a cluster from a spec, and review the plan."),
    "why": ("planner.cli.why", "Show how each number of a plan came to be."),
    "review": ("planner.cli.review", "Judge a spec or a plan by the rule catalogue."),
    "max-pods": ("planner.cli.max_pods", "Pods per node of instance types, in every mode."),
    "explain": ("planner.cli.explain", "Explain a rule, a field of the spec, or a note."),
    "schema": ("planner.cli.schema", "Print a JSON Schema: spec, plan or findings."),
    "catalog": ("planner.cli.catalog", "Show or refresh the dated facts."),
    "completion": ("planner.cli.completion", "Print the completion script of a shell."),
}


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "EKSPLAN", "max_content_width": 100},
)
@click.version_option(__version__, prog_name="eksplan", message="%(prog)s %(version)s")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the output.",
    callback=lambda _context, _option, value: output.set_color(value),
    expose_value=False,
)
@click.option("--debug", is_flag=True, help="Show a traceback when something goes wrong.", expose_value=False)
@click.pass_context
def cli(context: click.Context) -> None:
    """Plan Amazon EKS clusters: subnets, security groups, pods per node and node groups.

    Everything but `catalog refresh` works offline and without AWS credentials.

    Exit codes: 0 clean; 1 a bug; 2 usage or unreadable input; 3 a valid spec that no plan can
    satisfy; 4 findings at or above --fail-on; 5 AWS or credentials failed.
    """
    from planner.cli.settings import defaults_of

    name = context.invoked_subcommand
    command = cli.get_command(context, name) if name else None
    if name and command:
        context.default_map = {name: defaults_of(name, command, COMMANDS)}


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run the command line; returns the exit code. Nothing but a bug ever shows a traceback."""
    try:
        result: Any = cli.main(args=arguments, prog_name="eksplan", standalone_mode=False)
    except SilentExit as ended:
        return ended.code
    except CliError as error:
        output.note(f"{output.style('error', stream=sys.stderr, fg='red', bold=True)}: {error}")
        return error.code
    except click.exceptions.NoArgsIsHelpError as error:
        output.note(error.format_message())
        return Exit.USAGE
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        output.note("interrupted")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # whoever read our output has gone; closing stdout again would complain at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.CLEAN
    except Exception as error:  # noqa: BLE001 - the one place where bugs end
        return _bug(error, arguments)
    return result if isinstance(result, int) else Exit.CLEAN


def _bug(error: Exception, arguments: list[str]) -> int:
    if "--debug" in arguments or os.environ.get("EKSPLAN_DEBUG"):
        import traceback

        output.note("".join(traceback.format_exception(error)))
    output.note(
        f"{output.style('bug', stream=sys.stderr, fg='red', bold=True)}: {type(error).__name__}: {error}\n"
        f"This should not happen. Please report it to whoever gave you eksplan, with the command and its input;\n"
        "`eksplan --debug ...` shows where it happened."
    )
    return Exit.BUG
