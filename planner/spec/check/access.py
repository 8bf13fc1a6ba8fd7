"""Access entries, identities of add-ons and the key of secrets (notes N02, N36)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.access import AccessEntrySpec
from planner.spec.check.made import invalid, notice
from planner.spec.cluster import ClusterSpec
from planner.spec.errors import nearest

_ENTRIES = "https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html"
_POLICIES = "https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html"
_KMS = "https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html"
_POD_IDENTITY = "https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html"
_ADMIN = ("AmazonEKSClusterAdminPolicy", "AmazonEKSAdminPolicy")
_NODE_POLICY = "AmazonEKSAutoNodePolicy"


def check_access(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Who may talk to the API, what EKS refuses there, and who would be left without access."""
    principals = Counter(one.principal_arn for one in spec.access_entries)
    for number, entry in enumerate(spec.access_entries):
        path: Path = ("accessEntries", number)
        if principals[entry.principal_arn] > 1:
            yield _wrong(
                "access-twice",
                (*path, "principalArn"),
                "this principal has another entry",
                entry.principal_arn,
                "one entry for each principal",
                "join the two",
            )
        if ":role/aws-service-role/" in entry.principal_arn:
            yield _wrong(
                "access-service-linked",
                (*path, "principalArn"),
                "EKS takes no service-linked roles",
                entry.principal_arn,
                "roles and users of your own",
                "remove the entry",
            )
        yield from _type(entry, path, facts)
        yield from _names(entry, path, facts)
        yield from _policies(entry, path, facts)
    yield from _administrators(spec)
    yield from _identity(spec)
    yield from _key(spec)


def _wrong(code: str, path: Path, summary: str, value: str, limit: str, fix: str, source: str = _ENTRIES) -> Diagnostic:
    return invalid(code, path, summary, value=value, limit=limit, fix=fix, source=source, note="N36")


