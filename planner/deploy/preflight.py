"""Looks before `up`: what would fail half-way through is said before anything is made.

Only calls that read. What AWS does not let us see is *not evaluated*, and never passes for well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from planner.deploy import look_names, look_offers
from planner.deploy.look_quotas import quotas
from planner.deploy.look_vcpus import vcpus
from planner.deploy.subject import Later, Subject, Unseen, Verdict
from planner.design import Unknown

__all__ = ["CHECKS", "Checked", "Subject", "Verdict", "preflight"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found; ``text`` says both numbers and what to do."""

    check: str
    verdict: Verdict
    text: str = ""


def _cluster_name(subject: Subject) -> Iterator[str]:
    cluster = subject.design.cluster
    if cluster is None or cluster.name in subject.made:
        return
    eks = subject.client("eks")
    try:
        found = eks.describe_cluster(name=cluster.name)["cluster"]
    except eks.exceptions.ResourceNotFoundException:
        return
    yield (
        f"a cluster {cluster.name} is there already ({found['arn']}) and not this stack's; "
        "plan with another name, use the stack that made it (--stack), or take what a killed run left (--adopt)"
    )


def _roles(subject: Subject) -> Iterator[str]:
    roles = subject.design.roles
    iam = subject.client("iam")
    for role in () if isinstance(roles, Unknown) else roles:
        if role.existing or role.name in subject.made:
            continue
        try:
            iam.get_role(RoleName=role.name)
        except iam.exceptions.NoSuchEntityException:
            continue
        yield f"an IAM role {role.name} is there already and not this stack's; delete it, plan with another name, or take it over (--adopt)"


def _launch_templates(subject: Subject) -> Iterator[str]:
    templates = subject.design.launch_templates
    wanted = {one.name for one in (() if isinstance(templates, Unknown) else templates)} - subject.made
    if wanted:
        pages = subject.client("ec2").get_paginator("describe_launch_templates").paginate()
        there = {one["LaunchTemplateName"] for page in pages for one in page["LaunchTemplates"]}
        for name in sorted(wanted & there):
            yield f"a launch template {name} is there already and not this stack's; delete it, rename the group, or take it over (--adopt)"


def _zones(subject: Subject) -> Iterator[str]:
    wanted = {one.zone_id for one in subject.design.subnets if isinstance(one.zone_id, str)}
    answer = subject.client("ec2").describe_availability_zones(AllAvailabilityZones=True)["AvailabilityZones"]
    states = {one["ZoneId"]: one.get("State", "available") for one in answer}
    for zone in sorted(wanted):
        if states.get(zone) != "available":
            offered = ", ".join(sorted(name for name, state in states.items() if state == "available"))
            yield f"zone {zone} is {states.get(zone, 'not there')} for this account; it has {offered}"


def _types(subject: Subject) -> Iterator[str]:
    design = subject.design
    groups = () if isinstance(design.node_groups, Unknown) else design.node_groups
    wanted = {name for group in groups for name in group.instance_types}
    if not wanted:
        return
    pages = (
        subject.client("ec2")
        .get_paginator("describe_instance_type_offerings")
        .paginate(LocationType="availability-zone-id", Filters=[{"Name": "instance-type", "Values": sorted(wanted)}])
    )
    offered = {(one["InstanceType"], one["Location"]) for page in pages for one in page["InstanceTypeOfferings"]}
    for group in groups:
        zones = sorted({str(one.zone_id) for one in design.named_subnets(group.subnets)})
        for zone in zones:
            if not any((name, zone) in offered for name in group.instance_types):
                yield (
                    f"none of the {len(group.instance_types)} types of {group.name} is offered in {zone}; "
                    "leave the zone out of the group, or add a type"
                )


def _addresses(subject: Subject) -> Iterator[str]:
    existing = {one.name: one.id for one in subject.design.subnets if one.existing and one.id}
    wanted = [row for row in subject.plan.capacity if set(row.subnets) <= existing.keys()]
    if not wanted:
        return
    ids = sorted({str(existing[name]) for row in wanted for name in row.subnets})
    answer = subject.client("ec2").describe_subnets(SubnetIds=ids)["Subnets"]
    free = {one["SubnetId"]: int(one["AvailableIpAddressCount"]) for one in answer}
    for row in wanted:
        each = {name: free.get(str(existing[name]), 0) for name in row.subnets}
        have = sum(each.values())
        # which of a zone's subnets a node gets is EC2's choice: a full one fails beside a roomy one
        for name, left in each.items():
            if left == 0 < have:
                yield f"{name} in {row.zone}: no address is free; free some, or leave the subnet out of the spec"
        if have < row.needed:
            yield (
                f"{', '.join(row.subnets)} in {row.zone}: {have:,} addresses are free, {row.needed:,} are needed "
                "at the planned peak; free some, add a subnet, or plan smaller groups"
            )


CHECKS: dict[str, Callable[[Subject], Iterable[str]]] = {
    "region": look_offers.region,
    "version": look_offers.version,
    "cluster-name": _cluster_name,
    "roles": _roles,
    "launch-templates": _launch_templates,
    "zones": _zones,
    "types": _types,
    "addresses": _addresses,
    "log-groups": look_names.log_groups,
    "key-aliases": look_names.key_aliases,
    "queues": look_names.queues,
    "amis": look_offers.amis,
    "service-roles": look_offers.service_roles,
    "quotas": quotas,
    "vcpus": vcpus,
}
"""Every check by the name that skips it."""


def preflight(subject: Subject, skipped: Iterable[str] = ()) -> list[Checked]:
    """All checks but the skipped ones, in order."""
    from botocore.exceptions import BotoCoreError, ClientError

    left, found = set(skipped), []
    for name, check in CHECKS.items():
        if name in left:
            continue
        mine: list[Checked] = []
        try:
            for problem in check(subject):
                mine.append(Checked(name, _verdict(problem), str(problem)))  # noqa: PERF401 - what was found before an error counts
        except (BotoCoreError, ClientError) as error:
            mine.append(Checked(name, Verdict.NOT_EVALUATED, str(error)))
        found += mine or [Checked(name, Verdict.FINE)]
    return found


def _verdict(problem: str) -> Verdict:
    if isinstance(problem, Later):
        return Verdict.LATER
    return Verdict.NOT_EVALUATED if isinstance(problem, Unseen) else Verdict.FAILED
