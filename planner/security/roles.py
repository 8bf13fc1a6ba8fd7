"""IAM roles of a plan: who may assume them, and no more than each needs (note N36)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.capacity.brief import Brief
from planner.catalog.facts import Facts
from planner.design import PodIdentity, Role
from planner.security.node_roles import infrastructure_roles
from planner.security.policies import InlinePolicy, inline_policies, ipv6_cni_policy
from planner.security.role_names import interruption_queue_name, role_name
from planner.security.role_parts import PlannedRole, make_role, pod_identity_trust, service_account_trust
from planner.spec.addons import identity_of, uses_karpenter

_POD_IDENTITY = "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html"
_IRSA = "https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html"
_ANNOTATION = r"serviceAccount.annotations.eks\.amazonaws\.com/role-arn: the ARN of this role"


@dataclass(frozen=True, slots=True)
class PlannedRoles:
    """All roles, and which service accounts get them how."""

    roles: tuple[Role, ...]
    identities: dict[str, PodIdentity]
    """Pod Identity associations that EKS add-ons carry, by add-on."""
    service_accounts: dict[str, str]
    """Roles that EKS add-ons assume through the OIDC issuer (IRSA), by add-on."""
    controllers: tuple[PodIdentity, ...]
    """Associations of what is no EKS add-on, or takes none through its add-on."""
    with_role: tuple[str, ...]
    """Add-ons and controllers that have a role."""
    oidc_provider: bool
    """Whether the cluster's OIDC issuer is needed in IAM."""


@dataclass(frozen=True, slots=True)
class _Need:
    """What an add-on or a controller calls AWS with."""

    addon: str
    namespace: str
    account: str
    managed: tuple[str, ...]
    inline: tuple[InlinePolicy, ...]
    source: str
    own_association: bool = False
    """Whether its association stands alone, because no EKS add-on carries it."""


def plan_roles(brief: Brief, addons: Sequence[str]) -> PlannedRoles:
    """The roles of the control plane, of nodes, and of each add-on or controller that calls AWS."""
    facts, name, partition = brief.facts, brief.name, brief.region.partition
    planned = list(infrastructure_roles(brief))
    identities: dict[str, PodIdentity] = {}
    service_accounts: dict[str, str] = {}
    controllers: list[PodIdentity] = []
    needs = _needs(brief, addons)
    for need in needs:
        full = role_name(name, need.addon, facts)
        irsa = identity_of(brief.spec, need.addon) == "irsa"
        if irsa and not need.own_association:
            service_accounts[need.addon] = full
        elif not irsa:
            identity = PodIdentity(need.namespace, need.account, full)
            if need.own_association:
                controllers.append(identity)
            else:
                identities[need.addon] = identity
        trust = (
            service_account_trust(partition, need.namespace, need.account)
            if irsa
            else pod_identity_trust(str(facts["roles.pod_identity_principal"].value))
        )
        planned.append(
            PlannedRole(
                make_role(brief, full, trust, need.managed, need.inline),
                _why(need, irsa=irsa),
                need.source or (_IRSA if irsa else _POD_IDENTITY),
                need.inline,
                _uses(brief, need, irsa=irsa),
            )
        )
    for one in planned:
        _record(brief, one)
    return PlannedRoles(
        tuple(sorted((one.role for one in planned), key=lambda role: role.name)),
        identities,
        service_accounts,
        tuple(sorted(controllers, key=lambda one: (one.namespace, one.service_account))),
        tuple(need.addon for need in needs),
        any(identity_of(brief.spec, need.addon) == "irsa" for need in needs),
    )


