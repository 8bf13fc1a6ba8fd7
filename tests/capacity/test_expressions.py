"""maxPodsExpression as nodeadm evaluates it (note N18)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.capacity.expression import Expression, ExpressionError, Trouble
from planner.capacity.max_pods import PodNetwork
from planner.catalog.model import Catalog
from planner.design import Unknown
from planner.diagnostics import Kind
from planner.plan.model import Plan
from tests.support.plans import decision, embedded, load, plan_of, spec_text

LARGE, MEDIUM = "m5.large", "t3.medium"
BOUNDED = "max_pods < 110 ? max_pods : 110"


def value(text: str, name: str = MEDIUM) -> int | None:
    catalog = embedded()
    return Expression(text, catalog.facts).on(catalog.instance_types[name], PodNetwork()).value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the examples of nodeadm's own tests, on a t3.medium (3 interfaces, 6 addresses each)
        ("417", 417),
        ("(default_enis * (ips_per_eni - 1)) + 2", 17),
        ("(default_enis * ((ips_per_eni - 1) * 16)) + 2", 242),
        ("((default_enis * ((ips_per_eni * 16) - 1)) + 2) < 30 ? 10 : 30", 30),
        ("((default_enis - 1) * (ips_per_eni - 1)) + 2", 12),
        ("max_pods < 30 ? max_pods : 30", 17),
        ("max_pods + 2", 19),
        ("max_pods / 2", 8),
        ("7.9", 7),
        ("'12'", 12),
    ],
)
def test_N18_values(text: str, expected: int) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "true",
        "max_pods - 17",
        "max_pods - 18",
        "max_pods / 0",
        "max_pods % 0",
        "default_enis * 2147483647",
        "[1, 2]",
        "9223372036854775807 + max_pods",
        "default_enis * 1.5",
        "'twelve'",
        "{}",
    ],
)
def test_N18_what_nodeadm_would_silently_replace(text: str, catalog: Catalog) -> None:
    found = Expression(text, catalog.facts).on(catalog.instance_types[MEDIUM], PodNetwork())
    assert found.value is None
    assert found.applied == 17
    assert [one.trouble for one in found.findings] == [Trouble.FAILED]
    assert "gives kubelet its own 17" in found.findings[0].text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not CEL"),
        ("7 +", "not CEL at character"),
        ("99 - fake_variable", "unknown: fake_variable"),
        ("max_pods > 0 ? 1 : fake", "unknown: fake"),
        ("vcpus * 10", "unknown: vcpus"),
        ("ceil(1.5)", "unknown: ceil"),
        ("(" * 400 + "1" + ")" * 400, "not CEL"),
        ("1" * 1001, "1,001 characters"),
    ],
)
def test_N18_what_is_no_expression(text: str, why: str, catalog: Catalog) -> None:
    with pytest.raises(ExpressionError, match=why):
        Expression(text, catalog.facts)


@pytest.mark.parametrize(
    "text", ["min(max_pods, 10)", "max(1, 2)", "min([max_pods, 10])", "max_pods > 1 ? min(1, 2) : 1"]
)
def test_N18_min_and_max_are_meant_and_ignored(text: str, catalog: Catalog) -> None:
    found = Expression(text, catalog.facts).on(catalog.instance_types[MEDIUM], PodNetwork())
    assert found.value in (10, 2, 1)
    assert found.applied == 17
    assert Trouble.UNKNOWN_TO_NODEADM in [one.trouble for one in found.findings]


def test_N18_over_the_whole_catalog(catalog: Catalog) -> None:
    types, network = catalog.instance_types, PodNetwork()
    bounded = Expression(BOUNDED, catalog.facts).on_all(types.values(), network)
    assert max(one.applied for one in bounded) == 110
    # types that have fewer addresses than it gives: none; small memory is another matter
    assert not [one for one in bounded for finding in one.findings if finding.trouble is Trouble.ADDRESSES]
    wild = Expression("default_enis * (ips_per_eni - 1) * 16 + 2", catalog.facts).on_all(types.values(), network)
    troubles = {finding.trouble for one in wild for finding in one.findings}
    assert troubles == {Trouble.ADDRESSES, Trouble.CAP, Trouble.MEMORY}
    with_prefixes = Expression("default_enis * (ips_per_eni - 1) * 16 + 2", catalog.facts)
    large = with_prefixes.on(types[LARGE], PodNetwork(prefix=True))
    assert [one.trouble for one in large.findings] == [Trouble.CAP, Trouble.MEMORY]


_NUMBERS = st.one_of(st.integers(0, 40).map(str), st.sampled_from(["default_enis", "ips_per_eni", "max_pods"]))


@given(
    st.recursive(
        _NUMBERS,
        lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda it: f"({' '.join(it)})"),
        max_leaves=6,
    )
)
def test_arithmetic_is_that_of_whole_numbers(text: str) -> None:
    names = {"default_enis": 3, "ips_per_eni": 6, "max_pods": 17}

    class Whole(int):
        """Division as CEL has it: towards zero."""

        def __add__(self, other: int) -> Whole:
            return Whole(int(self) + int(other))

        def __sub__(self, other: int) -> Whole:
            return Whole(int(self) - int(other))

        def __mul__(self, other: int) -> Whole:
            return Whole(int(self) * int(other))

        def __truediv__(self, other: int) -> Whole:
            quotient = abs(int(self)) // abs(int(other))
            return Whole(quotient if (int(self) < 0) == (int(other) < 0) else -quotient)

    import re

    wrapped = re.sub(r"\d+", lambda found: f"Whole({found[0]})", text)
    try:
        expected = eval(wrapped, {"Whole": Whole, **{name: Whole(number) for name, number in names.items()}})  # noqa: S307
    except ZeroDivisionError:
        expected = None
    found = value(text)
    assert found == (int(expected) if expected is not None and expected >= 1 else None)


def told(plan: Plan) -> str:
    """User data of the only launch template."""
    templates = plan.design.launch_templates
    assert not isinstance(templates, Unknown)
    return str(templates[0].user_data)


def group(**fields: Any) -> dict[str, Any]:
    return {"nodeGroups": [{"name": "general", "instanceTypes": [LARGE], "maxSize": 3, **fields}]}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"os": "bottlerocket", "maxPodsExpression": BOUNDED}, "group-kubelet"),
        ({"os": "windows-core-2022", "maxPodsExpression": BOUNDED}, "group-kubelet"),
        ({"os": "windows-core-2022", "systemReserved": {"cpu": "100m"}}, "group-kubelet"),
        ({"maxPodsExpression": "max_pods +"}, "max-pods-expression"),
        ({"maxPodsExpression": "min(max_pods, 20)"}, "max-pods-expression"),
        ({"amiId": "ami-0123456789abcdef0", "maxPodsExpression": "400"}, "max-pods-expression"),
    ],
)
def test_N18_specs_that_nodeadm_would_not_follow(fields: dict[str, object], code: str) -> None:
    from planner.plan.build import build
    from planner.templates import render

    loaded = load(spec_text(**group(**fields)))
    result = build(loaded.document, embedded(), render) if loaded.document else None
    wrong = [*loaded.diagnostics, *(result.diagnostics if result else ())]
    assert (code, "N18") in [(one.code, one.note) for one in wrong if one.kind is Kind.INVALID]
    assert result is None or result.plan is None


def test_N18_an_expression_decides_where_the_ami_is_ones_own() -> None:
    plan = plan_of(**group(amiId="ami-0123456789abcdef0", maxPodsExpression="max_pods < 20 ? max_pods : 20"))
    assert decision(plan, "max-pods.general").value == "20"
    assert told(plan).count('maxPodsExpression: "max_pods < 20 ? max_pods : 20"') == 1
    assert "maxPods: 20" not in told(plan)
    assert "(255 + 11 × 20)" in decision(plan, "allocatable.general").worked


def test_N38_system_reserved_is_taken_off_and_told() -> None:
    reserved = {"cpu": "100m", "memory": "300Mi", "ephemeralStorage": "1Gi"}
    plain, careful = plan_of(**group()), plan_of(**group(systemReserved=reserved))
    assert decision(plain, "allocatable.general").value == "1930m CPU, 6903 MiB"
    assert decision(careful, "allocatable.general").value == "1830m CPU, 6603 MiB"
    text = told(careful)
    assert "systemReserved:\n        cpu: 100m\n        memory: 300Mi\n        ephemeral-storage: 1024Mi\n" in text
    other = told(plan_of(**group(os="bottlerocket", systemReserved=reserved)))
    assert other.startswith("settings.kubernetes.system-reserved.cpu = '100m'\n")
