"""``eksplan instances``: filters, ranges, orders, forms, and what nobody knows."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from planner.capacity.modes import MODES
from planner.catalog import store
from planner.catalog.folder import write
from planner.catalog.model import Catalog
from planner.report.instances import FIELDS
from tests.cli.running import invoke, on_terminal, process
from tests.cli.test_imports import AWS, PULUMI, loaded
from tests.cli.test_terminal import posix


def found(*arguments: str) -> list[str]:
    """Names in the order shown."""
    ran = invoke("instances", *arguments, "-o", "names")
    assert ran.code == 0, ran.err
    return ran.out.splitlines()


def one(*arguments: str) -> dict[str, Any]:
    """The only type shown, as JSON says it."""
    (row,) = json.loads(invoke("instances", *arguments, "-o", "json").out)
    assert isinstance(row, dict)
    return row


@pytest.fixture
def priced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refreshed catalog with prices of us-east-1, read in the user's own account."""
    region = json.loads((store.EMBEDDED / "regions" / "us-east-1.json").read_bytes())
    prices = {"m5.large": 0.096, "m5.xlarge": 0.192, "t3.large": 0.0832, "m7i.large": 0.1008}
    region |= {"prices": prices, "zoneNamesAreYours": True}
    write(tmp_path / "catalog", {"regions/us-east-1.json": (region, "test", "2026-11-01")})
    monkeypatch.setenv("EKSPLAN_CATALOG", str(tmp_path / "catalog"))


def test_all_types(catalog: Catalog) -> None:
    ran = invoke("instances")
    assert ran.code == 0
    rows = [line.split()[0] for line in ran.out.splitlines() if "." in line.split()[0]]
    assert sorted(rows) == sorted(catalog.instance_types)
    assert "1,395 instance types; pods: secondary-ip" in ran.err


# --- filters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("m5.large", ["m5.large"]),
        ("m7i.* --vcpu 4", ["m7i.xlarge"]),
        ("m7*.xlarge --arch x86_64", ["m7a.xlarge", "m7i.xlarge", "m7i-flex.xlarge"]),
        ("t3.nano m5.l?rge m5.[x]large", ["m5.large", "m5.xlarge", "t3.nano"]),
        ("--family t3 --memory 4-8", ["t3.medium", "t3.large"]),
        ("--family t3 --memory 4Gi-8192Mi", ["t3.medium", "t3.large"]),
        ("--family t3 --memory -1", ["t3.nano", "t3.micro"]),
        ("--family t3 --vcpu 4-", ["t3.xlarge", "t3.2xlarge"]),
        ("--family m1 --memory 1.7", ["m1.small"]),
        ("--family t3 --ratio 2-4 --vcpu 2", ["t3.medium", "t3.large"]),
        ("--family m3 --ratio 3.75 --vcpu -2", ["m3.medium", "m3.large"]),
        ("--family t3 --pods 17-35", ["t3.medium", "t3.large"]),
        ("--family m5 --pods 29", ["m5.large"]),
        ("--family m5 --allocatable-cpu 1900m-4", ["m5.large", "m5.xlarge"]),
        ("--family t3 --allocatable-memory -600Mi", ["t3.nano", "t3.micro"]),
        ("--family t3 --allocatable-memory 6Gi-14Gi", ["t3.large", "t3.xlarge"]),
        ("*.2xlarge --family m6g --family m6gd --local-storage", ["m6gd.2xlarge"]),
        ("*.2xlarge --family m6g --family m6gd --no-local-storage", ["m6g.2xlarge"]),
        ("m?.large --burstable", []),
        ("t?.large m5.large --no-burstable", ["m5.large"]),
        ("m5.*24xlarge m5.metal --bare-metal", ["m5.metal"]),
        ("m5.*24xlarge m5.metal --no-bare-metal", ["m5.24xlarge"]),
        ("t2.micro t3.micro --nitro", ["t3.micro"]),
        ("t2.micro t3.micro --no-nitro", ["t2.micro"]),
        (
            "p5*.48xlarge p6-b300* --usage capacity-block",
            ["p5.48xlarge", "p5e.48xlarge", "p5en.48xlarge", "p6-b300.48xlarge"],
        ),
        ("m5.large t3.large m4.large --trunk", ["m5.large"]),
        (
            "g5.xlarge inf1.xlarge dl2q.24xlarge m5.large --accelerator any",
            ["dl2q.24xlarge", "g5.xlarge", "inf1.xlarge"],
        ),
        ("g5.xlarge inf1.xlarge dl2q.24xlarge m5.large --accelerator neuron", ["inf1.xlarge"]),
        ("g5.xlarge inf1.xlarge dl2q.24xlarge m5.large --accelerator nvidia", ["g5.xlarge"]),
        ("g5.xlarge inf1.xlarge dl2q.24xlarge m5.large --accelerator none", ["m5.large"]),
        ("m?.large --generation 3", ["m3.large"]),
        ("m?.large --generation -4", ["m1.large", "m3.large", "m4.large"]),
        ("m5.large m7i.large --generation current", ["m7i.large"]),
        ("p5.48xlarge m5.large --region us-east-1 --zone use1-az3", ["p5.48xlarge"]),
        ("m5.large p5.48xlarge --region us-east-1 --zones 6", ["p5.48xlarge"]),
    ],
)
def test_N27_filters(arguments: str, expected: list[str]) -> None:
    assert found(*arguments.split()) == expected


