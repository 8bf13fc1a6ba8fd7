"""Checks across fields: each refuses what AWS refuses, and lets its neighbour pass."""

from __future__ import annotations

from typing import Any

import pytest

from planner.diagnostics import Kind
from tests.support.plans import GROUP, codes, diagnostics_of


def group(**changes: Any) -> dict[str, Any]:
    return {"nodeGroups": [{**GROUP, **changes}]}


VPC = "vpc-0123456789abcdef0"
OPEN_ONLY = {"private": False, "public": True, "publicCidrs": ["0.0.0.0/0"]}
PUBLIC_ONLY = {"endpoint": {"private": False, "public": True, "publicCidrs": ["203.0.113.0/24"]}}
NODE_CONFIG = "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n"

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("vpc-size", {"vpc": {"cidr": "10.0.0.0/8"}}),
    ("vpc-size", {"vpc": {"cidr": "10.0.0.0/29"}}),
    ("vpc-forbidden", {"vpc": {"cidr": "169.254.0.0/16"}}),
    ("vpc-forbidden", {"vpc": {"cidr": "127.0.0.0/16"}}),
    ("cidr-overlap", {"vpc": {"cidr": "10.0.0.0/16", "secondaryCidrs": ["10.0.128.0/17"]}}),
    ("secondary-cidr", {"vpc": {"cidr": "10.0.0.0/16", "secondaryCidrs": ["192.168.0.0/16"]}}),
    ("secondary-cidr", {"vpc": {"cidr": "10.0.0.0/16", "secondaryCidrs": ["198.19.0.0/16"]}}),
    ("secondary-cidr", {"vpc": {"cidr": "172.16.0.0/16", "secondaryCidrs": ["172.31.0.0/16"]}}),
    ("secondary-cidr", {"vpc": {"cidr": "100.64.0.0/16", "secondaryCidrs": ["10.0.0.0/16"]}}),
    ("secondary-cidr", {"vpc": {"cidr": "10.1.0.0/16", "secondaryCidrs": ["10.0.0.0/16"]}}),
    ("vpc-choice", {"vpc": {"cidr": "10.0.0.0/16", "pool": "10.0.0.0/8"}}),
    ("vpc-pool", {"vpc": {"pool": "10.0.0.0/20", "prefixLength": 16}}),
    ("vpc-existing", {"vpc": {"id": VPC}}),
    ("vpc-existing", {"vpc": {"cidr": "10.0.0.0/16", "internetGateway": "igw-0123456789abcdef0"}}),
    (
        "subnet-outside",
        {
            "vpc": {
                "id": VPC,
                "cidr": "10.0.0.0/16",
                "subnets": [{"id": "subnet-01234567", "cidr": "10.1.0.0/24", "zone": "use1-az1"}],
            }
        },
    ),
    (
        "subnet-free",
        {
            "vpc": {
                "id": VPC,
                "cidr": "10.0.0.0/16",
                "subnets": [{"id": "subnet-01234567", "cidr": "10.0.0.0/28", "zone": "use1-az1", "free": 12}],
            }
        },
    ),
    ("cidr-overlap", {"vpc": {"cidr": "10.0.0.0/16"}, "avoid": ["10.0.0.0/8"]}),
    ("cidr-overlap", {"vpc": {"cidr": "172.20.0.0/16"}, "serviceCidr": "172.20.0.0/20"}),
    ("cidr-overlap", {"avoid": ["172.20.0.0/16"], "serviceCidr": "172.20.0.0/20"}),
    ("service-size", {"serviceCidr": "172.20.0.0/25"}),
    ("service-size", {"serviceCidr": "10.0.0.0/8"}),
    ("service-private", {"serviceCidr": "100.64.0.0/16"}),
    ("service-ipv6", {"serviceCidr": "172.20.0.0/16", "ipFamily": "ipv6"}),
    ("hybrid-private", {"hybrid": {"nodeCidrs": ["8.8.8.0/24"]}}),
    ("cidr-overlap", {"hybrid": {"nodeCidrs": ["10.200.0.0/16"], "podCidrs": ["10.200.0.0/24"]}}),
    ("endpoint-none", {"endpoint": {"private": False}}),
    ("endpoint-open", {"endpoint": {"public": True}}),
    ("endpoint-within", {"endpoint": {"public": True, "publicCidrs": ["203.0.113.0/24", "203.0.113.128/25"]}}),
    ("endpoint-cidrs", {"endpoint": {"publicCidrs": ["203.0.113.0/24"]}}),
    (
        "endpoint-private",
        {"nat": "none", "endpoint": {"private": False, "public": True, "publicCidrs": ["203.0.113.0/24"]}},
    ),
    ("endpoint-quota", {"endpoint": {"public": True, "publicCidrs": [f"203.0.{n}.0/24" for n in range(41)]}}),
    *(
        ("endpoint-reserved", {"endpoint": {"public": True, "publicCidrs": [block]}})
        for block in (
            "10.0.0.0/8",
            "172.20.1.0/24",
            "192.168.1.1/32",
            "100.64.0.0/10",
            "169.254.0.0/16",
            "240.0.0.1/32",
        )
    ),
    ("endpoint-reserved", {"ipFamily": "ipv6", "endpoint": {"public": True, "publicCidrs": ["fd00:1::/32"]}}),
    ("endpoint-regional-nat", {"nat": "regional", "loadBalancers": {"public": 0}, **PUBLIC_ONLY}),
    ("endpoint-public-nodes", {**group(subnets="public"), **PUBLIC_ONLY}),
    (
        "endpoint-quota",
        {"endpoint": {"private": False, "public": True, "publicCidrs": [f"203.0.{n}.0/24" for n in range(38)]}},
    ),
    ("endpoint-ipv6", {"endpoint": {"public": True, "publicCidrs": ["2001:db8::/32"]}}),
    ("endpoint-twice", {"endpoint": {"public": True, "publicCidrs": ["203.0.113.0/24", "203.0.113.0/24"]}}),
    ("cni-minimum", {"cni": {"minimumIpTarget": 10}}),
    ("cni-warm-prefix", {"cni": {"warmPrefixTarget": 1}}),
    ("cni-ipv6-custom", {"ipFamily": "ipv6", "cni": {"customNetworking": True}}),
    ("cni-version", {"cni": {"mode": "prefix", "version": "1.8.0"}}),
    ("cni-version", {"cni": {"securityGroupsForPods": True, "version": "v1.7.5-eksbuild.1"}}),
    ("cni-max-eni", {"cni": {"customNetworking": True, "maxEni": 1}}),
    ("nothing", {"nodeGroups": []}),
    ("group-twice", {"nodeGroups": [GROUP, GROUP]}),
    ("group-types", group(requirements={"vcpu": 4})),
    ("group-types", {"nodeGroups": [{"name": "a", "maxSize": 3}]}),
    ("group-types-twice", group(instanceTypes=["m5.large", "m5.large"])),
    ("too_long", group(instanceTypes=[f"m5.{n}xlarge" for n in range(21)])),
    ("missing", {"nodeGroups": [{"name": "a", "instanceTypes": ["m5.large"]}]}),
    ("group-sizes", group(minSize=11)),
    ("group-sizes", group(desiredSize=11)),
    ("group-sizes", group(minSize=5, desiredSize=4)),
    ("group-update", group(update={"maxUnavailable": 2, "maxUnavailablePercentage": 10})),
    ("group-update", group(update={"maxUnavailable": 11})),
    ("group-ami-pods", group(amiId="ami-0123456789abcdef0")),
    ("label-reserved", group(labels={"eks.amazonaws.com/nodegroup": "x"})),
    ("label-reserved", group(labels={"kubernetes.io/os": "linux"})),
    ("label-reserved", group(labels={"node-role.kubernetes.io/worker": ""})),
    ("label", group(labels={"-bad": "x"})),
    ("label", group(labels={"ok": "bad value"})),
    (
        "taint-twice",
        group(taints=[{"key": "a", "effect": "NoSchedule"}, {"key": "a", "effect": "NoSchedule", "value": "b"}]),
    ),
    ("group-zone", {**group(zones=["use1-az1"]), "zones": 3}),
    ("group-zone", {**group(zones=["use1-az5"]), "zones": ["use1-az1", "use1-az2"]}),
    ("windows-only", group(os="windows-core-2022")),
    ("windows-ipv6", {"ipFamily": "ipv6", "nodeGroups": [GROUP, {**GROUP, "name": "win", "os": "windows-core-2022"}]}),
    (
        "windows-custom",
        {"cni": {"customNetworking": True}, "nodeGroups": [GROUP, {**GROUP, "name": "win", "os": "windows-core-2022"}]},
    ),
    ("workload-group", {"workloads": [{"name": "w", "cpu": "1", "memory": "1Gi", "nodeGroup": "nope"}]}),
    ("workload-twice", {"workloads": [{"name": "w", "cpu": "1", "memory": "1Gi"}] * 2}),
    ("budget", {"workloads": [{"name": "w", "cpu": "1", "memory": "1Gi", "podDisruptionBudget": {}}]}),
    (
        "budget",
        {"workloads": [{"name": "w", "cpu": 1, "memory": "1Gi", "podDisruptionBudget": [{"minAvailable": 1}, {}]}]},
    ),
    (
        "toleration-seconds",
        {
            "workloads": [
                {
                    "name": "w",
                    "cpu": 1,
                    "memory": "1Gi",
                    "tolerations": [{"operator": "Exists", "tolerationSeconds": 3, "effect": "NoSchedule"}],
                }
            ]
        },
    ),
    (
        "daemonset-replicas",
        {"workloads": [{"name": "w", "kind": "DaemonSet", "cpu": "1", "memory": "1Gi", "replicas": 2}]},
    ),
    ("tag-reserved", {"tags": {"aws:x": "y"}}),
    ("tag-reserved", {"tags": {"Name": "y"}}),
    ("tags-many", {"tags": {f"k{n}": "v" for n in range(41)}}),
    ("tag-value", {"tags": {"k": "v" * 257}}),
    ("region-unknown", {"region": "us-est-1"}),
    ("version-unknown", {"version": "1.99"}),
    ("version-ended", {"version": "1.30"}),
    ("zone-unknown", {"zones": ["use1-az1", "use1-az9"]}),
    ("zone-disallowed", {"zones": ["use1-az1", "use1-az3"]}),
    ("zone-twice", {"zones": ["use1-az1", "use1-az1"]}),
    ("type-unknown", group(instanceTypes=["m5.lrge"])),
    ("type-architectures", group(instanceTypes=["m5.large", "m6g.large"])),
    ("type-mac", group(instanceTypes=["mac1.metal"])),
    ("type-accelerators", group(instanceTypes=["m5.xlarge", "g4dn.xlarge"])),
    ("os", group(os="al2")),
    ("max-pods", group(maxPods=30)),
    ("pod-network", {"cni": {"securityGroupsForPods": True}, **group(instanceTypes=["t3.medium"])}),
    ("pod-network", {"ipFamily": "ipv6", **group(instanceTypes=["m4.large"])}),
    (
        "type-no-interface",
        {"cni": {"customNetworking": True, "securityGroupsForPods": True}, **group(instanceTypes=["m6g.medium"])},
    ),
    ("group-user-data", group(userData="#!" + "é" * 8192)),
    ("group-user-data-toml", group(os="bottlerocket", userData="#!/bin/bash\necho hello\n")),
    ("group-user-data-toml", group(os="bottlerocket", maxPods=9, userData="settings = 3\n")),
    ("group-user-data-toml", group(os="bottlerocket", userData="[kubernetes]\nmax-pods = 3\n")),
    ("group-user-data-toml", group(os="bottlerocket", userData="settings.kubernetes = 3\n")),
    ("group-user-data-toml", group(os="bottlerocket", userData="settings.kubernetes.node-labels = 3\n")),
    ("group-user-data-merge", group(os="bottlerocket", userData='settings.motd = "say \\"hi\\""\n')),
    ("group-user-data-merge", group(os="bottlerocket", userData='[settings.kubernetes."a.b"]\nc = 1\n')),
    ("group-user-data-merge", group(os="bottlerocket", userData="[settings.a]\nb = [1, 'c']\n")),
    ("group-user-data-merge", group(os="bottlerocket", userData="[settings.a]\nb = [1, 2.0]\n")),
    ("group-user-data-merge", group(os="bottlerocket", userData="settings.'a \"b\"' = 'c'\n")),
    ("group-user-data-join", group(userData="#!/bin/bash\n/etc/eks/bootstrap.sh test\n")),
    ("group-user-data-join", group(userData="#!/bin/bash\ntrue && sudo nodeadm init -c file:///a\n")),
    ("group-user-data-join", group(userData="#!/bin/bash\nsystemctl restart kubelet\n")),
    ("group-user-data-join", group(userData="#cloud-config\nruncmd:\n  - systemctl restart kubelet\n")),
    ("group-user-data-join", group(userData="#cloud-config\nruncmd:\n  - [systemctl, restart, 'kubelet']\n")),
    ("group-user-data-join", group(userData="#!/bin/bash\nnodeadm init\n", amiId="ami-01234567", maxPods=9)),
    (
        "group-user-data-join",
        {
            "nodeGroups": [
                GROUP,
                {**GROUP, "name": "w", "os": "windows-core-2022", "userData": "& Start-EKSBootstrap.ps1"},
            ]
        },
    ),
    (
        "group-user-data-tags",
        {"nodeGroups": [GROUP, {**GROUP, "name": "w", "os": "windows-core-2022", "userData": "<script>dir</script>"}]},
    ),
    ("group-user-data-node-config", group(userData="---\napiVersion: node.eks.aws/v1\nkind: NodeConfig\n")),
    ("group-user-data-node-config", group(userData="---\napiVersion: node.eks.aws/v1alpha1\nkind: Node\n")),
    ("group-user-data-node-config", group(userData="apiVersion: [\n")),
    ("group-user-data-cluster", group(userData=NODE_CONFIG + "  cluster: {name: other}\n")),
    ("group-user-data-mime", group(userData='MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="A"\n\n')),
    (
        "group-user-data-containerd",
        group(containerdConfig="a = 1", userData=NODE_CONFIG + "  containerd: {config: b = 1}\n"),
    ),
    ("group-nodeadm", group(os="bottlerocket", featureGates={"FastImagePull": True})),
    ("group-nodeadm", group(os="bottlerocket", containerdConfig="a = 1")),
    ("group-containerd", group(containerdConfig="a = ")),
    ("group-feature-gate", group(featureGates={"FastImagePul": True})),
    ("group-local-storage", group(localStorage={"strategy": "RAID0"})),
    ("group-local-storage", group(os="bottlerocket", instanceTypes=["m5d.large"], localStorage={"strategy": "Mount"})),
    (
        "group-local-storage",
        {
            "nodeGroups": [
                GROUP,
                {**GROUP, "name": "w", "os": "windows-core-2022", "localStorage": {"strategy": "RAID0"}},
            ]
        },
    ),
    ("tag-characters", {"tags": {"a*b": "c"}}),
    ("tag-characters", {"tags": {"a": "<c>"}}),
    ("tag-key", {"tags": {"": "c"}}),
    (
        "group-requirements",
        {"nodeGroups": [{"name": "a", "requirements": {"vcpu": {"min": 8, "max": 4}}, "maxSize": 3}]},
    ),
    ("group-disk", group(disk={"type": "gp2", "iops": 3000})),
    ("group-disk", group(disk={"type": "gp2", "sizeGib": 16385})),
    ("group-disk", group(disk={"type": "io2"})),
    ("group-disk", group(disk={"sizeGib": 20, "iops": 10001})),
    ("group-disk", group(disk={"iops": 2999})),
    ("group-disk", group(disk={"throughput": 751})),
    ("group-disk", group(disk={"type": "io1", "iops": 3000, "throughput": 125})),
    ("group-user-data-form", group(userData="echo hello\n")),
    ("taint", group(taints=[{"key": "not a key", "effect": "NoSchedule"}])),
    ("taint", group(taints=[{"key": "a", "value": "not a value", "effect": "NoSchedule"}])),
    ("label", group(labels={"example.com/" + "a" * 52: "b"})),
    ("pods-per-node", group(maxPods=10, podsPerNode=11)),
    ("pods-per-node", group(podsPerNode=30)),
    ("zones-mixed", {"zones": ["use1-az1", "us-east-1b"]}),
    ("zone-loss", {"zones": 2, "tolerateZoneLoss": 2}),
    (
        "subnet-name",
        {
            "zones": ["use1-az1", "use1-az2"],
            "vpc": {
                "id": VPC,
                "cidr": "10.0.0.0/16",
                "subnets": [
                    {"id": "subnet-01234567", "cidr": "10.0.0.0/24", "zone": "use1-az1", "name": "test-node-use1-az1"}
                ],
            },
        },
    ),
]


