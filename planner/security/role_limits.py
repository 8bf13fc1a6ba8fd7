"""What IAM and EKS refuse about the roles and entries of a plan, and what no role was planned for (note N36)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from planner.capacity.brief import Brief
from planner.design import AccessEntry, Role
from planner.design.trust import trust_policy
from planner.diagnostics import Diagnostic, Kind, Path
from planner.security.roles import PlannedRoles, missing_roles

_ACCOUNT = 12
#: oidc.eks.REGION.amazonaws.com/id/ and 32 digits
_OIDC = 80


def check_roles(brief: Brief, planned: PlannedRoles, entries: Sequence[AccessEntry]) -> Iterator[Diagnostic]:
    """Sizes of policies, numbers of policies and associations, partitions, and add-ons without a role."""
    for role in planned.roles:
        yield from _sizes(brief, role)
    total = len(planned.controllers) + len(planned.identities)
    if total > brief.facts.number("pod_identity.associations_max"):
        yield _too_many(brief, "Pod Identity associations", "associations", total, "pod_identity.associations_max")
    yield from _principals(brief, planned.roles, entries)
    yield from _without_role(brief, planned)


def inline_size(role: Role) -> int:
    """Characters of a role's inline policies as IAM counts them: without white space.

    The account's id is counted with its twelve digits.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    return sum(_counted(document) for _, document in role.inline_policies)


def _counted(document: str) -> int:
    known = document.replace("${aws.account}", "0" * _ACCOUNT).replace("${cluster.oidc}", "o" * _OIDC)
    return sum(1 for letter in known if not letter.isspace())


def _sizes(brief: Brief, role: Role) -> Iterator[Diagnostic]:
    facts = brief.facts
    rows = (
        ("inline policies", "characters", inline_size(role), "roles.inline_max"),
        ("trust policy", "characters", _counted(trust_policy(role)), "roles.trust_max"),
        ("managed policies", "policies", len(role.managed_policies), "roles.managed_policies_max"),
    )
    for what, unit, count, key in rows:
        if count > facts.number(key):
            yield _too_many(brief, f"{what} of role {role.name}", unit, count, key)


def _too_many(brief: Brief, what: str, unit: str, count: int, key: str) -> Diagnostic:
    fact = brief.facts[key]
    return Diagnostic(
        Kind.INFEASIBLE,
        "role-size",
        f"{what}: more than AWS takes",
        path=("metadata", "name") if unit == "characters" else ("spec", "addons"),
        value=f"{count:,} {unit}",
        limit=f"{fact.value:,} {unit}" + (f" ({fact.note})" if fact.note else ""),
        fix="shorten the cluster's name, which stands in every condition; or name fewer hosted zones"
        if unit == "characters"
        else "ask for fewer add-ons",
        source=fact.source,
        note="N36",
    )


def _principals(brief: Brief, roles: Sequence[Role], entries: Sequence[AccessEntry]) -> Iterator[Diagnostic]:
    """Principals of another partition, and roles that the plan has an entry for already."""
    taken = Counter(one.name for one in entries)
    planned = {role.name for role in roles}
    node_roles = {role.name for role in roles if any("ec2.amazonaws" in one for one in role.principals)}
    for number, one in enumerate(brief.spec.access_entries):
        path: Path = ("spec", "accessEntries", number, "principalArn")
        parts, name = one.principal_arn.split(":"), one.principal_arn.rpartition("/")[2]
        if parts[1] != brief.region.partition:
            yield _refused(
                "access-partition",
                path,
                "this principal lies in another partition than the region",
                value=parts[1],
                limit=brief.region.partition,
                fix=f"give an ARN that begins with arn:{brief.region.partition}:",
            )
        if one.type != "STANDARD" and (taken[name] > 1 or name in planned):
            fix = "remove it: EKS and the plan add their own roles" if name in node_roles else "give another role"
            yield _refused("access-planned", path, "a role of this plan has this name", value=name, fix=fix)
    yield from _key_partition(brief)


def _key_partition(brief: Brief) -> Iterator[Diagnostic]:
    key = brief.spec.secrets_key_arn
    if key is not None and key.split(":")[1] != brief.region.partition:
        yield _refused(
            "secrets-key-partition",
            ("spec", "secretsKeyArn"),
            "the key lies in another partition than the region",
            value=key.split(":")[1],
            limit=brief.region.partition,
            fix=f"give a key whose ARN begins with arn:{brief.region.partition}:",
        )


def _refused(code: str, path: Path, summary: str, **parts: Any) -> Diagnostic:
    source = "https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html"
    return Diagnostic(Kind.INVALID, code, summary, path=path, source=source, note="N36", **parts)


def _without_role(brief: Brief, planned: PlannedRoles) -> Iterator[Diagnostic]:
    asked = [one.name for one in brief.spec.addons]
    for addon, scope in missing_roles(brief.facts, asked, planned.with_role).items():
        yield Diagnostic(
            Kind.NOTICE,
            "addon-role",
            f"{addon} gets no IAM role: the plan does not know {scope}",
            path=("spec", "addons", asked.index(addon)),
            value=addon,
            fix="name its hosted zones in hostedZones" if "hostedZones" in scope else "give it a role of your own",
            source=brief.facts.source("addons.known"),
            note="N36",
        )
