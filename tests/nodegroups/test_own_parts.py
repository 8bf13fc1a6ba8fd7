"""The user's own parts: MIME documents taken apart, malformed ones refused with their line, conflicts said (note N25)."""

from __future__ import annotations

import base64
import tomllib
from typing import Any

import pytest

from planner.diagnostics import Diagnostic, Kind
from planner.nodegroups.bottlerocket import dotted_lines
from planner.spec.powershell import TagError, all_commands, commands
from planner.spec.user_parts import NODE_CONFIG, SHELL, read_parts
from tests.nodegroups.test_user_data import AMI, parts, user_data
from tests.support.plans import diagnostics_of
from tests.support.user_data import merged, mime_parts, node_config

CONFIG = "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n"


def document(*parts: str, boundary: str = "==B==", close: str = "--==B==--\n") -> str:
    """A MIME document as AWS's guide writes one."""
    head = f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="{boundary}"\n\n'
    return head + "".join(f"--{boundary}\n{part}\n" for part in parts) + close


SCRIPT = 'Content-Type: text/x-shellscript; charset="us-ascii"\n\n#!/bin/bash\necho one\n'
NODE = f"Content-Type: application/node.eks.aws\n\n---\n{CONFIG}  kubelet:\n    flags: [--v=5]\n"


def said(group: dict[str, Any], **spec: Any) -> list[Diagnostic]:
    """Diagnostics about the user data of one group."""
    base = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}
    found = diagnostics_of(nodeGroups=[{**base, **group}], **spec)
    return [one for one in found if one.path[:4] == ("spec", "nodeGroups", 0, "userData")]


def test_N25_a_whole_document_is_merged_part_by_part() -> None:
    own = document(
        SCRIPT, NODE, "Content-Type: text/cloud-boothook\nMerge-Type: list(append)\n\n#cloud-boothook\ntrue\n"
    )
    text = user_data({"mode": "prefix"}, {"userData": [own, "#!/bin/bash\necho two\n"]})
    found = mime_parts(text)
    assert [one.kind for one in found] == [NODE_CONFIG, SHELL, NODE_CONFIG, "text/cloud-boothook", SHELL]
    assert text.count("multipart/mixed") == 1
    assert "==B==" not in text
    assert "Merge-Type: list(append)\n" in text
    spec = merged([node_config(one.text) for one in found if one.kind == NODE_CONFIG])
    assert spec["kubelet"] == {"maxPodsExpression": "110", "config": {"maxPods": 110}, "flags": ["--v=5"]}


def test_a_document_within_a_document_and_an_encoded_part_are_opened() -> None:
    encoded = base64.b64encode(b"#!/bin/bash\necho inside\n").decode()
    inner = document(
        f"Content-Type: text/x-shellscript\nContent-Transfer-Encoding: base64\n\n{encoded}\n",
        boundary="C",
        close="--C--\n",
    )
    found, wrong = read_parts([document(inner.removeprefix("MIME-Version: 1.0\n"), SCRIPT)])
    assert wrong == ()
    assert [one.text for one in found] == ["#!/bin/bash\necho inside", "#!/bin/bash\necho one"]


@pytest.mark.parametrize(
    "part",
    [
        "Content-Type: message/rfc822\n\nSubject: x\n\n#!/bin/bash\n",
        "Content-Type: multipart/mixed\n\n#!/bin/bash\n",
        'Content-Type: multipart/mixed; boundary="C"\n\n--C\nContent-Type: text/x-shellscript\n\n#!/bin/bash\n',
    ],
)
def test_documents_that_cannot_be_taken_apart_are_refused(part: str) -> None:
    for text in (document(SCRIPT, part), part):
        _, wrong = read_parts([text])
        assert wrong


