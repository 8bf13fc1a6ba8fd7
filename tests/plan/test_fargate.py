"""Fargate profiles: selectors, subnets, limits, and a cluster without nodes (notes N07, N29)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planner.design import FargateSelector
from planner.plan.file import read_text, write_text
from planner.plan.scenarios.of_plan import world_of_plan
from planner.plan.scenarios.play import Growth, play
from planner.review.engine import review
from planner.review.rule import ReviewContext
from tests.support.plans import GROUP, codes, decision, diagnostics_of, embedded, plan_example, plan_of

JOBS = {"name": "jobs", "pods": 3}
DNS = {"namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}}
PUBLIC = [{**GROUP, "subnets": "public"}]


def the(**spec: Any) -> Any:
    """Diagnostics about Fargate."""
    return [one for one in diagnostics_of(**spec) if one.code.startswith("fargate-")]


def test_a_profile_takes_the_namespace_of_its_name_where_it_says_none() -> None:
    (profile,) = plan_of(fargate=[JOBS]).design.fargate_profiles  # type: ignore[misc]
    assert profile.selectors == (FargateSelector("jobs"),)
    assert profile.role == "test-fargate"
    assert "the spec names none" in str(decision(plan_of(fargate=[JOBS]), "fargate.jobs").inputs)


def test_selectors_come_as_text_or_with_labels_and_are_sorted() -> None:
    asked = [{"name": "web", "pods": 3, "selectors": ["prod-*", {"namespace": "dev?", "labels": {"b": "2", "a": "1"}}]}]
    plan = plan_of(fargate=asked, tags={"team": "core"})
    (profile,) = plan.design.fargate_profiles  # type: ignore[misc]
    assert profile.selectors == (FargateSelector("dev?", (("a", "1"), ("b", "2"))), FargateSelector("prod-*"))
    assert profile.tags == (("team", "core"),)
    assert decision(plan, "fargate.web").value == "pods in dev? with a=1, b=2; all pods in prod-*"
    assert read_text(write_text(plan), "plan").design == plan.design


@pytest.mark.parametrize("groups", [[GROUP], PUBLIC], ids=["private nodes", "public nodes"])
def test_n32_only_private_subnets_are_given_to_fargate(groups: list[dict[str, Any]]) -> None:
    design = plan_of(nodeGroups=groups, fargate=[JOBS]).design
    (profile,) = design.fargate_profiles  # type: ignore[misc]
    public = {one.name for one in design.subnets if one.tag("kubernetes.io/role/elb") == "1" or one.map_public_ip}
    assert len(profile.subnets) == 3
    assert not public & set(profile.subnets)


def test_n32_an_existing_subnet_for_public_load_balancers_is_not_given_to_fargate() -> None:
    rows = [
        {"id": f"subnet-0000000{number}", "cidr": f"10.0.{number * 16}.0/20", "zone": f"use1-az{number}"}
        for number in (1, 2)
    ]
    vpc = {"id": "vpc-0123456789abcdef0", "cidr": "10.0.0.0/16", "internetGateway": "igw-0123456789abcdef0"}
    subnets = [{**row, "use": ["node", "public"]} for row in rows]
    fargate = {"zones": ["use1-az1", "use1-az2"], "nodeGroups": [{**GROUP, "maxSize": 2}], "fargate": [JOBS]}
    (found,) = the(vpc={**vpc, "subnets": subnets}, **fargate)
    assert found.code == "fargate-private"
    assert "private subnet" in found.limit
    assert "subnet-00000001" in found.value
    mixed = [{**rows[0], "use": ["node", "public"]}, {**rows[1], "use": ["node"]}]
    (profile,) = plan_of(vpc={**vpc, "subnets": mixed}, **fargate).design.fargate_profiles  # type: ignore[misc]
    assert profile.subnets == ("subnet-00000002",)


def many(count: int) -> list[dict[str, Any]]:
    return [{"name": f"p{number}", "pods": 1} for number in range(count)]


@pytest.mark.parametrize(
    ("spec", "path", "value", "limit"),
    [
        ({"fargate": many(11)}, "spec.fargate", "11", "10"),
        ({"fargate": [{**JOBS, "selectors": list("abcdef")}]}, "spec.fargate[0].selectors", "6", "5"),
        (
            {"fargate": [{**JOBS, "selectors": [{"namespace": "a", "labels": dict.fromkeys("abcdef", "x")}]}]},
            "spec.fargate[0].selectors[0].labels",
            "6",
            "5",
        ),
    ],
    ids=["profiles", "selectors", "labels"],
)
def test_quotas_say_both_numbers_and_how_to_raise_them(spec: dict[str, Any], path: str, value: str, limit: str) -> None:
    (found,) = the(**spec)
    assert (found.code, found.field, found.value) == ("fargate-quota", path, value)
    assert found.limit.startswith(f"{limit} (Service Quotas")
    assert "quotas.fargate" in found.fix
    raised = {"fargateProfiles": 20, "fargateSelectors": 6, "fargateLabelPairs": 6}
    assert the(**spec, quotas=raised) == []


@pytest.mark.parametrize(
    ("profile", "code"),
    [
        ({"name": "Jobs", "pods": 1}, "fargate-namespace"),
        ({**JOBS, "selectors": ["a", {"namespace": "a"}]}, "fargate-twice"),
    ],
)
def test_what_makes_no_sense_is_refused(profile: dict[str, Any], code: str) -> None:
    assert codes(fargate=[profile]) & {"fargate-namespace", "fargate-twice"} == {code}


@pytest.mark.parametrize("namespace", ["", "Prod", "a b", "-a", "x" * 64, 3])
def test_a_namespace_that_can_be_none_is_an_error_of_its_field(namespace: Any) -> None:
    found = diagnostics_of(fargate=[{**JOBS, "selectors": [{"namespace": namespace}]}])
    assert [one.field for one in found] == ["spec.fargate[0].selectors[0].namespace"]


def test_govcloud_has_no_fargate() -> None:
    assert "fargate-region" in codes(region="us-gov-west-1", fargate=[JOBS])


def test_without_nodes_coredns_needs_a_profile_and_is_told_where_it_runs() -> None:
    alone = {"nodeGroups": [], "identity": "irsa"}
    (found,) = the(**alone, fargate=[JOBS])
    assert found.code == "fargate-coredns"
    assert "kube-system" in found.fix
    design = plan_of(**alone, fargate=[{**JOBS, "selectors": ["jobs", DNS]}]).design
    assert design.cluster is not None
    (coredns,) = design.cluster.addons  # type: ignore[misc]
    assert json.loads(coredns.configuration)["computeType"] == "Fargate"
    assert [role.name for role in design.roles] == ["test-cluster", "test-fargate"]  # type: ignore[union-attr]


def test_beside_nodes_coredns_stays_on_them() -> None:
    plan = plan_of(fargate=[{**JOBS, "selectors": ["kube-system"]}])
    assert plan.design.cluster is not None
    coredns = plan.design.cluster.addon("coredns")
    assert coredns is not None
    assert "computeType" not in coredns.configuration
    assert "stays on nodes" in str(decision(plan, "fargate.jobs").inputs)
    assert len(plan.design.cluster.addons) == 4  # type: ignore[arg-type]


def test_a_compute_type_of_the_spec_is_kept() -> None:
    addons = [{"name": "coredns", "configuration": {"computeType": "ec2"}}]
    design = plan_of(nodeGroups=[], fargate=[{**JOBS, "selectors": [DNS]}], addons=addons).design
    assert design.cluster is not None
    assert json.loads(design.cluster.addon("coredns").configuration)["computeType"] == "ec2"  # type: ignore[union-attr]


def test_workloads_beside_profiles_still_get_nodes() -> None:
    work = [{"name": "web", "cpu": 1, "memory": "1Gi", "replicas": 3}]
    assert plan_of(nodeGroups=[], fargate=[JOBS], workloads=work).design.node_groups


def test_the_example_without_nodes_has_no_findings() -> None:
    plan = plan_example("fargate")
    catalog = embedded()
    assert review(plan.design, ReviewContext(catalog.facts, catalog.instance_types)).findings == ()
    assert plan.design.node_groups == ()
    assert decision(plan, "autoscaling").value == "Fargate, one for each pod"
    assert not any(door.id.startswith("node-groups") for door in plan.one_way_doors)


def test_scenarios_of_a_cluster_without_nodes_end_and_say_so() -> None:
    world = world_of_plan(plan_example("fargate"))
    played = {one.name: one for one in play(world, Growth(percent=5, months=24, from_max=False, most_nodes=100_000))}
    assert all(one.fits for one in played.values())
    assert (played["update"].note, played["update"].applies) == ("there are no nodes to update", False)
    assert played["growth"].note == "there are no nodes that could grow"