def _needs(brief: Brief, addons: Sequence[str]) -> list[_Need]:
    """Who needs a role: add-ons and controllers whose permissions are known."""
    spec, facts = brief.spec, brief.facts
    needs: list[_Need] = []
    if "vpc-cni" in addons:
        six = spec.ip_family == "ipv6"
        managed = () if six else (str(facts["roles.cni_policy"].value),)
        inline = (ipv6_cni_policy(brief.region.partition),) if six else ()
        source = facts.source("roles.cni_policy")
        needs.append(_Need("vpc-cni", "kube-system", "aws-node", managed, inline, source))
    known = facts.table("addons.known")
    zones = {one.name: one.hosted_zones for one in spec.addons}
    wanted = dict.fromkeys([*addons, *(["karpenter"] if uses_karpenter(spec) else [])])
    for addon in wanted:
        row = known.get(addon, {})
        scoped = addon in ("external-dns", "cert-manager")
        if "serviceAccount" not in row or (scoped and not zones.get(addon)):
            continue
        key = row.get("inline")
        needs.append(
            _Need(
                addon,
                row["namespace"],
                row["serviceAccount"],
                (row["policy"],) if "policy" in row else (),
                inline_policies(brief, key, zones.get(addon, ())) if key else (),
                facts.source(key) if key else "",
                row.get("kind") == "helm" or row.get("association") == "own",
            )
        )
    return needs


def _why(need: _Need, *, irsa: bool) -> str:
    way = (
        "assumed through the cluster's OIDC issuer (IRSA), by this service account only: the conditions name it and its audience"
        if irsa
        else "assumed through EKS Pod Identity by this service account only"
    )
    if need.addon == "aws-ebs-csi-driver":
        way += ". AmazonEBSCSIDriverPolicyV2 touches only volumes that carry ebs.csi.aws.com/cluster=true, which the driver sets; tag volumes that were made elsewhere"
    if need.addon == "load-balancer-controller":
        way += ". It may change rules only of groups tagged for this cluster; groups that pods have to themselves need the tag kubernetes.io/cluster/NAME too, where it is to open them"
    return way


def _uses(brief: Brief, need: _Need, *, irsa: bool) -> tuple[tuple[str, str], ...]:
    rows = [("service account", f"{need.namespace}/{need.account}")]
    if irsa and need.own_association:
        rows.append(("set in the chart", _ANNOTATION))
    if need.addon == "karpenter":
        queue = interruption_queue_name(brief.name)
        rows.append(
            ("set in the chart", f"settings.clusterName: {brief.name}, settings.interruptionQueue: {queue}")
            if not irsa
            else ("interruption queue", queue)
        )
    return tuple(rows)


def _record(brief: Brief, planned: PlannedRole) -> None:
    """The decision behind a role: trust, policies, and each statement of an inline policy."""
    role = planned.role
    managed = ", ".join(arn.rpartition("/")[2] for arn in role.managed_policies)
    inline = ", ".join(name for name, _ in role.inline_policies)
    inputs: dict[str, object] = {"trusted": ", ".join(role.trusted), "by": ", ".join(role.actions)}
    for condition in role.conditions:
        inputs[f"only if {condition.key}"] = f"{condition.operator} {', '.join(condition.values)}"
    inputs |= {"managed policies": managed or "none", "inline policies": inline or "none", **dict(planned.uses)}
    for policy in planned.inline:
        for one in policy.statements:
            inputs[f"{policy.name}: {one.name}"] = f"{one.why} ({', '.join(one.actions)})"
    brief.ledger.add(
        f"role.{role.name}",
        f"IAM role {role.name}",
        managed or inline,
        inputs=inputs,
        explanation=planned.why,
        source=planned.source,
        note="N36",
    )


def missing_roles(facts: Facts, addons: Sequence[str], with_role: Sequence[str]) -> dict[str, str]:
    """Add-ons that call AWS and get no role, each with what its policy would depend on."""
    table = dict(facts.table("roles.unplanned"))
    table |= dict.fromkeys(("external-dns", "cert-manager"), "which hosted zones it may change (hostedZones)")
    return {addon: table[addon] for addon in addons if addon in table and addon not in with_role}
