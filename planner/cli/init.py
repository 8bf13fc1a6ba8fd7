"""``eksplan init``"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from planner.cli import output
from planner.cli.exits import CliError, Exit, SilentExit
from planner.cli.inputs import load_catalog


@click.command("init")
@click.option("--name", metavar="NAME", help="Name of the cluster.")
@click.option("--region", metavar="REGION", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], help="AWS region.")
@click.option("--instance-type", metavar="TYPE", help="Instance type of the first node group.")
@click.option("--max-nodes", type=click.IntRange(1, 5000), help="Most nodes of the first node group.")
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
    from planner.spec.load import load_text
    from planner.templates import render

    catalog = load_catalog()
    path = Path(out)
    if out != "-" and path.exists() and not force:
        raise CliError(f"{out} is there already; give --force to overwrite it, or --out FILE")
    ask = sys.stdin.isatty() and sys.stderr.isatty()
    asked = ask and None in (name, region, instance_type, max_nodes)
    name = name or _ask(ask, "Name of the cluster", "my-cluster")
    region = region or _ask(ask, "AWS region", "us-east-1")
    instance_type = instance_type or _ask(ask, "Instance type", "m7i.large")
    max_nodes = max_nodes or int(_ask(ask, "Most nodes", "10"))
    text = render(
        "specs/cluster.yaml.j2",
        {
            "name": name,
            "region": region,
            "instance_type": instance_type,
            "max_nodes": max_nodes,
            "version": catalog.default_version().version,
        },
    )
    loaded = load_text(text, out, catalog.facts)
    if loaded.invalid:
        from planner.cli import problems

        problems.show(loaded.diagnostics)
        raise SilentExit(Exit.USAGE)
    if out == "-":
        output.data(text)
        return
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise CliError(f"{out}: cannot be written: {error.strerror}") from None
    if asked:
        output.note(
            f"the same without questions: eksplan init --name {name} --region {region} --instance-type {instance_type} --max-nodes {max_nodes} --out {out}"
        )
    output.note(f"{out} written; next: eksplan plan -f {out}")


def _ask(ask: bool, question: str, default: str) -> str:
    return str(click.prompt(question, default=default, err=True)) if ask else default