def _type(entry: AccessEntrySpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    types = facts.strings("access.types")
    if entry.type not in types:
        guess = nearest(entry.type, types)
        yield _wrong(
            "access-type",
            (*path, "type"),
            "not a type of access entry",
            entry.type,
            ", ".join(types),
            f"did you mean {guess}?" if guess else "leave it out for people and programs",
        )
    elif entry.type != "STANDARD":
        if ":user/" in entry.principal_arn:
            yield _wrong(
                "access-node-user",
                (*path, "principalArn"),
                f"a node of type {entry.type} needs an IAM role",
                entry.principal_arn,
                "an IAM role of the cluster's account",
                "give the ARN of the nodes' role",
            )
        for field, given in (("groups", entry.groups), ("username", entry.username)):
            if given:
                yield _wrong(
                    "access-node-fields",
                    (*path, field),
                    f"EKS sets {field} of entries of type {entry.type} itself",
                    given if isinstance(given, str) else ", ".join(given),
                    "STANDARD only",
                    f"remove {field}",
                )


def _names(entry: AccessEntrySpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    reserved = facts.strings("access.reserved_prefixes")
    names = [(("groups", number), one) for number, one in enumerate(entry.groups)]
    for place, name in [*names, (("username",), entry.username or "")]:
        begins = next((one for one in reserved if name.startswith(one)), None)
        if begins:
            yield _wrong(
                "access-reserved",
                (*path, *place),
                f"names that begin with {begins} belong to Kubernetes or AWS",
                name,
                f"none of {', '.join(reserved)} at the beginning",
                "use the access policy AmazonEKSClusterAdminPolicy" if name == "system:masters" else "rename it",
            )
    user = entry.username or ""
    if "{{SessionName" in user and ":" not in user.partition("{{SessionName")[0]:
        yield _wrong(
            "access-session-name",
            (*path, "username"),
            "{{SessionName}} needs a colon somewhere before it",
            user,
            "a colon before {{SessionName}}",
            "write it as team:{{SessionName}}",
        )


def _policies(entry: AccessEntrySpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    known, counts = facts.strings("access.policies"), Counter(one.policy for one in entry.policies)
    if entry.policies and entry.type not in facts.strings("access.types_with_policies"):
        yield _wrong(
            "access-node-policies",
            (*path, "policies"),
            f"entries of type {entry.type} take no access policies: EKS gives them what a node needs",
            ", ".join(counts),
            "STANDARD only",
            "remove the policies",
            _POLICIES,
        )
        return
    for number, one in enumerate(entry.policies):
        place = (*path, "policies", number, "policy")
        if one.policy not in known:
            guess = nearest(one.policy, known)
            yield _wrong(
                "access-policy",
                place,
                "not an access policy of EKS",
                one.policy,
                f"{len(known)} policies ({facts.source('access.policies')}); they are no IAM policies",
                f"did you mean {guess}?"
                if guess
                else "choose one of them, or give groups and RoleBindings of your own",
                _POLICIES,
            )
        elif counts[one.policy] > 1:
            yield _wrong(
                "access-policy-twice",
                place,
                "this policy is there twice",
                one.policy,
                "each policy once for a principal",
                "join the namespaces",
                _POLICIES,
            )
        elif entry.type == "EC2" and one.policy != _NODE_POLICY:
            yield _wrong(
                "access-node-policies",
                place,
                "nodes of EKS Auto Mode take one policy only",
                one.policy,
                _NODE_POLICY,
                f"give {_NODE_POLICY}",
                _POLICIES,
            )


def _administrators(spec: ClusterSpec) -> Iterator[Diagnostic]:
    """Nobody may use the API at first; and the creator's own entry, which EKS makes, twice."""
    admins = [one for one in spec.access_entries if any(policy.policy in _ADMIN for policy in one.policies)]
    groups = any(one.groups for one in spec.access_entries)
    if not spec.creator_is_admin and not admins:
        yield notice(
            "access-nobody",
            ("creatorIsAdmin",),
            "nobody could administer the cluster"
            + ("; groups work only once somebody has made RoleBindings" if groups else ""),
            value="creatorIsAdmin: false, no entry with an administrator's policy",
            limit="one administrator",
            fix="add an access entry with AmazonEKSClusterAdminPolicy; it can also be added later through the EKS API",
            source=_ENTRIES,
            note="N36",
        )
    if spec.creator_is_admin and admins:
        yield notice(
            "access-creator",
            ("creatorIsAdmin",),
            "who makes the cluster gets an entry by EKS; if that principal is also listed here, making its entry fails",
            value=f"creatorIsAdmin: true, administrators {', '.join(one.principal_arn for one in admins)}",
            limit="one entry for each principal",
            fix="set creatorIsAdmin: false when an entry names who makes the cluster",
            source=_ENTRIES,
            note="N36",
        )


def _identity(spec: ClusterSpec) -> Iterator[Diagnostic]:
    for number, addon in enumerate(spec.addons):
        if addon.hosted_zones and addon.name not in ("external-dns", "cert-manager"):
            yield invalid(
                "hosted-zones",
                ("addons", number, "hostedZones"),
                "only DNS controllers change hosted zones",
                value=addon.name,
                limit="external-dns, cert-manager",
                fix="remove hostedZones",
                note="N36",
            )
    if spec.fargate and (spec.identity == "pod-identity" or any(one.identity == "pod-identity" for one in spec.addons)):
        yield notice(
            "identity-fargate",
            ("identity",),
            "Pod Identity works on EC2 nodes only: pods on Fargate get no role through it",
            value="pod-identity with Fargate profiles",
            limit="irsa for what runs on Fargate",
            fix="set identity: irsa for add-ons that run on Fargate, or keep them on nodes",
            source=_POD_IDENTITY,
            note="N36",
        )


def _key(spec: ClusterSpec) -> Iterator[Diagnostic]:
    if spec.secrets_key_arn is None:
        return
    if spec.secrets_key is not None:
        yield invalid(
            "secrets-key-choice",
            ("secretsKey",),
            "secretsKey: managed and secretsKeyArn exclude each other",
            value=spec.secrets_key_arn,
            limit="a key that the plan makes, or one of yours",
            fix="remove one of the two",
            source=_KMS,
            note="N02",
        )
    region = spec.secrets_key_arn.split(":")[3]
    if region != spec.region:
        yield invalid(
            "secrets-key-region",
            ("secretsKeyArn",),
            "the key lies in another region than the cluster",
            value=region,
            limit=f"a symmetric key in {spec.region}",
            fix=f"give a key of {spec.region}; of a multi-Region key its replica there",
            source=_KMS,
            note="N02",
        )
