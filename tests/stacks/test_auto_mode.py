"""EKS Auto Mode in moto: three settings at once, read back, and what EKS refuses."""

from __future__ import annotations

import dataclasses
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from planner.design import AutoMode, Design
from planner.design.compare import differences
from tests.support.plans import plan_of
from tests.support.world import materialise, observe

pytestmark = pytest.mark.usefixtures("moto")

SHARED = {"vpc": {"clusterSubnets": "shared"}}


def design_of(*names: str) -> Design:
    pools = [{"name": name, "manager": "auto-mode", "instanceTypes": ["m7i.large"], "maxNodes": 5} for name in names]
    return plan_of(**SHARED, nodePools=pools).design


def made(design: Design) -> Any:
    return boto3.client("eks", region_name=design.region).describe_cluster(name="test")["cluster"]


def test_compute_load_balancing_and_storage_are_turned_on_together() -> None:
    design = design_of("general-purpose", "system")
    materialise(design)
    cluster = made(design)
    assert cluster["computeConfig"]["enabled"]
    assert sorted(cluster["computeConfig"]["nodePools"]) == ["general-purpose", "system"]
    assert cluster["computeConfig"]["nodeRoleArn"].endswith(":role/test-auto-node")
    assert cluster["kubernetesNetworkConfig"]["elasticLoadBalancing"] == {"enabled": True}
    assert cluster["storageConfig"] == {"blockStorage": {"enabled": True}}
    found = observe(design)
    assert differences(design, found) == ()
    assert found.cluster is not None
    assert ("test-auto-node", "EC2") in [(one.name, one.type) for one in found.cluster.access_entries_of_eks]


def test_pools_of_your_own_need_no_role_of_the_cluster_but_an_entry() -> None:
    design = design_of("mine")
    materialise(design)
    assert "nodeRoleArn" not in made(design)["computeConfig"]
    assert differences(design, observe(design)) == ()


def test_without_pools_of_auto_mode_it_stays_off() -> None:
    design = plan_of().design
    materialise(design)
    assert not (made(design).get("computeConfig") or {}).get("enabled")
    assert observe(design).cluster.auto_mode is None  # type: ignore[union-attr]


def test_another_role_or_pool_is_a_difference() -> None:
    design = design_of("general-purpose")
    materialise(design)
    assert design.cluster is not None
    other = dataclasses.replace(design.cluster, auto_mode=AutoMode(("system",), "test-auto-node"))
    (found,) = differences(dataclasses.replace(design, cluster=other), observe(design))
    assert (found.path, found.planned) == ("cluster.auto_mode.node_pools", ("system",))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"computeConfig": {"enabled": True}}, "all either fully enabled or fully disabled"),
        ({"computeConfig": {"enabled": False, "nodePools": ["system"]}}, "nodePool list cannot be populated"),
    ],
)
def test_the_double_refuses_what_eks_refuses(given: dict[str, Any], message: str) -> None:
    design = plan_of().design
    materialise(design)
    with pytest.raises(ClientError, match=message):
        boto3.client("eks", region_name=design.region).update_cluster_config(name="test", **given)