def test_N27_no_filter_shows_what_a_region_lacks(catalog: Catalog) -> None:
    region = catalog.load_region("eu-north-1")
    assert set(found("--region", "eu-north-1")) == set(region.offerings) & set(catalog.instance_types)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--vcpu 8-4", "'8-4' is empty: 8 is more than 4; write 4, 4-8, 4- or -8"),
        ("--vcpu 2.5", "'2.5' is no whole number; write 4, 4-8, 4- or -8"),
        ("--vcpu four", "'four' is no whole number"),
        ("--vcpu -", "'-' has no end"),
        ("--vcpu 4--8", "'-8' is no whole number"),
        ("--memory lots", "'lots': not a quantity; write 16, 16-64, 16- or -64"),
        ("--memory 16gi", "did you mean Gi?"),
        ("--ratio nan", "'nan' is no number"),
        ("--allocatable-memory 6", "'6' would be 6 bytes; write 6Gi, 6Gi-24Gi, 6Gi- or -24Gi"),
        ("--allocatable-cpu 1930", "'1930' would be 1,930 cores; write 1900m, 1900m-4, 1900m- or -4"),
        ("--allocatable-cpu 2x", "unknown suffix 'x'"),
        ("--generation new", "write 6, 6-8, 6- or -8, or current"),
        ("--accelerator tpu", "'tpu' is not one of"),
        ("--sort color", "'color' is not one of"),
    ],
)
def test_values_that_cannot_be_show_good_ones(arguments: str, said: str) -> None:
    ran = invoke("instances", *arguments.split())
    assert ran.code == 2
    assert ran.out == ""
    assert said in ran.err


def test_settings_may_hold_ranges_as_numbers() -> None:
    Path("eksplan.toml").write_text('[instances]\nvcpu = 4\nmemory = "16-32"\ngeneration = "current"\n', "utf-8")
    assert found("m7i.*") == ["m7i.xlarge"]
    assert found("m7i.*", "--vcpu", "8") == ["m7i.2xlarge"]


def test_N27_nothing_left_is_no_error_and_says_why() -> None:
    ran = invoke("instances", "--pods", "500-", "--vcpu", "2")
    assert ran.code == 0
    assert ran.out.split()[0] == "type"
    assert len(ran.out.splitlines()) <= 2
    assert (
        "no instance type is left; --pods leaves out the most, 1,395 of 1,395; without it 146 would be left" in ran.err
    )


