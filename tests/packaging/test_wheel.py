"""The wheel, installed outside the checkout: it has what it needs, and nothing else at top level.

Dependencies come from the environment of the tests; the package itself comes from the wheel alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("EKSPLAN_", "PYTHON"))}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@dataclass(frozen=True)
class Installed:
    """A virtual environment with the wheel, and a folder far from the checkout."""

    python: Path
    command: Path
    elsewhere: Path


@pytest.fixture(scope="module")
def artefacts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the source distribution."""
    out = tmp_path_factory.mktemp("dist")
    built = run(sys.executable, "-m", "hatchling", "build", "-d", out, cwd=ROOT)
    assert built.returncode == 0, built.stderr
    (wheel,) = out.glob("*.whl")
    (sdist,) = out.glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture(scope="module")
def installed(artefacts: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Installed:
    home = tmp_path_factory.mktemp("wheel")
    venv.create(home / "venv", with_pip=False)
    python = home / "venv" / "bin" / "python"
    done = run(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", artefacts[0]), cwd=home
    )
    assert done.returncode == 0, done.stderr
    # a path file adds a folder, but no path files in it: the checkout's editable install stays out
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home / "venv"), "platbase": str(home / "venv")}))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (home / "elsewhere").mkdir()
    return Installed(python, home / "venv" / "bin" / "eksplan", home / "elsewhere")


def test_the_wheel_holds_two_packages_and_the_templates(artefacts: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(artefacts[0]) as wheel:
        names = wheel.namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"planner", "stacks"}
    templates = {path.relative_to(ROOT / "templates").as_posix() for path in (ROOT / "templates").rglob("*.j2")}
    assert {name.removeprefix("planner/_templates/") for name in names if name.endswith(".j2")} == templates
    assert {"planner/py.typed", "stacks/py.typed", "planner/catalog/data/manifest.json", "planner/notes.json"} <= set(
        names
    )
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests")]


def test_the_source_distribution_has_what_the_tests_need(artefacts: tuple[Path, Path]) -> None:
    with tarfile.open(artefacts[1]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Pulumi.yaml", "constraints.txt"} <= names
    assert {"tests/conftest.py", "templates/user-data/al2023.j2", "examples/minimal.yaml"} <= names
    assert {"tools/go.mod", "tools/go.sum", "docs/architecture.md"} <= names


def test_the_package_comes_from_the_wheel(installed: Installed) -> None:
    code = "import planner, stacks; print(planner.__file__, stacks.__file__)"
    found = run(installed.python, "-c", code, cwd=installed.elsewhere)
    assert found.returncode == 0, found.stderr
    assert str(ROOT) not in found.stdout
    assert found.stdout.count(str(installed.python.parents[1])) == 2


def test_init_plan_review_far_from_the_checkout(installed: Installed) -> None:
    def eksplan(*arguments: str) -> str:
        done = run(installed.command, *arguments, cwd=installed.elsewhere, EKSPLAN_CATALOG="embedded")
        assert done.returncode == 0, done.stderr
        return done.stdout

    eksplan("init", "--name", "shop", "--region", "eu-west-1")
    eksplan("plan", "-f", "cluster.yaml", "--out", "plan.json")
    plan = json.loads((installed.elsewhere / "plan.json").read_bytes())
    assert plan["design"]["region"] == "eu-west-1"
    assert "no findings" in eksplan("review", "-f", "plan.json")
    assert "29" in eksplan("max-pods", "m5.large")


def test_user_data_templates_are_found(installed: Installed) -> None:
    spec = (ROOT / "examples" / "production.yaml").read_text("utf-8")
    (installed.elsewhere / "production.yaml").write_text(spec, "utf-8")
    done = run(installed.command, "plan", "-f", "production.yaml", "-o", "json", cwd=installed.elsewhere)
    assert done.returncode == 0, done.stderr
    templates = json.loads(done.stdout)["design"]["launchTemplates"]
    assert all("NodeConfig" in template["userData"] for template in templates)
