"""The cluster and its add-ons in a plan (notes N02, N18)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any

from planner.capacity.brief import Brief
from planner.design import AccessEntry, Addon, Cluster, EniConfig
from planner.network.access import plan_access
from planner.network.demand import Tier
from planner.network.planned import Layout
from planner.plan.auto_mode import plan_auto_mode
from planner.plan.observability import plan_settings, record_zonal_shift
from planner.security.keys import key_alias
from planner.security.names import cluster_group_name, control_plane_group_name
from planner.security.role_names import cluster_role_name
from planner.security.roles import PlannedRoles
from planner.spec.cluster import ClusterSpec
from planner.spec.compute import has_own_nodes

_ADDONS = "https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html"


def canonical(value: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def plan_cluster(
    brief: Brief,
    version: str,
    service: IPv4Network | None,
    layout: Layout,
    groups: Sequence[str],
    addons: tuple[Addon, ...],
    roles: PlannedRoles,
    entries: tuple[AccessEntry, ...],
) -> Cluster:
    """The cluster with everything that a plan decides about it."""
    spec, name = brief.spec, brief.name
    extra = control_plane_group_name(name)
    hybrid = spec.hybrid
    record_zonal_shift(brief)
    return Cluster(
        name=name,
        version=version,
        role=cluster_role_name(name, brief.facts),
        subnets=tuple(sorted(one.subnet.name for one in layout.of(Tier.CLUSTER))),
        endpoint=plan_access(spec),
        ip_family=spec.ip_family,
        service_cidr=service,
        security_groups=(extra,) if extra in groups else (),
        cluster_security_group=cluster_group_name(name),
        creator_is_admin=spec.creator_is_admin,
        log_types=tuple(sorted(set(spec.log_types))),
        support_type=spec.support_type.upper(),
        secrets_key=key_alias(name) if spec.secrets_key == "managed" else None,
        secrets_key_arn=spec.secrets_key_arn,
        remote_node_cidrs=tuple(sorted(hybrid.node_cidrs)) if hybrid else (),
        remote_pod_cidrs=tuple(sorted(hybrid.pod_cidrs)) if hybrid else (),
        control_plane_tier=spec.control_plane.tier,
        settings=plan_settings(brief),
        auto_mode=plan_auto_mode(brief),
        zonal_shift=spec.zonal_shift,
        deletion_protection=spec.deletion_protection,
        addons=addons,
        pod_identities=roles.controllers,
        oidc_provider=roles.oidc_provider,
        access_entries=entries,
        tags=tuple(sorted(spec.tags.items())),
    )


def cni_environment(spec: ClusterSpec) -> dict[str, str]:
    """Environment of the VPC CNI, as its add-on configuration takes it (all values are text).

    Source: https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.1/README.md
    """
    cni = spec.cni
    environment: dict[str, str] = {}
    if cni.mode == "prefix" and spec.ip_family == "ipv4":
        environment["ENABLE_PREFIX_DELEGATION"] = "true"
    for key, value in (
        ("WARM_ENI_TARGET", cni.warm_eni_target),
        ("WARM_IP_TARGET", cni.warm_ip_target),
        ("MINIMUM_IP_TARGET", cni.minimum_ip_target),
        ("WARM_PREFIX_TARGET", cni.warm_prefix_target),
        ("MAX_ENI", cni.max_eni),
    ):
        if value is not None:
            environment[key] = str(value)
    if cni.custom_networking:
        environment["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"] = "true"
        environment["ENI_CONFIG_LABEL_DEF"] = "topology.kubernetes.io/zone"
    if cni.security_groups_for_pods:
        environment["ENABLE_POD_ENI"] = "true"
    return environment


def plan_addons(
    brief: Brief,
    names: Sequence[str],
    layout: Layout,
    roles: PlannedRoles,
    defaults: Mapping[str, Mapping[str, Any]],
) -> tuple[Addon, ...]:
    """EKS add-ons, sorted by name; ``defaults`` are settings that the spec's own go before. Controllers that come by Helm are not among them."""
    spec, facts, ledger = brief.spec, brief.facts, brief.ledger
    known = facts.table("addons.known")
    asked = {addon.name: addon for addon in spec.addons}
    addons: list[Addon] = []
    for name in names:
        if known.get(name, {}).get("kind", "eks") == "helm":
            continue
        own = asked[name].configuration if name in asked else {}
        configuration: dict[str, Any] = {**defaults.get(name, {}), **own}
        version = asked[name].version if name in asked else None
        eni_configs: tuple[EniConfig, ...] = ()
        if name == "vpc-cni":
            environment = {**configuration.get("env", {}), **cni_environment(spec)}
            if environment:
                configuration["env"] = environment
            if any(group.os.startswith("windows") for group in spec.node_groups):
                configuration["enableWindowsIpam"] = "true"
            version = version or spec.cni.version
            if spec.cni.custom_networking:
                eni_configs = tuple(
                    sorted(
                        (EniConfig(one.zone, one.subnet.name) for one in layout.of(Tier.POD)), key=lambda one: one.zone
                    )
                )
        identity = roles.identities.get(name)
        addons.append(
            Addon(
                name,
                version,
                canonical(configuration),
                eni_configs,
                (identity,) if identity else (),
                roles.service_accounts.get(name),
                before_nodes=name in ("vpc-cni", "eks-pod-identity-agent", "kube-proxy"),
            )
        )
    ledger.add(
        "addons",
        "EKS add-ons",
        ", ".join(sorted(addon.name for addon in addons)) or "none",
        inputs={addon.name: addon.configuration for addon in addons if addon.configuration != "{}"},
        explanation="vpc-cni, kube-proxy and the Pod Identity agent are set up before the first node joins: a managed node group reads the CNI's settings when it is made"
        if has_own_nodes(spec)
        else "there are no nodes that need vpc-cni, kube-proxy and the Pod Identity agent: EKS Auto Mode brings them, Fargate has none",
        source=_ADDONS,
        note="N18",
    )
    return tuple(sorted(addons, key=lambda one: one.name))
