"""``eksplan max-pods``"""

from __future__ import annotations

import json

import click

from planner.capacity.max_pods import ImpossibleNetworkError, MaxPods, PodNetwork, max_pods
from planner.catalog.model import Catalog, InstanceType
from planner.catalog.nearest import nearest_names
from planner.cli import output
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


def _complete(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in load_catalog().instance_types if name.startswith(incomplete)]


@click.command("max-pods")
@click.argument("types", nargs=-1, metavar="[TYPE]...", shell_complete=_complete)
@click.option("--all", "every", is_flag=True, help="All types of the catalog.")
@click.option("--mode", "modes", multiple=True, type=click.Choice(list(MODES)), help="Only this mode; may be repeated.")
@click.option("--windows", is_flag=True, help="Windows nodes.")
@click.option("--uncapped", is_flag=True, help="Without the recommended cap of 110 or 250.")
@click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to print.",
)
def command(
    types: tuple[str, ...], every: bool, modes: tuple[str, ...], windows: bool, uncapped: bool, form: str
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
    if form == "json":
        output.data(json.dumps([_plain(instance, answers[instance.name]) for instance in chosen], indent=1))
        return
    from planner.report.columns import aligned

    header = ["type", "vCPU", "MiB", "ENI×IPs", *wanted]
    rows = [
        [
            one.name,
            str(one.vcpu),
            str(one.memory_mib),
            f"{one.interfaces}×{one.ipv4_per_interface}",
            *map(_cell, answers[one.name].values()),
        ]
        for one in chosen
    ]
    output.data(aligned(header, rows, left=1))
    if len(chosen) == 1:
        for mode, answer in answers[chosen[0].name].items():
            text = (
                f"{answer.worked}{f' ({answer.explanation})' if answer.explanation else ''}"
                if isinstance(answer, MaxPods)
                else answer
            )
            output.data(f"  {mode + ':':<15}{text}")
    output.note(f"* the recommended cap binds. Catalog of {catalog.retrieved}; formulas: eksplan explain N18")


def _types(names: tuple[str, ...], catalog: Catalog) -> list[InstanceType]:
    chosen: list[InstanceType] = []
    for name in names:
        if name not in catalog.instance_types:
            near = nearest_names(name, catalog.instance_types)
            raise CliError(
                f"{name}: no such instance type among {len(catalog.instance_types):,} of {catalog.retrieved}"
                + (f"; did you mean {', '.join(near)}?" if near else "")
                + " `eksplan catalog refresh` reads newer ones"
            )
        chosen.append(catalog.instance_types[name])
    return chosen


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
    return (
        f"{answer.pods}*" if answer.limiter.value.startswith("recommended") and answer.addresses else str(answer.pods)
    )


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
