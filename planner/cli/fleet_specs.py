"""Writes the spec of every cluster of a fleet plan, over nothing but such specs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.cli import streams
from planner.cli.exits import CliError

if TYPE_CHECKING:
    from planner.catalog.model import Catalog
    from planner.plan.fleet.model import FleetPlan
    from planner.spec.fleet.load import LoadedFleet

MARK = "# Written by `eksplan fleet plan --specs` for the fleet "


def write_specs(folder: Path, loaded: LoadedFleet, plan: FleetPlan, catalog: Catalog) -> None:
    """Write ``CLUSTER.yaml`` for every cluster. Raises CliError, before anything is written, where
    one would take the place of something that this did not write."""
    import yaml

    from planner.plan.fleet.same import not_reproduced
    from planner.plan.fleet.specs import cluster_document

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    members = {one.name: one for one in loaded.members}
    odd = not_reproduced(loaded, plan, catalog)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        strange = [one.name for one in plan.clusters if not _ours(folder / f"{one.name}.yaml")]
        if strange:
            more = f" and {len(strange) - 1:,} more" if len(strange) > 1 else ""
            raise CliError(
                f"{folder / strange[0]}.yaml{more}: there already and not written by --specs; give another folder"
            )
        for cluster in plan.clusters:
            document = cluster_document(members[cluster.name], cluster, plan)
            lines = [f"{MARK}{plan.name}; changes here are lost when it is written again."]
            if cluster.name in odd:
                lines.append("# Subnets were kept from an earlier plan; a plan of this spec lays them out anew.")
            body = yaml.dump(
                document, Dumper=dumper, sort_keys=False, default_flow_style=None, width=110, allow_unicode=True
            )
            (folder / f"{cluster.name}.yaml").write_text("\n".join([*lines, body]), "utf-8")
    except OSError as error:
        raise CliError(f"{error.filename or folder}: cannot be written: {error.strerror}") from None
    streams.note(f"{len(plan.clusters):,} specs written to {folder}")
    if odd:
        some = ", ".join(odd[:3]) + (f" and {len(odd) - 3:,} more" if len(odd) > 3 else "")
        streams.note(f"subnets kept from the earlier plan are not what a plan of the spec alone gives: {some}")
    left = sorted(path.stem for path in folder.glob("*.yaml") if path.stem not in members and _ours(path))
    if left:
        streams.note(f"left from before, of clusters that the fleet no longer has: {', '.join(left[:5])}")


def _ours(path: Path) -> bool:
    """Whether a file may be written over: it is not there, or this command wrote it."""
    if not path.exists():
        return True
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK.encode()
