"""User data, parsed back by real parsers (notes N18, N25, N26)."""

from __future__ import annotations

import tomllib
from typing import Any

from planner.decisions import Decision
from planner.diagnostics import Kind
from planner.plan.model import Plan
from tests.support.plans import decision, diagnostics_of, plan_of
from tests.support.user_data import bootstrap_arguments, mime_parts, node_config, powershell_arguments

AMI: dict[str, Any] = {"amiId": "ami-0123456789abcdef0", "maxPods": 110}
NODE_CONFIG = "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {}\n"


def planned(cni: dict[str, Any] | None, group: dict[str, Any], **spec: Any) -> Plan:
    """A plan with a group named general of m5.large, beside a Linux one where it is of Windows."""
    base = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}
    others = [{**base, "name": "linux"}] if str(group.get("os", "")).startswith("windows") else []
    return plan_of(nodeGroups=[{**base, **group}, *others], cni=cni or {}, **spec)


def user_data(cni: dict[str, Any] | None = None, group: dict[str, Any] | None = None, **spec: Any) -> str:
    """User data of the group named general."""
    plan = planned(cni, group or {}, **spec)
    templates = plan.design.launch_templates
    return next(one.user_data for one in templates if one.name.endswith("-general"))  # type: ignore[union-attr]


def parts(text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in mime_parts(text)]


def test_N25_eks_writes_it_all_when_nothing_is_to_add() -> None:
    assert user_data() == ""
    assert decision(planned(None, {}), "user-data.general").value == "EKS's own"


def test_N18_prefix_mode_tells_kubelet_and_nodeadm() -> None:
    ((kind, text),) = parts(user_data({"mode": "prefix"}))
    assert kind == "application/node.eks.aws"
    spec = node_config(text)["spec"]
    assert spec["kubelet"] == {"maxPodsExpression": "110", "config": {"maxPods": 110}}
    assert "cluster" not in spec


def test_N18_the_plan_says_which_memory_follows() -> None:
    found: Decision = decision(planned({"mode": "prefix"}, {}), "user-data.general")
    assert found.worked == "255 + 11 × 110 = 1465 MiB"
    assert "reserves memory by maxPodsExpression and not by maxPods" in found.explanation
    assert found.note == "N25"
    assert decision(planned(None, AMI | {"maxPods": 29}), "user-data.general").note == "N26"


def test_N25_own_parts_come_after_the_plans_and_keep_their_kind() -> None:
    own = ["#!/bin/bash\necho hello\n", "#cloud-config\npackages: [htop]\n", NODE_CONFIG]
    found = parts(user_data({"mode": "prefix"}, {"userData": own}))
    assert [kind for kind, _ in found] == [
        "application/node.eks.aws",
        "text/x-shellscript",
        "text/cloud-config",
        "application/node.eks.aws",
    ]
    assert [text.strip("\n") for _, text in found[1:]] == [one.strip("\n") for one in own]
    assert [kind for kind, _ in parts(user_data(None, {"userData": NODE_CONFIG}))] == ["application/node.eks.aws"]


def test_N25_on_al2_own_parts_run_before_bootstrap_sh() -> None:
    own = "#!/bin/bash\necho hello\n"
    group = {"os": "al2", "userData": own}
    ((_, alone),) = parts(user_data(None, group, version="1.32"))
    assert alone.strip("\n") == own.strip("\n"), "EKS adds the call of bootstrap.sh"
    first, last = parts(user_data(None, {**group, **AMI, "maxPods": 29}, version="1.32"))
    assert "echo hello" in first[1]
    assert "/etc/eks/bootstrap.sh test" in last[1]


def test_N25_windows_has_one_powershell_element() -> None:
    own = {"os": "windows-core-2022", "userData": ["<powershell>\nWrite-Host a\n</powershell>", "Write-Host b"]}
    assert user_data(None, own) == "<powershell>\nWrite-Host a\nWrite-Host b\n</powershell>\n"
    text = user_data(None, {**own, **AMI, "maxPods": 9})
    assert text.startswith("<powershell>\nWrite-Host a\nWrite-Host b\n[string]$EKSBootstrapScriptFile = ")
    assert powershell_arguments(text)["-KubeletExtraArgs"].startswith("--max-pods=9 ")


