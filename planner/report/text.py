"""Plans and verdicts as tables for terminals; right in 80 columns and without colour."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from planner.decisions import Decision
from planner.design import Design, Role, Unknown
from planner.diagnostics import Severity, Verdict
from planner.network.demand import DemandItem
from planner.plan.model import Plan
from planner.report.storage import HEADER, file_system_rows
from planner.security.entries import in_words

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

SEVERITY_STYLES = {
    Severity.BLOCKER: "bold red",
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.INFO: "cyan",
}


#: How capacity other than on-demand is marked beside a group's name.
_BOUGHT = {"SPOT": "\n(spot)", "CAPACITY_BLOCK": "\n(capacity block)"}


def table_of(title: str, *columns: tuple[str, str]) -> Table:
    """An empty table with these columns, each with how it is justified."""
    from rich import box
    from rich.table import Table

    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        header_style="bold",
    )
    for name, justify in columns:
        # numbers, addresses and AWS's names stay in one piece; words may wrap
        whole = justify == "right" or name in {"zone", "block", "types"}
        table.add_column(name, justify=justify, overflow="fold", no_wrap=whole)  # type: ignore[arg-type]
    return table


def _line(text: str, style: str = "") -> RenderableType:
    from rich.text import Text

    return Text(text, style=style)


def plan_tables(plan: Plan, *, details: bool) -> list[RenderableType]:
    """The plan on one screen; with ``details`` everything behind it."""
    shown: list[RenderableType] = [_line(_headline(plan.design), "bold"), _line(_network_line(plan)), ""]
    shown += [_subnets(plan), ""]
    if plan.design.fargate_profiles:
        shown += [_fargate(plan.design), ""]
    shown += [*([_groups(plan)] if plan.design.node_groups else []), _line(_scaling_line(plan)), ""]
    shown += [_file_systems(plan.design), ""] if plan.design.file_systems else []
    if details:
        shown += [
            _amis(plan),
            "",
            _demands(plan),
            "",
            _security(plan.design),
            "",
            _roles(plan.design),
            "",
            _access(plan.design),
            "",
        ]
    shown += [_doors(plan), "", *verdict_tables(plan.verdict, "review")]
    if not any(one.price_per_hour for one in plan.pods):
        shown.append(_line("cost: price unknown (`eksplan catalog refresh` reads on-demand prices)", "dim"))
    else:
        shown.append(_line(_cost_line(plan)))
    shown.append(
        _line(f"catalog of {plan.catalog.retrieved} ({plan.catalog.digest[:19]}), plan {plan.digest[:19]}", "dim")
    )
    shown.append(_line("every number: eksplan why -f SPEC; everything: eksplan plan -f SPEC --details", "dim"))
    return shown


def _headline(design: Design) -> str:
    cluster = design.cluster
    if cluster is None:
        return f"VPC {design.vpc.name} in {design.region}"
    zones = sorted({subnet.zone for subnet in design.subnets})
    return f"{cluster.name}: Kubernetes {cluster.version} in {design.region}, zones {', '.join(zones)}"


def _network_line(plan: Plan) -> str:
    design = plan.design
    values = {decision.id: decision.value for decision in plan.decisions}
    blocks = ", ".join(map(str, design.vpc.cidrs)) + (" and an IPv6 /56" if design.vpc.ipv6 else "")
    return (
        f"VPC {blocks}; services {values.get('service.cidr', '?')}; API {values.get('endpoint.access', '?')}; "
        f"way out: {values.get('nat', 'as it is')}; VPC endpoints: {values.get('endpoints', 'none')}"
    )


def _scaling_line(plan: Plan) -> str:
    """Who scales the nodes, and who is advised to."""
    found = next((one for one in plan.decisions if one.id == "autoscaling"), None)
    if found is None:
        return ""
    advice = next((one.value for one in found.inputs if one.name == "advice"), "")
    return f"nodes are added and removed by {found.value}" + (
        f"; advised: {advice.partition(' (')[0]}" if advice else ""
    )


def _subnets(plan: Plan) -> Table:
    table = table_of(
        "Subnets",
        ("tier", "left"),
        ("zone", "left"),
        ("block", "left"),
        ("needed", "right"),
        ("usable", "right"),
        ("left over", "right"),
    )
    for row in plan.capacity:
        table.add_row(row.tier, row.zone, "\n".join(row.cidrs), f"{row.needed:,}", f"{row.usable:,}", f"{row.free:,}")
    return table


def _groups(plan: Plan) -> Table:
    table = table_of(
        "Node groups",
        ("group", "left"),
        ("types", "left"),
        ("min/want/max", "right"),
        ("pods/node", "right"),
        ("limited by", "left"),
        ("IPs/node", "right"),
    )
    values = {decision.id: decision for decision in plan.decisions}
    groups = () if isinstance(plan.design.node_groups, Unknown) else plan.design.node_groups
    for group in groups:
        rows = [one for one in plan.pods if one.group == group.name]
        ruling = min(rows, key=lambda one: one.pods)
        named = plan.design.types_of(group)
        more = len(named) - 2
        types = "\n".join([*named[:2], *([f"+{more} more"] if more > 0 else [])])
        table.add_row(
            group.name + _BOUGHT.get(group.capacity_type, ""),
            types,
            f"{group.min_size}/{group.desired_size}/{group.max_size}",
            str(group.max_pods),
            "the spec" if group.max_pods != ruling.pods else ruling.limiter,
            values[f"addresses-per-node.{group.name}"].value,
        )
    return table


def _fargate(design: Design) -> Table:
    """Which pods run on Fargate; the subnets are private ones."""
    table = table_of("Fargate profiles", ("profile", "left"), ("takes", "left"), ("subnets", "left"))
    for one in () if isinstance(design.fargate_profiles, Unknown) else design.fargate_profiles:
        table.add_row(one.name, "\n".join(selector.in_words for selector in one.selectors), "\n".join(one.subnets))
    return table


def _amis(plan: Plan) -> Table:
    """What nodes start from, why, and where AWS publishes its id."""
    table = table_of("AMIs", ("group", "left"), ("AMI", "left"), ("because", "left"))
    for one in plan.decisions:
        if one.id.startswith("ami."):
            where = [given.value for given in one.inputs if given.name == "SSM parameter"]
            table.add_row(one.id.removeprefix("ami."), one.value, "\n".join([one.worked or one.explanation, *where]))
    return table


def _demands(plan: Plan) -> Table:
    table = table_of(
        "Who takes addresses", ("subnet", "left"), ("for", "left"), ("addresses", "right"), ("because", "left")
    )
    alike: dict[tuple[str, tuple[DemandItem, ...]], list[str]] = {}
    for demand in plan.demands:
        alike.setdefault((demand.tier, demand.items), []).append(demand.zone)
    for (tier, items), zones in alike.items():
        for number, item in enumerate(items):
            where = "\n".join([tier, *zones]) if number == 0 else ""
            table.add_row(where, item.name, f"{item.addresses:,}", item.worked)
    return table


def _security(design: Design) -> Table:
    table = table_of(
        "Security groups",
        ("group", "left"),
        ("rule", "left"),
        ("because", "left"),
        ("flow", "left"),
    )
    groups = () if isinstance(design.security_groups, Unknown) else design.security_groups
    for group in groups:
        for number, rule in enumerate(group.rules):
            arrow = "from" if rule.direction == "ingress" else "to"
            protocol = "everything" if rule.protocol == "-1" else f"{rule.protocol} {rule.ports}"
            table.add_row(
                group.name if number == 0 else "", f"{protocol} {arrow} {rule.peer}", rule.reason, rule.feature
            )
    return table


def _roles(design: Design) -> Table:
    table = table_of("IAM roles", ("role", "left"), ("trusted", "left"), ("policies", "left"))
    roles = () if isinstance(design.roles, Unknown) else design.roles
    for role in roles:
        table.add_row(role.name, trusted_by(role), ", ".join(policies_of(role)))
    return table


def policies_of(role: Role) -> list[str]:
    """Names of a role's policies, the managed ones first."""
    return [arn.rpartition("/")[2] for arn in role.managed_policies] + [name for name, _ in role.inline_policies]


