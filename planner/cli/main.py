"""The ``eksplan`` command: global options, lazy commands, and one place that ends the process."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# pydantic looks through every installed package for plugins otherwise; nothing here uses any
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

import click

from planner import __version__
from planner.cli import streams
from planner.cli.exits import CliError, Exit, SilentExit
from planner.cli.lazy import LazyGroup
from planner.diagnostics import printable

COMMANDS = {
    "init": ("planner.cli.init", "Write a commented starter spec."),
    "plan": ("planner.cli.plan", "Plan a cluster from a spec, and review the plan."),
    "why": ("planner.cli.why", "Show how each number of a plan came to be."),
    "compare": ("planner.cli.compare", "Every way to give pods their addresses, side by side."),
    "reach": ("planner.cli.reach", "Prove who can talk to whom."),
    "simulate": ("planner.cli.simulate", "Play bad days on a plan or a running cluster."),
    "update": ("planner.cli.update", "Play a version update of node groups or of the whole cluster."),
    "map": ("planner.cli.map", "Draw which addresses of the VPC are used, planned, free."),
    "waterfall": ("planner.cli.waterfall", "Draw how each subnet came to its size."),
    "review": ("planner.cli.review", "Judge a spec, plan, snapshot or what runs by the rule catalogue."),
    "snapshot": ("planner.cli.snapshot", "Write what AWS says of clusters and VPCs into files."),
    "forecast": ("planner.cli.forecast", "When subnets run out of addresses, from snapshots."),
    "pack": ("planner.cli.pack", "The cheapest set of nodes that carries the declared workloads."),
    "user-data": ("planner.cli.user_data", "Print the user data of a group's launch template."),
    "preview": ("planner.cli.preview", "Show what `up` would make, change, replace and delete."),
    "up": ("planner.cli.up", "Make a reviewed plan real."),
    "refresh": ("planner.cli.refresh", "Show what differs in AWS from what the stack made."),
    "destroy": ("planner.cli.destroy", "Delete everything that the stack made."),
    "outputs": ("planner.cli.outputs", "Show what a stack gives."),
    "fleet": ("planner.cli.fleet", "Plan and judge the addresses of many clusters."),
    "max-pods": ("planner.cli.max_pods", "Pods per node of instance types, in every mode."),
    "instances": ("planner.cli.instances", "Find instance types by what they are and what they carry."),
    "explain": ("planner.cli.explain", "Explain a rule, a field of the spec, a note, or a flow."),
    "schema": ("planner.cli.schema", "Print a JSON Schema: spec, plan, findings, fleet or snapshot."),
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
    callback=lambda _context, _option, value: streams.set_color(value),
    expose_value=False,
)
@click.option("--debug", is_flag=True, help="Show a traceback when something goes wrong.")
@click.pass_context
def cli(context: click.Context, debug: bool) -> None:
    """Plan Amazon EKS clusters: subnets, security groups, pods per node and node groups.

    Planning, and judging files, works offline and without AWS credentials.

    Exit codes: 0 clean; 1 a bug; 2 usage or unreadable input; 3 a valid spec that no plan can
    satisfy; 4 findings at or above --fail-on; 5 AWS or credentials failed.
    """
    call = context.ensure_object(Call)
    call.debug = debug
    name = context.invoked_subcommand
    command = cli.get_command(context, name) if name else None
    if name and command and not {"-h", "--help"} & set(call.arguments):
        from planner.cli.settings import defaults_of

        context.default_map = {name: defaults_of(name, command, COMMANDS)}


@dataclass
class Call:
    """One call of the command line."""

    arguments: Sequence[str] = ()
    debug: bool = False


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    # classes and catalogs are made to stay: looking through them every 700 objects costs a tenth of a plan
    gc.set_threshold(50_000, 20, 20)
    instruction = os.environ.get("_EKSPLAN_COMPLETE")
    if instruction:
        from click.shell_completion import shell_complete

        sys.exit(shell_complete(cli, {}, "eksplan", "_EKSPLAN_COMPLETE", instruction))
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run the command line; returns the exit code. Nothing but a bug ever shows a traceback."""
    streams.prepare()
    call = Call(arguments)
    try:
        code = _result(call)
        streams.finish()
    except streams.ReaderGoneError:
        return Exit.CLEAN
    except CliError as error:
        streams.note(f"{_error_word()}: {printable(str(error))}")
        return error.code
    return code


def _result(call: Call) -> int:
    """Run the command; returns its exit code."""
    try:
        with cli.make_context("eksplan", list(call.arguments), obj=call) as context:
            result: Any = cli.invoke(context)
    except SilentExit as ended:
        return ended.code
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except (streams.ReaderGoneError, CliError):
        raise
    except click.exceptions.NoArgsIsHelpError as error:
        streams.note(error.format_message())
        return Exit.USAGE
    except click.ClickException as error:
        return _usage(error)
    except (KeyboardInterrupt, click.Abort):
        streams.note("interrupted")
        return Exit.INTERRUPTED
    except BrokenPipeError:  # click's own writing, such as a help page
        raise streams.ReaderGoneError from None
    except Exception as error:  # noqa: BLE001 - the one place where bugs end
        return _bug(error, call)
    return result if isinstance(result, int) else Exit.CLEAN


def _error_word() -> str:
    return streams.style("error", stream=sys.stderr, fg="red", bold=True)


def _usage(error: click.ClickException) -> int:
    """Say what is wrong with the arguments, as click does."""
    context = getattr(error, "ctx", None)
    if isinstance(context, click.Context):
        streams.note(context.get_usage())
        streams.note(f"Try '{context.command_path} --help' for help.\n")
    streams.note(f"Error: {printable(error.format_message())}")
    return error.exit_code


def _bug(error: Exception, call: Call) -> int:
    from planner.catalog.folder import CatalogError

    if isinstance(error, CatalogError):  # regions are read when they are needed
        raise CliError(str(error)) from None
    if call.debug:
        import traceback

        streams.note("".join(traceback.format_exception(error)))
    streams.note(
        f"{streams.style('bug', stream=sys.stderr, fg='red', bold=True)}: "
        f"{type(error).__name__}: {printable(str(error))}\n"
        "This should not happen. Please report it to whoever gave you eksplan, with the command and its input;\n"
        "`eksplan --debug ...` shows where it happened."
    )
    return Exit.BUG


if __name__ == "__main__":
    main()
