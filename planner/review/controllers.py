"""Controllers that are no EKS add-ons (Helm installs them), as far as AWS shows them: by the identities of their pods."""

from __future__ import annotations

from planner.catalog.facts import Facts
from planner.design import Design, Unknown

_SUBJECT = "system:serviceaccount:"


def controllers(design: Design, facts: Facts) -> tuple[str, ...]:
    """Names of known controllers whose service account has a Pod Identity association or, in the trust of a role,
    the cluster's OIDC provider. One without any identity cannot be seen; ``hidden_controllers`` says what was not read."""
    seen = _service_accounts(design)
    known = facts.table("addons.known").items()
    return tuple(name for name, row in known if (row.get("namespace"), row.get("serviceAccount")) in seen)


def hidden_controllers(design: Design) -> Unknown | None:
    """Why it is not known which add-ons and controllers there are, or None."""
    if design.cluster is None:
        return None
    parts = (design.cluster.addons, design.cluster.pod_identities, design.roles)
    return next((one for one in parts if isinstance(one, Unknown)), None)


def _service_accounts(design: Design) -> set[tuple[str | None, str | None]]:
    """(namespace, service account) of everything that has an identity of its own."""
    cluster = design.cluster
    if cluster is None:
        return set()
    found: set[tuple[str | None, str | None]] = set()
    if not isinstance(cluster.pod_identities, Unknown):
        found |= {(one.namespace, one.service_account) for one in cluster.pod_identities}
    for role in () if isinstance(design.roles, Unknown) else design.roles:
        for condition in role.conditions if role.federated else ():
            for value in condition.values:
                if value.startswith(_SUBJECT):
                    namespace, _, account = value.removeprefix(_SUBJECT).partition(":")
                    found.add((namespace, account))
    return found
