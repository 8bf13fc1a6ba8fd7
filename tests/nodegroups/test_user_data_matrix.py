"""Every operating system × AMI id × prefix mode × private cluster × IP family: the user data is read back
by the parser that the node would use, and says what EKS's own forms say (notes N09, N18, N25, N26)."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from planner.design.joining import cluster_dns
from tests.nodegroups.test_user_data import user_data
from tests.support.user_data import (
    NODE_CONFIG,
    SHELL,
    bootstrap_arguments,
    kubernetes,
    mime_parts,
    node_config,
    powershell_arguments,
)

AMI = "ami-0123456789abcdef0"
PRIVATE: dict[bool, dict[str, Any]] = {
    True: {"nat": "none", "endpoint": {"public": False, "private": True}},
    False: {"endpoint": {"public": True, "publicCidrs": ["203.0.113.0/24"], "private": True}},
}
LABELS = f"eks.amazonaws.com/nodegroup-image={AMI},eks.amazonaws.com/capacityType=ON_DEMAND,eks.amazonaws.com/nodegroup=general"
CASES = [
    case
    for case in itertools.product(
        ("al2023", "al2", "bottlerocket", "bottlerocket-fips", "windows-core-2022"),
        (True, False),
        (True, False),
        (True, False),
        ("ipv4", "ipv6"),
    )
    if not (case[0].startswith("windows") and case[4] == "ipv6")
]


@pytest.mark.parametrize(
    ("os", "ami", "prefix", "private", "family"),
    CASES,
    ids=["-".join(map(str, case)) for case in CASES],
)
def test_N25_every_system_reads_its_user_data(os: str, ami: bool, prefix: bool, private: bool, family: str) -> None:
    ipv6 = family == "ipv6"
    cni = {"mode": "prefix"} if prefix else {}
    pods = 110 if prefix or ipv6 else 9 if os.startswith("windows") else 29
    group: dict[str, Any] = {"os": os}
    if ami:
        group |= {
            "amiId": AMI,
            "maxPods": pods,
            "labels": {"team": "x"},
            "taints": [{"key": "a", "value": "b", "effect": "NoSchedule"}, {"key": "c", "effect": "NoExecute"}],
        }
    version = {"version": "1.32"} if os == "al2" else {}
    text = user_data(cni, group, ipFamily=family, **PRIVATE[private], **version)
    service = "${cluster.serviceCidr}" if ipv6 else "172.20.0.0/16"
    expected = Expected(
        pods=pods, told=ami or (prefix and not ipv6), service=service, dns="${cluster.dns}" if ipv6 else "172.20.0.10"
    )
    if not ami and (not expected.told or os == "al2" or os.startswith("windows")):
        assert text == "", "EKS writes it all"
        return
    check = {"al2023": _al2023, "al2": _al2, "windows-core-2022": _windows}.get(os, _bottlerocket)
    check(text, expected, ami, ipv6)
    assert len(text.encode()) < 16_384


class Expected:
    """What a node must be told."""

    def __init__(self, pods: int, told: bool, service: str, dns: str) -> None:
        self.pods, self.told, self.service, self.dns = pods, told, service, dns


def _al2023(text: str, expected: Expected, ami: bool, ipv6: bool) -> None:
    (part,) = mime_parts(text)
    assert part.header == NODE_CONFIG
    assert part.text.startswith("---\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n")
    spec = node_config(part.text)["spec"]
    kubelet = spec["kubelet"]
    # the expression too: nodeadm reserves memory by it, and not by maxPods
    assert kubelet["maxPodsExpression"] == str(expected.pods)
    assert kubelet["config"]["maxPods"] == expected.pods
    if not ami:
        assert set(spec) == {"kubelet"}
        assert set(kubelet) == {"maxPodsExpression", "config"}
        return
    assert spec["cluster"] == {
        "name": "test",
        "apiServerEndpoint": "${cluster.endpoint}",
        "certificateAuthority": "${cluster.certificateAuthority}",
        "cidr": expected.service,
    }
    assert kubelet["config"]["clusterDNS"] == [expected.dns]
    assert kubelet["flags"] == [
        f"--node-labels={LABELS},team=x",
        "--register-with-taints=a=b:NoSchedule,c=:NoExecute",
    ]


def _al2(text: str, expected: Expected, ami: bool, ipv6: bool) -> None:
    (part,) = mime_parts(text)
    assert (part.kind, part.header) == (SHELL, 'text/x-shellscript; charset="us-ascii"')
    assert part.text.startswith("#!/bin/bash\nset -ex\n")
    found = bootstrap_arguments(part.text)
    family = {"--ip-family": "ipv6", "--service-ipv6-cidr": expected.service} if ipv6 else {}
    assert found == {
        "": "test",
        "--kubelet-extra-args": f"--node-labels={LABELS},team=x --register-with-taints=a=b:NoSchedule,c=:NoExecute "
        f"--max-pods={expected.pods}",
        "--b64-cluster-ca": "${cluster.certificateAuthority}",
        "--apiserver-endpoint": "${cluster.endpoint}",
        "--dns-cluster-ip": expected.dns,
        "--use-max-pods": "false",
        **family,
    }


def _bottlerocket(text: str, expected: Expected, ami: bool, ipv6: bool) -> None:
    assert all(line.startswith("settings.kubernetes.") for line in text.splitlines())
    found = kubernetes(text)
    if not ami:
        assert found == {"max-pods": expected.pods}
        return
    assert found == {
        "cluster-name": "test",
        "api-server": "${cluster.endpoint}",
        "cluster-certificate": "${cluster.certificateAuthority}",
        "cluster-dns-ip": expected.dns,
        "max-pods": expected.pods,
        "node-labels": {**dict(one.split("=") for one in LABELS.split(",")), "team": "x"},
        "node-taints": {"a": "b:NoSchedule", "c": ":NoExecute"},
    }


def _windows(text: str, expected: Expected, ami: bool, ipv6: bool) -> None:
    assert powershell_arguments(text) == {
        "-EKSClusterName": "test",
        "-APIServerEndpoint": "${cluster.endpoint}",
        "-Base64ClusterCA": "${cluster.certificateAuthority}",
        "-DNSClusterIP": "172.20.0.10",
        "-ServiceCIDR": "172.20.0.0/16",
        "-KubeletExtraArgs": f"--max-pods={expected.pods} --node-labels={LABELS},team=x "
        "--register-with-taints=a=b:NoSchedule,c=:NoExecute",
    }


@pytest.mark.parametrize(
    ("service", "dns"),
    [
        ("172.20.0.0/16", "172.20.0.10"),
        ("10.100.0.0/16", "10.100.0.10"),
        ("10.200.3.0/24", "10.200.3.10"),
        ("172.16.0.0/12", "172.16.0.10"),
        ("fd30:1c53:5f8a::/108", "fd30:1c53:5f8a::a"),
    ],
)
def test_the_cluster_dns_is_where_nodeadm_looks_for_it(service: str, dns: str) -> None:
    assert cluster_dns(service) == dns


def test_N18_an_expression_stands_instead_of_a_number() -> None:
    own = {"amiId": AMI, "maxPodsExpression": "max_pods < 110 ? max_pods : 110"}
    (part,) = mime_parts(user_data({"mode": "prefix"}, own))
    kubelet = node_config(part.text)["spec"]["kubelet"]
    assert kubelet["maxPodsExpression"] == "max_pods < 110 ? max_pods : 110"
    assert "maxPods" not in kubelet["config"]