@pytest.mark.parametrize(
    ("code", "spec"), REFUSED, ids=[f"{code}-{number}" for number, (code, _) in enumerate(REFUSED)]
)
def test_refused_with_value_limit_and_fix(code: str, spec: dict[str, Any]) -> None:
    wanted = "range" if code == "too_long" else code
    problems = [one for one in diagnostics_of(**spec) if one.code == wanted]
    assert problems, codes(**spec)
    for one in problems:
        assert one.kind is Kind.INVALID
        assert one.fix, one
        assert one.path, one


ACCEPTED: list[dict[str, Any]] = [
    {"vpc": {"cidr": "10.0.0.0/16", "secondaryCidrs": ["100.64.0.0/16", "10.1.0.0/16"]}},
    {"vpc": {"cidr": "172.16.0.0/16", "secondaryCidrs": ["172.17.0.0/16"]}},
    {"vpc": {"cidr": "192.168.0.0/16", "secondaryCidrs": ["100.64.0.0/16"]}},
    {"serviceCidr": "10.200.0.0/24"},
    {"endpoint": {"public": True, "publicCidrs": ["0.0.0.0/0"]}},
    {"endpoint": {"public": True, "publicCidrs": [f"203.0.{n}.0/24" for n in range(40)]}},
    {"endpoint": {"private": False, "public": True, "publicCidrs": [f"203.0.{n}.0/24" for n in range(37)]}},
    {"ipFamily": "ipv6", "endpoint": {"public": True, "publicCidrs": ["2001:db8::/32"]}},
    {"nat": "regional", "loadBalancers": {"public": 0}, "endpoint": OPEN_ONLY},
    {**group(subnets="public"), "endpoint": OPEN_ONLY},
    {"cni": {"minimumIpTarget": 10, "warmIpTarget": 2}},
    {"cni": {"mode": "prefix", "version": "1.9.0"}},
    {"hybrid": {"nodeCidrs": ["10.200.0.0/16"], "podCidrs": ["10.201.0.0/16"]}, "avoid": ["10.200.0.0/16"]},
    group(minSize=10, desiredSize=10),
    group(maxPods=29),
    group(labels={"team.example.com/tier": "web", "plain": ""}),
    group(taints=[{"key": "a", "effect": "NoSchedule"}, {"key": "a", "effect": "NoExecute"}]),
    {"zones": ["us-east-1a", "us-east-1b"]},
    {"version": "1.34"},
    {"nodeGroups": [GROUP, {**GROUP, "name": "win", "os": "windows-core-2022"}]},
    group(userData="#!" + "é" * 8000),
    group(os="bottlerocket", userData="[settings.kubernetes]\ncpu-manager-policy = 'static'\n"),
    group(os="bottlerocket", maxPods=9, userData="[settings.kubernetes]\nx = 1\n"),
    group(os="bottlerocket", userData='settings.motd = "it\'s"\nsettings.a."b/c" = "d" # "e" = \\"f\\"\n'),
    group(os="bottlerocket", amiId="ami-01234567", maxPods=9, userData='settings.motd = "say \\"hi\\""\n'),
    group(userData="#!/bin/bash\n# /etc/eks/bootstrap.sh is run by EKS\necho systemctl restart kubelet\n"),
    group(userData=NODE_CONFIG + "  cluster: {name: test}\n"),
    group(userData=["#!/bin/bash\ntrue\n", NODE_CONFIG]),
    group(instanceTypes=["m5d.large"], localStorage={"strategy": "RAID0", "mountPath": "/mnt/fast"}),
    group(containerdConfig="a = 1", featureGates={"FastImagePull": True}),
    {"tags": {"a.b:c/d=e+f-g@h i": "우리 태그_1"}},
    group(disk={"sizeGib": 20, "iops": 10000, "throughput": 2000}),
    group(disk={"sizeGib": 4, "iops": 3000, "throughput": 750}),
    group(disk={"type": "io2", "iops": 50000}),
    group(disk={"type": "gp2", "sizeGib": 16384}),
    group(userData="#cloud-config\npackages: [htop]\n"),
    group(taints=[{"key": "example.com/a", "value": "b", "effect": "NoSchedule"}]),
    group(labels={"example.com/" + "a" * 51: "b"}),
    group(maxPods=10, podsPerNode=10),
    {"zones": 2, "tolerateZoneLoss": 1},
]