def trusted_by(role: Role) -> str:
    """Who may assume a role: services, or a service account through the cluster's OIDC issuer."""
    if role.existing:
        return "made elsewhere"
    accounts = [
        value.removeprefix("system:serviceaccount:").replace(":", "/")
        for one in role.conditions
        if one.key.endswith(":sub")
        for value in one.values
    ]
    return ", ".join([*role.principals, *(f"{one} (OIDC)" for one in accounts)])


def access_rows(design: Design) -> list[tuple[str, str, str]]:
    """Principal, type and rights of each access entry."""
    cluster = design.cluster
    entries = () if cluster is None or isinstance(cluster.access_entries, Unknown) else cluster.access_entries
    rows = [(one.name, one.type, in_words(one)) for one in entries]
    if cluster is not None and cluster.creator_is_admin is True:
        rows.append(("whoever makes the cluster", "STANDARD", "administrator (entry made by EKS)"))
    return rows


def _access(design: Design) -> Table:
    table = table_of("Access to the Kubernetes API", ("principal", "left"), ("type", "left"), ("may", "left"))
    for row in access_rows(design):
        table.add_row(*row)
    return table


def _file_systems(design: Design) -> Table:
    table = table_of("File systems", *((name, "left") for name in HEADER))
    for row in file_system_rows(design):
        table.add_row(*row)
    return table


