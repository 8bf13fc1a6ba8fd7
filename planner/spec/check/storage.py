"""File systems: what EFS refuses, and what can never be changed (note N43)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid, notice
from planner.spec.cluster import ClusterSpec
from planner.spec.storage import AccessPointSpec, FileSystemSpec

DRIVER = "aws-efs-csi-driver"
_UG = "https://docs.aws.amazon.com/efs/latest/ug/"
_CREATE = _UG + "API_CreateFileSystem.html"
_ENCRYPTION = _UG + "encryption-at-rest.html"
_LIFECYCLE = _UG + "API_PutLifecycleConfiguration.html"
_POINT = _UG + "API_CreateAccessPoint.html"
_DRIVER = "https://docs.aws.amazon.com/eks/latest/userguide/efs-csi.html"
# what EFS takes of a directory's name (API_RootDirectory)
_PART = re.compile(r"(?!\.)[^$#<>;`|&?{}^*/\n]+")


def check_storage(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Problems of every file system, and whether anything in the cluster can mount them."""
    yield from _unique("efs", [one.name for one in spec.efs], ("efs",), _CREATE)
    for number, one in enumerate(spec.efs):
        path: Path = ("efs", number)
        yield from _encryption(spec, one, path)
        yield from _throughput(one, path, facts)
        yield from _lifecycle(one, path, facts)
        yield from _unique(
            "efs-access-point", [point.name for point in one.access_points], (*path, "accessPoints"), _POINT
        )
        for place, point in enumerate(one.access_points):
            yield from _access_point(point, (*path, "accessPoints", place), facts)
    yield from _same_full_names(spec)
    if spec.efs and DRIVER not in {addon.name for addon in spec.addons}:
        yield notice(
            "efs-driver",
            ("addons",),
            "nothing in the cluster mounts the file systems",
            value=f"{len(spec.efs)} in efs, no {DRIVER}",
            limit=f"{DRIVER} among addons",
            fix=f"add {DRIVER} to addons, unless you install the driver yourself",
            source=_DRIVER,
            note="N43",
        )


def _refused(code: str, path: Path, summary: str, source: str, **parts: Any) -> Diagnostic:
    return invalid(code, path, summary, source=source, note="N43", **parts)


def _unique(code: str, names: list[str], path: Path, source: str) -> Iterator[Diagnostic]:
    counts = Counter(names)
    for number, name in enumerate(names):
        if name in names[:number]:
            yield _refused(
                f"{code}-name",
                (*path, number, "name"),
                "this name is taken",
                source,
                value=f"{name}, {counts[name]} times",
                limit="names that differ",
                fix="rename it",
            )


def _same_full_names(spec: ClusterSpec) -> Iterator[Diagnostic]:
    """An access point is called as its file system and itself, with a hyphen between: two may meet."""
    seen: dict[str, str] = {}
    for number, one in enumerate(spec.efs):
        for place, point in enumerate(one.access_points):
            full = f"{one.name}-{point.name}"
            other = seen.setdefault(full, one.name)
            if other != one.name:
                yield _refused(
                    "efs-access-point-name",
                    ("efs", number, "accessPoints", place, "name"),
                    "an access point of another file system has this full name",
                    _POINT,
                    value=full,
                    limit=f"names that differ from those of {other}",
                    fix="rename it",
                )


def _encryption(spec: ClusterSpec, one: FileSystemSpec, path: Path) -> Iterator[Diagnostic]:
    if not one.encrypted and one.kms_key_arn is None:
        yield notice(
            "efs-encryption",
            (*path, "encrypted"),
            "the files lie unencrypted, and that can never be changed",
            value="false",
            limit="true, which costs nothing with AWS's own key",
            fix="remove encrypted: false",
            source=_ENCRYPTION,
            note="N43",
        )
    if one.kms_key_arn is None:
        return
    if not one.encrypted:
        yield _refused(
            "efs-key",
            (*path, "kmsKeyArn"),
            "a key is named, but nothing is encrypted with it",
            _ENCRYPTION,
            value="encrypted: false",
            limit="kmsKeyArn only with encrypted: true",
            fix="remove encrypted: false, or kmsKeyArn",
        )
    region = one.kms_key_arn.split(":")[3]
    if region != spec.region:
        yield _refused(
            "efs-key-region",
            (*path, "kmsKeyArn"),
            "the key lies in another region than the file system",
            _ENCRYPTION,
            value=region,
            limit=f"a symmetric key in {spec.region}",
            fix=f"give a key of {spec.region}; of a multi-Region key its replica there",
        )


