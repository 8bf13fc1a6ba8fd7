"""EKS Auto Mode as EKS takes it, for tests only; ``moto_eks.install()`` calls ``install()``.

The three settings go on and off together, in one request; built-in pools want a node role and a role
wants pools; the role gets an access entry.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from moto.eks import responses

from tests.support import moto_access
from tests.support.moto_access import refused

POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy"
POOLS = {"general-purpose", "system"}


def install() -> None:
    """Teach moto what EKS refuses and makes."""
    create, update = responses.EKSResponse.create_cluster, responses.EKSResponse.update_cluster_config

    def create_cluster(self: Any) -> Any:
        _check(self, self._get_param("name"))
        if self._get_param("computeConfig") and self._get_param("bootstrapSelfManagedAddons") is not False:
            raise refused("bootstrapSelfManagedAddons must be false for EKS Auto Mode", self._get_param("name"))
        answer = create(self)
        _enter(self.eks_backend.clusters[self._get_param("name")], self._get_param("computeConfig"))
        return answer

    def update_cluster_config(self: Any) -> Any:
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        if any(self._get_param(key) is not None for key in ("computeConfig", "storageConfig")):
            _check(self, cluster.name)
            compute = self._get_param("computeConfig")
            cluster.compute_config, cluster.storage_config = compute, self._get_param("storageConfig")
            cluster.kubernetes_network_config.update(self._get_param("kubernetesNetworkConfig"))
            _enter(cluster, compute)
        return update(self)

    responses.EKSResponse.create_cluster = create_cluster
    responses.EKSResponse.update_cluster_config = update_cluster_config


def _check(self: Any, cluster: str) -> None:
    compute = self._get_param("computeConfig") or {}
    storage = (self._get_param("storageConfig") or {}).get("blockStorage") or {}
    network = (self._get_param("kubernetesNetworkConfig") or {}).get("elasticLoadBalancing") or {}
    if len({bool(one.get("enabled")) for one in (compute, storage, network)}) > 1:
        raise refused(
            "For EKS Auto Mode, please ensure that all required configs, including computeConfig, "
            "kubernetesNetworkConfig, and blockStorage are all either fully enabled or fully disabled.",
            cluster,
        )
    pools, role = compute.get("nodePools") or [], compute.get("nodeRoleArn")
    if role and not pools:
        raise refused(
            "When Compute Config nodeRoleArn is not null or empty, nodePool value(s) must be provided.", cluster
        )
    if pools and not role:
        raise refused("When Compute Config nodeRoleArn is null or empty, nodePool list cannot be populated.", cluster)
    if set(pools) - POOLS:
        raise refused(f"Invalid node pools: {sorted(set(pools) - POOLS)}", cluster)
    mode = (self._get_param("accessConfig") or {}).get("authenticationMode", "API")
    if compute.get("enabled") and mode == "CONFIG_MAP":
        raise refused("EKS Auto Mode needs authentication mode API or API_AND_CONFIG_MAP", cluster)


def _enter(cluster: Any, compute: dict[str, Any] | None) -> None:
    role = (compute or {}).get("nodeRoleArn")
    if role and role not in cluster.entry_table:
        moto_access.put_entry(cluster, role, "EC2", cluster.born + timedelta(minutes=12))
        cluster.policy_table[role][POLICY] = {"type": "cluster", "namespaces": []}
