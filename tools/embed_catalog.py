"""Build the embedded catalog: the program's own refresh code, pointed at moto.

moto carries Amazon EC2's own answers (instance types, offerings); the hand-kept files
(branch-interfaces.json, facts.json, kubernetes-versions.json, policies.json) are taken as they stand and hashed into the manifest.

    python tools/embed_catalog.py            write planner/catalog/data
    python tools/embed_catalog.py --check    fail if it would change
    python tools/embed_catalog.py --hand     take up changes of the hand-kept files only
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_EC2_METADATA_DISABLED="true")

import boto3
from moto import mock_aws

from planner.catalog import refresh, store
from planner.catalog.folder import catalog_digest, write
from planner.catalog.model import INSTANCE_TYPE_COLUMNS

DATA = store.EMBEDDED
HAND_KEPT = ("branch-interfaces.json", "facts.json", "kubernetes-versions.json", "policies.json")
#: The day of moto 5.2.5, whose recorded answers these are.
RETRIEVED = "2026-10-27"


def hand_kept() -> dict[str, tuple[Any, str, str]]:
    """The files that people keep, as (content, source, day)."""
    files: dict[str, tuple[Any, str, str]] = {}
    for name in HAND_KEPT:
        content = json.loads((DATA / name).read_text("utf-8"))
        files[name] = (content, "read by hand from the sources inside", content["retrieved"])
    return files


def recorded() -> dict[str, tuple[Any, str, str]]:
    """The files as they are now, as (content, source, day)."""
    return {
        name: (json.loads((DATA / name).read_text("utf-8")), entry["source"], entry["retrieved"])
        for name, entry in store.parts(DATA).items()
    }


def build() -> dict[str, tuple[Any, str, str]]:
    """All files of the catalog, as (content, source, day)."""
    source = f"EC2's answers as recorded by moto {version('moto')}"
    files = hand_kept()
    with mock_aws():
        session = boto3.session.Session()
        regions = [
            r["RegionName"] for r in session.client("ec2", "us-east-1").describe_regions(AllRegions=True)["Regions"]
        ]
        rows: dict[str, list[Any]] = {}
        services: set[str] | None = None
        for name in sorted(regions):
            print(name, file=sys.stderr)
            found, region = refresh.read_region(session, name, RETRIEVED)
            rows.update(found)
            # moto lists the same services everywhere: kept once, not as each region's own
            suffixes = {
                service.partition(f".{name}.")[2]
                for service in region.pop("endpointServices")
                if service.startswith(f"com.amazonaws.{name}.")
            }
            services = suffixes if services is None else services & suffixes
            region["zoneNamesAreYours"] = False
            files[f"regions/{name}.json"] = (region, source, RETRIEVED)
    types = {
        "schema": 1,
        "source": source,
        "retrieved": RETRIEVED,
        "columns": list(INSTANCE_TYPE_COLUMNS),
        "types": rows,
    }
    files["instance-types.json"] = (types, source, RETRIEVED)
    listed = {"schema": 1, "source": source, "retrieved": RETRIEVED, "services": sorted(services or ())}
    files["endpoint-services.json"] = (listed, source, RETRIEVED)
    return files


def main() -> int:
    """Write or check. Returns the exit code."""
    files = {**recorded(), **hand_kept()} if "--hand" in sys.argv else build()
    with tempfile.TemporaryDirectory() as scratch:
        fresh = write(Path(scratch), files)
        if "--check" in sys.argv:
            same = fresh == catalog_digest(store.parts(DATA))
            print("catalog is fresh" if same else "catalog is stale: run tools/embed_catalog.py")
            return 0 if same else 1
    write(DATA, files)
    print(f"{len(files)} files, {fresh}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