def test_N25_bottlerocket_settings_are_one_document_with_the_users_on_top() -> None:
    own = (
        "# ours\n[settings.kubernetes]\nmax-pods = 42\ncpu-manager-policy = 'static'\n"
        "[settings.kubernetes.node-labels]\nteam = 'y'\n'z/a' = \"it's\"\n[settings.host-containers.admin]\nenabled = true\n"
    )
    group = {"os": "bottlerocket", "userData": own, "labels": {"team": "x"}, "systemReserved": {"memory": "100Mi"}}
    assert user_data(None, {"os": "bottlerocket", "userData": own}) == own, "nothing to merge: as it was written"
    found = tomllib.loads(user_data({"mode": "prefix"}, {**group, **AMI}))["settings"]
    assert found["host-containers"] == {"admin": {"enabled": True}}
    kubernetes = found["kubernetes"]
    assert kubernetes["max-pods"] == 42
    assert kubernetes["cluster-name"] == "test"
    assert kubernetes["cpu-manager-policy"] == "static"
    assert kubernetes["system-reserved"] == {"memory": "100Mi"}
    assert kubernetes["node-labels"] == {
        "eks.amazonaws.com/nodegroup-image": AMI["amiId"],
        "eks.amazonaws.com/capacityType": "ON_DEMAND",
        "eks.amazonaws.com/nodegroup": "general",
        "team": "y",
        "z/a": "it's",
    }


def test_bottlerocket_taints_of_one_key_are_a_list() -> None:
    taints = [{"key": "a", "value": "b", "effect": "NoSchedule"}, {"key": "a", "value": "b", "effect": "NoExecute"}]
    found = tomllib.loads(user_data(None, {"os": "bottlerocket", "taints": taints, **AMI, "maxPods": 29}))
    assert found["settings"]["kubernetes"]["node-taints"] == {"a": ["b:NoExecute", "b:NoSchedule"]}


def test_local_disks_on_every_system_that_has_a_setting_for_them() -> None:
    disks = {"instanceTypes": ["m5d.large"]}
    al2023 = {"localStorage": {"strategy": "Mount", "mountPath": "/mnt/fast", "disabledMounts": ["PodLogs"]}}
    ((_, text),) = parts(user_data(None, {**disks, **al2023}))
    assert node_config(text)["spec"]["instance"] == {
        "localStorage": {"strategy": "Mount", "mountPath": "/mnt/fast", "disabledMounts": ["PodLogs"]}
    }
    raid = {"localStorage": {"strategy": "RAID0"}}
    found = tomllib.loads(user_data(None, {**disks, **raid, "os": "bottlerocket"}))
    assert found["settings"]["bootstrap-commands"] == {
        "000-mount-instance-storage": {
            "commands": [
                ["apiclient", "ephemeral-storage", "init"],
                [
                    "apiclient",
                    "ephemeral-storage",
                    "bind",
                    "--dirs",
                    "/var/lib/containerd",
                    "/var/lib/kubelet",
                    "/var/log/pods",
                ],
            ],
            "mode": "always",
            "essential": True,
        }
    }
    ((_, script),) = parts(user_data(None, {**disks, **raid, **AMI, "os": "al2", "maxPods": 29}, version="1.32"))
    assert bootstrap_arguments(script)["--local-disks"] == "raid0"


def test_containerd_and_feature_gates_are_told_to_nodeadm() -> None:
    toml = '[plugins."io.containerd.cri.v1.images"]\n  discard_unpacked_layers = false\n'
    group = {"containerdConfig": toml, "featureGates": {"FastImagePull": True}}
    ((_, text),) = parts(user_data(None, group))
    spec = node_config(text)["spec"]
    assert spec["containerd"] == {"config": toml}
    assert spec["featureGates"] == {"FastImagePull": True}


def test_N25_the_whole_text_stays_within_sixteen_kilobytes() -> None:
    own = "#!/bin/bash\n" + "#" * 16_100
    assert len(user_data(None, {"userData": own})) < 16_384
    base = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3, "userData": own}
    (problem,) = diagnostics_of(nodeGroups=[{**base, **AMI, "maxPods": 29}])
    assert problem.code == "group-user-data"
    assert problem.kind is Kind.INVALID
    assert problem.limit == "16,384 bytes"
    assert problem.value.endswith(f"{len(own):,} of them yours")
    (note,) = diagnostics_of(nodeGroups=[base])
    assert note.kind is Kind.NOTICE
    assert "EKS adds about" in note.value
    assert diagnostics_of(nodeGroups=[{**base, "userData": own[:12_000]}]) == ()
