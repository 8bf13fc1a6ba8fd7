"""Reviews of many: a run that breaks off goes on, each has a file of its own, and the worst stands first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import botocore.client
import pytest

from tests.cli.running import invoke
from tests.cli.test_review_live import CALL, reviewed, running

REGION = ("--region", "us-east-1")


def test_a_run_that_broke_off_goes_on_where_it_was(moto: None, monkeypatch: pytest.MonkeyPatch) -> None:
    running("one")
    running("two")
    Path("kept").mkdir()
    whole = reviewed("--all", *REGION)
    first = reviewed("--cluster", "one", *REGION, "--keep", "kept")
    assert [one["name"] for one in first["subjects"]] == ["one"]
    assert [path.name for path in Path("kept").iterdir()] == ["123456789012-us-east-1-one.snapshot.json"]
    asked: list[str] = []
    real = getattr(botocore.client.BaseClient, CALL)

    def counting(self: Any, operation: str, arguments: Any) -> Any:
        if operation == "DescribeCluster":
            asked.append(arguments["name"])
        return real(self, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, CALL, counting)
    rest = reviewed("--all", *REGION, "--keep", "kept")
    assert asked == ["two"]
    for part in ("subjects", "findings", "notEvaluated", "counts"):
        assert rest[part] == whole[part]
    assert len(list(Path("kept").iterdir())) == 2


def test_a_kept_file_that_is_broken_is_told_and_not_passed_over(moto: None) -> None:
    running("one")
    Path("kept").mkdir()
    file = Path("kept/123456789012-us-east-1-one.snapshot.json")
    file.write_text("{", "utf-8")
    ran = invoke("review", "--cluster", "one", *REGION, "--keep", "kept")
    assert ran.code == 2
    assert f"delete {file}" in ran.err
    beside = invoke("review", "-f", "cluster.yaml", "--keep", "kept")
    assert beside.code == 2
    assert "--keep keeps what is read from AWS" in beside.err
    assert "make it first" in invoke("review", "--cluster", "one", *REGION, "--keep", "nowhere").err


def test_each_has_a_file_and_the_worst_stands_first(moto: None) -> None:
    running("good")
    running("poor")
    eks = boto3.client("eks", region_name="us-east-1")
    access = {"endpointPublicAccess": True, "endpointPrivateAccess": False, "publicAccessCidrs": ["0.0.0.0/0"]}
    eks.update_cluster_config(name="poor", resourcesVpcConfig=access)
    Path("each").mkdir()
    ran = invoke("review", "--all", *REGION, "-o", "table", "-o", "json=each")
    assert sorted(path.name for path in Path("each").iterdir()) == ["good.json", "poor.json"]
    poor = json.loads(Path("each/poor.json").read_text("utf-8"))
    assert {one["rule"] for one in poor["findings"]} >= {"API002", "API003"}
    assert json.loads(Path("each/good.json").read_text("utf-8"))["findings"] == []
    lines = ran.out.splitlines()
    assert lines[0].startswith("Clusters and VPCs")
    rows = [line.split()[0] for line in lines if line.startswith(("good ", "poor "))]
    assert rows[:2] == ["poor", "good"]
