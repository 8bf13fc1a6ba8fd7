"""Local NVMe disks of a group's types: who has some, and what they give to pods (note N25)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.catalog.facts import Facts
from planner.catalog.model import InstanceType
from planner.diagnostics import Diagnostic, Kind, Path
from planner.spec.check.disk import DEFAULT_GIB
from planner.spec.nodes import NodeGroupSpec

_GB, _GIB = 10**9, 2**30


def nvme_gb(instance: InstanceType, facts: Facts) -> int:
    """Local NVMe storage of a type in GB (10^9 bytes); 0 where its local disks are older ones."""
    return 0 if instance.family in facts.strings("instance_store.not_nvme") else instance.local_storage_gb


def check_local_storage(
    types: Sequence[InstanceType], group: NodeGroupSpec, path: Path, facts: Facts
) -> Iterator[Diagnostic]:
    """localStorage on types without local NVMe disks, and RAID10 where disks may be too few."""
    wanted = group.local_storage
    if wanted is None or not types:
        return
    place: Path = (*path, "localStorage")
    without = [one.name for one in types if not nvme_gb(one, facts)]
    sizes = ", ".join(f"{one.name} {nvme_gb(one, facts):,} GB" for one in types)
    if without:
        none = len(without) == len(types)
        yield Diagnostic(
            Kind.INVALID if none else Kind.NOTICE,
            "group-local-storage",
            "none of the types has local NVMe disks"
            if none
            else "nodes of some types have no local NVMe disks and keep everything on the root volume",
            path=place,
            value=sizes,
            limit=f"{len(types) - len(without)} of {len(types)} types with more than 0 GB",
            fix="use types with a d in their family, such as m6gd or c6id, or remove localStorage"
            if none
            else f"take {', '.join(without)} out, or size the root volume for them",
            source=facts.source("instance_store.not_nvme"),
            note="N25",
        )
    if wanted.strategy == "RAID10" and not without:
        yield Diagnostic(
            Kind.NOTICE,
            "group-local-storage",
            "RAID10 needs several disks, and the catalog knows only their size together",
            path=place,
            value=sizes,
            limit=f"{facts.number('nodeadm.raid10_disks')} disks on every type",
            fix="look the number of disks up; RAID0 takes any number",
            source=facts.source("nodeadm.raid10_disks"),
            note="N25",
        )


def pod_disk_gib(instance: InstanceType, group: NodeGroupSpec, facts: Facts) -> int:
    """The disk below kubelet and its pods in GiB: the local array where there is one (half of it
    mirrored), else the root volume."""
    root = group.disk.size_gib or DEFAULT_GIB
    local = nvme_gb(instance, facts) * _GB // _GIB
    if group.local_storage is None or group.local_storage.strategy == "Mount" or not local:
        return root
    return local // 2 if group.local_storage.strategy == "RAID10" else local