def _doors(plan: Plan) -> Table:
    table = table_of("One-way doors: these can never be changed", ("choice", "left"), ("chosen", "left"))
    for door in plan.one_way_doors:
        table.add_row(door.choice, door.chosen)
    return table


def _cost_line(plan: Plan) -> str:
    prices: dict[str, float] = {}
    for one in plan.pods:
        if one.price_per_hour is not None:
            prices.setdefault(one.group, one.price_per_hour)
    groups = () if isinstance(plan.design.node_groups, Unknown) else plan.design.node_groups
    known = [group for group in groups if group.name in prices]
    low = sum(prices[group.name] * group.min_size for group in known)
    high = sum(prices[group.name] * group.max_size for group in known)
    unknown = [group.name for group in groups if group.name not in prices]
    text = f"nodes on demand: {low:,.2f} to {high:,.2f} USD an hour (first type of each group, min to max)"
    return text + (f"; price unknown for {', '.join(unknown)}" if unknown else "")


def verdict_tables(verdict: Verdict, title: str) -> list[RenderableType]:
    """Findings, what could not be evaluated, and the closing count."""
    shown: list[RenderableType] = []
    if verdict.findings:
        from rich.text import Text

        table = table_of(
            f"Findings ({title})", ("rule", "left"), ("severity", "left"), ("resource", "left"), ("finding", "left")
        )
        for finding in verdict.findings:
            text = finding.summary
            if finding.measured or finding.limit:
                text += f": {finding.measured}" + (f" (limit: {finding.limit})" if finding.limit else "")
            if finding.fix:
                text += f"\nfix: {finding.fix}"
            table.add_row(
                finding.rule, Text(finding.severity, style=SEVERITY_STYLES[finding.severity]), finding.resource, text
            )
        shown += [table, ""]
    if verdict.not_evaluated:
        table = table_of("Not evaluated", ("rule", "left"), ("resource", "left"), ("because", "left"))
        for one in verdict.not_evaluated:
            table.add_row(one.rule, one.resource, f"{one.reason} ({one.call})")
        shown += [table, ""]
    shown.append(_line(closing_line(verdict, title)))
    return shown


def closing_line(verdict: Verdict, title: str) -> str:
    """``review: 40 rules passed, 1 finding (1 warning), 2 not evaluated``."""
    counts = [
        f"{count} {severity}"
        for severity in Severity
        if (count := sum(1 for one in verdict.findings if one.severity is severity))
    ]
    findings = (
        f"{len(verdict.findings)} finding{'s' if len(verdict.findings) > 1 else ''} ({', '.join(counts)})"
        if counts
        else "no findings"
    )
    unseen = len({one.rule for one in verdict.not_evaluated})
    return f"{title}: {len(verdict.passed)} rules passed, {findings}" + (f", {unseen} not evaluated" if unseen else "")


def decision_list(decisions: Sequence[Decision], width: int) -> str:
    """All decisions with their values, and below each how it was worked out. Ids stay whole."""
    room = min(max((len(one.id) for one in decisions), default=0), width // 2)
    lines: list[str] = []
    for one in decisions:
        value = f"{one.value} {one.unit}".strip()
        longest = max(map(len, value.split()), default=0)
        if len(one.id) <= room and room + 2 + longest <= width:
            lines += _wrapped(value, width, f"{one.id:<{room}}  ", " " * (room + 2))
        else:
            lines += [one.id, *_wrapped(value, width, "    ", "    ")]
        lines += _wrapped(one.worked, width, "    = ", " " * 6)
    return "\n".join(lines)


def _wrapped(text: str, width: int, first: str, further: str) -> list[str]:
    return textwrap.wrap(
        text,
        max(width, 40),
        initial_indent=first,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def decision_text(one: Decision, width: int) -> str:
    """One decision in full."""
    lines = [f"{one.title}: {one.value} {one.unit}".rstrip(), f"  id:       {one.id}"]
    parts: Iterable[tuple[str, str]] = (
        ("formula", one.formula),
        ("worked", one.worked),
        *((f"  {given.name}", given.value) for given in one.inputs),
        ("because", one.explanation),
        ("source", one.source),
        ("note", one.note),
    )
    for name, value in parts:
        if value:
            lead = f"  {name + ':':<10}" if not name.startswith("  ") else f"    {name.strip()}: "
            lines += _wrapped(value, width, lead, " " * 12)
    return "\n".join(lines)