@pytest.mark.parametrize(
    ("output", "expected"), [("json", "[]\n"), ("names", ""), ("csv", ",".join(FIELDS) + "\n"), ("chart", "")]
)
def test_nothing_left_is_an_empty_document(output: str, expected: str) -> None:
    ran = invoke("instances", "zz*", "-o", output)
    assert ran.code == 0
    assert ran.out == expected
    assert "no instance type is left; NAME-PATTERN leaves out the most" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--bare-metal --burstable", "--burstable leaves out the most"),
        ("--no-nitro --generation 7-", "--no-nitro leaves out the most"),
        ("--generation current --family m3", "--family leaves out the most"),
    ],
)
def test_what_leaves_out_most_is_named_as_it_is_written(arguments: str, said: str) -> None:
    assert said in invoke("instances", *arguments.split()).err


# --- names that nobody knows ---------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["m5.lagre"], ["--like", "m5.lagre"], ["m5*", "m5.lagre"]], ids=" ".join)
def test_N27_an_unknown_type_names_the_three_nearest(arguments: list[str], catalog: Catalog) -> None:
    ran = invoke("instances", *arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert "m5.lagre: no such instance type" in ran.err
    near = ran.err.partition("did you mean ")[2].partition("?")[0].split(", ")
    assert len(near) == 3
    assert set(near) <= set(catalog.instance_types)


def test_an_unknown_region_or_family_names_the_nearest() -> None:
    ran = invoke("instances", "--region", "us-east-l")
    assert ran.code == 2
    assert "us-east-l: no such region; did you mean us-east-" in ran.err
    ran = invoke("instances", "--family", "m7j", "--family", "m5x")
    assert ran.code == 2
    assert "m7j: no such family; did you mean " in ran.err
    assert "m5x: no such family; did you mean " in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--zones 2", "--zones: zones are those of a region; give --region as well"),
        ("--zone use1-az1", "--zone: zones are those of a region"),
        ("--region us-east-1 --zones 7", "--zones 7: us-east-1 has 6: use1-az1, "),
        ("--region us-east-1 --zone euw1-az1", "--zone euw1-az1: zones of us-east-1 are use1-az1, "),
        ("--region us-east-1 --zone us-east-1a", "a name, and names differ between accounts"),
        ("--region cn-north-1 --zones 2", "does not know what cn-north-1 offers; `eksplan catalog refresh"),
        ("--price 0.1-", "prices are those of a region; give --region as well"),
        ("--sort -price", "`eksplan catalog refresh` reads prices"),
        (
            "--region us-east-1 --price -0.2",
            "knows no prices of us-east-1; `eksplan catalog refresh --region us-east-1` reads",
        ),
        ("--os windows --mode ipv6", "not on Windows nodes; use secondary-ip or prefix"),
        ("--like t2.medium --mode ipv6", "t2.medium is not a Nitro type"),
    ],
)
def test_what_cannot_be_told_is_refused_with_the_way_out(arguments: str, said: str) -> None:
    ran = invoke("instances", *arguments.split())
    assert ran.code == 2
    assert ran.out == ""
    assert said in ran.err


def test_a_region_without_offerings_shows_all_and_says_so() -> None:
    ran = invoke("instances", "m5.large", "--region", "cn-north-1")
    assert ran.code == 0
    assert "m5.large" in ran.out
    assert "what cn-north-1 offers is not known" in ran.err


# --- prices --------------------------------------------------------------------------------------


def test_prices_of_a_region_filter_sort_and_show(priced: None) -> None:
    assert found("--region", "us-east-1", "--price", "-0.1", "--sort", "price") == ["t3.large", "m5.large"]
    assert found("--region", "us-east-1", "--sort", "-price", "--limit", "2") == ["m5.xlarge", "m7i.large"]
    assert one("m5.large", "--region", "us-east-1")["pricePerHourUsd"] == 0.096
    table = invoke("instances", "m5.large", "m5.2xlarge", "--region", "us-east-1").out
    assert "USD/h" in table
    assert "0.0960" in table
    assert "unknown" in table


