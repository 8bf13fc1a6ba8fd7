"""plan → declare → moto → observe gives the same design back, for every example."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto.eks.models import eks_backends

from planner.design import Unknown
from planner.design.compare import differences
from planner.review.engine import review
from planner.review.rule import ReviewContext
from tests.support.plans import FEASIBLE, embedded, plan_of
from tests.support.world import example_design, materialise, observe

pytestmark = pytest.mark.usefixtures("moto")


@pytest.mark.parametrize("name", FEASIBLE)
def test_every_example_comes_back(name: str) -> None:
    design = example_design(name)
    run = materialise(design)
    found = observe(design)
    assert differences(design, found) == ()
    catalog = embedded()
    verdict = review(found, ReviewContext(catalog.facts, catalog.instance_types))
    # the public address of a NAT gateway and the tags of an existing VPC show only once made; whose key secrets
    # have is a decision in a plan, and an information about what runs
    assert verdict.findings == ()
    assert run.exports["clusterName"] == design.cluster.name  # type: ignore[union-attr]
    assert run.exports["clusterSecurityGroupId"].startswith("sg-")


AMI = {"amiId": "ami-0123456789abcdef0", "maxPods": 29}
GROUP = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}
PUBLIC_ONLY = {"private": False, "public": True, "publicCidrs": ["203.0.113.0/24"]}
VARIANTS: dict[str, dict[str, Any]] = {
    "node repair in detail, a warm pool and a control-plane tier": {
        "controlPlane": {"tier": "tier-2xl"},
        "nodeGroups": [
            {
                **GROUP,
                "warmPool": {
                    "minSize": 2,
                    "maxGroupPreparedCapacity": 6,
                    "poolState": "running",
                    "reuseOnScaleIn": True,
                },
                "nodeRepair": {
                    "maxUnhealthyNodeThresholdPercentage": 10,
                    "maxParallelNodesRepairedCount": 3,
                    "overrides": [
                        {
                            "nodeMonitoringCondition": "NetworkingReady",
                            "nodeUnhealthyReason": "IPAMDNotRunning",
                            "minRepairWaitTimeMins": 5,
                            "repairAction": "Reboot",
                        },
                        {
                            "nodeMonitoringCondition": "AcceleratedHardwareReady",
                            "nodeUnhealthyReason": "NvidiaXID31Error",
                            "minRepairWaitTimeMins": 15,
                            "repairAction": "NoAction",
                        },
                    ],
                },
            },
            {**GROUP, "name": "second", "warmPool": {}},
        ],
    },
    "DHCP options, flow logs, a key of the plan's own, zonal shift and control-plane settings": {
        "vpc": {
            "dhcpOptions": {
                "domainName": "corp.example.com",
                "domainNameServers": ["AmazonProvidedDNS", "10.9.0.2"],
                "ntpServers": "10.9.0.3",
            },
            "flowLogs": {"traffic": "reject", "aggregationSeconds": 60, "retentionDays": 7},
        },
        "tags": {"team": "core"},
        "logRetentionDays": "never",
        "secretsKey": "managed",
        "zonalShift": True,
        "controlPlane": {
            "tier": "tier-xl",
            "settings": {
                "eventTtlMinutes": 45,
                "nodePorts": {"first": 20000, "last": 21000},
                "horizontalPodAutoscalerSyncSeconds": 10,
                "terminatedPodThreshold": 100,
                "scoringStrategy": "MostAllocated",
                "scoringWeights": {"cpu": 2, "memory": 1},
            },
        },
    },
    "network ACLs": {
        "security": {"networkAcls": "tiers"},
        "cni": {"customNetworking": True},
        "avoid": ["10.200.0.0/16"],
    },
    "settings that are EKS's own, and no logs": {
        "logTypes": [],
        "vpc": {"dhcpOptions": {"domainName": "ec2.internal"}},
        "controlPlane": {
            "settings": {
                "eventTtlMinutes": 60,
                "nodePorts": {"first": 30000, "last": 32767},
                "scoringStrategy": "LeastAllocated",
            }
        },
    },
    "single NAT gateway": {"nat": "single"},
    "regional NAT gateway": {"nat": "regional", "loadBalancers": {"public": 0}},
    "own AMI": {
        "nodeGroups": [
            {**GROUP, **AMI, "taints": [{"key": "a", "value": "b", "effect": "NoExecute"}], "labels": {"x": "y"}}
        ]
    },
    "own AMI in an IPv6 cluster": {"ipFamily": "ipv6", "nodeGroups": [{**GROUP, **AMI}]},
    "own AMI with Bottlerocket": {"nodeGroups": [{**GROUP, **AMI, "os": "bottlerocket"}]},
    "instance type, key and interfaces in the launch template": {
        "nodeGroups": [
            {
                "name": "general",
                "maxSize": 3,
                "launchTemplate": {
                    "instanceType": "m5.large",
                    "keyName": "ops",
                    "networkInterfaces": [{"associatePublicIpAddress": False}],
                },
            }
        ]
    },
    "Capacity Block": {
        "zones": ["use1-az1", "use1-az2"],
        "nodeGroups": [
            GROUP,
            {
                "name": "train",
                "maxSize": 2,
                "minSize": 0,
                "zones": ["use1-az1"],
                "capacityType": "capacity-block",
                "launchTemplate": {
                    "instanceType": "p5.48xlarge",
                    "capacityReservationId": "cr-0123456789abcdef0",
                    "instanceMarketOptions": {"marketType": "capacity-block"},
                },
            },
        ],
    },
    "On-Demand reservation and AMI release": {
        "nodeGroups": [
            {
                **GROUP,
                "amiType": "BOTTLEROCKET_x86_64_FIPS",
                "releaseVersion": "1.53.0-1a2b3c4d",
                "launchTemplate": {"capacityReservationId": "cr-0123456789abcdef0"},
            }
        ]
    },
    "Windows beside Linux": {"nodeGroups": [GROUP, {**GROUP, "name": "windows", "os": "windows-core-2022"}]},
    "public nodes": {"nodeGroups": [{**GROUP, "subnets": "public"}]},
    "public endpoint only": {"endpoint": PUBLIC_ONLY},
    "public endpoint only in an IPv6 cluster": {"endpoint": PUBLIC_ONLY, "ipFamily": "ipv6", "nat": "single"},
    "public endpoint for everyone": {"endpoint": {**PUBLIC_ONLY, "publicCidrs": ["0.0.0.0/0"]}},
    "hybrid nodes": {"hybrid": {"nodeCidrs": ["10.200.0.0/16"], "podCidrs": ["10.201.0.0/16"]}},
    "secrets key": {"secretsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"},
    "pods in several blocks": {
        "cni": {"customNetworking": True},
        "nodeGroups": [{"name": "big", "instanceTypes": ["m5.24xlarge"], "maxSize": 400}],
        "quotas": {"networkAddressUsage": 256_000},
    },
    "zones by name": {"zones": ["us-east-1a", "us-east-1b"]},
    "warm targets and trunk": {
        "cni": {"warmIpTarget": 3, "minimumIpTarget": 12, "maxEni": 3, "securityGroupsForPods": True}
    },
    "own user data": {"nodeGroups": [{**GROUP, "userData": "#!/bin/bash\necho hello\n"}]},
    "own user data of every system": {
        "cni": {"mode": "prefix"},
        "version": "1.32",
        "nodeGroups": [
            {
                **GROUP,
                "instanceTypes": ["m5d.large"],
                "userData": ["#!/bin/bash\necho hello\n", "#cloud-config\npackages: [htop]\n"],
                "localStorage": {"strategy": "RAID0"},
                "containerdConfig": "[plugins]\n  a = 1\n",
                "featureGates": {"FastImagePull": True},
            },
            {**GROUP, **AMI, "name": "al2", "os": "al2", "userData": "#!/bin/bash\necho 안녕\n"},
            {**GROUP, "name": "rocket", "os": "bottlerocket", "userData": "settings.motd = 'hi'\n"},
            {**GROUP, **AMI, "maxPods": 9, "name": "windows", "os": "windows-core-2022", "userData": "Write-Host hi"},
        ],
    },
    "own AMIs in an IPv6 cluster": {
        "ipFamily": "ipv6",
        "version": "1.32",
        "nodeGroups": [
            {**GROUP, **AMI, "name": "al2", "os": "al2"},
            {**GROUP, **AMI, "name": "rocket", "os": "bottlerocket"},
        ],
    },
    "restricted nodes": {
        "security": {"egress": "restricted", "webhooks": [{"name": "istio", "port": 15017}]},
        "addons": ["aws-efs-csi-driver", "cert-manager", "metrics-server"],
        "endpoint": {"privateCidrs": ["10.200.0.0/16"]},
    },
    "restricted nodes without internet": {
        "security": {"egress": "restricted", "betweenNodes": [{"ports": "1025-65535"}]},
        "nat": "none",
        "addons": ["karpenter"],
    },
    "restricted nodes with IPv6": {"security": {"egress": "restricted"}, "ipFamily": "ipv6"},
    "groups for pods and load balancers": {
        "cni": {"securityGroupsForPods": True},
        "security": {
            "podGroups": [
                {
                    "name": "pay",
                    "ingress": [{"peer": "cluster", "ports": 8080}],
                    "egress": [{"peer": "10.9.0.0/16", "ports": 5432}],
                    "probePorts": [8081],
                    "api": True,
                }
            ]
        },
        "loadBalancers": {"backends": "restricted", "targetPorts": [8080, 9090]},
    },
    "add-ons": {
        "addons": [
            "aws-ebs-csi-driver",
            "aws-efs-csi-driver",
            "amazon-cloudwatch-observability",
            {"name": "coredns", "configuration": {"replicaCount": 4}},
        ]
    },
    "controllers by Pod Identity": {"addons": ["karpenter", "load-balancer-controller", "cluster-autoscaler"]},
    "add-ons and controllers by OIDC": {
        "identity": "irsa",
        "addons": [
            "karpenter",
            "aws-ebs-csi-driver",
            {"name": "load-balancer-controller", "identity": "pod-identity"},
        ],
    },
    "one add-on by OIDC": {"addons": [{"name": "aws-efs-csi-driver", "identity": "irsa"}]},
    "DNS controllers": {
        "addons": [
            {"name": "external-dns", "hostedZones": ["Z0123456789"]},
            {"name": "cert-manager", "hostedZones": ["Z0123456789", "Z9876543210"]},
        ]
    },
    "Auto Mode and Fargate": {
        "nodePools": [{"name": "auto", "manager": "auto-mode", "instanceTypes": ["m5.large"], "maxNodes": 5}],
        "fargate": [{"name": "jobs", "pods": 3}],
    },
    "access entries": {
        "creatorIsAdmin": False,
        "accessEntries": [
            {
                "principalArn": "arn:aws:iam::123456789012:role/teams/Admin",
                "policies": [{"policy": "AmazonEKSClusterAdminPolicy"}],
            },
            {
                "principalArn": "arn:aws:iam::210987654321:user/bob",
                "groups": ["developers"],
                "username": "bob",
                "policies": [
                    {"policy": "AmazonEKSViewPolicy", "namespaces": ["dev-*", "payments"]},
                    {"policy": "AmazonEKSEditPolicy", "namespaces": ["dev-*"]},
                ],
            },
        ],
    },
    "minimal update and percentage": {
        "nodeGroups": [
            {**GROUP, "update": {"strategy": "minimal", "maxUnavailablePercentage": 25}, "nodeRepair": False}
        ]
    },
}


@pytest.mark.parametrize("spec", VARIANTS.values(), ids=VARIANTS)
def test_every_setting_comes_back(spec: dict[str, Any]) -> None:
    design = plan_of(**spec).design
    materialise(design)
    assert differences(design, observe(design)) == ()


def test_N04_nodes_that_reach_the_api_over_the_internet_are_listed() -> None:
    design = plan_of(endpoint=PUBLIC_ONLY).design
    materialise(design)
    found = observe(design)
    eks = boto3.client("eks", region_name=design.region)
    listed = eks.describe_cluster(name="test")["cluster"]["resourcesVpcConfig"]["publicAccessCidrs"]
    addresses = {one for gateway in found.nat_gateways for one in gateway.public_ips}  # type: ignore[union-attr]
    assert len(addresses) == 3
    assert set(listed) == {"203.0.113.0/24", *(f"{one}/32" for one in addresses)}
    assert found.cluster is not None
    assert found.cluster.endpoint.nat_egress
    assert found.cluster.endpoint.public_cidrs == ("203.0.113.0/24",)


def test_N04_a_nat_gateway_that_is_not_listed_is_found() -> None:
    design = plan_of(endpoint=PUBLIC_ONLY).design
    materialise(design)
    # moto's own update drops whatever is not given
    config = eks_backends["123456789012"][design.region].clusters["test"].resources_vpc_config
    lost = next(one for one in config["publicAccessCidrs"] if one.endswith("/32"))
    config["publicAccessCidrs"].remove(lost)
    found = observe(design)
    paths = [one.path for one in differences(design, found)]
    assert paths == ["cluster.endpoint.public_cidrs", "cluster.endpoint.nat_egress"]
    catalog = embedded()
    verdict = review(found, ReviewContext(catalog.facts, catalog.instance_types))
    blockers = [one for one in verdict.findings if one.rule == "API001"]
    assert [f"{one.measured}/32" for one in blockers] == [lost]


def test_resources_really_exist() -> None:
    design = example_design("production")
    materialise(design)
    ec2 = boto3.client("ec2", region_name=design.region)
    eks = boto3.client("eks", region_name=design.region)
    cluster = eks.describe_cluster(name="shop-prod")["cluster"]
    vpc = cluster["resourcesVpcConfig"]["vpcId"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    assert {one["CidrBlock"] for one in subnets} == {str(subnet.cidr) for subnet in design.subnets}
    # N06: the control plane's interfaces take addresses of the cluster subnets
    free = [one["AvailableIpAddressCount"] for one in subnets if one["CidrBlock"].endswith("/28")]
    assert sorted(free) == [10, 10, 11]
    gateways = ec2.describe_nat_gateways(Filter=[{"Name": "vpc-id", "Values": [vpc]}])["NatGateways"]
    assert len(gateways) == 3
    web = eks.describe_nodegroup(clusterName="shop-prod", nodegroupName="web")["nodegroup"]
    assert web["scalingConfig"] == {"minSize": 3, "maxSize": 30, "desiredSize": 9}
    assert web["updateConfig"]["maxUnavailablePercentage"] == 20
    template = web["launchTemplate"]
    data = ec2.describe_launch_template_versions(LaunchTemplateId=template["id"], Versions=[template["version"]])[
        "LaunchTemplateVersions"
    ][0]["LaunchTemplateData"]
    # N19, N28: the metadata service and the disk
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    assert data["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    assert data["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] == 100
    # N33: the tags that the load balancer controller looks for
    tags = [{tag["Key"]: tag["Value"] for tag in one["Tags"]} for one in subnets]
    assert sum(1 for one in tags if one.get("kubernetes.io/role/elb") == "1") == 3
    assert sum(1 for one in tags if one.get("kubernetes.io/role/internal-elb") == "1") == 3


def test_N31_aws_refuses_a_cluster_in_one_zone_as_the_double_does() -> None:
    with pytest.raises(Exception, match="at least two different AZs"):
        boto3.client("eks", region_name="us-east-1").create_cluster(
            name="x",
            roleArn="arn:aws:iam::123456789012:role/x",
            resourcesVpcConfig={"subnetIds": _two_subnets_of_one_zone()},
        )


def _two_subnets_of_one_zone() -> list[str]:
    ec2 = boto3.client("ec2", region_name="us-east-1")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone="us-east-1a")["Subnet"]["SubnetId"]
        for n in (0, 1)
    ]


def test_drift_is_seen() -> None:
    design = example_design("minimal")
    materialise(design)
    ec2 = boto3.client("ec2", region_name=design.region)
    found = observe(design)
    subnet = found.subnet("hello-node-use1-az1")
    assert subnet is not None
    assert subnet.id is not None
    ec2.delete_tags(Resources=[subnet.id], Tags=[{"Key": "kubernetes.io/role/internal-elb"}])
    boto3.client("eks", region_name=design.region).update_nodegroup_config(
        clusterName="hello", nodegroupName="general", scalingConfig={"minSize": 3, "maxSize": 9, "desiredSize": 3}
    )
    paths = [one.path for one in differences(design, observe(design))]
    assert paths == ["subnets[hello-node-use1-az1].tags", "node_groups[general].max_size"]


def test_what_is_denied_is_unknown_and_never_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    design = example_design("minimal")
    materialise(design)
    from botocore.client import BaseClient

    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def denied(self: Any, operation: str, arguments: Any) -> Any:
        from botocore.exceptions import ClientError

        if operation in {"DescribeRouteTables", "DescribeDhcpOptions", "ListAddons"}:
            raise ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": "denied"}}, operation)
        return real(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", denied)
    found = observe(design)
    assert isinstance(found.route_tables, Unknown)
    assert found.route_tables.call == "ec2:DescribeRouteTables"
    assert found.cluster is not None
    assert isinstance(found.cluster.addons, Unknown)
    catalog = embedded()
    verdict = review(found, ReviewContext(catalog.facts, catalog.instance_types))
    unseen = {one.rule for one in verdict.not_evaluated}
    assert {"CSN009", "NSN001", "NSN004", "RTE001"} <= unseen
    assert not unseen & set(verdict.passed)
    assert verdict.findings == ()
