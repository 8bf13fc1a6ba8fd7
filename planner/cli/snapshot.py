"""``eksplan snapshot``"""

from __future__ import annotations

import re
from pathlib import Path

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit
from planner.cli.gather import gathered
from planner.cli.subjects import Choice, live_choice
from planner.cli.writing import write_plan_file
from planner.diagnostics import printable


@click.command("snapshot")
@gathered("choice", Choice, live_choice())
@click.option("--out", required=True, metavar="FILE|DIR", help="Where to write: a file, or a folder that is there.")
@click.option("--redact", is_flag=True, help="Replace account numbers, names, tags and public addresses.")
def command(choice: Choice, out: str, redact: bool) -> int:
    """Write what AWS says of clusters and VPCs into files that `review -f` judges without AWS.

    AWS is only read. Secrets in user data and in add-on settings are masked before anything is written.
    The same name in gives the same name out with --redact, and rules judge alike.
    """
    from planner.observe.redact import Redaction
    from planner.observe.snapshot import KIND, write_snapshot

    if not choice.wanted:
        raise CliError("snapshot wants --cluster NAME, --vpc-id ID or --all")
    target = Path(out)
    raws, unread = choice.read()
    if len(raws) > 1 and not target.is_dir():
        raise CliError(f"--out {out}: {len(raws)} snapshots need a folder; make it first, or ask for one cluster")
    redaction = Redaction() if redact else None
    for raw in raws:
        kept = redaction.redacted(raw) if redaction else raw
        name = re.sub(r"[^\w.-]", "_", "-".join(filter(None, (kept.account, kept.region, kept.subject))))
        path = write_plan_file(write_snapshot(kept), target, f"{name}.snapshot.json", "-", KIND)
        streams.note(printable(f"snapshot written to {path}"))
    if unread:
        streams.note(f"{len(unread)} could not be read")
    return Exit.CLEAN
