"""``eksplan init``"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit, SilentExit
from planner.cli.inputs import load_catalog

if TYPE_CHECKING:
    from planner.catalog.model import Catalog

_MOST = click.IntRange(1, 5000)


@click.command("init")
@click.option("--name", metavar="NAME", help="Name of the cluster.")
@click.option("--region", metavar="REGION", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], help="AWS region.")
@click.option("--instance-type", metavar="TYPE", help="Instance type of the first node group.")
@click.option("--max-nodes", type=_MOST, help="Most nodes of the first node group.")
@click.option(
    "--out", metavar="FILE", default="cluster.yaml", show_default=True, help="File to write; - for standard output."
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
def command(
    name: str | None, region: str | None, instance_type: str | None, max_nodes: int | None, out: str, force: bool
) -> None:
    """Write a commented starter spec.

    Asks for what is not given when a terminal is there; otherwise takes the defaults.
    """
    catalog = load_catalog()
    path = Path(out)
    if out != "-" and path.exists() and not force:
        raise CliError(f"{out} is there already; give --force to overwrite it, or --out FILE")
    terminal = all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
    asked = terminal and None in (name, region, instance_type, max_nodes)
    judge = _Judge(catalog)
    chosen = {
        "name": _value(name, "--name", judge.name, asked, "Name of the cluster", "my-cluster"),
        "region": _value(region, "--region", judge.region, asked, "AWS region", "us-east-1"),
    }
    chosen["instance_type"] = _value(
        instance_type,
        "--instance-type",
        lambda one: judge.instance_type(one, chosen["region"]),
        asked,
        "Instance type",
        "m7i.large",
    )
    chosen["max_nodes"] = max_nodes or _value(
        None, "--max-nodes", lambda one: int(_MOST(one) or 0), asked, "Most nodes", "10"
    )
    text = _spec(catalog, chosen, out)
    if out == "-":
        streams.document(text)
        return
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise CliError(f"{out}: cannot be written: {error.strerror}") from None
    if asked:
        options = " ".join(f"--{key.replace('_', '-')} {shlex.quote(str(value))}" for key, value in chosen.items())
        streams.note(f"the same without questions: eksplan init {options} --out {shlex.quote(out)}")
    streams.note(f"{out} written; next: eksplan plan -f {out}")


def _value(
    given: str | None, option: str, judged: Callable[[str], Any], asked: bool, question: str, default: str
) -> Any:
    """What an option says, else the answer to a question, else the default; always judged."""
    if given is None and asked:
        return click.prompt(question, default=default, err=True, value_proc=judged)
    try:
        return judged(default if given is None else given)
    except click.BadParameter as error:
        raise click.BadParameter(error.message, param_hint=option) from None


class _Judge:
    """Refuses answers that no plan could be made of, with the nearest right ones."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def name(self, name: str) -> str:
        from pydantic import TypeAdapter, ValidationError

        from planner.spec.types import ClusterName

        try:
            return str(TypeAdapter(ClusterName).validate_python(name))
        except ValidationError as error:
            raise click.BadParameter(f"{name!r}: {error.errors()[0]['msg']}") from None

    def region(self, region: str) -> str:
        if region in self.catalog.region_names:
            return region
        raise click.BadParameter(f"{region}: no such region in the catalog{_near(region, self.catalog.region_names)}")

    def instance_type(self, name: str, region: str) -> str:
        if name not in self.catalog.instance_types:
            raise click.BadParameter(f"{name}: no such instance type{_near(name, self.catalog.instance_types)}")
        offered = self.catalog.load_region(region).offerings
        if offered and name not in offered:
            raise click.BadParameter(f"{name} is not offered in {region}{_near(name, offered)}")
        return name


def _near(word: str, known: Any) -> str:
    from planner.catalog.nearest import nearest_names

    near = nearest_names(word, known)
    return f"; did you mean {', '.join(near)}?" if near else ""


def _spec(catalog: Catalog, chosen: dict[str, Any], out: str) -> str:
    """The starter spec. It is planned before it is given away; raises SilentExit if that fails."""
    from planner.cli import problems
    from planner.plan.build import build
    from planner.spec.load import load_text
    from planner.templates import render

    text = render("specs/cluster.yaml.j2", {**chosen, "version": catalog.default_version().version})
    loaded = load_text(text, out, catalog.facts)
    if loaded.document is None:
        problems.show(loaded.diagnostics)
        raise SilentExit(Exit.USAGE)
    result = build(loaded.document, catalog, render)
    if result.plan is None:
        problems.stop_if_wrong(result.diagnostics)
    return text
