"""Docs that say what the code does: generated pages fresh, examples real, links not broken."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from planner.cli.main import COMMANDS
from planner.review.registry import ALL_RULES
from planner.spec.schema import fields
from tests.support.plans import EXAMPLES, build_text

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])


def test_generated_pages_and_screens_are_fresh() -> None:
    check = subprocess.run(
        [sys.executable, "tools/reference.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stdout + check.stderr


def test_the_readme_has_the_two_commands_that_set_everything_up() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert blocks[:2] == [
        "pip install . && eksplan plan -f examples/production.yaml\n",
        "pip install -e '.[dev]' && pytest\n",
    ]


def test_the_readmes_spec_is_the_smallest_example() -> None:
    (spec,) = re.findall(r"^```yaml\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert spec == (ROOT / "examples" / "minimal.yaml").read_text("utf-8")
    assert len(spec.splitlines()) < 10
    assert build_text(spec).plan is not None


def test_every_command_rule_and_field_is_documented() -> None:
    reference = ROOT / "docs" / "reference"
    commands = (reference / "commands.md").read_text("utf-8")
    assert all(f"## eksplan {name}\n" in commands for name in COMMANDS)
    rules = (reference / "rules.md").read_text("utf-8")
    assert all(f"](rules/{rule.code}.md)" in rules for rule in ALL_RULES)
    assert {page.stem for page in (reference / "rules").glob("*.md")} == {*(rule.code for rule in ALL_RULES), "WVR001"}
    spec = (reference / "spec.md").read_text("utf-8")
    undescribed = [one.path for one in fields() if not one.description]
    assert not undescribed
    assert all(f"| `{one.path}` |" in spec for one in fields())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
        if not target.startswith("https://"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_in_the_docs_exist(page: Path) -> None:
    for name in re.findall(r"`eksplan ([a-z][a-z-]*)", page.read_text("utf-8")):
        assert name in COMMANDS, name


def test_every_example_begins_by_saying_what_it_is() -> None:
    files = sorted(EXAMPLES.glob("*.yaml"))
    assert len(files) >= 7
    assert [file.stem for file in files if not file.read_text("utf-8").startswith("# ")] == ["minimal"]
