"""Looks at what the account may have: quotas of VPC, EKS and EC2 against what is there and what is planned.

Service Quotas says what the account's quotas are. Where it does not answer, AWS's defaults from the facts
are taken, and the look then ends as not evaluated, for the account's own may be higher or lower.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from planner.deploy.subject import Subject, Unseen, known_parts
from planner.design.security import Direction


@dataclass(frozen=True, slots=True)
class Count:
    """So many more of something; ``there`` says how many there are, ``of`` whose quota it is."""

    more: int
    there: Callable[[], int] = lambda: 0
    of: str = ""


def quotas(subject: Subject) -> Iterator[str]:
    """Every quota that the plan takes from."""
    taken = _taken(subject)
    limits = Limits(subject)
    for row in subject.facts["preflight.quotas"].value:
        wanted = [one for one in taken.get(row["what"], ()) if one.more]
        if not wanted:
            continue
        limit, known = limits.of(row)
        for one in wanted:
            have = one.there()
            if have + one.more > limit:
                text = (
                    f"{row['name']}{f' ({one.of})' if one.of else ''}: {have} are there and {one.more} more are planned, "
                    f"{limit} are allowed; ask for a higher quota ({row['code']}) first"
                )
                yield text if known else Unseen(f"{text}; {limit} is AWS's default")
    if limits.unseen:
        yield Unseen(f"{', '.join(limits.unseen)}: AWS's defaults were taken, for Service Quotas says {limits.why}")


class Limits:
    """Quotas of the account, and which of them Service Quotas did not tell."""

    def __init__(self, subject: Subject) -> None:
        self._client = subject.client("service-quotas")
        self.unseen: list[str] = []
        self.why = ""

    def of(self, row: Mapping[str, Any]) -> tuple[int, bool]:
        """The quota of a row of facts, and whether it is the account's own."""
        from botocore.exceptions import BotoCoreError, ClientError

        named = {"ServiceCode": row["service"], "QuotaCode": row["code"]}
        try:
            try:
                answer = self._client.get_service_quota(**named)
            except self._client.exceptions.NoSuchResourceException:  # never changed in this account
                answer = self._client.get_aws_default_service_quota(**named)
        except (BotoCoreError, ClientError) as error:
            self.unseen.append(str(row["name"]))
            self.why = self.why or str(error)
            return int(row["default"]), False
        return int(answer["Quota"]["Value"]), True


def _taken(subject: Subject) -> dict[str, list[Count]]:
    """How many of each the stack would add, and how many there are."""
    design, made = subject.design, subject.made
    ec2 = subject.client("ec2")

    def there(method: str, items: str, **arguments: Any) -> Callable[[], int]:
        return lambda: sum(len(page[items]) for page in ec2.get_paginator(method).paginate(**arguments))

    def in_vpc(parts: Any, method: str, items: str, **only: str) -> Callable[[], int]:
        if not design.vpc.id:  # the stack's own VPC holds what the stack made
            return lambda: sum(one.name in made for one in parts)
        filters = {"vpc-id": design.vpc.id, **only}
        return there(method, items, Filters=[{"Name": name, "Values": [value]} for name, value in filters.items()])

    def new(parts: Any) -> list[Any]:
        return [one for one in known_parts(parts) if not getattr(one, "existing", False) and one.name not in made]

    zonal = [one for one in new(design.nat_gateways) if not one.regional]
    endpoints = new(design.vpc_endpoints)
    interface, gateway = ([one for one in endpoints if one.kind == kind] for kind in ("Interface", "Gateway"))
    fresh = design.cluster is not None and design.cluster.name not in made
    cluster = design.cluster.name if design.cluster else ""
    groups = known_parts(design.node_groups)
    new_groups = [one for one in groups if f"{cluster}-{one.name}" not in made]
    at_once = (
        sum(len(one.subnets) for one in interface)
        + len(zonal)
        + (subject.facts.number("cluster.interfaces_max") if fresh else 0)
        + sum(one.desired_size for one in new_groups)
    )
    return {
        "vpcs": [Count(int(not design.vpc.existing and design.vpc.name not in made), there("describe_vpcs", "Vpcs"))],
        "subnets": [Count(len(new(design.subnets)), in_vpc(design.subnets, "describe_subnets", "Subnets"))],
        "route_tables": [
            Count(
                len(new(design.route_tables)),
                in_vpc(known_parts(design.route_tables), "describe_route_tables", "RouteTables"),
            )
        ],
        "addresses": [
            Count(len([one for one in zonal if one.public]), lambda: len(ec2.describe_addresses()["Addresses"]))
        ],
        "nat_gateways": _by_zone(subject, zonal, ec2),
        "internet_gateways": [
            Count(len(new(design.internet_gateways)), there("describe_internet_gateways", "InternetGateways"))
        ],
        "egress_only_internet_gateways": [
            Count(
                len(new(design.egress_only_internet_gateways)),
                there("describe_egress_only_internet_gateways", "EgressOnlyInternetGateways"),
            )
        ],
        "interface_endpoints": [
            Count(
                len(interface),
                in_vpc(
                    [one for one in known_parts(design.vpc_endpoints) if one.kind == "Interface"],
                    "describe_vpc_endpoints",
                    "VpcEndpoints",
                    **{"vpc-endpoint-type": "Interface"},
                ),
            )
        ],
        "gateway_endpoints": [
            Count(
                len(gateway),
                there(
                    "describe_vpc_endpoints",
                    "VpcEndpoints",
                    Filters=[{"Name": "vpc-endpoint-type", "Values": ["Gateway"]}],
                ),
            )
        ],
        "interfaces": [Count(at_once, there("describe_network_interfaces", "NetworkInterfaces"))],
        "security_groups": [
            Count(
                len([one for one in new(design.security_groups) if not one.made_by_eks or fresh]),
                there("describe_security_groups", "SecurityGroups"),
            )
        ],
        "rules": [
            Count(sum(rule.direction is direction for rule in group.rules), of=f"{group.name}, {direction}")
            for group in known_parts(design.security_groups)
            for direction in Direction
        ],
        "clusters": [Count(int(fresh), lambda: _clusters(subject))],
        "node_groups": [Count(len(groups), of=cluster)],
        "nodes": [Count(one.max_size, of=one.name) for one in groups],
    }


def _clusters(subject: Subject) -> int:
    pages = subject.client("eks").get_paginator("list_clusters").paginate()
    return sum(len(page["clusters"]) for page in pages)


def _by_zone(subject: Subject, gateways: list[Any], ec2: Any) -> list[Count]:
    """NAT gateways of each zone; those of others lie in subnets of any VPC."""
    zones = {one.name: one.zone for one in subject.design.subnets}
    wanted = Counter(zones[one.subnet] for one in gateways if one.subnet in zones)
    if not wanted:
        return []

    def there(zone: str) -> int:
        states = [{"Name": "state", "Values": ["pending", "available"]}]
        pages = ec2.get_paginator("describe_nat_gateways").paginate(Filters=states)
        subnets = Counter(one.get("SubnetId") for page in pages for one in page["NatGateways"])
        ids = sorted(one for one in subnets if one)
        if not ids:
            return 0
        found = ec2.describe_subnets(SubnetIds=ids)["Subnets"]
        return sum(subnets[one["SubnetId"]] for one in found if one["AvailabilityZoneId"] == zone)

    return [Count(number, partial(there, zone), zone) for zone, number in sorted(wanted.items())]
