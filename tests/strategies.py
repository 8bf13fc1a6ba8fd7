"""Hypothesis strategies: blocks, demands and whole specs."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

from hypothesis import strategies as st

TYPES = ("t3.medium", "m5.large", "m5.xlarge", "m5.4xlarge", "c5.2xlarge", "m7g.large", "m6i.32xlarge", "r5.metal")


def networks(lowest: int = 8, highest: int = 30) -> st.SearchStrategy[IPv4Network]:
    """Aligned IPv4 blocks."""
    return st.builds(
        lambda address, length: IPv4Network((address >> (32 - length) << (32 - length), length)),
        st.integers(0, 2**32 - 1),
        st.integers(lowest, highest),
    )


def node_group(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """A node group of one or two types of one architecture."""
    return st.fixed_dictionaries(
        {
            "name": st.just(name),
            "instanceTypes": st.sampled_from(
                [["m5.large"], ["m5.xlarge", "m5.large"], ["c5.2xlarge"], ["m7g.large"], ["t3.medium"]]
            ),
            "maxSize": st.integers(1, 120),
            "update": st.fixed_dictionaries({"strategy": st.sampled_from(["default", "minimal"])}),
        },
        optional={"podsPerNode": st.integers(2, 110)},
    )


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """Fields of a spec that may or may not be feasible."""
    count = draw(st.integers(1, 3))
    custom = draw(st.booleans())
    mode = draw(st.sampled_from(["secondary-ip", "prefix"]))
    cni: dict[str, Any] = {"mode": mode, "customNetworking": custom}
    if draw(st.booleans()):
        cni["warmIpTarget"] = draw(st.integers(1, 10))
    length = draw(st.integers(16, 22))
    spec: dict[str, Any] = {
        "zones": draw(st.integers(2, 4)),
        "vpc": {"cidr": f"10.{draw(st.integers(0, 255))}.0.0/{length}"},
        "nodeGroups": [draw(node_group(f"group-{number}")) for number in range(count)],
        "cni": cni,
        "nat": draw(st.sampled_from(["none", "single", "perZone", "regional"])),
        "tolerateZoneLoss": draw(st.integers(0, 1)),
        "growthPercent": draw(st.sampled_from([0, 25, 100])),
        "loadBalancers": {"public": draw(st.integers(0, 4)), "internal": draw(st.integers(0, 4))},
    }
    return spec


#: A region of each partition and size, with types that it offers.
REGIONS = ("us-east-1", "eu-central-1", "ap-northeast-2", "us-west-1", "us-gov-west-1", "cn-north-1")
SYSTEMS = ("al2023", "bottlerocket", "windows-full-2022")
ADDONS = ("aws-ebs-csi-driver", "aws-efs-csi-driver", "load-balancer-controller", "cluster-autoscaler", "karpenter")
VIEW = [{"policy": "AmazonEKSViewPolicy", "namespaces": ["dev-*"]}]
AMI = "ami-0123456789abcdef0"


#: File systems with settings of every kind.
FILE_SYSTEMS: list[list[Any]] = [
    ["a", {"name": "b", "protect": False, "lifecycle": {"archiveDays": 90, "backOnAccess": True}}],
    [{"name": "a", "encrypted": False, "performanceMode": "maxIO", "throughput": "bursting", "backup": False}],
    [
        {
            "name": "a",
            "throughput": "provisioned",
            "provisionedMibps": 64,
            "accessPoints": [{"name": "data", "uid": 1000, "gid": 1000, "secondaryGids": [3]}],
        }
    ],
]


#: The user's own parts of user data, by operating system.
OWN_PARTS: dict[str, list[Any]] = {
    "al2023": [
        "#!/bin/bash\necho '안녕' \"${HOME}\"\n",
        ["#cloud-config\npackages: [htop]\n", "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n"],
        (
            'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B"\n\n--B\n'
            "Content-Type: text/x-shellscript\n\n#!/bin/bash\ntrue\n--B--\n"
        ),
    ],
    "bottlerocket": ["settings.motd = 'hi'\n", ["[settings.kubernetes]\nmax-pods = 5\n", "settings.a.'b/c' = [1]\n"]],
    "windows": ["Write-Host a", "<powershell>\nWrite-Host 'b'\n</powershell>"],
}


@st.composite
def rich_groups(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A node group with settings of every kind."""
    system = "al2023" if number == 0 else draw(st.sampled_from(SYSTEMS))
    windows = system.startswith("windows")
    group: dict[str, Any] = {
        "name": f"group-{number}",
        "os": system,
        "instanceTypes": draw(st.sampled_from([["m5.large"], ["m5.xlarge", "m5.large"], ["c5.2xlarge", "m5.large"]])),
        "maxSize": draw(st.integers(1, 40)),
        "capacityType": draw(st.sampled_from(["on-demand", "spot"])),
        "subnets": draw(st.sampled_from(["private", "private", "public"])),
        "labels": draw(st.sampled_from([{}, {"team": "a", "example.com/x": "1"}])),
        "taints": []
        if number == 0
        else draw(st.sampled_from([[], [{"key": "a", "value": "b", "effect": "NoExecute"}]])),
        "disk": draw(
            st.sampled_from([{}, {"sizeGib": 100, "iops": 4000, "throughput": 500}, {"type": "io2", "iops": 900}])
        ),
        "podsMayUseImds": draw(st.booleans()),
        "nodeRepair": draw(
            st.sampled_from(
                [True, False, {"maxUnhealthyNodeThresholdCount": 3, "maxParallelNodesRepairedPercentage": 9}]
            )
        ),
        "tags": draw(st.sampled_from([{}, {"cost": "1"}])),
    }
    if not windows and draw(st.integers(0, 3)) == 0:
        group |= {"amiId": AMI, "maxPods": 20}
    if draw(st.integers(0, 2)) == 0:
        group["userData"] = draw(st.sampled_from(OWN_PARTS[system.partition("-")[0]]))
    if draw(st.integers(0, 3)) == 0:
        group["minSize"] = 0
    if draw(st.integers(0, 3)) == 0:
        group["perZone"] = draw(st.booleans())
    if draw(st.integers(0, 3)) == 0:
        group["warmPool"] = draw(
            st.sampled_from([{}, {"minSize": 2}, {"poolState": "running", "reuseOnScaleIn": True}])
        )
    if draw(st.integers(0, 3)) == 0:
        group["launchTemplate"] = draw(
            st.sampled_from(
                [
                    {"keyName": "ops"},
                    {"networkInterfaces": [{}, {"deviceIndex": 1}]},
                    {"capacityReservationId": "cr-0123456789abcdef0"},
                    {"instanceType": "m5.large"},
                ]
            )
        )
        if "instanceType" in group["launchTemplate"] and draw(st.booleans()):
            del group["instanceTypes"]
    if draw(st.integers(0, 3)) == 0:
        group["update"] = {"maxUnavailablePercentage": draw(st.integers(1, 100))}
    return group


