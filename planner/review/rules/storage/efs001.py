"""A file system has no mount target in a zone with nodes.

## What it does
For file systems that the cluster mounts (those of its plan, and all of the VPC where the EFS driver runs) compares
the zones of working mount targets with those of node groups and Fargate profiles. One Zone file systems have one
mount target and are left out.

## Why it matters
The name of a file system resolves to the mount target in the node's own zone. Without one there, mounts of pods in
that zone fail, and the pods hang in ContainerCreating.

## How to fix
`aws efs create-mount-target --file-system-id ID --subnet-id SUBNET --security-groups GROUP` in each zone; a plan
makes one in each.

## References
* https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.storage import mounted, working_targets
from planner.review.topology import node_subnets, zones_of


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    cluster = design.cluster
    systems = mounted(design, context.facts)
    if cluster is None or systems == ():
        return
    zones = _zones(design)
    hidden = next((one for one in (systems, zones) if isinstance(one, Unknown)), None)
    if hidden is not None:
        yield Unseen(cluster.name, hidden)
        return
    for system in () if isinstance(systems, Unknown) else systems:
        if system.one_zone is not None:
            continue
        there = zones_of(design.named_subnets(tuple(one.subnet for one in working_targets(system))))
        if isinstance(there, Unknown) or isinstance(zones, Unknown):
            yield Unseen(system.name, there if isinstance(there, Unknown) else zones)  # type: ignore[arg-type]
            continue
        missing = sorted(zones - there)
        if missing:
            yield Problem(
                system.name,
                f"pods in {', '.join(missing)} cannot mount it",
                measured=f"mount targets in {', '.join(sorted(there)) or 'no zone'}",
                limit=f"one in each of {', '.join(sorted(zones))}",
                fix=f"aws efs create-mount-target --file-system-id {system.id or system.name} "
                f"--subnet-id a node subnet in {missing[0]}",
            )


def _zones(design: Design) -> set[str] | Unknown:
    """Zones in which pods run that may mount."""
    subnets, profiles = node_subnets(design), design.fargate_profiles
    if isinstance(subnets, Unknown):
        return subnets
    if isinstance(profiles, Unknown):
        return profiles
    names = tuple({name for profile in profiles for name in profile.subnets})
    return zones_of((*subnets, *design.named_subnets(names)))


RULE = Rule(
    code="EFS001",
    name="no-mount-target-in-zone",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html",
    notes=("N43",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