@pytest.mark.parametrize("spec", ACCEPTED, ids=lambda spec: str(spec)[:60])
def test_its_neighbour_is_accepted(spec: dict[str, Any]) -> None:
    assert [one for one in diagnostics_of(**spec) if one.kind is not Kind.NOTICE] == []


NOTICED: list[tuple[str, dict[str, Any]]] = [
    ("vpc-docker", {"vpc": {"cidr": "172.17.0.0/16"}}),
    ("endpoint-public-only", PUBLIC_ONLY),
    (
        "endpoint-hybrid",
        {"hybrid": {"nodeCidrs": ["10.200.0.0/16"]}, "endpoint": {"public": True, "publicCidrs": ["203.0.113.0/24"]}},
    ),
    ("cni-override", {"cni": {"warmIpTarget": 2, "warmEniTarget": 1}}),
    ("cni-ipv6-targets", {"ipFamily": "ipv6", "cni": {"warmIpTarget": 2}}),
    ("group-spot-one", group(capacityType="spot")),
    ("group-nodes-quota", {**group(maxSize=451), "vpc": {"cidr": "10.0.0.0/16"}}),
    ("zone-name", {"zones": ["us-east-1a", "us-east-1b"]}),
    ("version-extended", {"version": "1.33"}),
    ("type-prefix", {"cni": {"mode": "prefix"}, "nodeGroups": [{**GROUP, "instanceTypes": ["t2.large", "m5.large"]}]}),
    (
        "budget-twice",
        {
            "workloads": [
                {
                    "name": "a",
                    "cpu": 1,
                    "memory": "1Gi",
                    "replicas": 3,
                    "podDisruptionBudget": [{"maxUnavailable": 1}, {"minAvailable": 1}],
                }
            ]
        },
    ),
    (
        "budget-blocks",
        {
            "workloads": [
                {"name": "a", "cpu": 1, "memory": "1Gi", "replicas": 3, "podDisruptionBudget": {"minAvailable": "67%"}}
            ]
        },
    ),
]


@pytest.mark.parametrize(("code", "spec"), NOTICED, ids=[code for code, _ in NOTICED])
def test_noticed_and_planned_all_the_same(code: str, spec: dict[str, Any]) -> None:
    assert code in {one.code for one in diagnostics_of(**spec) if one.kind is Kind.NOTICE}
