"""The real Pulumi engine: the CLI found or built, a stack in a folder of its own, moto behind it."""

from __future__ import annotations

import gc
import os
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from pulumi import automation

from planner.deploy.place import quiet_url
from planner.design import Design
from stacks import declare
from tests.support.plugin import Plugin, serving
from tests.support.provider import MotoProvider
from tools import pulumi_cli


def local_command() -> automation.PulumiCommand | None:
    """The CLI: built from tools/go.mod where Go is (once, some minutes), else ``pulumi`` on PATH, if any."""
    if pulumi_cli.binary().exists() or shutil.which("go"):
        return automation.PulumiCommand(root=str(pulumi_cli.build().parents[1]))
    return automation.PulumiCommand() if shutil.which("pulumi") else None


@pytest.fixture(scope="session")
def pulumi_command() -> automation.PulumiCommand:
    """The CLI; without one the test is skipped."""
    found = local_command()
    if found is not None:
        return found
    pytest.skip("the Pulumi engine is not tested: neither Go nor pulumi is here")


@dataclass(frozen=True)
class Engine:
    """A stack on the real engine, and the double that stands for the AWS provider."""

    plugin: Plugin
    stack: Callable[[Design], automation.Stack]
    environment: Mapping[str, str]
    """What the engine is told, for those that open the stack by themselves."""


@pytest.fixture
def engine(pulumi_command: automation.PulumiCommand, tmp_path: Path, moto: None) -> Iterator[Engine]:
    (tmp_path / "state").mkdir()
    plugin = Plugin(MotoProvider("us-east-1"))
    with serving(plugin) as port:
        environment = {
            "PULUMI_BACKEND_URL": quiet_url(f"file://{tmp_path / 'state'}"),
            "PULUMI_CONFIG_PASSPHRASE": "testing",
            "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_HOME": str(tmp_path / "home"),
            "PATH": os.environ["PATH"],
        }

        def stack(design: Design) -> automation.Stack:
            plugin.provider.region = design.region

            def program() -> None:
                declare(design)

            return automation.create_or_select_stack(
                "test",
                project_name="eksplan",
                program=program,
                opts=automation.LocalWorkspaceOptions(
                    work_dir=str(_folder(tmp_path / "work")), env_vars=environment, pulumi_command=pulumi_command
                ),
            )

        yield Engine(plugin, stack, environment)


def _folder(path: Path) -> Path:
    path.mkdir(exist_ok=True)
    return path


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """Pulumi's language host leaves its event loop open where a run fails; it is collected here, and
    not in a later test, which its warning would fail."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
