"""Looks at EC2's quotas of vCPUs: the desired nodes must fit now, all of them at their maximum later.

EC2 counts the vCPUs of running instances by families, On-Demand and Spot apart.
Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-quotas.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from planner.deploy.look_quotas import Limits
from planner.deploy.subject import Later, Subject, Unseen, known_parts

_LETTERS = re.compile(r"[a-z]+")


def vcpus(subject: Subject) -> Iterator[str]:
    """The vCPUs of all groups, desired and at their largest; a group of several types counts as its largest."""
    design = subject.design
    groups = [one for one in known_parts(design.node_groups) if one.capacity_type != "CAPACITY_BLOCK"]
    types = sorted({name for one in groups for name in design.types_of(one)})
    if not types:
        return
    ec2 = subject.client("ec2")
    running = _running(subject, ec2)
    size = _sizes(ec2, sorted({*types, *(name for name, _ in running)}))
    rows = {family: row for row in subject.facts["preflight.vcpus"].value for family in row["families"]}
    desired: Counter[tuple[str, str]] = Counter()
    largest: Counter[tuple[str, str]] = Counter()
    strange: list[str] = []
    for group in groups:
        market = "spot" if group.capacity_type == "SPOT" else "on_demand"
        names = [name for name in design.types_of(group) if name in size]
        if not names:
            continue  # said by the look at types
        name = max(names, key=lambda one: size[one])
        row = rows.get(_family(name))
        if row is None:
            strange.append(name)
            continue
        desired[row["name"], market] += size[name] * group.desired_size
        largest[row["name"], market] += size[name] * group.max_size
    limits = Limits(subject)
    taken: Counter[tuple[str, str]] = Counter()
    for (name, market), number in running.items():
        row = rows.get(_family(name))
        if row is not None:
            taken[row["name"], market] += number * size.get(name, 0)
    by_name = {row["name"]: row for row in rows.values()}
    for (name, market), most in sorted(largest.items()):
        row = by_name[name]
        label = f"{'Spot' if market == 'spot' else 'On-Demand'} vCPUs of {name}"
        code, default = row[market]
        limit, known = limits.of({"service": "ec2", "code": code, "name": label, "default": default})
        have, now = taken[name, market], desired[name, market]
        if have + most <= limit:
            continue
        fits = have + now <= limit
        text = (
            f"{label}: {have} run beside this cluster, it wants {now}, and {most} at the maximum of all groups; "
            f"{limit} are allowed; ask for a higher quota ({code}) or plan fewer nodes"
        )
        if not known:
            yield Unseen(f"{text}; {limit} is AWS's default")
        else:
            yield Later(text) if fits else text
    if strange:
        yield Unseen(f"no quota is known for the family of {', '.join(strange)}")
    if limits.unseen:
        yield Unseen(f"{', '.join(limits.unseen)}: AWS's defaults were taken, for Service Quotas says {limits.why}")


def _sizes(ec2: Any, types: list[str]) -> dict[str, int]:
    """vCPUs of each type that the region has."""
    found: dict[str, int] = {}
    for first in range(0, len(types), 100):  # as many as one question may name
        named = [{"Name": "instance-type", "Values": types[first : first + 100]}]
        for page in ec2.get_paginator("describe_instance_types").paginate(Filters=named):
            found |= {one["InstanceType"]: int(one["VCpuInfo"]["DefaultVCpus"]) for one in page["InstanceTypes"]}
    return found


def _running(subject: Subject, ec2: Any) -> Counter[tuple[str, str]]:
    """Instances that run beside this cluster's own nodes, by type and market."""
    cluster = subject.design.cluster
    states = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    found: Counter[tuple[str, str]] = Counter()
    for page in ec2.get_paginator("describe_instances").paginate(Filters=states):
        for one in (instance for reservation in page["Reservations"] for instance in reservation["Instances"]):
            tags = {tag["Key"]: tag["Value"] for tag in one.get("Tags", ())}
            if cluster is None or tags.get("eks:cluster-name") != cluster.name:
                market = "spot" if one.get("InstanceLifecycle") == "spot" else "on_demand"
                found[one["InstanceType"], market] += 1
    return found


def _family(name: str) -> str:
    found = _LETTERS.match(name)
    return found.group() if found else ""
