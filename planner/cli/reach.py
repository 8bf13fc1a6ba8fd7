"""``eksplan reach``"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit
from planner.cli.inputs import load_catalog, plan_from
from planner.cli.live import Live, live_options

if TYPE_CHECKING:
    from planner.catalog.facts import Facts
    from planner.design import Design
    from planner.security.intents.model import Intent


@click.command("reach")
@click.option(
    "-f",
    "--file",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=True, allow_dash=True, path_type=str),
    help="Spec (YAML) or plan file (JSON) to read; - for standard input.",
)
@live_options(vpc=True)
@click.option("--from", "source", metavar="WHO", help="Who begins the connection.")
@click.option("--to", "target", metavar="WHO", help="Who is called.")
@click.option(
    "--port",
    metavar="PORT",
    help="Port or range that is called (443, 1025-65535), of ICMP the type; all when not given.",
)
@click.option(
    "--protocol", type=click.Choice(["tcp", "udp", "icmp", "all"]), default="tcp", show_default=True, help="Protocol."
)
@click.option("--ipv6", is_flag=True, help="Ask about IPv6.")
@click.option("--exposed", is_flag=True, help="Show what is open to the internet instead.")
@click.option("--needless", is_flag=True, help="Show security-group rules that no flow needs instead.")
@click.option("--all", "everything", is_flag=True, help="Give every pair with its steps, also those that answer alike.")
@click.option(
    "-o", "--output", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print."
)
def command(
    *,
    file: str | None,
    live: Live,
    source: str | None,
    target: str | None,
    port: str | None,
    protocol: str,
    ipv6: bool,
    exposed: bool,
    needless: bool,
    everything: bool,
    output: str,
) -> int:
    """Prove who can talk to whom.

    Without --from and --to: every flow that the cluster needs, for every pair of zones. With them:
    one question. WHO is nodes, nodes:GROUP, pods, pods:GROUP, control-plane, internet, the name
    or id of a subnet or interface, an AWS service (ecr.api), an address or a block.

    Routes, security groups, network ACLs in both directions, NAT and internet gateways and VPC
    endpoints are judged. The answer is reachable, blocked by a component with the smallest change that
    opens it, or unknown beyond what can be seen.

    Ends with 4 when something is blocked.
    """
    catalog = load_catalog()
    if sum(one is not None for one in (file, live.cluster, live.vpc)) != 1:
        raise click.UsageError("give either --file or --cluster or --vpc")
    if live.vpc is not None and source is None and not exposed:
        raise click.UsageError("a VPC alone has no flows of a cluster: give --from and --to, or --exposed")
    if (source is None) != (target is None):
        raise click.UsageError("give both --from and --to, or neither")
    if sum([source is not None, exposed, needless]) > 1:
        raise click.UsageError("give one of --from with --to, --exposed and --needless")
    if file:
        design, wanted = _of_file(file, output, catalog.facts)
    elif live.vpc:
        design, wanted = live.observe(), ()
    else:
        design, wanted = _of_cluster(live, catalog.facts)
    if source is not None and target is not None:
        return _one(
            design, source, target, port, protocol, family=6 if ipv6 else 4, everything=everything, output=output
        )
    if exposed:
        return _exposed(design, output)
    if needless:
        return _needless(design, wanted, output)
    return _matrix(design, wanted, catalog.facts, everything=everything, output=output)


def _of_file(file: str, output: str, facts: Facts) -> tuple[Design, tuple[Intent, ...]]:
    from planner.plan.spec_of import spec_of
    from planner.security.intents.features import of_spec
    from planner.security.intents.flows import intents

    plan = plan_from(file, load_catalog(), as_json=output == "json").plan
    spec = spec_of(plan).spec
    return plan.design, intents(of_spec(spec, facts), facts)


def _of_cluster(live: Live, facts: Facts) -> tuple[Design, tuple[Intent, ...]]:
    from planner.security.intents.features import of_design
    from planner.security.intents.flows import intents

    design = live.observe()
    return design, intents(of_design(design, facts), facts)


def _matrix(design: Design, wanted: tuple[Intent, ...], facts: Facts, *, everything: bool, output: str) -> int:
    from planner.report import reach as report
    from planner.security.flows.matrix import ask_all
    from planner.security.reach.model import Status

    rows = ask_all(design, wanted)
    blocked = [row for row in rows if row.status is Status.BLOCKED]
    if output == "json":
        content = {"blocked": len(blocked), "flows": report.plain(rows, facts)}
        streams.document(json.dumps(content, indent=1, ensure_ascii=False))
    else:
        streams.data(report.matrix(rows, facts))
        lines = report.reasons(rows, facts)
        if everything:
            lines += [line for row in rows for one in row.asked for line in report.answer(one.question, one.answer)]
        if lines:
            streams.data("")
            streams.data(report.paragraphs(lines, streams.width()))
        count = sum(len(row.asked) for row in rows)
        streams.data(f"\n{len(rows)} flows, {count} pairs: {len(blocked) or 'none'} blocked")
    return Exit.FINDINGS if blocked else Exit.CLEAN


def _one(
    design: Design,
    source: str,
    target: str,
    port: str | None,
    protocol: str,
    *,
    family: int,
    everything: bool,
    output: str,
) -> int:
    from planner.report import reach as report
    from planner.security.flows.named import NotNamedError, parties
    from planner.security.reach.engine import Prover
    from planner.security.reach.model import Question, Status
    from planner.spec.ports import ports_text

    first = last = None
    if port is not None:
        try:
            begin, _, end = ports_text(port).partition("-")
        except ValueError as error:
            raise click.UsageError(f"--port {port}: {error}") from None
        first, last = int(begin), int(end or begin)
    if protocol == "icmp":
        if last != first or (first or 0) > 255:
            raise click.UsageError(f"--port {port}: of ICMP it is one type, 1-255 (8 is an echo request)")
        last = None  # every code
        protocol = "icmpv6" if family == 6 else protocol
    try:
        sources, targets = parties(design, source, family), parties(design, target, family)
    except NotNamedError as error:
        raise CliError(str(error)) from None
    prover = Prover(design)
    asked = [
        (question, prover.ask(question))
        for one in sources
        for other in targets
        if one != other or len(sources) == 1
        for question in (Question(one, other, "-1" if protocol == "all" else protocol, first, last, family=family),)
    ]
    if output == "json":
        content = [report.plain_answer(question, answer) for question, answer in asked]
        streams.document(json.dumps(content, indent=1, ensure_ascii=False))
    else:
        lines = report.answers(asked, everything=everything)
        streams.data(report.paragraphs(lines, streams.width()))
    return Exit.FINDINGS if any(answer.status is Status.BLOCKED for _, answer in asked) else Exit.CLEAN


def _exposed(design: Design, output: str) -> int:
    from planner.report import reach as report
    from planner.report.columns import aligned
    from planner.security.flows.exposed import exposed

    found = exposed(design)
    if output == "json":
        content = [
            {
                "who": one.who,
                "from": one.source,
                "ports": one.ports,
                "rule": one.rule,
                "reachable": one.reachable,
                "verdict": one.verdict,
                "reason": one.reason,
            }
            for one in found
        ]
        streams.document(json.dumps(content, indent=1, ensure_ascii=False))
    elif found:
        rows = [[one.who, one.source, one.ports, one.rule, one.verdict] for one in found]
        streams.data(aligned(["who", "from", "ports", "rule of", "verdict"], rows, left=5))
        unseen = dict.fromkeys(one.reason for one in found if not one.known and one.reason)
        for reason in unseen:
            streams.data(report.paragraphs([f"not known: {reason}"], streams.width()))
    else:
        streams.data("nothing is open to the internet")
    return Exit.FINDINGS if any(one.reachable for one in found) else Exit.CLEAN


def _needless(design: Design, wanted: tuple[Intent, ...], output: str) -> int:
    from planner.report.columns import aligned
    from planner.security.flows.needless import needless_rules

    found = needless_rules(design, wanted)
    if output == "json":
        content = [
            {
                "group": group,
                "direction": str(rule.direction),
                "protocol": rule.protocol,
                "ports": rule.ports,
                "peer": rule.peer,
            }
            for group, rule in found
        ]
        streams.document(json.dumps(content, indent=1, ensure_ascii=False))
    elif found:
        rows = [
            [group, str(rule.direction), rule.protocol, rule.ports, rule.peer, rule.reason] for group, rule in found
        ]
        streams.data(aligned(["group", "direction", "protocol", "ports", "peer", "description"], rows, left=6))
    else:
        streams.data("every rule is needed by a flow")
    return Exit.FINDINGS if found else Exit.CLEAN
