"""Drift in the design's words, and one-way doors: which lines a difference gives."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from planner.deploy.doors import DOORS, passed
from planner.deploy.drift import Line, drift
from planner.deploy.steps import Action, Step
from planner.design import Subnet, Unknown
from planner.design.compare import differences
from planner.design.security import Direction, SecurityGroup, SecurityGroupRule
from planner.report import deployment as report
from stacks.parts import known
from tests.support.designs import changed
from tests.support.plans import EXAMPLES, embedded, plan_example, plan_of

FACTS = embedded().facts
SSH = SecurityGroupRule(Direction.INGRESS, "tcp", 22, 22, "0.0.0.0/0", "for a minute")


def test_no_difference_is_no_drift() -> None:
    design = plan_of().design
    found = drift(design, design, FACTS)
    assert (found.resources, found.unseen, found.count) == ((), (), 0)
    assert report.drift(found) == ["AWS holds what the plan says, as far as it can be seen"]


def test_what_cannot_be_seen_is_not_evaluated() -> None:
    design = plan_of().design
    blind = dataclasses.replace(design, route_tables=Unknown("ec2:DescribeRouteTables", "AccessDenied"))
    found = drift(design, blind, FACTS)
    assert found.count == 0
    assert found.unseen == ("route tables: ec2:DescribeRouteTables: AccessDenied",)
    assert report.plain_drift(found)["notEvaluated"] == list(found.unseen)


def test_lines_say_what_is_more_less_and_other() -> None:
    design = plan_of().design
    (group,) = known(design.node_groups)
    subnet = design.subnets[0]
    other = changed(design, "node_groups", group.name, max_size=9, labels=(("mine", "yes"),))
    other = changed(other, "subnets", subnet.name, tags=(*subnet.tags[1:], ("owner", "me")))
    cluster = other.cluster
    assert cluster is not None
    other = dataclasses.replace(other, cluster=dataclasses.replace(cluster, version="1.36", log_types=()))
    found = dict(drift(design, other, FACTS).resources)
    assert Line("~", "max size: planned 10, found 9") in found[f"node group {group.name}"]
    assert Line("+", "labels: mine=yes") in found[f"node group {group.name}"]
    assert Line("+", "tags: owner=me") in found[f"subnet {subnet.name}"]
    assert Line("-", "tags: {}={}".format(*subnet.tags[0])) in found[f"subnet {subnet.name}"]
    assert any(one.text.startswith("version: planned") for one in found["cluster test"])


def test_what_controllers_make_is_no_drift() -> None:
    design = plan_of().design
    groups = known(design.security_groups)
    theirs = SecurityGroup("k8s-test-web-0a1b2c", "", (SSH,), tags=(("elbv2.k8s.aws/cluster", "test"),))
    rule = dataclasses.replace(SSH, peer=theirs.name, reason="elbv2.k8s.aws/targetGroupBinding=shared")
    mine = dataclasses.replace(groups[0], rules=(*groups[0].rules, rule))
    found = drift(design, dataclasses.replace(design, security_groups=(mine, *groups[1:], theirs)), FACTS)
    assert (found.count, found.of_controllers) == (0, 2)
    by_hand = dataclasses.replace(groups[0], rules=(*groups[0].rules, SSH))
    found = drift(design, dataclasses.replace(design, security_groups=(by_hand, *groups[1:])), FACTS)
    assert found.resources[0][1] == (Line("+", "rules: ingress tcp 22 from 0.0.0.0/0 (for a minute)"),)


@given(st.data())
def test_every_difference_has_a_line(data: st.DataObject) -> None:
    """Whatever subnets somebody adds, takes away or changes is told, and nothing else is."""
    design = plan_of().design
    kept = data.draw(st.sets(st.sampled_from([one.name for one in design.subnets])))
    public = data.draw(st.sets(st.sampled_from([one.name for one in design.subnets])))
    more = data.draw(st.booleans())
    there: list[Subnet] = [
        dataclasses.replace(one, map_public_ip=one.map_public_ip is not (one.name in public))
        for one in design.subnets
        if one.name in kept
    ]
    if more:
        there.append(dataclasses.replace(design.subnets[0], name="by-hand"))
    other = dataclasses.replace(design, subnets=tuple(there))
    found = drift(design, other, FACTS)
    assert found.count == len(differences(design, other))
    assert {name for name, _ in found.resources} == {
        f"subnet {name}"
        for name in {one.name for one in design.subnets} - kept | (kept & public) | ({"by-hand"} if more else set())
    }


def test_every_door_of_every_example_is_known() -> None:
    for path in EXAMPLES.glob("*.yaml"):
        if path.stem not in ("infeasible", "fleet"):
            assert {one.id for one in plan_example(path.stem).one_way_doors} <= DOORS.keys(), path


def test_doors_are_passed_by_making_and_by_settings_that_never_go_back() -> None:
    doors = plan_example("production").one_way_doors
    cluster = "aws:eks/cluster:Cluster"

    def ids(*steps: Step) -> set[str]:
        return {one.id for one in passed(doors, steps)}

    assert ids() == set()
    assert ids(Step("a", "aws:ec2/vpc:Vpc", Action.CREATE)) == {"vpc.cidr"}
    assert ids(Step("a", "aws:ec2/vpc:Vpc", Action.UPDATE, ("tags",))) == set()
    assert ids(Step("a", cluster, Action.UPDATE, ("version", "vpcConfig.publicAccessCidrs[0]"))) == set()
    assert ids(Step("a", cluster, Action.UPDATE, ("vpcConfig.controlPlaneEgressMode",))) == {"cluster.egress"}
    assert ids(Step("a", cluster, Action.UPDATE, ("accessConfig.authenticationMode",))) == {"cluster.access"}
    assert "cluster.name" in ids(Step("a", cluster, Action.REPLACE))


def test_parts_of_the_cluster_are_told_at_the_cluster() -> None:
    design = plan_example("production").design
    cluster = design.cluster
    assert cluster is not None
    first, *rest = known(cluster.addons)
    other = dataclasses.replace(
        design, cluster=dataclasses.replace(cluster, addons=tuple(rest), zonal_shift=not cluster.zonal_shift)
    )
    lines = dict(drift(design, other, FACTS).resources)[f"cluster {cluster.name}"]
    assert lines == (
        Line(
            "~",
            f"zonal shift: planned {str(cluster.zonal_shift).lower()}, found {str(not cluster.zonal_shift).lower()}",
        ),
        Line("-", f"addon {first.name}: in the plan, not in AWS"),
    )
