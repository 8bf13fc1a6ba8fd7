"""Times `eksplan review --vpc-id` of a VPC with many subnets against a moto server on this machine.

    python benchmarks/review_live.py [SUBNETS]

Prints the wall time and memory of the whole process; 200 subnets must take at most 15 s.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import sys

import boto3
from measure import EKSPLAN, once
from moto.server import ThreadedMotoServer

LIMIT_SECONDS = 15
REGION = "us-east-1"


def main() -> None:
    """Make the VPC, review it, and print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    server = ThreadedMotoServer(port=0, verbose=False)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    os.environ.update(
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",  # noqa: S106 - moto takes anything
        AWS_ENDPOINT_URL=url,
        AWS_EC2_METADATA_DISABLED="true",
        EKSPLAN_CATALOG="embedded",
    )
    try:
        vpc = _vpc(count)
        took, memory = once((*EKSPLAN, "review", "--vpc-id", vpc, "--region", REGION, "--fail-on", "never"))
    finally:
        server.stop()
    print(f"{count} subnets: {took / 1000:.1f} s, {memory:.0f} MB (at most {LIMIT_SECONDS} s for 200 subnets)")
    if count <= 200 and took > LIMIT_SECONDS * 1000:
        raise SystemExit(1)


def _vpc(count: int) -> str:
    """A VPC with so many subnets in three zones, a route table for each, and security groups."""
    ec2 = boto3.client("ec2", region_name=REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    blocks = ipaddress.ip_network("10.0.0.0/16").subnets(new_prefix=26)
    for number, block in zip(range(count), blocks, strict=False):
        zone = f"{REGION}{'abc'[number % 3]}"
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=str(block), AvailabilityZone=zone)["Subnet"]["SubnetId"]
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    for number in range(50):
        group = ec2.create_security_group(GroupName=f"group-{number}", Description="x", VpcId=vpc)["GroupId"]
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    return str(vpc)


if __name__ == "__main__":
    main()
