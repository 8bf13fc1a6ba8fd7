"""The Pulumi program: dependencies, previews, destruction, and mistakes that must show."""

from __future__ import annotations

import random
import threading
import time
from typing import Any

import boto3
import pulumi_aws as aws
import pytest

from stacks import declare
from tests.support.plans import example_text, plan_of
from tests.support.program import SchemaError, run_program
from tests.support.provider import MotoProvider, UnknownTypeError, UnreadInputError
from tests.support.schema_check import problems
from tests.support.world import example_design, materialise

pytestmark = pytest.mark.usefixtures("moto")
REGION = "us-east-1"


def test_preview_registers_the_same_and_touches_nothing() -> None:
    design = plan_of().design
    provider = MotoProvider(REGION)
    preview = run_program(lambda: declare(design), provider, preview=True)
    assert provider.made == []
    real = materialise(design)
    assert {one.urn for one in preview.resources} == {one.urn for one in real.resources}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["private", "custom-networking", "ipv6"])
def test_destroyed_in_any_order_that_dependencies_allow(name: str, seed: int) -> None:
    import dataclasses

    design = example_design(name)
    assert design.cluster is not None
    design = dataclasses.replace(design, cluster=dataclasses.replace(design.cluster, deletion_protection=False))
    run = materialise(design)
    order = run.destroy(seed)
    assert len(order) == len(run.made())
    ec2 = boto3.client("ec2", region_name=design.region)
    assert [vpc for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]] == []
    assert boto3.client("eks", region_name=design.region).list_clusters()["clusters"] == []
    roles = boto3.client("iam").list_roles()["Roles"]
    assert [role["RoleName"] for role in roles] == []


@pytest.mark.parametrize("seed", range(3))
def test_random_delays_never_break_it(seed: int) -> None:
    chance = random.Random(seed)
    materialise(example_design("custom-networking"), delay=lambda _name: time.sleep(chance.random() / 40))


def test_a_secondary_block_comes_before_the_subnets_in_it() -> None:
    slow = "scarce-vpc-100.64.0.0-16"
    materialise(example_design("custom-networking"), delay=lambda name: time.sleep(0.3 if name == slow else 0))


def test_a_forgotten_dependency_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the edge from subnets to the block, a slow block shows as AWS's own error."""
    from stacks.network import Network

    monkeypatch.setattr(Network, "_child", lambda self, *_: self._own)
    slow, asked = "scarce-vpc-100.64.0.0-16", threading.Event()

    def delay(name: str) -> None:
        if name.startswith("scarce-pod-"):
            asked.set()
        elif name == slow:
            assert asked.wait(60)
            time.sleep(1)  # longer than the call that was just begun

    with pytest.raises(Exception, match=r"InvalidSubnet\.Range"):
        materialise(example_design("custom-networking"), delay=delay)


def test_what_must_come_first_comes_first() -> None:
    run = materialise(example_design("private"))
    order = {(one.token.rpartition(":")[2], one.name): one.order for one in run.made()}
    group = order["NodeGroup", "vault-general"]
    for kind, name in (
        ("Addon", "vault-vpc-cni"),
        ("Addon", "vault-kube-proxy"),
        ("RolePolicyAttachment", "vault-node-AmazonEKSWorkerNodePolicy"),
        ("VpcEndpoint", "vault-ec2"),
        ("VpcEndpoint", "vault-s3"),
        ("RouteTableAssociation", "vault-node-euc1-az1"),
        ("SecurityGroupIngressRule", "vault-endpoints-ingress-tcp-443-eks-cluster-sg-vault"),
    ):
        assert order[kind, name] < group, name
    assert order["RolePolicyAttachment", "vault-cluster-AmazonEKSClusterPolicy"] < order["Cluster", "vault"]
    assert group < order["Addon", "vault-coredns"]


def test_a_failure_stops_what_depends_on_it() -> None:
    with pytest.raises(Exception, match="injected failure of test-cluster"):
        materialise(plan_of().design, fail_on=frozenset({"test-cluster"}))
    assert boto3.client("eks", region_name=REGION).list_clusters()["clusters"] == []


def test_a_misspelt_nested_key_fails() -> None:
    def program() -> None:
        aws.eks.NodeGroup(
            "n",
            cluster_name="c",
            node_role_arn="r",
            subnet_ids=["s"],
            scaling_config={"min_size": 1, "desired_capacity": 1},
        )

    with pytest.raises(SchemaError, match="desired_capacity: unknown key"):
        run_program(program, MotoProvider(REGION))


def test_wrong_scalars_unknown_types_and_unread_inputs_fail() -> None:
    assert problems("aws:ec2/vpc:Vpc", {"cidrBlock": 17, "enableDnsSupport": "yes"}) != []
    assert problems("aws:eks/cluster:Cluster", {"vpcConfig": {"subnetIds": "s"}}) != []
    assert problems("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}) == []
    with pytest.raises(UnknownTypeError, match="no handler"):
        run_program(lambda: aws.sns.Topic("q"), MotoProvider(REGION))
    with pytest.raises(UnreadInputError, match="enableNetworkAddressUsageMetrics"):
        run_program(
            lambda: aws.ec2.Vpc("v", cidr_block="10.0.0.0/16", enable_network_address_usage_metrics=True),
            MotoProvider(REGION),
        )


def test_duplicate_names_fail() -> None:
    def program() -> None:
        aws.ec2.Vpc("v", cidr_block="10.0.0.0/16")
        aws.ec2.Vpc("v", cidr_block="10.1.0.0/16")

    with pytest.raises(RuntimeError, match="duplicate resource URN"):
        run_program(program, MotoProvider(REGION))


def test_each_rule_is_a_resource_with_its_reason() -> None:
    run = materialise(example_design("production"))
    rules = [one for one in run.resources if one.token.endswith("IngressRule")]
    assert [one.inputs["description"] for one in rules] == ["people in this network use the private Kubernetes API"]


def test_an_observed_design_is_not_declared() -> None:
    import dataclasses

    design = dataclasses.replace(plan_of().design, planned=False)
    with pytest.raises(ValueError, match="only a planned design"):
        materialise(design)


def test_pulumi_up_in_a_checkout_applies_the_plan_file(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """``Pulumi.yaml`` leads to ``stacks/``, which reads the plan file and checks its digest."""
    import importlib
    import sys

    from planner.plan.file import sealed, write_text
    from tests.support.plans import build_text

    plan = build_text(example_text("minimal")).plan
    assert plan is not None
    path = tmp_path / "hello.plan.json"
    path.write_text(write_text(sealed(plan)), "utf-8")

    def program() -> None:
        sys.modules.pop("stacks.__main__", None)
        importlib.import_module("stacks.__main__")

    run = run_program(program, MotoProvider(REGION), config={"eksplan:plan": str(path)})
    assert run.exports["clusterName"] == "hello"
    path.write_text(path.read_text("utf-8").replace('"maxSize": 6', '"maxSize": 7'), "utf-8")
    with pytest.raises(Exception, match="was changed after it was written"):
        run_program(program, MotoProvider(REGION), config={"eksplan:plan": str(path)})