def test_a_part_alone_with_headers_is_a_part() -> None:
    found, wrong = read_parts([SCRIPT])
    assert wrong == ()
    assert (found[0].media_type, found[0].text) == (SHELL, "#!/bin/bash\necho one")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("#!/usr/bin/env python3\nprint()\n", SHELL),
        ("#cloud-config\npackages: []\n", "text/cloud-config"),
        ("#cloud-config-archive\n- a\n", "text/cloud-config-archive"),
        ("#cloud-boothook\ntrue\n", "text/cloud-boothook"),
        ("#include\nhttps://example.com\n", "text/x-include-url"),
        ("#include-once\nhttps://example.com\n", "text/x-include-once-url"),
        ("#part-handler\n", "text/part-handler"),
        ("## template: jinja\n#cloud-config\n", "text/jinja2"),
        (CONFIG, NODE_CONFIG),
        ("# ours\n\n---\n" + CONFIG, NODE_CONFIG),
        ('{"apiVersion": "node.eks.aws/v1alpha1", "kind": "NodeConfig"}', NODE_CONFIG),
        ("\ufeff\r\n#!/bin/bash\r\ntrue\r\n", SHELL),
    ],
)
def test_parts_are_known_by_how_they_begin(text: str, kind: str) -> None:
    (part,), wrong = read_parts([text])
    assert wrong == ()
    assert part.media_type == kind
    assert "\r" not in part.text


def test_other_letters_than_ascii_are_declared() -> None:
    (part,), _ = read_parts(["#!/bin/bash\necho 안녕\n"])
    assert part.content_type == 'text/x-shellscript; charset="utf-8"'


@pytest.mark.parametrize(
    ("text", "line", "limit"),
    [
        (document(SCRIPT).replace("--==B==\n", "--==BOUNDARY==\n"), "line 4: --==BOUNDARY==", 'boundary="==B==" on line 2'),
        (document(SCRIPT, close="--==B=--\n"), "line 10: --==B=--", 'boundary="==B==" on line 2'),
        (document(SCRIPT, close=""), "line 8: echo one", "a last line --==B==--"),
        (document(SCRIPT) + "--==B==\n" + SCRIPT, "line 10: --==B==--", "the closing boundary once, at the end"),
        (document(), "line 2:", "a line --==B== above each part"),
        (document(SCRIPT).replace('; boundary="==B=="', ""), "line 2:", 'boundary="//"'),
        (document(SCRIPT.replace("\n\n", "\n")), "line 6: #!/bin/bash", "an empty line between them"),
        (document("Content-Type: text/plain\n\nhello\n"), "line 7: hello", "a first line such as"),
        (document("Content-Type: text/x-shellscript\nContent-Transfer-Encoding: base64\n\nH4sIAAAA\n"), "", "text in UTF-8"),
        ("echo hello\n", "line 1: echo hello", "a first line such as"),
        ("\n\n#!/bin/bash\necho \x07\n", "line 4: #x07", "text in UTF-8"),
    ],
    ids=[
        "boundary", "closing boundary", "not closed", "closed too early", "no part", "no boundary", "no empty line",
        "plain text", "binary", "no form", "control character",
    ],
)  # fmt: skip
def test_N25_malformed_parts_are_refused_with_their_line(text: str, line: str, limit: str) -> None:
    problems = [one for one in said({"userData": text}) if one.kind is Kind.INVALID]
    assert problems
    assert problems[0].value.startswith(line)
    assert limit in problems[0].limit
    assert all(one.fix and one.note == "N25" for one in problems)


def test_each_of_several_texts_has_its_place_and_all_are_said_at_once() -> None:
    own = ["#!/bin/bash\ntrue\n", "echo hello\n", "#!/bin/bash\nnodeadm init\n", "kind: NodeConfig\n"]
    found = {one.path[4:] for one in said({"userData": own}) if one.kind is Kind.INVALID}
    assert found == {(1,), (2,), (3,)}


def test_N25_a_script_that_touches_kubelet_is_noted() -> None:
    (note,) = said({"userData": "#!/bin/bash\nsed -i s/a/b/ /etc/kubernetes/kubelet/config.json\n"})
    assert (note.kind, note.code) == (Kind.NOTICE, "group-user-data-kubelet")
    assert note.value.startswith("line 2: sed")


def test_N25_with_an_ami_the_plans_call_of_bootstrap_sh_is_the_only_one() -> None:
    (problem,) = said(
        {"os": "al2", **AMI, "maxPods": 29, "userData": "#!/bin/bash\n/etc/eks/bootstrap.sh test\n"}, version="1.32"
    )
    assert problem.code == "group-user-data-join"
    assert "the plan does that" in problem.summary


