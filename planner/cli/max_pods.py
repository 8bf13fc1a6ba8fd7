"""``eksplan max-pods``"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence

import click

from planner.capacity.max_pods import ImpossibleNetworkError, Limiter, MaxPods, PodNetwork, max_pods
from planner.catalog.model import Catalog, InstanceType
from planner.catalog.nearest import nearest_names
from planner.cli import streams
from planner.cli.exits import CliError
from planner.cli.inputs import load_catalog

MODES = {
    "secondary-ip": PodNetwork(),
    "prefix": PodNetwork(prefix=True),
    "custom": PodNetwork(custom_networking=True),
    "custom-prefix": PodNetwork(prefix=True, custom_networking=True),
    "sg-pods": PodNetwork(security_groups_for_pods=True),
    "ipv6": PodNetwork(prefix=True, ipv6=True),
}
#: Heads that would make columns wider than their numbers.
_HEADS = {"secondary-ip": "second-\nary-ip", "custom-prefix": "custom-\nprefix", "sg-pods": "sg-\npods"}


def _complete(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    try:
        return [name for name in load_catalog().instance_types if name.startswith(incomplete)]
    except CliError:
        return []


@click.command("max-pods")
@click.argument("types", nargs=-1, metavar="[TYPE]...", shell_complete=_complete)
@click.option("--all", "every", is_flag=True, help="All types of the catalog.")
@click.option("--mode", "modes", multiple=True, type=click.Choice(list(MODES)), help="Only this mode; may be repeated.")
@click.option("--windows", is_flag=True, help="Windows nodes.")
@click.option("--uncapped", is_flag=True, help="Without the recommended cap of 110 or 250.")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to print.",
)
def command(
    types: tuple[str, ...], every: bool, modes: tuple[str, ...], windows: bool, uncapped: bool, output: str
) -> None:
    """Pods per node of instance types, in every mode, and what binds it.

    The number is the one to give kubelet: what a managed node group computes. A dash means that
    the type cannot do it; with a star the recommended cap binds, without one the addresses do.
    """
    catalog = load_catalog()
    if every == bool(types):
        raise click.UsageError("give instance types, or --all")
    chosen = _types(types or tuple(catalog.instance_types), catalog)
    wanted = {name: MODES[name] for name in (modes or MODES)}
    answers = {
        instance.name: {
            mode: _answer(instance, network, catalog, windows=windows, capped=not uncapped)
            for mode, network in wanted.items()
        }
        for instance in chosen
    }
    if output == "json":
        streams.document(json.dumps([_plain(instance, answers[instance.name]) for instance in chosen], indent=1))
        return
    streams.data(_table(chosen, answers, list(wanted)))
    if len(chosen) == 1:
        for mode, answer in answers[chosen[0].name].items():
            reason = f" ({answer.explanation})" if isinstance(answer, MaxPods) and answer.explanation else ""
            text = f"{answer.worked}{reason}" if isinstance(answer, MaxPods) else answer
            lines = textwrap.wrap(text, streams.width() - 17, break_long_words=False, break_on_hyphens=False)
            streams.data(f"  {mode + ':':<15}" + ("\n" + " " * 17).join(lines))
    streams.note(f"* the recommended cap binds. Catalog of {catalog.retrieved}; formulas: eksplan explain N18")


def _table(chosen: Sequence[InstanceType], answers: Mapping[str, Mapping[str, MaxPods | str]], modes: list[str]) -> str:
    """The table; on a narrow screen without the memory, which is not what was asked for."""
    from planner.report.columns import aligned

    columns: dict[str, list[str]] = {
        "type": [one.name for one in chosen],
        "vCPU": [str(one.vcpu) for one in chosen],
        "MiB": [str(one.memory_mib) for one in chosen],
        "ENI×IPs": [f"{one.interfaces}×{one.ipv4_per_interface}" for one in chosen],
        **{_HEADS.get(mode, mode): [_cell(answers[one.name][mode]) for one in chosen] for mode in modes},
    }
    table = aligned(list(columns), list(zip(*columns.values(), strict=True)), left=1)
    if max(map(len, table.splitlines())) > streams.width():
        del columns["MiB"]
        table = aligned(list(columns), list(zip(*columns.values(), strict=True)), left=1)
    return table


def _types(names: tuple[str, ...], catalog: Catalog) -> list[InstanceType]:
    unknown = [name for name in names if name not in catalog.instance_types]
    if unknown:
        found = []
        for name in unknown:
            near = nearest_names(name.lower(), catalog.instance_types)
            found.append(f"{name}: no such instance type" + (f"; did you mean {', '.join(near)}?" if near else "."))
        raise CliError(
            " ".join(found)
            + f" The catalog of {catalog.retrieved} knows {len(catalog.instance_types):,}; "
            + "`eksplan catalog refresh` reads newer ones"
        )
    return [catalog.instance_types[name] for name in names]


def _answer(
    instance: InstanceType, network: PodNetwork, catalog: Catalog, *, windows: bool, capped: bool
) -> MaxPods | str:
    try:
        return max_pods(instance, network, catalog.facts, windows=windows, capped=capped)
    except ImpossibleNetworkError as error:
        return str(error)


def _cell(answer: MaxPods | str) -> str:
    if isinstance(answer, str):
        return "-"
    return f"{answer.pods}*" if answer.limiter is Limiter.CAP else str(answer.pods)


def _plain(instance: InstanceType, answers: dict[str, MaxPods | str]) -> dict[str, object]:
    return {
        "instanceType": instance.name,
        "vcpu": instance.vcpu,
        "memoryMib": instance.memory_mib,
        "interfaces": instance.interfaces,
        "ipv4PerInterface": instance.ipv4_per_interface,
        "modes": {
            mode: {"impossible": answer}
            if isinstance(answer, str)
            else {
                "pods": answer.pods,
                "uncapped": answer.uncapped,
                "limiter": answer.limiter,
                "worked": answer.worked,
                "explanation": answer.explanation,
            }
            for mode, answer in answers.items()
        },
    }
