"""A plan as Markdown, for pull requests and pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.design import Design, Unknown
from planner.plan.model import Plan
from planner.report.storage import HEADER, file_system_rows
from planner.report.text import access_rows, closing_line, policies_of, trusted_by


def _escape(text: object) -> str:
    escaped = str(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\n", "<br>").replace("`", "\\`")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; cells are escaped."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(_escape(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _fargate(design: Design) -> list[str]:
    """Which pods run on Fargate, where any do."""
    profiles = () if isinstance(design.fargate_profiles, Unknown) else design.fargate_profiles
    rows = [
        (one.name, "; ".join(given.in_words for given in one.selectors), ", ".join(one.subnets)) for one in profiles
    ]
    return ["## Fargate profiles", table(["profile", "takes", "subnets"], rows)] if rows else []


def plan_markdown(plan: Plan) -> str:
    """Summary first, details folded."""
    design = plan.design
    values = {decision.id: decision for decision in plan.decisions}
    version = design.cluster.version if design.cluster else ""
    groups = () if isinstance(design.node_groups, Unknown) else design.node_groups
    roles = () if isinstance(design.roles, Unknown) else design.roles
    parts = [
        f"# Plan of {_escape(plan.name)}",
        f"Kubernetes {version} in {design.region}, VPC {', '.join(map(str, design.vpc.cidrs))}. {closing_line(plan.verdict, 'Review')}.",
        "## Subnets",
        table(
            ["tier", "zone", "block", "needed", "usable", "left over"],
            [(row.tier, row.zone, ", ".join(row.cidrs), row.needed, row.usable, row.free) for row in plan.capacity],
        ),
        "## Node groups",
        table(
            ["group", "capacity", "types", "min/desired/max", "pods per node", "addresses per node"],
            [
                (
                    group.name,
                    group.capacity_type,
                    ", ".join(design.types_of(group)),
                    f"{group.min_size}/{group.desired_size}/{group.max_size}",
                    group.max_pods,
                    values[f"addresses-per-node.{group.name}"].value,
                )
                for group in groups
            ],
        ),
        *(["## File systems", table(HEADER, rows)] if (rows := file_system_rows(design)) else []),
        *_fargate(design),
        "## IAM roles",
        table(
            ["role", "trusted", "policies"],
            [(role.name, trusted_by(role), ", ".join(policies_of(role))) for role in roles],
        ),
        "## Access to the Kubernetes API",
        table(["principal", "type", "may"], access_rows(design)),
        "## One-way doors",
        table(
            ["choice", "chosen", "consequence"],
            [(door.choice, door.chosen, door.consequence) for door in plan.one_way_doors],
        ),
    ]
    if plan.verdict.findings:
        parts += [
            "## Findings",
            table(
                ["rule", "severity", "resource", "finding", "fix"],
                [
                    (
                        one.rule,
                        one.severity,
                        one.resource,
                        f"{one.summary}: {one.measured} (limit: {one.limit})",
                        one.fix,
                    )
                    for one in plan.verdict.findings
                ],
            ),
        ]
    if plan.verdict.not_evaluated:
        parts += [
            "## Not evaluated",
            table(
                ["rule", "resource", "because"],
                [(one.rule, one.resource, f"{one.reason} ({one.call})") for one in plan.verdict.not_evaluated],
            ),
        ]
    decisions = table(
        ["decision", "value", "worked out", "source"],
        [
            (one.id, f"{one.value} {one.unit}".strip(), one.worked or one.explanation, one.source)
            for one in plan.decisions
        ],
    )
    parts += [f"<details><summary>Decisions ({len(plan.decisions)})</summary>\n\n{decisions}\n\n</details>"]
    parts += [f"Catalog of {plan.catalog.retrieved} (`{plan.catalog.digest}`), plan `{plan.digest}`, {plan.generator}."]
    return "\n\n".join(parts) + "\n"