def _throughput(one: FileSystemSpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    if one.performance_mode == "maxIO" and one.throughput == "elastic":
        yield _refused(
            "efs-performance",
            (*path, "performanceMode"),
            "Max I/O does not go with elastic throughput",
            _UG + "performance.html",
            value="maxIO with throughput: elastic",
            limit="maxIO with bursting or provisioned throughput",
            fix="remove performanceMode (AWS advises generalPurpose), or set throughput: bursting",
        )
    given, low, high = one.provisioned_mibps, *_range(facts)
    if given is None and one.throughput == "provisioned":
        yield _refused(
            "efs-throughput",
            (*path, "provisionedMibps"),
            "throughput is provisioned, but how much is not said",
            _CREATE,
            value="none",
            limit=f"{low:,} to {high:,} MiB/s",
            fix="add provisionedMibps, or set throughput: elastic",
        )
    elif given is not None and one.throughput != "provisioned":
        yield _refused(
            "efs-throughput",
            (*path, "provisionedMibps"),
            "an amount is named, but throughput is not provisioned",
            _CREATE,
            value=f"{given:,} MiB/s with throughput: {one.throughput}",
            limit="only with throughput: provisioned",
            fix="set throughput: provisioned, or remove provisionedMibps",
        )
    elif given is not None and not low <= given <= high:
        yield _refused(
            "efs-throughput",
            (*path, "provisionedMibps"),
            "EFS does not provision this throughput",
            _CREATE,
            value=f"{given:,} MiB/s",
            limit=f"{low:,} to {high:,} MiB/s ({facts['efs.provisioned_mibps'].note})",
            fix=f"use {high} at most, or throughput: elastic",
        )


def _range(facts: Facts) -> tuple[int, int]:
    table = facts.table("efs.provisioned_mibps")
    return int(table["from"]), int(table["to"])


def _lifecycle(one: FileSystemSpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    cycle, place = one.lifecycle, (*path, "lifecycle")
    allowed = facts["efs.transition_days"].value
    for field, days in (("infrequentAccessDays", cycle.infrequent_access_days), ("archiveDays", cycle.archive_days)):
        if isinstance(days, int) and days not in allowed:
            above = next((each for each in allowed if each > days), allowed[-1])
            yield _refused(
                "efs-lifecycle",
                (*place, field),
                "EFS does not move files after this number of days",
                facts.source("efs.transition_days"),
                value=str(days),
                limit=", ".join(map(str, allowed)),
                fix=f"use {above}, or never",
            )
    first, then = cycle.infrequent_access_days, cycle.archive_days
    if not isinstance(then, int):
        return
    if not isinstance(first, int) or first >= then:
        yield _refused(
            "efs-archive",
            (*place, "archiveDays"),
            "files reach Archive only after Infrequent Access",
            _LIFECYCLE,
            value=f"archiveDays: {then}, infrequentAccessDays: {first}",
            limit="archiveDays above infrequentAccessDays",
            fix="set a smaller infrequentAccessDays, or archiveDays: never",
        )
    if (one.throughput, one.performance_mode) != ("elastic", "generalPurpose"):
        yield _refused(
            "efs-archive",
            (*place, "archiveDays"),
            "Archive is there for elastic throughput in General Purpose mode only",
            _LIFECYCLE,
            value=f"{one.throughput}, {one.performance_mode}",
            limit="elastic, generalPurpose",
            fix="set throughput: elastic and performanceMode: generalPurpose, or archiveDays: never",
        )


def _access_point(point: AccessPointSpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    directory, limits = point.path, facts.table("efs.access_point_path")
    if directory is not None:
        parts = directory.removeprefix("/").split("/")
        good = directory == "/" or (directory.startswith("/") and all(map(_PART.fullmatch, parts)))
        if not good or len(directory) > limits["length"] or (directory != "/" and len(parts) > limits["levels"]):
            yield _refused(
                "efs-path",
                (*path, "path"),
                "EFS does not take this directory",
                facts.source("efs.access_point_path"),
                value=f"{directory} ({len(directory)} characters, {len(parts)} levels)",
                limit=f"/ and at most {limits['levels']} levels in {limits['length']} characters, without leading dots and $#<>;`|&?{{}}^*",
                fix="write it as /team/data",
            )
        if directory == "/" and point.permissions is not None:
            yield _refused(
                "efs-permissions",
                (*path, "permissions"),
                "the root directory is there already: its mode is not set by an access point",
                facts.source("efs.access_point_path"),
                value=point.permissions,
                limit="only with another path than /",
                fix="remove permissions, or name a directory",
            )
    most, count = facts.number("efs.secondary_gids"), len(point.secondary_gids)
    if count > most:
        yield _refused(
            "efs-groups",
            (*path, "secondaryGids"),
            "more groups than an access point takes",
            facts.source("efs.secondary_gids"),
            value=str(count),
            limit=str(most),
            fix=f"keep {most}",
        )
    highest = facts.number("efs.posix_id_max")
    ids = (("uid", point.uid), ("gid", point.gid), *(("secondaryGids", one) for one in point.secondary_gids))
    for field, value in ids:
        if value > highest:
            yield _refused(
                "efs-posix-id",
                (*path, field),
                "not an id of a POSIX user or group",
                facts.source("efs.posix_id_max"),
                value=f"{value:,}",
                limit=f"0 to {highest:,}",
                fix="use a smaller number",
            )