def test_prices_are_unknown_without_a_region(priced: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert one("m5.large")["pricePerHourUsd"] is None
    monkeypatch.setenv("COLUMNS", "200")
    assert "unknown" in invoke("instances", "m5.large").out
    ran = invoke("instances", "--os", "windows", "--region", "us-east-1", "--price", "-1")
    assert ran.code == 2
    assert "prices are those of Linux" in ran.err


def test_names_of_zones_do_where_they_are_the_users_own(priced: None) -> None:
    by_id = found("--region", "us-east-1", "--zone", "use1-az3")
    assert found("--region", "us-east-1", "--zone", "us-east-1e") == by_id
    assert by_id


# --- like, modes, orders -------------------------------------------------------------------------


def test_N27_like_shows_the_nearest_first() -> None:
    like = found("--like", "m5.large")
    assert "m5.large" not in like
    assert like[:2] == ["m7a.large", "m7i.large"]
    assert like.index("m7i.large") < like.index("t3.large") < like.index("m8i.large") < like.index("m3.large")
    assert not set(like) & {"m6g.large", "c5.large", "r5.large", "m5.xlarge"}


def test_N27_like_goes_with_other_filters_and_orders() -> None:
    like = found("--like", "m5.large", "--generation", "8-", "--no-local-storage", "--sort", "name", "--limit", "2")
    assert like == ["m8a.large", "m8azn.large"]


@pytest.mark.parametrize(("mode", "pods"), [("secondary-ip", 29), ("prefix", 110), ("custom", 20), ("sg-pods", 20)])
def test_N27_pods_are_those_of_the_mode(mode: str, pods: int) -> None:
    assert one("m5.large", "--mode", mode)["pods"] == pods


@pytest.mark.parametrize("mode", MODES)
def test_modes_say_what_max_pods_says(mode: str) -> None:
    (other,) = json.loads(invoke("max-pods", "c5.4xlarge", "--mode", mode, "-o", "json").out)
    assert one("c5.4xlarge", "--mode", mode)["pods"] == other["modes"][mode]["pods"]


def test_N27_types_that_cannot_do_the_mode_are_counted() -> None:
    ran = invoke("instances", "t2.*", "t3.*", "--mode", "ipv6", "-o", "names")
    assert ran.out.splitlines()[0] == "t3.nano"
    assert "left out: 7 types that cannot do ipv6; such as: t2." in ran.err
    ran = invoke("instances", "m5.large", "t3.large", "--mode", "sg-pods")
    assert "left out: 1 type that cannot do sg-pods; t3.large has no trunk interface" in ran.err
    ran = invoke("instances", "m6g.large", "--os", "windows")
    assert "cannot do secondary-ip on Windows; m6g.large is arm64: Windows nodes are x86_64" in ran.err


def test_windows_pods() -> None:
    assert one("m5.large", "--os", "windows")["pods"] == 9
    assert one("m5.large", "--os", "windows", "--mode", "prefix")["limiter"] == "Windows"


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("name", ["m5.large", "m7g.large", "t3.micro", "t3.xlarge"]),
        ("-name", ["t3.xlarge", "t3.micro", "m7g.large", "m5.large"]),
        ("vcpu", ["m5.large", "m7g.large", "t3.micro", "t3.xlarge"]),
        ("-memory", ["t3.xlarge", "m5.large", "m7g.large", "t3.micro"]),
        ("ratio", ["t3.micro", "m5.large", "m7g.large", "t3.xlarge"]),
        ("-pods", ["t3.xlarge", "m5.large", "m7g.large", "t3.micro"]),
        ("-allocatable-cpu", ["t3.xlarge", "m5.large", "m7g.large", "t3.micro"]),
        ("allocatable-memory", ["t3.micro", "m7g.large", "m5.large", "t3.xlarge"]),
        ("generation", ["t3.micro", "t3.xlarge", "m5.large", "m7g.large"]),
        ("pods-per-vcpu", ["t3.micro", "m5.large", "m7g.large", "t3.xlarge"]),
    ],
)
def test_orders(order: str, expected: list[str]) -> None:
    assert found("m5.large", "m7g.large", "t3.micro", "t3.xlarge", "--sort", order) == expected


