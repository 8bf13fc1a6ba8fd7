"""How long a review takes, and how that grows with the VPC.

    python benchmarks/review.py [--profile]

Raw answers of AWS about a cluster in a VPC with so many subnets, node groups in all of them, route
tables, interfaces and security-group rules: parsing and all rules, medians in this process, beside a
fixed piece of plain Python for comparison between machines; then `eksplan review -f` of a snapshot with 1,000
subnets as a whole process, in turn with a bare Python. The bound: 2 s and 200 MB.
"""

from __future__ import annotations

import cProfile
import pstats
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import click
from measure import in_turn

from planner.catalog import store
from planner.observe.parse import parse
from planner.observe.raw import Raw
from planner.observe.snapshot import write_snapshot
from planner.report.columns import aligned
from planner.review.engine import review
from planner.review.registry import ALL_RULES
from planner.review.rule import ReviewContext

RUNS = 3
VPC, CLUSTER, OWN = "vpc-0000000000000000a", "bench", "sg-cluster"
SIZES = ((100, 200), (1_000, 1_000), (2_500, 2_000), (5_000, 3_500), (10_000, 5_000))
"""Subnets and security-group rules."""
ACCOUNT = "111122223333"


def seconds(work: Callable[[], object]) -> float:
    """Median seconds of a piece of work."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def name(value: str) -> list[dict[str, str]]:
    """A Name tag."""
    return [{"Key": "Name", "Value": value}]


def answers(subnets: int, rules: int) -> Raw:
    """Raw answers: a third of the subnets public, groups of 30 subnets each, a route table for ten."""
    raw = Raw("us-east-1", CLUSTER)
    zones = ("use1-az1", "use1-az2", "use1-az4")
    ids = [f"subnet-{number:017x}" for number in range(subnets)]
    public = {identity for number, identity in enumerate(ids) if number % 3 == 0}
    private = [identity for identity in ids if identity not in public]
    blocks = [f"10.{number}.0.0/16" for number in range(1 + subnets * 16 // 65_536)]
    _vpc(raw, blocks)
    raw.put(
        "ec2:DescribeSubnets",
        [_subnet(number, identity, zones, public=identity in public) for number, identity in enumerate(ids)],
    )
    for identity in ids:
        raw.put("ec2:GetSubnetCidrReservations", [], identity)
    _routes(raw, ids, public)
    _groups(raw, rules)
    raw.put("ec2:DescribeNetworkInterfaces", [_interface(number, ids) for number in range(min(5 * subnets, 20_000))])
    _cluster(raw, ids[:3], [private[start : start + 30] for start in range(0, min(len(private), 3_000), 30)])
    return raw


def _vpc(raw: Raw, blocks: list[str]) -> None:
    associations = [{"CidrBlock": one, "CidrBlockState": {"State": "associated"}} for one in blocks]
    raw.put(
        "ec2:DescribeVpcs",
        {"VpcId": VPC, "CidrBlock": blocks[0], "CidrBlockAssociationSet": associations, "Tags": name("bench")},
    )
    for key in ("enableDnsSupport", "enableDnsHostnames"):
        raw.put("ec2:DescribeVpcAttribute", content=True, key=key)
    raw.put("ec2:DescribeDhcpOptions", [{"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]}])
    zones = [("a", "use1-az1"), ("b", "use1-az2"), ("c", "use1-az4")]
    raw.put(
        "ec2:DescribeAvailabilityZones",
        [{"ZoneName": f"us-east-1{one}", "ZoneId": two, "ZoneType": "availability-zone"} for one, two in zones],
    )
    for key in ("requester", "accepter"):
        raw.put("ec2:DescribeVpcPeeringConnections", [], key)
    for call in (
        "DescribeEgressOnlyInternetGateways",
        "DescribeVpcEndpoints",
        "DescribeNetworkAcls",
        "DescribeFlowLogs",
    ):
        raw.put(f"ec2:{call}", [])
    raw.put("elasticfilesystem:DescribeFileSystems", [])
    raw.put("ec2:DescribeManagedPrefixLists", [])
    attached = [{"VpcId": VPC, "State": "available"}]
    raw.put("ec2:DescribeInternetGateways", [{"InternetGatewayId": "igw-1", "Attachments": attached}])


def _subnet(number: int, identity: str, zones: tuple[str, ...], *, public: bool) -> dict[str, Any]:
    zone = zones[number // 3 % 3]
    role = "kubernetes.io/role/elb" if public else "kubernetes.io/role/internal-elb"
    return {
        "SubnetId": identity,
        "VpcId": VPC,
        "CidrBlock": f"{IPv4Address(int(IPv4Address('10.0.0.0')) + 16 * number)}/28",
        "AvailabilityZone": f"us-east-1{'abc'[zones.index(zone)]}",
        "AvailabilityZoneId": zone,
        "AvailableIpAddressCount": 9,
        "MapPublicIpOnLaunch": False,
        "AssignIpv6AddressOnCreation": False,
        "Ipv6CidrBlockAssociationSet": [],
        "Tags": [*name(f"subnet-{number}"), {"Key": role, "Value": "1"}],
    }


def _routes(raw: Raw, ids: list[str], public: set[str]) -> None:
    tables, gateways = [], []
    for start in range(0, len(ids), 10):
        gateway = f"nat-{start:017x}"
        gateways.append({"NatGatewayId": gateway, "SubnetId": ids[start], "State": "available", "VpcId": VPC})
        for kind, target in (("pub", {"GatewayId": "igw-1"}), ("priv", {"NatGatewayId": gateway})):
            inside = [one for one in ids[start : start + 10] if (one in public) == (kind == "pub")]
            tables.append(
                {
                    "RouteTableId": f"rtb-{kind}-{start}",
                    "VpcId": VPC,
                    "Associations": [{"SubnetId": one, "Main": False} for one in inside],
                    "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "State": "active", **target}],
                }
            )
    raw.put("ec2:DescribeRouteTables", tables)
    raw.put("ec2:DescribeNatGateways", gateways)


def _groups(raw: Raw, rules: int) -> None:
    ids = [OWN, *(f"sg-{number:017x}" for number in range(max(1, rules // 50)))]
    raw.put(
        "ec2:DescribeSecurityGroups",
        [{"GroupId": one, "GroupName": one, "Description": "", "VpcId": VPC, "Tags": []} for one in ids],
    )
    everything = [
        {"GroupId": OWN, "IsEgress": False, "IpProtocol": "-1", "ReferencedGroupInfo": {"GroupId": OWN}},
        {"GroupId": OWN, "IsEgress": True, "IpProtocol": "-1", "CidrIpv4": "0.0.0.0/0"},
    ]
    more = [
        {
            "GroupId": ids[1 + number % (len(ids) - 1)],
            "IsEgress": number % 2 == 1,
            "IpProtocol": "tcp",
            "FromPort": 1_000 + number,
            "ToPort": 1_000 + number,
            "CidrIpv4": f"10.{number % 200}.0.0/16",
        }
        for number in range(rules)
    ]
    raw.put(
        "ec2:DescribeSecurityGroupRules",
        [{"SecurityGroupRuleId": f"sgr-{number}", **one} for number, one in enumerate(everything + more)],
    )


def _interface(number: int, ids: list[str]) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": f"eni-{number:017x}",
        "SubnetId": ids[number % len(ids)],
        "InterfaceType": "interface",
        "Description": f"aws-K8S-i-{number:017x}",
        "Groups": [{"GroupId": OWN, "GroupName": OWN}],
        "PrivateIpAddresses": [{"PrivateIpAddress": str(IPv4Address(int(IPv4Address("10.0.0.0")) + number))}],
        "TagSet": [],
    }


def _cluster(raw: Raw, subnets: list[str], groups: list[list[str]]) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/bench"
    arn = f"arn:aws:eks:us-east-1:{ACCOUNT}"
    access = {"endpointPublicAccess": False, "endpointPrivateAccess": True, "publicAccessCidrs": []}
    network = {"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4"}
    raw.put(
        "eks:DescribeCluster",
        {
            "name": CLUSTER,
            "arn": f"{arn}:cluster/{CLUSTER}",
            "createdAt": datetime(2026, 1, 1, tzinfo=UTC),
            "version": "1.35",
            "status": "ACTIVE",
            "roleArn": role,
            "resourcesVpcConfig": {"subnetIds": subnets, "clusterSecurityGroupId": OWN, "vpcId": VPC, **access},
            "kubernetesNetworkConfig": network,
            "logging": {"clusterLogging": [{"types": ["api", "audit", "authenticator"], "enabled": True}]},
            "accessConfig": {"authenticationMode": "API"},
            "tags": {},
        },
    )
    names = [f"group-{number}" for number in range(len(groups))]
    raw.put("eks:ListNodegroups", names)
    for one, inside in zip(names, groups, strict=True):
        raw.put(
            "eks:DescribeNodegroup",
            {
                "nodegroupName": one,
                "nodegroupArn": f"{arn}:nodegroup/{CLUSTER}/{one}/x",
                "version": "1.35",
                "releaseVersion": "1.35.0-20260801",
                "status": "ACTIVE",
                "capacityType": "ON_DEMAND",
                "scalingConfig": {"minSize": 0, "maxSize": 10, "desiredSize": 2},
                "instanceTypes": ["m5.large"],
                "subnets": inside,
                "amiType": "AL2023_x86_64_STANDARD",
                "nodeRole": role,
                "updateConfig": {"maxUnavailable": 1},
                "tags": {},
            },
            one,
        )
    for call in ("eks:ListAddons", "eks:ListPodIdentityAssociations", "eks:ListAccessEntries", "iam:ListRoles"):
        raw.put(call, [])


def plain_python() -> int:
    """A fixed piece of work, to compare machines by."""
    return sum(number * number % 7 for number in range(1_000_000))


def measured(context: ReviewContext) -> Iterator[list[str]]:
    """A row for each size."""
    baseline = seconds(plain_python)
    for subnets, rules in SIZES:
        raw = answers(subnets, rules)
        parsing = seconds(lambda raw=raw: parse(raw))  # type: ignore[misc]
        # what was found out about a design is remembered: each run gets one of its own
        fresh = iter([parse(raw) for _ in range(RUNS)])
        judging = seconds(lambda fresh=fresh: review(next(fresh), context))  # type: ignore[misc]
        verdict = review(parse(raw), context)
        mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        yield [
            f"{subnets:,}",
            f"{rules:,}",
            f"{parsing:.2f}",
            f"{judging:.2f}",
            f"{(parsing + judging) / baseline:.1f}",
            f"{mib:.0f}",
            f"{len(verdict.findings):,}",
        ]


def whole_process() -> str:
    """The command on a snapshot with 1,000 subnets."""
    with tempfile.TemporaryDirectory() as folder:
        raw = answers(1_000, 1_000)
        raw.taken = "2026-11-28T00:00:00Z"
        file = Path(folder) / "large.snapshot.json"
        file.write_text(write_snapshot(raw), "utf-8")
        arguments = ("review", "-f", str(file), "-o", "json", "--fail-on", "never", "--today", "2026-11-28")
        bare, measured = in_turn(arguments, RUNS)
    ratio = measured.median / bare.median
    return (
        f"review -f of a snapshot with 1,000 subnets, whole process: {measured.median / 1000:.2f} s "
        f"({ratio:.0f} × bare Python), {max(measured.memory):.0f} MB; bound 2 s, 200 MB"
    )


def slowest(context: ReviewContext) -> list[list[str]]:
    """The rules that take longest with the largest VPC, in seconds."""
    design = parse(answers(*SIZES[-1]))
    times = [(seconds(lambda rule=rule: review(design, context, [rule])), rule.code) for rule in ALL_RULES]  # type: ignore[misc]
    return [[code, f"{took:.3f}"] for took, code in sorted(times, reverse=True)[:12]]


@click.command()
@click.option("--profile", is_flag=True, help="Also show the rules that take longest.")
def main(*, profile: bool) -> None:
    """Measure, and print a table."""
    catalog = store.load(store.EMBEDDED)
    context = ReviewContext(catalog.facts, catalog.instance_types)
    # first, while this process is small: a child is born with its parent's memory
    print(whole_process())
    columns = ["subnets", "rules", "parse s", "review s", "× plain Python", "peak MiB", "findings"]
    print(aligned(columns, list(measured(context)), left=0))
    if profile:
        print(aligned(["rule", "seconds"], slowest(context), left=1))
        work = cProfile.Profile()
        design = parse(answers(*SIZES[-1]))
        work.runcall(review, design, context)
        pstats.Stats(work, stream=sys.stdout).sort_stats("cumulative").print_stats(25)


if __name__ == "__main__":
    main()
