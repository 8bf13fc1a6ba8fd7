"""The seeded bad design before eksplan, prowler, hardeneks and checkov: time, faults found, faults missed.

    python benchmarks/peers/run.py --tools FOLDER [--install]

Each tool in an environment of its own below FOLDER (``--install`` makes them: ten minutes, 3 GB).
eksplan, prowler and hardeneks read the same moto server, which this script starts on 127.0.0.1 with the
design of tests/support/seeded.py; hardeneks also wants a Kubernetes API and gets an empty one. checkov
reads no AWS, and gets the same design as Terraform (bad.tf). Seconds are of whole processes, once each,
in one run. A finding counts for a fault by the table below, by whatever a tool calls it.
"""

from __future__ import annotations

import contextlib
import csv
import http.server
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from planner.report.columns import aligned

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
VERSIONS = {"prowler": "5.46.0", "hardeneks": "1.1.1", "checkov": "3.3.30"}

#: What was seeded, and what each tool calls it.
FAULTS: dict[str, dict[str, set[str]]] = {
    "DNS support off": {"eksplan": {"VPC001"}},
    "DNS hostnames off": {"eksplan": {"VPC002"}},
    "three free addresses": {"eksplan": {"CSN002"}},
    "a zone that EKS does not take": {"eksplan": {"CSN005"}},
    "no way out, no endpoints": {"eksplan": {"RTE001"}, "prowler": {"vpc_endpoint_for_ec2_enabled"}},
    "no tags for load balancers": {"eksplan": {"LBS002", "LBS006"}},
    "no rule in the nodes' group": {"eksplan": {"SGR001", "SGR002"}},
    "endpoint open to the world": {
        "eksplan": {"API002"},
        "prowler": {"eks_cluster_not_publicly_accessible"},
        "hardeneks": {"Restrict EKS Cluster Endpoint to private access."},
        "checkov": {"CKV_AWS_38", "CKV_AWS_39"},
    },
    "private endpoint off": {"eksplan": {"API003"}, "prowler": {"eks_cluster_private_nodes_enabled"}},
    "no control-plane logs": {
        "eksplan": {"API005"},
        "prowler": {"eks_control_plane_logging_all_types_enabled"},
        "hardeneks": {"Enable control plane logs for auditing."},
        "checkov": {"CKV_AWS_37"},
    },
    "version out of support": {
        "eksplan": {"UPG002"},
        "prowler": {"eks_cluster_uses_a_supported_version"},
        "checkov": {"CKV_AWS_339"},
    },
    "core add-ons that EKS does not manage": {"eksplan": {"ADD004"}},
    "Amazon Linux 2": {"eksplan": {"NGP004"}},
    "types with different maxPods": {"eksplan": {"CAP001"}},
    "50 nodes in a /28": {"eksplan": {"NSN001"}},
}


@dataclass(frozen=True, slots=True)
class Ran:
    """What one tool said, and after how many seconds."""

    tool: str
    seconds: float
    failed: frozenset[str]


def timed(tool: str, command: list[str], environment: Mapping[str, str], said: Callable[[str], set[str]]) -> Ran:
    """Run a tool; ``said`` reads what it found from its output."""
    started = time.perf_counter()
    ended = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False, cwd=ROOT
    )
    took = time.perf_counter() - started
    return Ran(tool, took, frozenset(said(ended.stdout)))


@contextlib.contextmanager
def empty_kubernetes() -> Iterator[str]:
    """A Kubernetes API that has nothing of anything; gives its address."""

    class Empty(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"kind": "List", "apiVersion": "v1", "metadata": {}, "items": []}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@contextlib.contextmanager
def seeded_aws() -> Iterator[str]:
    """A moto server with the bad design; gives its address."""
    from moto import mock_aws
    from moto.server import ThreadedMotoServer

    from tests.support import moto_eks
    from tests.support.seeded import seed

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    moto_eks.install()
    with mock_aws():
        seed()
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
        server.stop()


def eksplan(environment: Mapping[str, str]) -> Ran:
    """This program, on the running cluster."""
    command = [sys.executable, "-m", "planner", "review", "--cluster", "bad", "--region", "us-east-1", "-o", "json"]
    return timed("eksplan", command, environment, lambda out: {one["rule"] for one in json.loads(out)["findings"]})