def test_names_sort_as_people_read_them() -> None:
    sizes = [name.partition(".")[2] for name in found("m5.*")]
    assert sizes == ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "metal"]


def test_limit_says_of_how_many() -> None:
    ran = invoke("instances", "--family", "m5", "--limit", "2")
    assert "2 of 9 instance types" in ran.err
    assert found("--family", "m5", "--limit", "2") == ["m5.large", "m5.xlarge"]
    assert invoke("instances", "--limit", "0").code == 2


# --- forms ---------------------------------------------------------------------------------------


def test_json_has_units_in_its_names_and_a_stable_order() -> None:
    row = one("g5.xlarge", "--region", "us-east-1")
    assert list(row) == list(FIELDS)
    assert row["memoryMib"] == 16384
    assert row["accelerators"] == [
        {"kind": "gpu", "manufacturer": "NVIDIA", "name": "A10G", "count": 1, "memoryMib": 22888}
    ]
    assert row["localStorageGb"] == 250
    assert row["limiter"] == "addresses"
    assert row["allocatableEphemeralStorageMib"] == 45056
    assert set(row["zones"]) <= {f"use1-az{number}" for number in range(1, 7)}
    assert one("g5.xlarge")["zones"] is None


def test_csv_reads_back_as_the_json_says() -> None:
    arguments = ("m5.large", "g5.xlarge", "t3.large", "m7i.metal-24xl", "--region", "us-east-1")
    rows = list(csv.DictReader(io.StringIO(invoke("instances", *arguments, "-o", "csv").out)))
    documents = json.loads(invoke("instances", *arguments, "-o", "json").out)
    assert [row["instanceType"] for row in rows] == [each["instanceType"] for each in documents]
    for row, document in zip(rows, documents, strict=True):
        assert list(row) == list(document)
        for key in ("vcpu", "memoryMib", "pods", "allocatableCpuMillicores"):
            assert int(row[key]) == document[key]
        assert row["bareMetal"] == str(document["bareMetal"]).lower()
        assert row["zones"].split() == document["zones"]
        assert row["pricePerHourUsd"] == ""
    assert rows[0]["accelerators"] == "1× NVIDIA A10G"


def test_names_are_good_for_pipes() -> None:
    ran = process("instances", "--family", "m5", "--vcpu", "-4", "-o", "names")
    assert ran.out == "m5.large\nm5.xlarge\n"
    assert ran.err == ""


def test_documents_have_no_notes_beside_them() -> None:
    for output in ("json", "csv", "svg", "chart"):
        assert invoke("instances", "m5.large", "-o", output).err == ""


