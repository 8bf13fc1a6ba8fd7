"""``eksplan max-pods``"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Mapping, Sequence

import click

from planner.capacity.answer import Question, TypeAnswer, answer
from planner.capacity.max_pods import PodNetwork, refused
from planner.capacity.modes import MODES
from planner.capacity.systems import OsFamily
from planner.catalog.model import Catalog, InstanceType
from planner.cli import known, streams
from planner.cli.exits import CliError, Exit
from planner.cli.inputs import load_catalog

#: Types of one managed node group at most.
_GROUP = 20
_VERSION = re.compile(r"v?\d+\.\d+\.\d+(-eksbuild\.\d+)?")


def _version(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not _VERSION.fullmatch(value):
        raise click.BadParameter(f"{value!r} is no version of the VPC CNI; write it as 1.20.4")
    return value


@click.command("max-pods")
@click.argument("types", nargs=-1, metavar="[TYPE]...", shell_complete=known.complete_type)
@click.option("--all", "every", is_flag=True, help="All types of the catalog.")
@click.option("--mode", "modes", multiple=True, type=click.Choice(list(MODES)), help="Only this mode; may be repeated.")
@click.option(
    "--os",
    "family",
    type=click.Choice(["al2023", "bottlerocket", "windows"]),
    default="al2023",
    show_default=True,
    help="Operating system of the nodes.",
)
@click.option("--uncapped", is_flag=True, help="Without the recommended cap of 110 or 250.")
@click.option("--max-eni", type=click.IntRange(1), metavar="N", help="MAX_ENI of the VPC CNI.")
@click.option(
    "--host-network-pods",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Pods on every node's own network beyond aws-node and kube-proxy.",
)
@click.option("--cni-version", callback=_version, metavar="VERSION", help="Version of the VPC CNI; the newest if none.")
@click.option("--systems/--no-systems", default=None, help="What each system would say. [default: for one type]")
@click.option(
    "--told", type=click.IntRange(1), metavar="N", help="maxPods at which memory reserves are compared. [default: 110]"
)
@click.option(
    "--expression", metavar="CEL", help="nodeadm's maxPodsExpression: what it gives, and what is wrong with it."
)
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json", "csv", "chart", "svg"]),
    default="table",
    show_default=True,
    help="How to print.",
)
def command(
    *,
    types: tuple[str, ...],
    every: bool,
    modes: tuple[str, ...],
    family: OsFamily,
    uncapped: bool,
    max_eni: int | None,
    host_network_pods: int,
    cni_version: str | None,
    systems: bool | None,
    told: int | None,
    expression: str | None,
    output: str,
) -> None:
    """Pods per node of instance types, in every mode, and what binds it.

    The number is the one to give kubelet. A dash means that the type cannot do it; with a star the
    recommended cap binds, without one the addresses do. For one type also what managed node groups,
    nodeadm, Bottlerocket, Karpenter, Auto Mode and the Cluster Autoscaler would each say, and why.
    """
    if every == bool(types):
        raise click.UsageError("give instance types, or --all")
    catalog = load_catalog()
    known.check_names(types, catalog.instance_types, "instance type", catalog)
    chosen = [catalog.instance_types[name] for name in dict.fromkeys(types or tuple(catalog.instance_types))]
    networks = {
        name: dataclasses.replace(
            MODES[name], max_eni=max_eni, host_network_pods=host_network_pods, cni_version=cni_version
        )
        for name in modes or MODES
    }
    if modes and not every:
        _refuse(chosen, networks, catalog, windows=family == "windows")
    if expression is not None:
        _expression(expression, chosen, networks, catalog, output)
        return
    if output in ("chart", "svg") and not modes:
        networks = {"secondary-ip": networks["secondary-ip"]}
    question = Question(
        networks,
        family=family,
        capped=not uncapped,
        told=told,
        with_systems=len(chosen) == 1 if systems is None else systems,
    )
    _print([answer(one, question, catalog) for one in chosen], output, catalog)


def _refuse(
    chosen: Sequence[InstanceType], networks: Mapping[str, PodNetwork], catalog: Catalog, *, windows: bool
) -> None:
    """Raises CliError for modes that were asked for by name and are none for these types."""
    reasons = [
        reason
        for instance in chosen
        for network in networks.values()
        if (reason := refused(instance, network, catalog.facts, windows=windows))
    ]
    if reasons:
        raise CliError("; ".join(dict.fromkeys(reasons)))


def _print(answers: Sequence[TypeAnswer], output: str, catalog: Catalog) -> None:
    from planner.report import max_pods as report

    if output == "json":
        streams.document(json.dumps([report.plain(one) for one in answers], indent=1, ensure_ascii=False))
    elif output == "csv":
        streams.document(report.csv_text(answers))
    elif output in ("chart", "svg"):
        _draw(answers, output, catalog)
    else:
        width = streams.width()
        streams.data(report.table(answers, width))
        if len(answers) == 1:
            streams.data("\n".join(report.arithmetic(answers[0], width)))
        elif len(answers) <= _GROUP:
            streams.data("\n" + "\n".join(report.together(answers, width)))
        for one in answers:
            for mode, said in one.modes.items():
                if said.systems and mode == next(name for name, each in one.modes.items() if each.systems):
                    streams.data("\n" + "\n".join(report.who_says_what(one, mode, width)))
        streams.note(f"* the recommended cap binds. Catalog of {catalog.retrieved}; formulas: eksplan explain N18")


def _draw(answers: Sequence[TypeAnswer], output: str, catalog: Catalog) -> None:
    """Pods per node as bars in the colour of what limits them."""
    from planner.report.chart import Bar, svg, terminal
    from planner.templates import render

    several = len(answers[0].modes) > 1 if answers else False
    bars = [
        Bar(f"{one.instance.name} {name}" if several else one.instance.name, mode.pods.pods, mode.pods.limiter)
        for one in answers
        for name, mode in one.modes.items()
        if mode.pods is not None
    ]
    modes = ", ".join(answers[0].modes) if answers else ""
    if output == "chart":
        streams.data(terminal(bars, width=streams.width(), colored=streams.colored(sys.stdout)))
    else:
        streams.document(svg(bars, "Pods per node", f"mode {modes}; catalog of {catalog.retrieved}", render))


def _expression(
    text: str, chosen: Sequence[InstanceType], networks: Mapping[str, PodNetwork], catalog: Catalog, output: str
) -> None:
    """What an expression gives on each type. Raises CliError for one that nodeadm would ignore
    everywhere; ends with the exit code of findings where there are any."""
    from planner.capacity.expression import Expression, ExpressionError
    from planner.cli.exits import SilentExit
    from planner.report import expression as report

    network = next(iter(networks.values()))
    try:
        values = Expression(text, catalog.facts).on_all(chosen, network)
    except ExpressionError as error:
        raise CliError(f"--expression: nodeadm would ignore it: {error}") from None
    if output == "json":
        streams.document(json.dumps([report.plain(one) for one in values], indent=1, ensure_ascii=False))
    elif output == "csv":
        streams.document(report.csv_text(values))
    elif output == "table":
        streams.data(report.table(values, streams.width()))
    else:
        raise CliError(f"--expression: cannot be drawn as {output}; use -o table, json or csv")
    wrong = sum(1 for one in values if one.findings)
    if wrong:
        streams.note(f"{wrong:,} of {len(values):,} types have findings (mode {next(iter(networks))})")
        raise SilentExit(Exit.FINDINGS)
