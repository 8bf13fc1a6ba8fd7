"""A VPC and a cluster in moto with the faults that people make, one of each; for tests and benchmarks only."""

from __future__ import annotations

import json
from typing import Any

import boto3

REGION = "us-east-1"
CLUSTER = "bad"
_TRUST = {"Version": "2012-10-17"}


def seed() -> str:
    """Make it; returns the VPC's id.

    DNS off; a cluster subnet with three free addresses, in a zone that EKS does not take; neither NAT gateway
    nor VPC endpoints, no way out at all; no tags for load balancers; nodes in a group without any rule; the
    endpoint open to the world and to nobody inside; no control-plane logs; a version out of support;
    AL2 nodes of types with different maxPods; up to 50 nodes in a /28.
    """
    ec2, eks = _client("ec2"), _client("eks")
    vpc = str(ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"])
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": False}})
    forbidden = _subnet(ec2, vpc, "10.9.0.0/28", "use1-az3")
    small = _subnet(ec2, vpc, "10.9.0.16/28", "use1-az1")
    for _ in range(7):  # and one that EKS makes
        ec2.create_network_interface(SubnetId=forbidden)
    cluster_role = _role("bad-cluster", "eks.amazonaws.com", "AmazonEKSClusterPolicy")
    node_role = _role(
        "bad-node", "ec2.amazonaws.com", "AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"
    )
    eks.create_cluster(
        name=CLUSTER,
        version="1.29",
        roleArn=cluster_role,
        resourcesVpcConfig={
            "subnetIds": [forbidden, small],
            "endpointPublicAccess": True,
            "endpointPrivateAccess": False,
            "publicAccessCidrs": ["0.0.0.0/0"],
        },
    )
    closed = ec2.create_security_group(GroupName="closed", Description="no rules", VpcId=vpc)["GroupId"]
    rules = ec2.describe_security_groups(GroupIds=[closed])["SecurityGroups"][0]["IpPermissionsEgress"]
    ec2.revoke_security_group_egress(GroupId=closed, IpPermissions=rules)
    disk = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 20, "VolumeType": "gp3", "Encrypted": True}}
    template = ec2.create_launch_template(
        LaunchTemplateName="bad",
        LaunchTemplateData={
            "SecurityGroupIds": [closed],
            "BlockDeviceMappings": [disk],
            "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
        },
    )["LaunchTemplate"]["LaunchTemplateId"]
    eks.create_nodegroup(
        clusterName=CLUSTER,
        nodegroupName="mixed",
        nodeRole=node_role,
        subnets=[small],
        amiType="AL2_x86_64",
        instanceTypes=["m5.large", "m5.4xlarge"],
        scalingConfig={"minSize": 1, "desiredSize": 1, "maxSize": 50},
        launchTemplate={"id": template, "version": "1"},
        version="1.29",
        nodeRepairConfig={"enabled": True},
    )
    return vpc


def _client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


def _subnet(ec2: Any, vpc: str, cidr: str, zone: str) -> str:
    made = str(ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZoneId=zone)["Subnet"]["SubnetId"])
    # moto gives the first subnet of a zone public addresses, AWS does not
    ec2.modify_subnet_attribute(SubnetId=made, MapPublicIpOnLaunch={"Value": False})
    return made


def _role(name: str, service: str, *policies: str) -> str:
    iam = _client("iam")
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = json.dumps({**_TRUST, "Statement": [statement]})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    for policy in policies:
        iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    return str(role)
