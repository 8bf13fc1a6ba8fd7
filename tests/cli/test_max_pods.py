"""``eksplan max-pods``: a type, several, all, and types that nobody knows."""

from __future__ import annotations

import json

import pytest

from planner.catalog.model import Catalog
from tests.cli.running import invoke


def rows(text: str) -> dict[str, list[str]]:
    """The table's rows by type."""
    lines = [line for line in text.splitlines() if not line.startswith((" ", "type "))]
    return {line.split()[0]: line.split()[1:] for line in lines}


def test_one_type_shows_every_mode_and_its_arithmetic() -> None:
    ran = invoke("max-pods", "m5.large")
    assert ran.code == 0
    assert rows(ran.out)["m5.large"] == ["2", "8192", "3×10", "29", "110*", "20", "110*", "20", "110*"]
    assert "  secondary-ip:  3 × (10 − 1) + 2 = 29\n" in ran.out
    assert "  prefix:        3 × (10 − 1) × 16 + 2 = 434, capped to 110\n" in ran.out
    assert "the recommended cap binds" in ran.err


def test_several_types_come_in_the_order_asked_for() -> None:
    ran = invoke("max-pods", "t3.medium", "m5.24xlarge", "c5.large")
    assert ran.code == 0
    assert list(rows(ran.out)) == ["t3.medium", "m5.24xlarge", "c5.large"]
    assert rows(ran.out)["m5.24xlarge"][3] == "250*"
    assert "secondary-ip:" not in ran.out


def test_all_types(catalog: Catalog) -> None:
    ran = invoke("max-pods", "--all")
    assert ran.code == 0
    assert set(rows(ran.out)) == set(catalog.instance_types)


@pytest.mark.parametrize("arguments", [["m5.large"], ["--all"], ["m5.large", "t3.nano"]], ids=" ".join)
def test_the_table_fits_into_80_columns(arguments: list[str]) -> None:
    table = [line for line in invoke("max-pods", *arguments).out.splitlines() if not line.startswith(" ")]
    assert max(map(len, table)) <= 80


def test_json_says_the_same_as_the_table() -> None:
    (one,) = json.loads(invoke("max-pods", "m5.large", "-o", "json").out)
    assert one["instanceType"] == "m5.large"
    assert {mode: answer["pods"] for mode, answer in one["modes"].items()} == {
        "secondary-ip": 29,
        "prefix": 110,
        "custom": 20,
        "custom-prefix": 110,
        "sg-pods": 20,
        "ipv6": 110,
    }
    assert one["modes"]["prefix"]["uncapped"] == 434


def test_only_some_modes() -> None:
    ran = invoke("max-pods", "m5.large", "--mode", "prefix", "--mode", "custom", "-o", "json")
    assert set(json.loads(ran.out)[0]["modes"]) == {"prefix", "custom"}


def test_without_the_cap() -> None:
    (one,) = json.loads(invoke("max-pods", "m5.large", "--uncapped", "-o", "json").out)
    assert one["modes"]["prefix"]["pods"] == 434
    assert one["modes"]["secondary-ip"]["pods"] == 29


def test_what_a_type_cannot_do_is_a_dash_with_a_reason() -> None:
    ran = invoke("max-pods", "t2.medium")
    assert rows(ran.out)["t2.medium"][-2:] == ["-", "-"]
    assert "t2.medium has no trunk interface" in ran.out
    assert "t2.medium is not a Nitro type" in ran.out


def test_windows_nodes_have_none_of_what_windows_cannot_do() -> None:
    """No custom networking, no security groups for pods, no IPv6 on Windows nodes."""
    (one,) = json.loads(invoke("max-pods", "m5.large", "--windows", "-o", "json").out)
    assert one["modes"]["secondary-ip"]["pods"] == 9
    assert one["modes"]["prefix"]["pods"] == 110
    for mode in ("custom", "custom-prefix", "sg-pods", "ipv6"):
        assert "impossible" in one["modes"][mode], mode


@pytest.mark.parametrize("name", ["m5.lagre", "m5large", "t3.xxlarge", "m5.metl", "x9.large"])
def test_an_unknown_type_names_the_three_nearest(name: str, catalog: Catalog) -> None:
    ran = invoke("max-pods", name)
    assert ran.code == 2
    assert ran.out == ""
    assert f"{name}: no such instance type" in ran.err
    near = ran.err.partition("did you mean ")[2].partition("?")[0].split(", ")
    assert len(near) == 3
    assert set(near) <= set(catalog.instance_types)


def test_case_does_not_hide_the_nearest() -> None:
    assert "m5.large" in invoke("max-pods", "M5.LARGE").err


def test_all_unknown_types_are_said_at_once() -> None:
    ran = invoke("max-pods", "m5.lagre", "m5.large", "c5.lagre")
    assert ran.code == 2
    assert "m5.lagre" in ran.err
    assert "c5.lagre" in ran.err


def test_a_name_like_no_other_ends_in_a_sentence() -> None:
    ran = invoke("max-pods", "qqqqqqqqqqqq")
    assert ran.code == 2
    assert "did you mean" not in ran.err
    assert "2026-08 `" not in ran.err
    assert "`eksplan catalog refresh`" in ran.err


@pytest.mark.parametrize("arguments", [[], ["--all", "m5.large"]], ids=["nothing", "both"])
def test_types_or_all(arguments: list[str]) -> None:
    ran = invoke("max-pods", *arguments)
    assert ran.code == 2
    assert "give instance types, or --all" in ran.err
