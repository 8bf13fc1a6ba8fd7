"""Where findings stand: the field of a spec with its line, or the ARN and id in AWS."""

from __future__ import annotations

import dataclasses

import pytest

from planner.review.engine import review
from planner.review.judged import Place, report
from planner.review.locations import _FIELDS, _GROUP_FIELDS, places
from planner.review.registry import ALL_RULES
from planner.spec.load import load_text
from planner.spec.schema import fields
from tests.rules.test_rules import context, design_of
from tests.support.plans import EXAMPLES, embedded
from tests.verdicts.making import finding


def place(example: str, rule: str, resource: str) -> Place:
    """The place of a finding in an example."""
    content = (EXAMPLES / f"{example}.yaml").read_bytes()
    loaded = load_text(content, f"{example}.yaml", embedded().facts)
    return places(design_of(example), loaded.source)(finding(rule, resource))


def line_of(example: str, start: str) -> int:
    """The line of an example that begins so."""
    lines = (EXAMPLES / f"{example}.yaml").read_text("utf-8").splitlines()
    (number,) = [number for number, line in enumerate(lines, 1) if line.strip().startswith(start)]
    return number


@pytest.mark.parametrize(
    ("rule", "resource", "field", "start"),
    [
        ("NGP015", "web", "spec.nodeGroups[1].instanceTypes", "instanceTypes: [m7i.2xlarge"),
        ("NGP016", "batch", "spec.nodeGroups[2]", "- name: batch"),
        ("API002", "production", "spec.endpoint.publicCidrs", "publicCidrs"),
        ("RTE001", "production", "spec.vpcEndpoints", "spec:"),
        ("ZZZ001", "nobody", "spec", "spec:"),
    ],
)
def test_fields_of_the_production_example(rule: str, resource: str, field: str, start: str) -> None:
    found = place("production", rule, resource)
    assert found.field == field
    assert found.file == "production.yaml"
    assert found.line == line_of("production", start)


def test_the_groups_of_zones_and_templates_lead_to_their_group() -> None:
    design = design_of("production")
    group = design.node_groups[0]  # type: ignore[index]
    assert group.launch_template
    by_template = place("production", "NGP013", group.launch_template)
    assert by_template.field.startswith(f"spec.nodeGroups[{_index('production', group.name)}]")
    assert place("minimal", "NGP016", "general-use1-az1").field == "spec.nodeGroups[0]"


def _index(example: str, name: str) -> int:
    loaded = load_text((EXAMPLES / f"{example}.yaml").read_bytes(), "x", embedded().facts)
    assert loaded.document is not None
    return [one.name for one in loaded.document.spec.node_groups].index(name)


def test_an_existing_subnet_leads_to_where_the_spec_names_it() -> None:
    found = place("existing-vpc", "LBS003", "shared-legacy-b")
    assert found.field == "spec.vpc.subnets[1]"
    assert found.line == line_of("existing-vpc", "- {id: subnet-0a1b2c3d4e5f60002")


def test_fields_that_rules_point_at_exist_in_specs() -> None:
    known = {one.path.replace("[]", "") for one in fields()}
    assert {".".join(map(str, path)) for path in _FIELDS.values()} <= known
    assert {f"spec.nodeGroups.{name}" for name in _GROUP_FIELDS.values()} <= known


def test_every_group_of_rules_has_a_field() -> None:
    assert {rule.group for rule in ALL_RULES} <= {*_FIELDS, "NGP"}


def test_what_runs_is_named_by_arn_or_id() -> None:
    design = design_of("minimal", set={"vpc.dnsSupport": False})
    cluster = design.cluster
    assert cluster is not None
    arn = "arn:aws:eks:us-east-1:111122223333:cluster/hello"
    live = dataclasses.replace(
        design,
        planned=False,
        vpc=dataclasses.replace(design.vpc, id="vpc-1", name=cluster.name),
        cluster=dataclasses.replace(cluster, arn=arn),
        subnets=tuple(
            dataclasses.replace(one, id=f"subnet-{number}", free_addresses=4)
            for number, one in enumerate(design.subnets)
        ),
    )
    found = report(review(live, context()), "hello", "us-east-1/hello", places(live))
    ids = {one.finding.rule: one.place.id for one in found.findings}
    assert ids["VPC001"] == "vpc-1"
    assert ids["CSN002"].startswith("subnet-")
    assert places(live)(finding("API002", cluster.name)).id == arn
    assert places(live)(finding("API002", "nobody")).id == ""
    assert str(places(live)(finding("API002", cluster.name))) == arn


def test_a_plan_file_has_no_lines_of_its_spec() -> None:
    found = places(design_of("minimal"), None, "plan.json")(finding("API002", "hello"))
    assert (str(found), found.field) == (
        "plan.json spec.endpoint.publicCidrs",
        "spec.endpoint.publicCidrs",
    )
    assert (found.line, found.column) == (0, 0)
