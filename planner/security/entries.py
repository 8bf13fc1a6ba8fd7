"""Access entries of a plan: who may talk to the Kubernetes API (note N36)."""

from __future__ import annotations

from planner.capacity.brief import Brief
from planner.design import AccessEntry, AccessPolicy, Role
from planner.security.role_names import auto_node_role_name, karpenter_node_role_name, windows_node_role_name
from planner.spec.access import AccessEntrySpec
from planner.spec.addons import built_in_pools, uses_auto_mode, uses_karpenter

_ENTRIES = "https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html"


def plan_entries(brief: Brief) -> tuple[AccessEntry, ...]:
    """The spec's entries, and those of nodes that EKS does not add rightly itself: Windows, Karpenter's, Auto Mode's."""
    spec, name, facts = brief.spec, brief.name, brief.facts
    entries = [_entry(one) for one in spec.access_entries]
    reasons = {one.name: "asked for by the spec" for one in entries}
    if any(group.os_family == "windows" for group in spec.node_groups):
        entries.append(AccessEntry(windows_node_role_name(name, facts), "EC2_WINDOWS"))
        reasons[entries[-1].name] = (
            "made before the groups, for EKS may add the role as EC2_LINUX, the type never changes, and kube-proxy on Windows would see no Services"
        )
    if uses_karpenter(spec):
        entries.append(AccessEntry(karpenter_node_role_name(name, facts), "EC2_LINUX"))
        reasons[entries[-1].name] = "lets nodes join that Karpenter starts: EKS adds only those of managed groups"
    if uses_auto_mode(spec) and not built_in_pools(spec, facts):
        policies = (AccessPolicy("AmazonEKSAutoNodePolicy"),)
        entries.append(AccessEntry(auto_node_role_name(name, facts), "EC2", policies=policies))
        reasons[entries[-1].name] = "lets nodes of Auto Mode's own node classes join"
    entries.sort(key=lambda one: one.name)
    made = f"; EKS adds who makes the cluster as administrator: {'yes' if spec.creator_is_admin else 'no'}"
    brief.ledger.add(
        "access",
        "Who may talk to the Kubernetes API",
        f"{len(entries)} access entries{made}",
        inputs={f"{one.name} ({one.type})": f"{in_words(one)}; {reasons[one.name]}" for one in entries},
        explanation="EKS itself adds the roles of managed node groups, of Fargate profiles and of built-in node pools of Auto Mode; every other principal needs an entry",
        source=_ENTRIES,
        note="N36",
    )
    return tuple(entries)


def in_words(entry: AccessEntry) -> str:
    """What an entry may do, for people."""
    parts = [
        one.name + (f" in {', '.join(one.namespaces)}" if one.namespaces else " everywhere") for one in entry.policies
    ]
    if entry.groups:
        parts.append(f"groups {', '.join(entry.groups)}")
    if entry.username:
        parts.append(f"as {entry.username}")
    if not parts:
        parts.append("what a node needs" if entry.type != "STANDARD" else "nothing beyond discovery")
    return ", ".join(parts)


def existing_roles(brief: Brief) -> tuple[Role, ...]:
    """Roles of nodes that the spec's entries name: made elsewhere, and only referred to."""
    rows = {_role_name(one.principal_arn): one.principal_arn for one in brief.spec.access_entries if _of_nodes(one)}
    return tuple(Role(name, (), (), (), existing=True, arn=arn) for name, arn in sorted(rows.items()))


def _entry(one: AccessEntrySpec) -> AccessEntry:
    policies = tuple(sorted(AccessPolicy(p.policy, tuple(sorted(set(p.namespaces)))) for p in one.policies))
    name = _role_name(one.principal_arn) if _of_nodes(one) else one.principal_arn
    return AccessEntry(name, one.type, tuple(sorted(set(one.groups))), one.username, policies)


def _of_nodes(one: AccessEntrySpec) -> bool:
    return one.type != "STANDARD"


def _role_name(arn: str) -> str:
    return arn.rpartition("/")[2]