def test_fields_that_nodeadm_drops_are_noted_with_the_nearest() -> None:
    own = CONFIG + "  kubelet: {maxPodExpression: '5'}\n  featureGates: {FastImagePul: true}\nspecs: {}\n"
    found = {one.value: one.fix for one in said({"userData": own})}
    assert "kubelet.maxPodsExpression" in found["spec.kubelet.maxPodExpression"]
    assert "FastImagePull" in found["featureGates.FastImagePul"]
    assert "spec" in found["specs on line 6"]


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        ("  kubelet: []\n", "list"),
        ("  kubelet: {flags: --v=5}\n", "'--v=5'"),
        ("  kubelet: {flags: [5]}\n", "[5]"),
        ("  cluster: {enableOutpost: 'yes'}\n", "'yes'"),
        ("  featureGates: {FastImagePull: 'on'}\n", "{'FastImagePull': 'on'}"),
        ("  instance: {localStorage: {strategy: raid0}}\n", "localStorage.strategy: raid0"),
    ],
)
def test_types_that_nodeadm_cannot_decode_are_refused(spec: str, value: str) -> None:
    (problem,) = said({"userData": CONFIG + spec})
    assert (problem.kind, problem.code, problem.value) == (Kind.INVALID, "group-user-data-node-config", value)


def test_N18_a_node_config_with_another_max_pods_is_said_with_both_numbers() -> None:
    own = CONFIG + "  kubelet: {config: {maxPods: 42}}\n"
    (note,) = said({"userData": own}, cni={"mode": "prefix"})
    assert (note.kind, note.code) == (Kind.NOTICE, "group-user-data-overrides")
    assert note.value.endswith("spec.kubelet.config.maxPods 42")
    assert note.limit == "the plan counts with 110"
    assert "maxPods of the group" in note.fix
    assert said({"userData": own.replace("42", "110")}, cni={"mode": "prefix"}) == []
    (alone,) = said({"userData": own})  # EKS would tell 29
    assert alone.limit == "the plan counts with 29"
    (flag,) = said({"userData": CONFIG + "  kubelet: {flags: [--max-pods=42]}\n"})
    assert flag.limit == "the plan counts with 29"
    labels = CONFIG + "  kubelet: {flags: ['--node-labels=a=b,team=y']}\n"
    (label,) = said({"userData": labels, **AMI, "maxPods": 29, "labels": {"team": "x"}})
    assert label.limit == "the plan's team=x"


def test_N25_a_node_config_that_says_the_cluster_too_is_said() -> None:
    own = CONFIG + "  cluster: {name: test, cidr: 10.0.0.0/16}\n"
    (with_ami,) = said({"userData": own, **AMI, "maxPods": 29})
    assert with_ami.limit == "the plan writes it"
    (without,) = said({"userData": own})
    assert without.limit == "EKS writes it"
    (other,) = said({"userData": CONFIG + "  cluster: {name: other}\n"})
    assert (other.kind, other.limit) == (Kind.INVALID, "metadata.name test")


def test_reserves_and_disks_of_an_own_node_config_are_said() -> None:
    own = CONFIG + "  kubelet: {config: {kubeReserved: {memory: 1Gi}, systemReserved: {cpu: 1}}}\n"
    assert [one.limit for one in said({"userData": own})] == [
        "the plan counts with {'cpu': '70m', 'memory': '574Mi'}",
        "the plan counts without it",
    ]
    disks = CONFIG + "  instance: {localStorage: {strategy: Mount}}\n"
    group = {"instanceTypes": ["m5d.large"], "localStorage": {"strategy": "RAID0"}, "userData": disks}
    (note,) = said(group)
    assert note.limit == "the plan counts with RAID0"


def test_N25_bottlerocket_values_that_override_the_plans_are_said() -> None:
    group = {"os": "bottlerocket", "userData": "[settings.kubernetes]\nmax-pods = 42\ncluster-dns-ip = '10.0.0.10'\n"}
    (note,) = said(group)
    assert note.value == "settings.kubernetes.max-pods = 42"
    assert note.limit == "the plan's settings.kubernetes.max-pods = 29"
    both = said({**group, **AMI, "maxPods": 29})
    assert [one.limit for one in both] == [
        "the plan's settings.kubernetes.max-pods = 29",
        "the plan's settings.kubernetes.cluster-dns-ip = 172.20.0.10",
    ]
    assert said({"os": "bottlerocket", "userData": "[settings.kubernetes]\nmax-pods = 29\n"}) == []


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "settings = {}\n", "[settings.kubernetes]\n"])
def test_settings_that_say_nothing_take_nothing_away(text: str) -> None:
    group = {"os": "bottlerocket", "userData": text, "maxPods": 5}
    assert said(group) == []
    assert user_data(None, group) == "settings.kubernetes.max-pods = 5\n"


