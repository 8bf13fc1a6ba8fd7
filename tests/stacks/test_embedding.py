"""What docs/embedding.md shows: its Python excerpts run, and their types are right."""

from __future__ import annotations

import re
from pathlib import Path

import boto3
import pytest
from mypy import api

import stacks
from planner.plan.file import write_text
from tests.support.plans import plan_of
from tests.support.program import Run, run_program
from tests.support.provider import MotoProvider

ROOT = Path(__file__).parents[2]
EXCERPTS = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs/embedding.md").read_text(), re.MULTILINE | re.DOTALL)


def _run(excerpt: str, folder: Path) -> Run:
    plan = plan_of()
    file = folder / "cluster.plan.json"
    file.write_text(write_text(plan))
    code = compile(excerpt, "docs/embedding.md", "exec")
    return run_program(
        lambda: exec(code, {"__name__": "__main__"}),  # noqa: S102 - the project's own page
        MotoProvider(plan.design.region),
        config={"eksplan:plan": str(file)},
    )


def test_the_page_has_two_excerpts() -> None:
    assert len(EXCERPTS) == 2


def test_a_program_goes_on_with_what_it_declared(moto: None, tmp_path: Path) -> None:
    run = _run(EXCERPTS[0], tmp_path)
    ec2 = boto3.client("ec2", region_name=plan_of().design.region)
    (group,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["database"]}])["SecurityGroups"]
    assert group["VpcId"] == run.exports["vpcId"]
    assert run.exports["databaseSecurityGroupId"] == group["GroupId"]


def test_the_network_stands_alone(moto: None, tmp_path: Path) -> None:
    run = _run(EXCERPTS[1], tmp_path)
    region = plan_of().design.region
    assert boto3.client("eks", region_name=region).list_clusters()["clusters"] == []
    made = boto3.client("ec2", region_name=region).describe_subnets(
        Filters=[{"Name": "vpc-id", "Values": [run.exports["vpcId"]]}]
    )["Subnets"]
    assert {one["SubnetId"] for one in made} == set(run.exports["subnetIds"].values())


def test_the_types_of_the_excerpts_are_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    files = []
    for number, excerpt in enumerate(EXCERPTS):
        files.append(tmp_path / f"excerpt_{number}.py")
        files[-1].write_text(excerpt)
    told, wrong, status = api.run(["--config-file", str(ROOT / "pyproject.toml"), *map(str, files)])
    assert status == 0, told + wrong


def test_every_exported_name_is_documented() -> None:
    assert [name for name in stacks.__all__ if not getattr(stacks, name).__doc__] == []
