"""Nodes do not reach a mount target.

## What it does
Asks for nodes of every group, and Fargate pods, whether they reach TCP 2049 of the mount target in their zone:
security groups on both sides, network ACLs and their return ports.

## Why it matters
Mounts time out after minutes, and pods hang in ContainerCreating with `mount.nfs4: Connection timed out`.

## How to fix
Add the rule or entry that the finding names; most often an ingress rule for TCP 2049 from the nodes' group on the
group of the mount targets.

## References
* https://docs.aws.amazon.com/efs/latest/ug/network-access.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, FileSystem, MountTarget, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.storage import mounted, working_targets
from planner.security.flows.places import Places
from planner.security.intents.model import FARGATE, NODES
from planner.security.reach.engine import Prover
from planner.security.reach.model import Answer, Place, Question, Status

PORT = 2049
"""NFS; https://docs.aws.amazon.com/efs/latest/ug/network-access.html"""


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    cluster = design.cluster
    systems = mounted(design, context.facts)
    if cluster is None or systems == ():
        return
    if isinstance(systems, Unknown):
        yield Unseen(cluster.name, systems)
        return
    places, prover = Places(design), Prover(design)
    standings = [places.of(NODES), *([places.of(FARGATE)] if design.fargate_profiles else [])]
    for standing in standings:
        if standing.unknown is not None:
            yield Unseen(cluster.name, standing.unknown)
    sources = [one for standing in standings for one in standing.parties if isinstance(one, Place)]
    for system in systems:
        yield from _judged(design, system, sources, prover)


def _judged(design: Design, system: FileSystem, sources: list[Place], prover: Prover) -> Iterator[Outcome]:
    """Each stop of one file system once."""
    stops: dict[str, list[Answer]] = {}
    hidden: dict[str, Unknown] = {}
    for target in working_targets(system):
        if isinstance(target.security_groups, Unknown):
            hidden.setdefault(target.security_groups.call, target.security_groups)
            continue
        for source in sources:
            answer = _asked(design, source, target, target.security_groups, prover)
            if answer is not None and answer.status is Status.BLOCKED:
                stops.setdefault(answer.change, []).append(answer)
            elif answer is not None and answer.status is Status.UNKNOWN:
                hidden.setdefault("answer", Unknown("ec2:DescribeSecurityGroups", answer.reason))
    for change, answers in stops.items():
        more = f", and {len(answers) - 1} more pairs" if len(answers) > 1 else ""
        yield Problem(
            system.name,
            "pods cannot mount it from these nodes",
            measured=f"{answers[0].reason}{more}",
            limit=f"tcp {PORT} from nodes to the mount target in their zone",
            fix=change,
        )
    yield from (Unseen(system.name, one) for one in hidden.values())


def _asked(
    design: Design, source: Place, target: MountTarget, groups: tuple[str, ...], prover: Prover
) -> Answer | None:
    """Whether a source reaches the mount target of its own zone; None for another zone's."""
    here, there = design.subnet(source.subnet), design.subnet(target.subnet)
    if here is None or there is None or here.zone != there.zone:
        return None
    place = Place(f"the mount target in {target.subnet}", target.subnet, groups)
    return prover.ask(Question(source, place, "tcp", PORT, PORT))


RULE = Rule(
    code="EFS002",
    name="mount-target-not-reached",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/efs/latest/ug/network-access.html",
    notes=(
        "N34",
        "N43",
    ),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
