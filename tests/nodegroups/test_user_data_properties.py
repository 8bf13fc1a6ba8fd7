"""Whatever the names, labels, taints and own parts: every parser reads back what was put in, and nothing breaks out."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from planner.design import Taint
from planner.design.joining import filled
from planner.nodegroups.bottlerocket import dotted_lines
from planner.nodegroups.join import ClusterFacts, NodeSettings
from planner.nodegroups.user_data import user_data
from planner.spec.check.user_data import check_user_data
from planner.spec.layers import laid_over
from planner.spec.nodes import NodeGroupSpec
from planner.spec.powershell import TagError, commands
from planner.spec.user_parts import read_parts
from planner.templates import render
from tests.support.plans import embedded
from tests.support.user_data import (
    bootstrap_arguments,
    kubernetes,
    mime_parts,
    node_config,
    powershell_arguments,
)

NAMES = st.one_of(
    st.from_regex(r"\A[0-9A-Za-z][A-Za-z0-9_-]{0,62}\Z"),
    st.sampled_from(["1e3", "0x1F", "12", "1_000", "no", "y", "null", "0o17", "1-2-3", "on", "2024-01-01", "NaN"]),
)
VALUES = st.from_regex(r"\A([A-Za-z0-9]([A-Za-z0-9._-]{0,20}[A-Za-z0-9])?)?\Z")
KEYS = st.from_regex(r"\A([a-z0-9]{1,5}\.[a-z0-9]{1,5}/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,10}[A-Za-z0-9])?\Z")
TAINTS = st.lists(
    st.builds(Taint, KEYS, st.sampled_from(["NoSchedule", "PreferNoSchedule", "NoExecute"]), VALUES),
    max_size=4,
    unique_by=lambda one: (one.key, one.effect),
)
#: Lines that look like what is around a part.
LINES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    st.sampled_from(
        [
            "--//",
            "--//--",
            "--//1",
            "Content-Type: text/x-shellscript",
            "MIME-Version: 1.0",
            "</powershell>",
            "'\"`$(x)${y}",
            "EOF",
            "---",
            "",
            "{{ x }}",
            "{% if %}",
        ]
    ),
)
SCRIPTS = st.lists(LINES, max_size=6).map(lambda lines: "\n".join(["#!/bin/bash", *lines]))


def settings(os_family: str, labels: dict[str, str], taints: list[Taint], own: tuple[str, ...] = ()) -> NodeSettings:
    return NodeSettings(
        name="general",
        os_family=os_family,
        complete=True,
        ipv6=False,
        max_pods=29,
        expression="29" if os_family == "al2023" else None,
        reserved={},
        labels=tuple(labels.items()),
        taints=tuple(sorted(taints)),
        own=own,
    )


def pairs(text: str) -> list[tuple[str, str]]:
    return [(key, value) for key, _, value in (one.partition("=") for one in text.split(",") if one)]


@examples(max_examples=30, deadline=None)  # bash runs for each
@given(NAMES, st.dictionaries(KEYS, VALUES, max_size=4), TAINTS)
def test_N26_names_labels_and_taints_come_back_on_every_system(
    name: str, labels: dict[str, str], taints: list[Taint]
) -> None:
    cluster = ClusterFacts(name, "172.20.0.0/16")
    expected = sorted((one.key, f"{one.value}:{one.effect}") for one in taints)

    (part,) = mime_parts(user_data(settings("al2023", labels, taints), cluster, render))
    spec = node_config(part.text)["spec"]
    assert spec["cluster"]["name"] == name
    flags = dict(one.split("=", 1) for one in spec["kubelet"].get("flags", []))
    assert pairs(flags.get("--node-labels", "")) == list(labels.items())
    assert sorted(pairs(flags.get("--register-with-taints", ""))) == expected
    # readers differ in what they take for a number or a word: such a name stands in quotes
    written = next(line for line in part.text.split("\n") if line.startswith("    name: "))
    odd = not name[0].isalpha() or name.lower() in {"no", "y", "n", "yes", "on", "off", "null", "true", "false"}
    assert not odd or written == f'    name: "{name}"'

    (part,) = mime_parts(user_data(settings("al2", labels, taints), cluster, render))
    found = bootstrap_arguments(part.text)
    assert found[""] == name
    extra = dict(one.split("=", 1) for one in found["--kubelet-extra-args"].split())
    assert pairs(extra.get("--node-labels", "")) == list(labels.items())
    assert sorted(pairs(extra.get("--register-with-taints", ""))) == expected
    assert extra["--max-pods"] == "29"

    toml = kubernetes(user_data(settings("bottlerocket", labels, taints), cluster, render))
    assert toml["cluster-name"] == name
    assert toml.get("node-labels", {}) == labels
    listed = {key: [value] if isinstance(value, str) else value for key, value in toml.get("node-taints", {}).items()}
    assert sorted((key, value) for key, values in listed.items() for value in values) == expected

    arguments = powershell_arguments(user_data(settings("windows", labels, taints), cluster, render))
    assert arguments["-EKSClusterName"] == name
    extra = dict(one.split("=", 1) for one in arguments["-KubeletExtraArgs"].split())
    assert pairs(extra.get("--node-labels", "")) == list(labels.items())


@examples(deadline=None)
@given(st.lists(SCRIPTS, min_size=1, max_size=3))
def test_N25_no_script_breaks_out_of_its_part(scripts: list[str]) -> None:
    parts, malformed = read_parts(scripts)
    assert not malformed
    text = user_data(settings("al2023", {}, [], tuple(scripts)), ClusterFacts("test", "172.20.0.0/16"), render)
    found = mime_parts(text)
    assert len(found) == 1 + len(scripts)
    assert [one.text.strip("\n") for one in found[1:]] == [one.strip("\n") for one in scripts]
    assert node_config(found[0].text)["spec"]["cluster"]["name"] == "test"
    assert all(part.text.isascii() == ("us-ascii" in part.content_type) for part in parts)


@examples(deadline=None)
@given(st.lists(LINES, max_size=8).map("\n".join))
def test_N25_no_powershell_breaks_out_of_its_tag(own: str) -> None:
    try:
        commands(own)
    except TagError:
        return
    text = user_data(settings("windows", {"a": "b"}, [], (own,)), ClusterFacts("test", "172.20.0.0/16"), render)
    assert text.count("<powershell>") == text.count("</powershell>") == 1
    assert powershell_arguments(text)["-EKSClusterName"] == "test"


SCALARS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
    st.floats(allow_nan=False),
    st.dates(),
    st.times(),
)
TABLES: Any = st.recursive(
    st.dictionaries(st.text(max_size=8), SCALARS, max_size=3),
    lambda inner: st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.one_of(SCALARS, inner, st.lists(st.one_of(SCALARS, inner), max_size=3)),
        max_size=3,
    ),
    max_leaves=8,
)


@examples(deadline=None)
@given(TABLES)
@example({"'\"": ""})
def test_dotted_lines_are_the_document(document: dict[str, Any]) -> None:
    text = "\n".join(dotted_lines(document))
    assert tomllib.loads(text) == document


@examples(deadline=None)
@given(TABLES, TABLES)
def test_the_users_settings_win_and_nothing_else_is_lost(low: dict[str, Any], high: dict[str, Any]) -> None:
    both = laid_over(low, high)
    assert laid_over(both, high) == both
    assert laid_over({}, high) == high
    assert laid_over(low, {}) == low
    assert set(both) == set(low) | set(high)
    assert tomllib.loads("\n".join(dotted_lines(both))) == both


#: Pieces that make documents which are nearly right.
PIECES = st.sampled_from(
    [
        "MIME-Version: 1.0\n",
        'Content-Type: multipart/mixed; boundary="B"\n',
        "Content-Type: multipart/mixed\n",
        "\n",
        "--B\n",
        "--B--\n",
        "--C\n",
        "--//\n",
        "Content-Type: text/x-shellscript\n",
        "Content-Type: application/node.eks.aws\n",
        "Content-Transfer-Encoding: base64\n",
        "#!/bin/bash\n",
        "apiVersion: node.eks.aws/v1alpha1\n",
        "kind: NodeConfig\n",
        "spec:\n",
        "  kubelet: {config: {maxPods: 5}}\n",
        "/etc/eks/bootstrap.sh x\n",
        "[settings.kubernetes]\n",
        "a = 'b'\n",
        '"c"."d" = "e \\"f\\""\n',
        "<powershell>\n",
        "</powershell>\n",
        "\x00",
        "é\r\n",
    ]
)


@examples(deadline=None)
@given(
    st.sampled_from(["al2023", "al2", "bottlerocket", "windows-core-2022"]),
    st.lists(st.lists(PIECES, max_size=10).map("".join), max_size=3),
    st.sampled_from([None, "ami-0123456789abcdef0"]),
)
def test_N25_any_own_text_is_refused_or_gives_user_data_that_can_be_read(
    os: str, own: list[str], ami: str | None
) -> None:
    group = NodeGroupSpec.model_validate({"name": "general", "os": os, "userData": tuple(own), "amiId": ami})
    facts = embedded().facts
    problems = list(check_user_data(group, ("nodeGroups", 0), facts))
    assert all(one.fix and one.value and one.path and one.note == "N25" for one in problems)
    if any(one.kind == "invalid" for one in problems):
        return
    texts = tuple(text for text in group.user_data if text.strip())
    text = user_data(settings(group.os_family, {}, [], texts), ClusterFacts("test", "172.20.0.0/16"), render)
    text = filled(text, "https://a.example", "QQ==", "172.20.0.0/16")
    if group.os_family == "bottlerocket":
        assert kubernetes(text)["cluster-name"] == "test"
    elif group.os_family == "windows":
        assert powershell_arguments(text)["-EKSClusterName"] == "test"
    else:
        assert mime_parts(text)
