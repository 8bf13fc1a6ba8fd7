"""``eksplan schema``"""

from __future__ import annotations

import json

import click

from planner.cli import streams


@click.command("schema")
@click.argument("what", type=click.Choice(["spec", "plan", "findings", "fleet", "snapshot"]))
def command(what: str) -> None:
    """Print a JSON Schema: spec, plan, findings, fleet or snapshot.

    Editors complete specs with it; put this line at the top of the spec:

    # yaml-language-server: $schema=./cluster.schema.json
    """
    if what == "spec":
        from planner.spec.schema import spec_schema

        schema = spec_schema()
    elif what == "plan":
        from planner.plan.schema import plan_schema

        schema = plan_schema()
    elif what == "snapshot":
        from planner.observe.snapshot import snapshot_schema

        schema = snapshot_schema()
    elif what == "fleet":
        from planner.spec.fleet.schema import fleet_schema

        schema = fleet_schema()
    else:
        from planner.report.findings.document import findings_schema

        schema = findings_schema()
    streams.document(json.dumps(schema, indent=1, ensure_ascii=False))
