"""What a command loads: AWS and Pulumi only where they are its job, and little for ``--help``."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.running import MINIMAL, environment

PROBE = """\
import sys
from planner.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    print("\\nloaded", ended.code, *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def loaded(*arguments: str) -> set[str]:
    """Top-level modules in memory when a command has ended well."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], capture_output=True, env=environment({}), check=True, text=True
    )
    word, code, *modules = done.stdout.splitlines()[-1].split(" ")
    assert (word, code) == ("loaded", "0")
    return set(modules)


AWS = {"boto3", "botocore", "s3transfer", "urllib3"}
PULUMI = {"pulumi", "pulumi_aws", "grpc"}


def test_the_probe_sees_what_is_loaded() -> None:
    assert {"click", "planner"} <= loaded("--help")
    assert {"pydantic", "yaml"} <= loaded("plan", "-f", MINIMAL)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["max-pods", "m5.large"],
        ["plan", "-f", MINIMAL],
        ["plan", "-f", MINIMAL, "-o", "json"],
        ["why", "-f", MINIMAL],
        ["review", "-f", MINIMAL],
        ["init"],
        ["explain", "VPC001"],
        ["schema", "plan"],
        ["catalog", "show"],
        ["catalog", "refresh", "--help"],
        ["completion", "bash"],
    ],
    ids=lambda arguments: " ".join(one for one in arguments if one != MINIMAL),
)
def test_neither_aws_nor_pulumi(arguments: list[str]) -> None:
    assert not (AWS | PULUMI) & loaded(*arguments)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["max-pods", "m5.large"]], ids=" ".join)
def test_quick_commands_load_little(arguments: list[str]) -> None:
    assert not {"pydantic", "jinja2", "yaml", "rich", "jsonschema", "platformdirs"} & loaded(*arguments)


def test_the_embedded_catalog_needs_no_folder_of_the_user() -> None:
    assert "platformdirs" not in loaded("plan", "-f", MINIMAL)
