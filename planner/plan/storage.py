"""File systems of a plan with their mount targets (note N43)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from planner.capacity.brief import Brief
from planner.decisions import OneWayDoor
from planner.design import AccessPoint, Design, FileSystem, Lifecycle, MountTarget, Unknown
from planner.diagnostics import Diagnostic, Kind
from planner.network.demand import Tier
from planner.network.planned import Layout
from planner.network.routes import named_tags
from planner.security.names import efs_group_name, file_system_name
from planner.security.role_names import file_system_token
from planner.spec.storage import AccessPointSpec, FileSystemSpec

_UG = "https://docs.aws.amazon.com/efs/latest/ug/"
_TARGETS = _UG + "accessing-fs.html"
_ENCRYPTION = _UG + "encryption-at-rest.html"
_CREATE = _UG + "API_CreateFileSystem.html"
_DEFAULT_MODE = "0755"
AWS_KEY = "AWS's own key (aws/elasticfilesystem)"


def plan_file_systems(brief: Brief, layout: Layout) -> tuple[FileSystem, ...]:
    """The file systems that the spec asks for, each with a decision ``efs.NAME``."""
    targets = _mount_targets(brief, layout)
    made = []
    for one in brief.spec.efs:
        made.append(_file_system(brief, one, tuple(target for _, target in targets)))
        _record(brief, one, made[-1], targets)
    return tuple(sorted(made, key=lambda each: each.name))


def _mount_targets(brief: Brief, layout: Layout) -> list[tuple[str, MountTarget]]:
    """One in each zone, in its first node subnet that has room: all instances of the zone use it, whatever
    subnet they are in; pod subnets may come and go, and public ones are not in every zone."""
    groups, count = (efs_group_name(brief.name),), len(brief.spec.efs)
    ordered = sorted(layout.of(Tier.NODE), key=lambda one: one.room(brief.facts) < count)
    first = {one.zone: one.subnet.name for one in reversed(ordered)}
    return [(zone, MountTarget(subnet, groups)) for zone, subnet in sorted(first.items(), key=lambda pair: pair[1])]


def _file_system(brief: Brief, one: FileSystemSpec, targets: tuple[MountTarget, ...]) -> FileSystem:
    name = file_system_name(brief.name, one.name)
    cycle = one.lifecycle
    return FileSystem(
        name=name,
        encrypted=one.encrypted,
        performance_mode=one.performance_mode,
        throughput_mode=one.throughput,
        provisioned_mibps=None if one.provisioned_mibps is None else float(one.provisioned_mibps),
        lifecycle=Lifecycle(_days(cycle.infrequent_access_days), _days(cycle.archive_days), cycle.back_on_access),
        backup=one.backup,
        mount_targets=targets,
        access_points=tuple(
            sorted((_access_point(brief, name, each) for each in one.access_points), key=lambda each: each.name)
        ),
        kms_key_arn=one.kms_key_arn,
        tags=named_tags(brief.spec, name),
        creation_token=file_system_token(brief.name, one.name, brief.facts),
        protect=one.protect,
    )


def _access_point(brief: Brief, file_system: str, point: AccessPointSpec) -> AccessPoint:
    """Its owner is who comes through it; the root directory is there already and keeps its own."""
    name, path = f"{file_system}-{point.name}", point.path or f"/{point.name}"
    root = path == "/"
    return AccessPoint(
        name=name,
        path=path,
        uid=point.uid,
        gid=point.gid,
        secondary_gids=tuple(sorted(set(point.secondary_gids))),
        owner_uid=None if root else point.uid,
        owner_gid=None if root else point.gid,
        permissions=None if root else point.permissions or _DEFAULT_MODE,
        tags=named_tags(brief.spec, name),
    )


def _days(days: int | str) -> int | None:
    return days if isinstance(days, int) else None


def _record(brief: Brief, spec: FileSystemSpec, made: FileSystem, targets: Sequence[tuple[str, MountTarget]]) -> None:
    protected = spec.protect and brief.spec.deletion_protection
    inputs: dict[str, object] = {
        "encryption at rest": key_of(made),
        "performance mode": made.performance_mode,
        "throughput": throughput_of(made),
        "lifecycle": lifecycle_of(made),
        "backup": "by AWS Backup every day, kept for 35 days: EFS brings nothing back that was deleted or overwritten"
        if spec.backup
        else "none: what is deleted or overwritten is gone",
        **{f"mount target in {zone}": target.subnet for zone, target in targets},
        "security group": efs_group_name(brief.name),
        "creation token": made.creation_token,
        "protected from deletion": "yes" if protected else "no",
    }
    points = made.access_points if not isinstance(made.access_points, Unknown) else ()
    inputs |= {f"access point {one.name}": f"{one.path} as {one.uid}:{one.gid}" for one in points}
    brief.ledger.add(
        f"efs.{spec.name}",
        f"File system {made.name}",
        f"{throughput_of(made)}, {'encrypted' if made.encrypted else 'not encrypted'}, {len(targets)} mount targets",
        inputs=inputs,
        explanation="EFS takes one mount target in each zone and VPC: each stands in the zone's first node subnet, so that no node mounts across zones and all mount where another zone fails. The file system is there before the driver: a StorageClass names its id (output fileSystemIds) and makes an access point for each volume; a volume of your own is fileSystemId:subpath:accessPointId",
        source=_TARGETS,
        note="N43",
    )


def key_of(made: FileSystem) -> str:
    """What encrypts a file system, in words."""
    return (made.kms_key_arn or AWS_KEY) if made.encrypted else "none"


def throughput_of(made: FileSystem) -> str:
    """The throughput of a file system in words."""
    amount = f" {made.provisioned_mibps:g} MiB/s" if made.provisioned_mibps is not None else ""
    return f"{made.throughput_mode}{amount}"


def lifecycle_of(made: FileSystem) -> str:
    """The lifecycle of a file system in words."""
    cycle = made.lifecycle
    if isinstance(cycle, Unknown):
        return str(cycle)
    steps = (("Infrequent Access", cycle.infrequent_access_days), ("Archive", cycle.archive_days))
    words = [f"{name} after {days} days" for name, days in steps if days is not None]
    return ", ".join(words + ["back when read"] * (cycle.back_on_access and bool(words))) or "files stay in Standard"


def storage_doors(design: Design) -> list[OneWayDoor]:
    """What cannot be changed of file systems."""
    made = () if isinstance(design.file_systems, Unknown) else design.file_systems
    if not made:
        return []

    def each(words: dict[str, str]) -> str:
        return (
            next(iter(words.values()))
            if len(set(words.values())) == 1
            else ", ".join(f"{name}: {word}" for name, word in words.items())
        )

    subnets = sorted({target.subnet for one in made for target in one.mount_targets})
    files = "another one means another file system, to which the files must be copied"
    return [
        OneWayDoor(
            "efs.encryption",
            "Encryption of file systems",
            each({one.name: key_of(one) for one in made}),
            files,
            _ENCRYPTION,
            "N43",
        ),
        OneWayDoor(
            "efs.performance-mode",
            "Performance mode of file systems",
            each({one.name: one.performance_mode for one in made}),
            files,
            _CREATE,
            "N43",
        ),
        OneWayDoor(
            "efs.mount-targets",
            "Subnets of mount targets",
            ", ".join(subnets),
            "a mount target does not move: it is deleted first, and nodes of its zone lose their files until the next is there",
            _TARGETS,
            "N43",
        ),
    ]


def keep_file_systems(design: Design, previous: Design) -> tuple[Design, list[Diagnostic]]:
    """The design with mount targets where an earlier plan has them, and what cannot be changed of its file systems."""
    old = () if isinstance(previous.file_systems, Unknown) else previous.file_systems
    new = () if isinstance(design.file_systems, Unknown) else design.file_systems
    there = {one.name: one for one in old}
    kept = tuple(_kept(design, one, there[one.name]) if one.name in there else one for one in new)
    problems = [problem for one in new if one.name in there for problem in _changed(one, there[one.name], previous)]
    return replace(design, file_systems=kept), problems


def _kept(design: Design, one: FileSystem, old: FileSystem) -> FileSystem:
    zones = {
        subnet.zone: subnet.name for subnet in design.named_subnets(tuple(each.subnet for each in old.mount_targets))
    }

    def stays(target: MountTarget) -> MountTarget:
        subnet = design.subnet(target.subnet)
        return replace(target, subnet=zones.get(subnet.zone, target.subnet)) if subnet else target

    targets = tuple(sorted(map(stays, one.mount_targets), key=lambda each: each.subnet))
    return replace(one, mount_targets=targets, creation_token=old.creation_token)


def _changed(one: FileSystem, old: FileSystem, previous: Design) -> Iterator[Diagnostic]:
    prefix = file_system_name(previous.cluster.name if previous.cluster else "", "")
    rows = (
        (
            "encrypted",
            "the encryption of a file system",
            str(one.encrypted).lower(),
            str(old.encrypted).lower(),
            _ENCRYPTION,
        ),
        ("kmsKeyArn", "the KMS key of a file system", key_of(one), key_of(old), _ENCRYPTION),
        (
            "performanceMode",
            "the performance mode of a file system",
            one.performance_mode,
            old.performance_mode,
            _CREATE,
        ),
    )
    for field, what, asked, there, source in rows:
        if asked != there and not (field == "kmsKeyArn" and one.encrypted != old.encrypted):
            yield Diagnostic(
                Kind.INVALID,
                "one-way-door",
                f"{what} cannot be changed after the earlier plan",
                path=("spec", "efs"),
                value=f"{one.name.removeprefix(prefix)}: {field} {asked}",
                limit=there,
                fix="keep it, or add another file system and copy the files (AWS DataSync)",
                source=source,
                note="N43",
            )
