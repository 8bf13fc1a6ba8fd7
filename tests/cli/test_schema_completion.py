"""``eksplan schema`` and ``eksplan completion``."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.cli.running import SPEC, invoke, process
from tests.support.plans import CLUSTER_EXAMPLES, EXAMPLES


@pytest.mark.parametrize("what", ["spec", "plan", "findings", "fleet"])
def test_schemas_are_schemas(what: str) -> None:
    ran = invoke("schema", what)
    assert ran.code == 0
    assert ran.err == ""
    jsonschema.Draft202012Validator.check_schema(json.loads(ran.out))


@pytest.mark.parametrize("path", CLUSTER_EXAMPLES, ids=lambda path: path.stem)
def test_the_schema_takes_the_examples(path: Path) -> None:
    schema = json.loads(invoke("schema", "spec").out)
    jsonschema.Draft202012Validator(schema).validate(yaml.safe_load(path.read_text("utf-8")))


def test_the_fleet_schema_takes_the_example() -> None:
    schema = json.loads(invoke("schema", "fleet").out)
    validator = jsonschema.Draft202012Validator(schema)
    document = yaml.safe_load((EXAMPLES / "fleet.yaml").read_text("utf-8"))
    validator.validate(document)
    document["spec"]["templates"]["large"]["cni"]["modus"] = "prefix"
    assert not validator.is_valid(document)


@pytest.mark.parametrize(
    "change",
    [
        ("maxSize", "max_size"),
        ("maxSize: 3", "maxSize: 0"),
        ("maxSize: 3", "maxSize: three"),
        ("us-east-1", "Virginia"),
        ("kind: Cluster", "kind: Klaster"),
        ("eksplan/v1", "eksplan/v2"),
        ("[m5.large]", "m5.large"),
        ("name: test", "name: a b"),
    ],
    ids=lambda change: change[1],
)
def test_the_schema_and_the_program_refuse_the_same(change: tuple[str, str]) -> None:
    text = SPEC.replace(*change)
    schema = json.loads(invoke("schema", "spec").out)
    assert not jsonschema.Draft202012Validator(schema).is_valid(yaml.safe_load(text))
    assert invoke("plan", "-f", "-", given=text).code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_every_shell(shell: str) -> None:
    ran = invoke("completion", shell)
    assert ran.code == 0
    assert ran.err == ""
    assert "_EKSPLAN_COMPLETE" in ran.out
    assert f"{shell}_complete" in ran.out


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_the_script_for_bash_is_sound_bash() -> None:
    script = invoke("completion", "bash").out
    done = subprocess.run(["bash", "-n"], input=script.encode(), capture_output=True, check=False)
    assert done.returncode == 0
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("eksplan pl", {"plan"}),
        ("eksplan plan --out", {"--output", "--out"}),
        ("eksplan plan --fail-on w", {"warning"}),
        ("eksplan max-pods m5.larg", {"m5.large"}),
        ("eksplan schema f", {"findings", "fleet"}),
    ],
)
def test_the_shell_is_told_what_may_follow(words: str, found: set[str]) -> None:
    count = str(len(words.split()) - 1)
    ran = process(env={"_EKSPLAN_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": count})
    assert {line.partition(",")[2] for line in ran.out.splitlines()} == found
    assert ran.err == ""


def test_a_damaged_catalog_does_not_disturb_the_shell() -> None:
    ran = process(
        env={
            "_EKSPLAN_COMPLETE": "bash_complete",
            "COMP_WORDS": "eksplan max-pods m5.larg",
            "COMP_CWORD": "2",
            "EKSPLAN_CATALOG": "nowhere",
        }
    )
    assert "Traceback" not in ran.said
    assert ran.out.strip() == ""
