"""Desired sizes beside the Cluster Autoscaler."""

from __future__ import annotations

import dataclasses
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from planner.deploy.drift import drift, not_by_autoscalers
from planner.deploy.sizes import settled
from planner.deploy.steps import NODE_GROUP, Action, Step
from planner.design import Design, NodeGroup
from planner.design.compare import differences
from stacks.parts import known
from tests.support.plans import decision, embedded, plan_of


def scaled(*addons: str, **group: Any) -> Design:
    return plan_of(addons=list(addons), nodeGroups=[_GROUP | group]).design


_GROUP = {"name": "general", "instanceTypes": ["m5.large"], "minSize": 2, "maxSize": 10}
AUTOSCALED = scaled("cluster-autoscaler")


def the_group(design: Design) -> NodeGroup:
    (one,) = known(design.node_groups)
    return one


class Eks:
    """EKS with one group; ``raises`` instead of its sizes."""

    class exceptions:  # noqa: N801 - boto3's name
        class ResourceNotFoundException(ClientError):  # noqa: N818 - boto3's name
            pass

    def __init__(self, sizes: tuple[int, int, int], raises: Exception | None = None) -> None:
        self.sizes, self.raises = dict(zip(("minSize", "desiredSize", "maxSize"), sizes, strict=True)), raises

    def client(self, service: str, **_: Any) -> Eks:
        assert service == "eks"
        return self

    def describe_nodegroup(self, **_: Any) -> Any:
        if self.raises is not None:
            raise self.raises
        return {"nodegroup": {"scalingConfig": self.sizes}}


def test_only_the_cluster_autoscaler_moves_groups() -> None:
    assert the_group(AUTOSCALED).autoscaled
    assert not the_group(scaled()).autoscaled
    assert not the_group(scaled("karpenter")).autoscaled
    assert not the_group(scaled("cluster-autoscaler", minSize=10)).autoscaled  # nothing to move
    told = decision(plan_of(addons=["cluster-autoscaler"], nodeGroups=[_GROUP]), "nodes.general")
    assert "what the group begins with" in told.explanation
    assert "begins with" not in decision(plan_of(nodeGroups=[_GROUP]), "nodes.general").explanation


@given(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20)).map(sorted))
def test_what_is_sent_is_what_eks_accepts_and_the_nearest_to_what_is_there(there: list[int]) -> None:
    least, desired, most = there
    found = settled(AUTOSCALED, Eks((least, desired, most)))
    group = the_group(found.design)
    if (least, most) == (2, 10):
        assert group == the_group(AUTOSCALED)
        assert group.autoscaled
        return
    assert not group.autoscaled  # so that the engine sends it
    assert group.min_size <= group.desired_size <= group.max_size
    assert group.desired_size == sorted([2, desired, 10])[1]
    assert bool(found.told) == (group.desired_size != desired)


def test_a_group_that_is_not_there_begins_as_planned(moto: None) -> None:
    session = boto3.session.Session(region_name="us-east-1")
    found = settled(AUTOSCALED, session)
    assert (found.design, found.told) == (AUTOSCALED, ())


def test_what_is_denied_is_told_and_nothing_is_sent() -> None:
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "DescribeNodegroup")
    found = settled(AUTOSCALED, Eks((1, 1, 1), denied))
    assert found.design == AUTOSCALED
    assert "size of general: not evaluated" in found.told[0]
    assert "not you" in found.told[0]


def test_without_an_autoscaler_nobody_is_asked() -> None:
    assert settled(scaled(), None) == settled(scaled(), None)
    assert settled(scaled(), None).told == ()


@pytest.mark.parametrize(("desired", "differs"), [(2, False), (10, False), (7, False), (1, True), (11, True)])
def test_a_desired_size_within_the_bounds_is_no_difference(desired: int, differs: bool) -> None:
    group = dataclasses.replace(the_group(AUTOSCALED), desired_size=desired)
    found = dataclasses.replace(AUTOSCALED, node_groups=(group,))
    assert bool(differences(AUTOSCALED, found)) is differs
    plain = scaled()
    moved = dataclasses.replace(plain, node_groups=(dataclasses.replace(the_group(plain), desired_size=desired),))
    assert bool(differences(plain, moved)) is (desired != the_group(plain).desired_size)


def test_only_the_autoscalers_own_moves_are_taken_from_the_drift() -> None:
    group = the_group(AUTOSCALED)
    moved = dataclasses.replace(AUTOSCALED, node_groups=(dataclasses.replace(group, desired_size=7),))
    found = drift(AUTOSCALED, moved, embedded().facts)
    assert (found.count, found.moved) == (0, ("general",))
    sizes = Step("test-general", NODE_GROUP, Action.UPDATE, ("scalingConfig", "scalingConfig.desiredSize"))
    steps = [
        sizes,
        dataclasses.replace(sizes, changed=("labels", "scalingConfig")),
        dataclasses.replace(sizes, changed=()),
        dataclasses.replace(sizes, name="test-other"),
        dataclasses.replace(sizes, kind="aws:eks/addon:Addon"),
    ]
    assert not_by_autoscalers(steps, "test", found) == steps[1:]
    assert not_by_autoscalers(steps, "test", None) == steps
    for desired, most in ((11, 10), (7, 12)):
        changed = dataclasses.replace(group, desired_size=desired, max_size=most)
        other = dataclasses.replace(AUTOSCALED, node_groups=(changed,))
        assert drift(AUTOSCALED, other, embedded().facts).moved == ()
