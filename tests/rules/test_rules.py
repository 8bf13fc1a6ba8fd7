"""Every rule against the designs in ``cases/<CODE>.yaml``: what passes, fails, is not evaluated, or is an edge.

A case takes the plan of an example, changes its plain form, and says exactly what the rule answers.
Paths: ``nodeGroups[web].maxSize``; ``[x]`` selects the element of a list that is called ``x``, or a
key that holds dots, such as ``tags[kubernetes.io/role/elb]``. Changes are made in the order set,
remove, add; a path that does not exist is an error.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from planner.design import Design
from planner.diagnostics import Verdict
from planner.notes import notes
from planner.plan.plain import parse, plain
from planner.review.engine import review
from planner.review.registry import ALL_RULES, rule_by_code
from planner.review.rule import ReviewContext, Rule, context_of
from tests.support.plans import FEASIBLE, embedded, plan_example

FOLDER = Path(__file__).parent / "cases"
KINDS = ("pass", "fail", "not-evaluated", "edge")
SECTIONS = ("## What it does", "## Why it matters", "## How to fix", "## References")
#: What names an element of a list: routes have a destination, ENIConfigs a zone.
NAMING = ("name", "destination", "zone")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One design and what a rule says about it. Field names are the keys of the case file."""

    code: str
    name: str
    kind: str
    base: str
    expect: list[dict[str, Any]]
    set: dict[str, Any] = dataclasses.field(default_factory=dict)
    remove: list[str] = dataclasses.field(default_factory=list)
    add: dict[str, Any] = dataclasses.field(default_factory=dict)
    context: dict[str, Any] = dataclasses.field(default_factory=dict)
    """What the caller of the review knows: ``today``, ``target``, ``parameters``, and as ``history`` changes of
    the base, each an earlier look."""

    @property
    def id(self) -> str:
        """The name that pytest shows."""
        return f"{self.code}-{self.name}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """All cases of one rule."""

    rule: str
    cases: tuple[Case, ...]
    not_evaluated_impossible: str = ""
    """Why no input of the rule can be unknown, where that is so."""


def _read(path: Path) -> CaseFile:
    data = yaml.safe_load(path.read_text("utf-8"))
    assert data["rule"] == path.stem, f"{path.name} is about {data['rule']}"
    return CaseFile(**{**data, "cases": tuple(Case(code=path.stem, **entry) for entry in data["cases"])})


FILES = {path.stem: _read(path) for path in sorted(FOLDER.glob("*.yaml"))}
CASES = [case for file in FILES.values() for case in file.cases]


# --- changing a design -------------------------------------------------------------------------


def _steps(path: str) -> list[str]:
    """``a[b.c].d`` as a, b.c, d. Raises ValueError for a path that is not well formed."""
    if not re.fullmatch(r"[^.\[\]]+(\.[^.\[\]]+|\[[^\[\]]+\])*", path):
        raise ValueError(f"{path}: not a path")
    return [plain_step or bracketed for plain_step, bracketed in re.findall(r"([^.\[\]]+)|\[([^\[\]]+)\]", path)]


def _called(item: Any) -> Any:
    """What an element of a list is called."""
    if isinstance(item, Mapping):
        return next((item[key] for key in NAMING if key in item), None)
    return item


def _key(node: Any, step: str, path: str) -> Any:
    """Key or index of a step. Raises KeyError if it is not there, or not the only one."""
    if isinstance(node, dict) and step in node:
        return step
    if isinstance(node, list):
        found = [index for index, item in enumerate(node) if _called(item) == step]
        if len(found) == 1:
            return found[0]
    raise KeyError(f"{path}: no {step}")


def _locate(data: Any, path: str) -> tuple[Any, Any]:
    """The container and the key that a path leads to."""
    *way, last = _steps(path)
    for step in way:
        data = data[_key(data, step, path)]
    return data, _key(data, last, path)


def changed(data: Any, changes: Mapping[str, Any]) -> Any:
    """A changed copy of plain data. Raises KeyError or ValueError for a change that leads nowhere."""
    if not changes.keys() <= {"set", "remove", "add"}:
        raise KeyError(f"{', '.join(changes)}: only set, remove and add")
    data = copy.deepcopy(data)
    for path, value in changes.get("set", {}).items():
        node, key = _locate(data, path)
        node[key] = copy.deepcopy(value)
    for path in changes.get("remove", ()):
        node, key = _locate(data, path)
        del node[key]
    for path, value in changes.get("add", {}).items():
        node, key = _locate(data, path)
        if isinstance(node[key], list):
            node[key].append(copy.deepcopy(value))
        elif isinstance(node[key], dict) and not node[key].keys() & value.keys():
            node[key].update(value)
        else:
            raise KeyError(f"{path}: nothing can be added there")
    return data


@functools.cache
def _plain_design(base: str) -> Any:
    return plain(plan_example(base).design)


def _holds(whole: Any, part: Any) -> bool:
    """Whether plain data says all that other plain data says."""
    if isinstance(part, Mapping):
        return all(key in whole and _holds(whole[key], value) for key, value in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(_holds, whole, part))
    return bool(whole == part)


def design_of(base: str, **changes: Any) -> Design:
    """The design of an example's plan, changed: ``set``, ``remove`` and ``add`` as in a case.

    Raises KeyError if a new value has a key that no design has: pydantic would drop it silently.
    """
    data = changed(_plain_design(base), changes)
    design = parse(Design, data)
    if not _holds(plain(design), data):
        raise KeyError(f"{changes}: a part of it did not get into the design")
    return design


def context(base: str = "minimal", **known: Any) -> ReviewContext:
    """The embedded catalog as rules see it, and what the caller ``known``."""
    history = tuple(design_of(base, **changes) for changes in known.pop("history", ()))
    return context_of(embedded(), history=history, **known)


# --- the cases ---------------------------------------------------------------------------------


def _outcomes(verdict: Verdict) -> list[dict[str, Any]]:
    """Findings and what was not evaluated, in the form that cases expect."""
    unseen = [
        {"not_evaluated": one.resource, "rule": one.rule, "call": one.call, "reason": one.reason}
        for one in verdict.not_evaluated
    ]
    return [dataclasses.asdict(finding) for finding in verdict.findings] + unseen


def _unmatched(
    expected: Sequence[Mapping[str, Any]], outcomes: Sequence[Mapping[str, Any]]
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """What was expected and is missing, and what came without being expected."""
    missing: list[Mapping[str, Any]] = []
    left = list(outcomes)
    for one in expected:
        found = next((other for other in left if all(other.get(key) == one[key] for key in one)), None)
        if found is None:
            missing.append(one)
        else:
            left.remove(found)
    return missing, left


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case) -> None:
    rule = rule_by_code(case.code)
    assert rule is not None
    design = design_of(case.base, set=case.set, remove=case.remove, add=case.add)
    verdict = review(design, context(case.base, **case.context), [rule])
    missing, unexpected = _unmatched(case.expect, _outcomes(verdict))
    assert not missing, f"missing: {missing}\ninstead: {unexpected}"
    assert not unexpected, f"unexpected: {unexpected}"
    assert verdict.passed + verdict.not_applicable == (() if case.expect else (rule.code,))
    for finding in verdict.findings:
        assert finding.rule == rule.code
        assert finding.resource
        assert finding.measured, "a finding says what was measured"
        assert finding.limit, "a finding says what the limit is"
        assert finding.fix, "a finding says how to fix it"
        assert finding.source == rule.source
        assert finding.notes == rule.notes
    for unseen in verdict.not_evaluated:
        assert unseen.call, "the call that was not answered"
        assert unseen.reason


# --- the case files ----------------------------------------------------------------------------


def test_every_rule_has_a_case_file_and_the_other_way_round() -> None:
    assert set(FILES) == {rule.code for rule in ALL_RULES}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_all_kinds_of_cases(file: CaseFile) -> None:
    kinds = {case.kind for case in file.cases}
    assert kinds <= set(KINDS)
    assert {"pass", "fail", "edge"} <= kinds
    # one or the other: a reason beside a case would be wrong
    assert ("not-evaluated" in kinds) != bool(file.not_evaluated_impossible)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_expects_what_its_kind_says(case: Case) -> None:
    findings = [one for one in case.expect if "not_evaluated" not in one]
    if case.kind == "pass":
        assert not case.expect
    elif case.kind == "fail":
        assert findings
        assert findings == case.expect
    elif case.kind == "not-evaluated":
        assert case.expect
        assert not findings
    for one in findings:
        if case.kind == "fail":
            assert {"resource", "severity", "measured", "limit"} <= one.keys(), "a failing case pins the numbers"
    for one in case.expect:
        if "not_evaluated" in one:
            assert "call" in one


def test_names_of_cases_are_unique() -> None:
    assert [name for name, count in Counter(case.id for case in CASES).items() if count > 1] == []


# --- the rules themselves ----------------------------------------------------------------------


def test_codes_and_names_of_rules_are_unique() -> None:
    labels = [label for rule in ALL_RULES for label in (rule.code, rule.name)]
    assert len(labels) == len(set(labels))
    assert [rule_by_code(rule.code) for rule in ALL_RULES] == list(ALL_RULES)
    assert [rule_by_code(rule.name) for rule in ALL_RULES] == list(ALL_RULES)


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_documentation_of_a_rule(rule: Rule) -> None:
    places = [rule.doc.find(f"\n{section}\n") for section in SECTIONS]
    assert -1 not in places, f"a section is missing: {dict(zip(SECTIONS, places, strict=True))}"
    assert places == sorted(places)
    assert rule.title.endswith(".")
    assert rule.source.startswith("https://")
    references = rule.doc.partition("## References")[2]
    assert rule.source in references, "the page names the rule's source"
    assert rule.confidence in ("high", "medium", "low")


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_notes_of_a_rule_exist(rule: Rule) -> None:
    assert rule.notes
    assert set(rule.notes) <= notes().keys()


@pytest.mark.parametrize("base", FEASIBLE)
def test_examples_are_without_findings(base: str) -> None:
    verdict = review(design_of(base), context())
    assert verdict.findings == ()
    unseen = {one.rule for one in verdict.not_evaluated}
    if base == "existing-vpc":
        # a spec does not describe the VPC that it is a guest in, beyond what it adds itself
        assert unseen == {"VPC001", "VPC002", "VPC003", "LBS003", "LBS004", "LBS005", "NSN007", "RTE002"}
    else:
        assert unseen == set()
    assert len(verdict.passed) + len(unseen) == len(ALL_RULES)


# --- the harness -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"put": {"vpc.dnsSupport": True}},
        {"set": {"vpc.dnsSuport": True}},
        {"set": {"subnets[nowhere].freeAddresses": 3}},
        {"set": {"subnets[hello-node-use1-az1].tags[kubernetes.io/role/cni]": "1"}},
        {"set": {"subnets.[hello": 1}},
        {"remove": ["vpcEndpoints[hello-sts]"]},
        {"remove": ["vpc.cidr.first"]},
        {"set": {"natGateways": [{"name": "x", "subnet": None, "regionall": True}]}},
        {"add": {"vpc.name": "x"}},
        {"add": {"vpc.tags": {"Name": "x"}}},
    ],
    ids=str,
)
def test_a_path_that_leads_nowhere_is_an_error(changes: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError)):
        design_of("minimal", **changes)


def test_changes_do_not_leak_into_other_cases() -> None:
    before = design_of("minimal")
    tags = {"kubernetes.io/role/cni": "1"}
    after = design_of(
        "minimal",
        set={
            "subnets[hello-node-use1-az1].freeAddresses": 3,
            "routeTables[hello-public].routes[0.0.0.0/0].target": "x",
        },
        remove=["cluster.subnets[hello-cluster-use1-az4]"],
        add={"subnets[hello-node-use1-az1].tags": tags},
    )
    subnet = after.subnet("hello-node-use1-az1")
    assert subnet is not None
    assert (subnet.free_addresses, subnet.tag("kubernetes.io/role/cni")) == (3, "1")
    assert after.cluster is not None
    assert "hello-cluster-use1-az4" not in after.cluster.subnets
    assert design_of("minimal") == before != after