@pytest.mark.parametrize("width", ["72", "80", "100", "160"])
@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--accelerator", "any"],
        ["--usage", "spot", "--sort", "-allocatable-memory"],
        ["--region", "us-east-1", "--zones", "2", "--trunk", "--generation", "1-"],
        ["--burstable", "--local-storage"],
        ["-o", "chart"],
        ["-o", "chart", "--sort", "-pods", "--mode", "custom"],
    ],
    ids=" ".join,
)
def test_tables_and_charts_follow_the_width(arguments: list[str], width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert max(map(len, invoke("instances", *arguments).out.splitlines())) <= int(width)


def test_what_was_asked_for_stays_on_narrow_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wide column that nobody asked for goes first; dashes alone are no column."""
    heads = [set(invoke("instances", *arguments).out.splitlines()[0].split()) for arguments in ([], ["--trunk"])]
    assert "branch" not in heads[0]
    assert "branch" in heads[1]
    assert "usage" not in heads[0]
    assert "accelerators" not in invoke("instances", "m5.*").out
    assert "8× NVIDIA H100" in invoke("instances", "p5.48xlarge").out
    monkeypatch.setenv("COLUMNS", "250")
    wide = invoke("instances", "p5.48xlarge", "t3.large").out
    for head in ("bought as", "limited by", "zones", "branch", "disk", "kind", "USD/h"):
        assert head in wide


def test_the_cap_has_a_star_and_a_doubtful_number_a_question_mark() -> None:
    rows = invoke("instances", "m5.24xlarge", "m5.large", "--trunk").out
    assert " 250* " in rows
    assert " 29 " in rows
    assert any(line.rstrip().endswith("?") for line in invoke("instances", "m8*.large", "--trunk").out.splitlines())


def test_the_chart_tells_the_limiter_without_colour() -> None:
    ran = invoke("instances", "m5.large", "m5.24xlarge", "-o", "chart")
    assert ran.out.startswith("pods per node: secondary-ip, Linux\n\n")
    assert "29 addresses" in ran.out
    assert "250 recommended cap" in ran.out
    assert "limited by:  ██ addresses (1)  ░░ recommended cap (1)" in ran.out


@posix
def test_the_chart_has_colour_on_a_terminal() -> None:
    assert "\x1b[94m" in on_terminal("instances", "m5.large", "-o", "chart").out
    assert "\x1b" not in on_terminal("instances", "m5.large", "-o", "chart", env={"NO_COLOR": "1"}).out


def test_the_chart_has_plainer_blocks_where_an_encoding_has_none() -> None:
    ran = process("instances", "m5.*", "-o", "chart", env={"PYTHONIOENCODING": "ascii"})
    assert ran.code == 0
    assert "## addresses" in ran.out
    assert ".. recommended cap" in ran.out
    assert "?" not in ran.out


def test_the_svg_shows_every_type() -> None:
    ran = invoke("instances", "m5.*", "-o", "svg")
    assert ran.code == 0
    root = ET.fromstring(ran.out)  # noqa: S314 - our own
    labels = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert set(found("m5.*")) <= labels
    assert any(text and text.startswith("secondary-ip, Linux; 9 instance types") for text in labels)


# --- shells and speed ----------------------------------------------------------------------------


def completed(words: str, **env: str) -> set[str]:
    """What the shell is told may follow."""
    count = str(len(words.split()) - 1)
    ran = process(env={"_EKSPLAN_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": count, **env})
    assert ran.err == ""
    return {line.partition(",")[2] for line in ran.out.splitlines() if line}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("eksplan instances m5.larg", {"m5.large"}),
        ("eksplan instances --like m5.larg", {"m5.large"}),
        ("eksplan instances --region eu-south", {"eu-south-1", "eu-south-2"}),
        ("eksplan instances --family u7in-1", {"u7in-16tb"}),
        ("eksplan instances --mode sg", {"sg-pods"}),
        ("eksplan instances --sort pods", {"pods", "pods-per-vcpu"}),
    ],
)
def test_the_shell_is_told_what_may_follow(words: str, expected: set[str]) -> None:
    assert completed(words) == expected


@pytest.mark.parametrize("option", ["", "--like", "--region", "--family"])
def test_a_damaged_catalog_does_not_disturb_the_shell(option: str) -> None:
    assert completed(f"eksplan instances {option} m", EKSPLAN_CATALOG="nowhere") == set()


def test_little_is_loaded() -> None:
    modules = loaded("instances", "m5.large")
    assert not (AWS | PULUMI) & modules
    assert not {"pydantic", "jinja2", "yaml", "rich", "jsonschema", "platformdirs"} & modules
    assert "pydantic" not in loaded("instances", "m5.large", "-o", "chart")
