"""What is lost by a step, and what somebody has agreed to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planner.deploy.steps import LASTING, Action, Step, counted, losses, unacknowledged
from planner.report import deployment

STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from([*LASTING, "aws:ec2/route:Route", "aws:eks/addon:Addon"]),
        st.sampled_from(list(Action)),
        st.lists(st.sampled_from(["cidrBlock", "version"]), unique=True).map(tuple),
    ),
    max_size=8,
)


def test_only_replacing_and_deleting_what_lasts_is_a_loss() -> None:
    vpc, route = "aws:ec2/vpc:Vpc", "aws:ec2/route:Route"
    steps = [Step("v", vpc, action) for action in Action] + [Step("r", route, Action.DELETE)]
    assert [one.action for one in losses(steps)] == [Action.REPLACE, Action.DELETE]
    assert unacknowledged(steps, ["v"]) == ()
    assert deployment.losses(losses(steps))[0].startswith("v (ec2.Vpc) would be replaced: lost is")


@given(STEPS, st.sets(st.sampled_from(["a", "b", "c", "d"])))
def test_every_loss_is_agreed_to_or_told(steps: list[Step], agreed: set[str]) -> None:
    left = unacknowledged(steps, agreed)
    assert {one.name for one in left} & agreed == set()
    assert {one for one in losses(steps) if one.name not in agreed} == set(left)
    assert len(deployment.losses(left)) == len(left)
    assert sum(counted(steps).values()) == len(steps)


@given(STEPS)
def test_every_change_has_a_line(steps: list[Step]) -> None:
    quiet = {Action.SAME, Action.REFRESH}
    assert len(deployment.changes(steps)) == sum(one.action not in quiet for one in steps)
    assert deployment.summary([]) == "nothing to do"