@pytest.mark.parametrize(
    "line",
    [
        "max-pods = '5'",
        "max-pods = true",
        "cluster-dns-ip = 5",
        "node-labels.a = 1",
        "node-taints.a = [1]",
        "system-reserved.cpu = 1",
    ],
)
def test_settings_of_the_wrong_type_are_refused(line: str) -> None:
    (problem,) = [
        one
        for one in said({"os": "bottlerocket", "userData": f"settings.kubernetes.{line}\n"})
        if one.kind is Kind.INVALID
    ]
    assert problem.code == "group-user-data-toml"


def test_arrays_of_texts_are_no_headers() -> None:
    commands = (
        '[settings.bootstrap-commands.a]\ncommands = [\n  ["apiclient", "set", "motd=hi"], # ["x"]\n  ["b", \'c\']\n]\n'
    )
    assert said({"os": "bottlerocket", "userData": commands + 'essential = true\n[settings.a] # ["b"]\n'}) == []
    (trap,) = said({"os": "bottlerocket", "userData": commands + '[settings.kernel."a.b"]\nc = 1\n'})
    assert trap.value == 'line 6: [settings.kernel."a.b"]'


@pytest.mark.parametrize(
    "value",
    [
        "it's",
        'say "hi"',
        'it\'s "both"',
        "both ' and \" and '''",
        "\"'",
        "\n\"'a",
        "a\\\"'",
        "\\\"'\t\x01",
        "\\\\\"''' ",
    ],
)
def test_what_is_merged_has_no_escaped_quotes(value: str) -> None:
    (line,) = dotted_lines({"a": value})
    assert tomllib.loads(line) == {"a": value}
    assert not line.startswith('a = "') or '\\"' not in line[5:-1]


def test_later_texts_of_bottlerocket_win_over_earlier_ones() -> None:
    own = ["[settings.motd]\na = 1\nb = 2\n", "[settings.motd]\nb = 3\n"]
    assert user_data(None, {"os": "bottlerocket", "userData": own}) == "settings.motd.a = 1\nsettings.motd.b = 3\n"


def test_bottlerocket_refuses_names_of_clusters_that_are_no_label_values() -> None:
    base = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}
    for name, refused in (("a" * 64, True), ("a-", True), ("a" * 63, False)):
        for os in ("bottlerocket", "al2023"):
            found = {one.code for one in diagnostics_of(name=name, nodeGroups=[{**base, "os": os}])}
            assert ("bottlerocket-cluster-name" in found) == (refused and os == "bottlerocket")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<powershell>\na", 1),
        ("a\n</powershell>", 2),
        ("<powershell>\n<powershell>\na\n</powershell>", 2),
        ("<powershell>\na\n</powershell>\nb", 4),
        ("a\n<powershell>\nb\n</powershell>", 2),
        ("<script>\ndir\n</script>", 1),
        ("<powershell>\na\n</powershell>\n<persist>true</persist>", 4),
    ],
)
def test_tags_that_do_not_make_one_script_are_refused(text: str, line: int) -> None:
    with pytest.raises(TagError) as caught:
        commands(text)
    assert caught.value.line == line


def test_tags_around_own_commands_are_taken_off() -> None:
    assert commands("<powershell>\nWrite-Host a\n</powershell>\n") == "Write-Host a"
    assert commands("<POWERSHELL>a</POWERSHELL>\n<powershell>b</powershell>") == "a\nb"
    assert all_commands(["a\n", "", "<powershell>\n</powershell>", "b"]) == "a\nb"


def test_an_empty_text_is_no_part() -> None:
    assert user_data(None, {"userData": ["", "\n \n"]}) == ""
    assert [kind for kind, _ in parts(user_data({"mode": "prefix"}, {"userData": ""}))] == [NODE_CONFIG]
