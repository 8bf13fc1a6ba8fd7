"""Quotas that a running cluster comes up against, and what answers of AWS say about their use."""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog.facts import Facts
from planner.design import Unknown
from planner.observe.raw import Raw

QUOTA = "servicequotas:GetServiceQuota"
DEFAULTS = "servicequotas:ListAWSDefaultServiceQuotas"
INSTANCES = "ec2:DescribeInstances"
VOLUMES = "ec2:DescribeVolumes"
_GIB_IN_TIB = 1024


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """A quota, and what uses it."""

    service: str
    code: str
    name: str
    unit: str
    what: str

    @property
    def key(self) -> str:
        """The key of its answer."""
        return f"{self.service}/{self.code}"


def quota_rows(facts: Facts) -> tuple[QuotaRow, ...]:
    """All quotas that a review compares with their use."""
    rows = [QuotaRow(**row) for row in facts["review.quotas"].value]
    for row in facts["preflight.vcpus"].value:
        for market, label in (("on_demand", "On-Demand"), ("spot", "Spot")):
            name = f"{label} vCPUs of {row['name']}"
            rows.append(QuotaRow("ec2", row[market][0], name, "vCPUs", f"{market} {row['name']}"))
    return tuple(rows)


def used_of(raw: Raw, row: QuotaRow) -> int | Unknown:
    """How much is used of what a quota is about, rounded up."""
    if row.service == "ebs":
        stored = raw.get(VOLUMES)
        return stored if isinstance(stored, Unknown) else -(-int(stored.get(row.what, 0)) // _GIB_IN_TIB)
    if row.service == "ec2":
        running = raw.get(INSTANCES)
        return running if isinstance(running, Unknown) else int(running.get(row.what, 0))
    if row.what == "subnets":
        return _count(raw, "ec2:DescribeSubnets")
    if row.what == "node_groups":
        return _count(raw, "eks:ListNodegroups")
    listed = raw.get("ec2:DescribeVpcEndpoints")
    if isinstance(listed, Unknown):
        return listed
    return len([one for one in listed if one.get("VpcEndpointType") == "Interface"])


def _count(raw: Raw, call: str) -> int | Unknown:
    listed = raw.get(call)
    return listed if isinstance(listed, Unknown) else len(listed)


def value_of(raw: Raw, row: QuotaRow) -> int | Unknown:
    """What the account may have: its own quota, else AWS's default, which Service Quotas lists apart."""
    own = raw.get(QUOTA, row.key)
    if not isinstance(own, Unknown):
        return int(own)
    default = raw.get(DEFAULTS, row.service)
    value = None if isinstance(default, Unknown) else default.get(row.code)
    return own if value is None else int(value)