@st.composite
def rich_specs(draw: st.DrawFn) -> dict[str, Any]:
    """Fields of a spec with settings of every kind; some of them contradict each other."""
    windows_or_six = draw(st.sampled_from(["ipv4", "ipv4", "ipv6"]))
    groups = [draw(rich_groups(number)) for number in range(draw(st.integers(1, 3)))]
    nat = draw(st.sampled_from(["none", "single", "perZone", "regional"]))
    spec: dict[str, Any] = {
        "region": draw(st.sampled_from(REGIONS)),
        "ipFamily": windows_or_six,
        "nodeGroups": groups,
        "nat": nat,
        "cni": {"mode": draw(st.sampled_from(["secondary-ip", "prefix"]))},
        "addons": draw(st.lists(st.sampled_from(ADDONS), unique=True, max_size=4)),
        "tags": draw(st.sampled_from([{}, {"owner": "me"}])),
        "deletionProtection": draw(st.booleans()),
        "controlPlane": {"tier": draw(st.sampled_from(["standard", "tier-xl"]))},
        "supportType": draw(st.sampled_from(["standard", "extended"])),
        "avoid": draw(st.sampled_from([[], ["10.0.0.0/16"], [{"cidr": "172.16.0.0/12", "name": "office"}]])),
    }
    if draw(st.booleans()):
        spec["zones"] = draw(st.integers(2, 3))
    if draw(st.booleans()):
        spec["vpc"] = draw(
            st.sampled_from(
                [
                    {"cidr": "10.64.0.0/16"},
                    {"cidr": "10.64.0.0/18", "secondaryCidrs": ["100.64.0.0/16"]},
                    {"pool": ["10.0.0.0/12", "192.168.0.0/16"]},
                    {"pool": "10.0.0.0/12", "prefixLength": 18, "layout": "minimal"},
                ]
            )
        )
    if draw(st.integers(0, 2)) == 0:
        spec["identity"] = "irsa"
    if draw(st.integers(0, 2)) == 0:
        spec["creatorIsAdmin"] = draw(st.booleans())
        policies = draw(st.sampled_from([[], [{"policy": "AmazonEKSClusterAdminPolicy"}], VIEW]))
        principal = draw(st.sampled_from(["role/Admin", "role/teams/a/Admin", "user/bob"]))
        groups = draw(st.sampled_from([[], ["developers"]]))
        entry = {"principalArn": f"arn:aws:iam::111122223333:{principal}", "policies": policies, "groups": groups}
        spec["accessEntries"] = [entry]
    if draw(st.integers(0, 4)) == 0:
        manager = draw(st.sampled_from(["karpenter", "auto-mode"]))
        spec["nodePools"] = [{"name": "pool", "manager": manager, "instanceTypes": ["m5.large"], "maxNodes": 3}]
    if draw(st.integers(0, 2)) == 0:
        spec["security"] = {"networkAcls": "tiers"}
        spec["secretsKey"] = "managed"
        spec["zonalShift"] = draw(st.booleans())
        spec["logRetentionDays"] = draw(st.sampled_from([1, 365, "never"]))
        spec.setdefault("vpc", {"cidr": "10.64.0.0/16"}).update(
            draw(
                st.sampled_from(
                    [
                        {"flowLogs": {}},
                        {"flowLogs": {"traffic": "accept", "aggregationSeconds": 60, "retentionDays": "never"}},
                        {"dhcpOptions": {"domainName": "corp.example.com", "ntpServers": "10.9.0.3"}},
                    ]
                )
            )
        )
    for key in ("customNetworking", "securityGroupsForPods"):
        if draw(st.integers(0, 4)) == 0:
            spec["cni"][key] = True
    if draw(st.integers(0, 2)) == 0:
        spec["endpoint"] = draw(
            st.sampled_from(
                [
                    {"public": True, "publicCidrs": ["203.0.113.0/24"]},
                    {"private": True, "privateCidrs": ["10.128.0.0/16"]},
                    {"private": False, "public": True, "publicCidrs": ["203.0.113.0/24"]},
                ]
            )
        )
    if draw(st.integers(0, 2)) == 0:
        spec["workloads"] = [
            {
                "name": "web",
                "cpu": draw(st.sampled_from(["100m", "900m", 3])),
                "memory": draw(st.sampled_from(["128Mi", "2Gi", "9Gi"])),
                "replicas": draw(st.integers(0, 60)),
                "zonalStorage": draw(st.booleans()),
            }
        ]
    if draw(st.integers(0, 2)) == 0:
        spec["efs"] = draw(st.sampled_from(FILE_SYSTEMS))
    return spec