def prowler(tools: Path, environment: Mapping[str, str], folder: Path) -> Ran:
    """prowler's checks of EKS, VPC and EC2."""
    command = [str(tools / "prowler/bin/prowler"), "aws", "--region", "us-east-1", "-s", "eks", "vpc", "ec2"]

    def said(_: str) -> set[str]:
        (file,) = folder.glob("*.csv")
        with file.open(encoding="utf-8") as rows:
            return {row["CHECK_ID"] for row in csv.DictReader(rows, delimiter=";") if row["STATUS"] == "FAIL"}

    return timed("prowler", [*command, "-M", "csv", "-o", str(folder)], environment, said)


def hardeneks(tools: Path, environment: Mapping[str, str], folder: Path, kubernetes: str) -> Ran:
    """hardeneks, with the empty Kubernetes API."""
    config = folder / "kubeconfig"
    one = {"name": "bad"}
    parts = {
        "clusters": [{**one, "cluster": {"server": kubernetes}}],
        "users": [{**one, "user": {"token": "x"}}],
        "contexts": [{**one, "context": {"cluster": "bad", "user": "bad"}}],
    }
    config.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", "current-context": "bad", **parts}), "utf-8")
    report = folder / "hardeneks.json"
    command = [str(tools / "hardeneks/bin/hardeneks"), "--region", "us-east-1", "--cluster", "bad", "--context", "bad"]

    def said(_: str) -> set[str]:
        return set(_unmet(json.loads(report.read_text("utf-8"))))

    more = {"KUBECONFIG": str(config)}
    return timed("hardeneks", [*command, "--export-json", str(report)], {**environment, **more}, said)


def _unmet(part: object, name: str = "") -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _unmet(one, name)
    elif isinstance(part, dict) and "status" in part:
        if not part["status"]:
            yield name
    elif isinstance(part, dict):
        for key, one in part.items():
            yield from _unmet(one, key)


def checkov(tools: Path, environment: Mapping[str, str]) -> Ran:
    """checkov, on the design as Terraform."""
    command = [str(tools / "checkov/bin/checkov"), "-f", str(HERE / "bad.tf"), "-o", "json", "--quiet", "--compact"]

    def said(out: str) -> set[str]:
        return {one["check_id"] for one in json.loads(out)["results"]["failed_checks"]}

    return timed("checkov", command, environment, said)


def install(tools: Path) -> None:
    """An environment for each tool that has none."""
    for name, version in VERSIONS.items():
        if not (tools / name / "bin" / name).exists():
            venv.create(tools / name, with_pip=True)
            subprocess.run([tools / name / "bin/pip", "install", "--quiet", f"{name}=={version}"], check=True)


def table(runs: list[Ran]) -> str:
    """Every fault, by every tool; then seconds, faults found and other findings."""
    rows = []
    for fault, names in FAULTS.items():
        rows.append([fault, *("found" if names.get(one.tool, set()) & one.failed else "-" for one in runs)])
    for one in runs:
        mine = set().union(*(names.get(one.tool, set()) for names in FAULTS.values()))
        others = len(one.failed - mine)
        found = sum(bool(names.get(one.tool, set()) & one.failed) for names in FAULTS.values())
        rows.append([f"{one.tool}: {one.seconds:.1f} s, {found} of {len(FAULTS)} faults, {others} other checks failed"])
    width = len(runs) + 1
    return aligned(
        ["fault", *(one.tool for one in runs)], [row + [""] * (width - len(row)) for row in rows], left=width
    )


@click.command()
@click.option("--tools", type=click.Path(path_type=Path), required=True, help="Folder of the tools' environments.")
@click.option("--install", "installs", is_flag=True, help="Install the tools that are not there.")
def main(*, tools: Path, installs: bool) -> None:
    """Run all, and print a table."""
    os.environ.update(
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",  # noqa: S106 - moto asks for any
        AWS_DEFAULT_REGION="us-east-1",
        MOTO_IAM_LOAD_MANAGED_POLICIES="true",
    )
    sys.path.insert(0, str(ROOT))
    if installs:
        tools.mkdir(parents=True, exist_ok=True)
        install(tools)
    with tempfile.TemporaryDirectory() as name, seeded_aws() as aws, empty_kubernetes() as kubernetes:
        folder, environment = Path(name), {"AWS_ENDPOINT_URL": aws}
        (folder / "prowler").mkdir()
        runs = [
            eksplan(environment),
            prowler(tools, environment, folder / "prowler"),
            hardeneks(tools, environment, folder, kubernetes),
            checkov(tools, environment),
        ]
    print(table(runs))


if __name__ == "__main__":
    main()
