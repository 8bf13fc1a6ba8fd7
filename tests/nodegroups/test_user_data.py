"""User data, parsed back by real parsers (notes N18, N25, N26)."""

from __future__ import annotations

import email
import tomllib
from typing import Any

import yaml

from tests.support.plans import diagnostics_of, plan_of

AMI: dict[str, Any] = {"amiId": "ami-0123456789abcdef0", "maxPods": 110}


def user_data(cni: dict[str, Any] | None = None, **group: Any) -> str:
    base = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}
    others = [{**base, "name": "linux"}] if str(group.get("os", "")).startswith("windows") else []
    plan = plan_of(nodeGroups=[{**base, **group}, *others], cni=cni or {})
    return next(one for one in plan.design.launch_templates if one.name == "test-general").user_data  # type: ignore[union-attr]


def parts(text: str) -> list[tuple[str, str]]:
    message = email.message_from_string(text)
    assert message.is_multipart()
    assert not message.defects
    return [(part.get_content_type(), str(part.get_payload())) for part in message.get_payload()]  # type: ignore[union-attr]


def test_N25_eks_writes_it_all_when_nothing_is_to_add() -> None:
    assert user_data() == ""


def test_N18_prefix_mode_tells_kubelet_and_nodeadm() -> None:
    ((kind, text),) = parts(user_data(cni={"mode": "prefix"}))
    assert kind == "application/node.eks.aws"
    config = yaml.safe_load(text)
    assert config["spec"]["kubelet"] == {"maxPodsExpression": "110", "config": {"maxPods": 110}}
    assert "cluster" not in config["spec"]


def test_N26_with_an_ami_the_whole_join_is_there() -> None:
    taints = [{"key": "a", "value": "b", "effect": "NoSchedule"}]
    ((kind, text),) = parts(user_data(cni={"mode": "prefix"}, labels={"team": "x"}, taints=taints, **AMI))
    assert kind == "application/node.eks.aws"
    spec = yaml.safe_load(text)["spec"]
    assert spec["cluster"] == {
        "name": "test",
        "apiServerEndpoint": "${cluster.endpoint}",
        "certificateAuthority": "${cluster.certificateAuthority}",
        "cidr": "172.20.0.0/16",
    }
    assert spec["kubelet"]["config"]["clusterDNS"] == ["172.20.0.10"]
    assert spec["kubelet"]["flags"] == [
        "--node-labels=eks.amazonaws.com/nodegroup=general,team=x",
        "--register-with-taints=a=b:NoSchedule",
    ]


def test_N25_own_parts_come_after_and_keep_their_kind() -> None:
    script = "#!/bin/bash\necho hello\n"
    found = parts(user_data(cni={"mode": "prefix"}, userData=script))
    assert [kind for kind, _ in found] == ["application/node.eks.aws", "text/x-shellscript"]
    assert "echo hello" in found[1][1]
    config = "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {}\n"
    assert [kind for kind, _ in parts(user_data(userData=config))] == ["application/node.eks.aws"]


def test_N25_bottlerocket_takes_toml() -> None:
    assert user_data(os="bottlerocket") == ""
    settings = tomllib.loads(user_data(cni={"mode": "prefix"}, os="bottlerocket"))["settings"]["kubernetes"]
    assert settings == {"max-pods": 110}
    own = "[settings.host-containers.admin]\nenabled = true\n"
    both = tomllib.loads(user_data(cni={"mode": "prefix"}, os="bottlerocket", userData=own))["settings"]
    assert both == {"kubernetes": {"max-pods": 110}, "host-containers": {"admin": {"enabled": True}}}
    taints = [{"key": "a", "value": "b", "effect": "NoSchedule"}, {"key": "a", "value": "b", "effect": "NoExecute"}]
    complete = tomllib.loads(
        user_data(os="bottlerocket", labels={"team": "x"}, taints=taints, **{**AMI, "maxPods": 29})
    )
    kubernetes = complete["settings"]["kubernetes"]
    assert kubernetes["cluster-name"] == "test"
    assert kubernetes["api-server"] == "${cluster.endpoint}"
    assert kubernetes["cluster-dns-ip"] == "172.20.0.10"
    assert kubernetes["node-labels"] == {"eks.amazonaws.com/nodegroup": "general", "team": "x"}
    assert kubernetes["node-taints"] == {"a": ["b:NoExecute", "b:NoSchedule"]}


def test_windows_has_one_powershell_element() -> None:
    text = user_data(os="windows-core-2022", userData="Write-Host hello", **{**AMI, "maxPods": 9})
    assert text.count("<powershell>") == text.count("</powershell>") == 1
    assert text.index("Write-Host") < text.index("EKSBootstrapScriptFile")
    assert "--max-pods=9" in text


def test_al2_calls_bootstrap_sh() -> None:
    base = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3, "os": "al2", **AMI, "maxPods": 29}
    plan = plan_of(version="1.32", nodeGroups=[base])
    ((kind, text),) = parts(plan.design.launch_templates[0].user_data)  # type: ignore[index]
    assert kind == "text/x-shellscript"
    assert "/etc/eks/bootstrap.sh test" in text
    assert "--use-max-pods false" in text


def test_N25_the_whole_text_stays_within_sixteen_kilobytes() -> None:
    own = "#!/bin/bash\n" + "#" * 16_100
    assert len(user_data(userData=own)) < 16_384
    base = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3, "userData": own}
    (problem,) = diagnostics_of(nodeGroups=[{**base, **AMI, "maxPods": 29}])
    assert problem.code == "group-user-data"
    assert problem.limit == "16,384 bytes"
    assert problem.value.endswith(f"{len(own):,} of them yours")
