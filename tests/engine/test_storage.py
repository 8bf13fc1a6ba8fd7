"""File systems on the real engine: what changes in place, what replaces, and who must agree to that."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import boto3
import pytest
from pulumi import automation

from planner.deploy.steps import Action, Step, losses, unacknowledged
from planner.design import Design, FileSystem, Lifecycle
from planner.design.compare import differences
from planner.observe.leftovers import leftovers
from stacks import declare
from stacks.adopt import adopting
from stacks.parts import known
from tests.engine.conftest import Engine
from tests.support.inventory import inventory
from tests.support.plans import plan_of
from tests.support.world import observe

pytestmark = [
    pytest.mark.engine,
    pytest.mark.xdist_group("engine"),
    # Pulumi's language host leaves its event loop open where a run fails, in whatever test that is collected
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

KIND = "aws:efs/fileSystem:FileSystem"


@pytest.fixture
def design() -> Design:
    return plan_of(deletionProtection=False, efs=["a"], addons=["aws-efs-csi-driver"]).design


def changed(design: Design, **fields: Any) -> Design:
    (one,) = known(design.file_systems)
    made: FileSystem = dataclasses.replace(one, **fields)
    return dataclasses.replace(design, file_systems=(made,))


def test_n43_throughput_lifecycle_and_backup_change_in_place_and_drift_is_mended(
    engine: Engine, design: Design
) -> None:
    engine.stack(design).up()
    done = len(engine.plugin.calls)
    other = changed(
        design,
        throughput_mode="provisioned",
        provisioned_mibps=20.0,
        lifecycle=Lifecycle(7, None, back_on_access=True),
        backup=False,
    )
    engine.stack(other).up()
    assert Counter((method, kind) for method, kind, _ in engine.plugin.calls[done:]) == {
        ("update", KIND): 1,
        ("update", "aws:efs/backupPolicy:BackupPolicy"): 1,
    }
    assert differences(other, observe(other)) == ()

    efs = boto3.client("efs", region_name=design.region)
    (found,) = efs.describe_file_systems()["FileSystems"]
    identity = found["FileSystemId"]
    (target, *_) = efs.describe_mount_targets(FileSystemId=identity)["MountTargets"]
    efs.delete_mount_target(MountTargetId=target["MountTargetId"])
    efs.put_lifecycle_configuration(FileSystemId=identity, LifecyclePolicies=[{"TransitionToIA": "AFTER_90_DAYS"}])
    efs.put_backup_policy(FileSystemId=identity, BackupPolicy={"Status": "ENABLED"})
    assert differences(other, observe(other)) != ()
    stack = engine.stack(other)
    stack.up(refresh=True)
    assert differences(other, observe(other)) == ()
    assert efs.describe_file_systems()["FileSystems"][0]["FileSystemId"] == identity


def test_n43_another_performance_mode_is_another_file_system_to_which_somebody_must_agree(
    engine: Engine, design: Design
) -> None:
    bursting = changed(design, throughput_mode="bursting", lifecycle=Lifecycle())
    engine.stack(bursting).up()
    efs = boto3.client("efs", region_name=design.region)
    (before,) = efs.describe_file_systems()["FileSystems"]
    other = changed(bursting, performance_mode="maxIO")
    stack = engine.stack(other)
    steps: list[Step] = []

    def hear(event: Any) -> None:
        step = event.resource_pre_event and event.resource_pre_event.metadata
        if step and str(step.op).rpartition(".")[2].lower() == "replace":
            steps.append(Step(step.urn.rpartition("::")[2], step.type, Action.REPLACE))

    stack.preview(on_event=hear)
    assert {one.kind for one in steps} >= {KIND, "aws:efs/mountTarget:MountTarget"}
    assert [one.name for one in losses(steps)] == ["test-efs-a"]
    assert [one.name for one in unacknowledged(steps, [])] == ["test-efs-a"]
    stack.up()
    (after,) = efs.describe_file_systems()["FileSystems"]
    assert after["FileSystemId"] != before["FileSystemId"]
    assert differences(other, observe(other)) == ()


def test_file_systems_that_a_dead_run_left_are_taken_in_and_none_is_made_twice(engine: Engine) -> None:
    points = [{"name": "data", "uid": 1000, "gid": 1000}]
    design = plan_of(
        deletionProtection=False, efs=[{"name": "a", "accessPoints": points}], addons=["aws-efs-csi-driver"]
    ).design
    stack = engine.stack(design)
    stack.up()
    there = inventory(design.region)
    exported = stack.export_stack()
    deployment = dict(exported.deployment or {})
    gone = [one for one in deployment["resources"] if one["type"].startswith("aws:efs/")]
    kept = [one for one in deployment["resources"] if one not in gone]
    stack.import_stack(automation.Deployment(exported.version, {**deployment, "resources": kept}))

    with pytest.raises(automation.CommandError, match="FileSystemAlreadyExists"):
        stack.up()
    missing = {(one["type"], one["urn"].rpartition("::")[2]) for one in gone}
    found = leftovers(boto3.session.Session(), design.region, missing)
    assert set(found) == missing

    def program() -> None:
        adopting(found)
        declare(design)

    stack.workspace.program = program
    made = stack.up()
    counts = {str(kind): number for kind, number in (made.summary.resource_changes or {}).items()}
    assert counts["import"] == len(gone)
    assert inventory(design.region) == there
    assert differences(design, observe(design)) == ()
