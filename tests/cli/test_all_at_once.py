"""Wrong values, conflicts and what the catalog knows are told in one run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.plan.early import problems_beside
from planner.spec.load import load_text
from tests.cli.running import invoke
from tests.support.plans import embedded

SPEC = """\
apiVersion: eksplan/v1
kind: Cluster
metadata: {name: bad}
spec:
  region: ap-southeast-7
  version: "1.99"
  endpoint: {private: false, public: false}
  nat: none
  addons: [load-balancer-controller]
  nodeGroups:
    - name: a
      instanceTypes: [m7i.large, m7i.lagre]
      minSize: 3
      desiredSize: 1
      maxSize: 6
      labels: {eks.amazonaws.com/foo: bar}
      taints: [{key: x, effect: NoScheduleX}]
    - name: b
      instanceTypes: [m7i.large]
      maxSize: 6
      amiType: AL2023_ARM_64_STANDARD
    - name: c
      instanceTypes: [m5.large, m5a.large, m5d.large, m5n.large, m5ad.large, m5dn.large, m5zn.large, m6i.large,
        m6a.large, m6id.large, m6in.large, m6idn.large, m7i.large, m7a.large, m7i-flex.large, t3.large, t3a.large,
        c5.large, c5a.large, c6i.large, c6a.large]
      maxSize: 3
      diskSize: 30
    - name: d
      instanceTypes: [m7i.large]
      maxSize: 3
      amiType: AL2023_x86_64_STANDRD
      launchTemplate: {iamInstanceProfile: {name: nodes}}
"""


def test_every_kind_of_problem_in_one_run(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(SPEC)
    done = invoke("plan", "-f", str(file))
    assert done.code == 2
    told = set(re.findall(r": error\[[\w-]+\] spec\.(\S+): ", done.err))
    assert told >= {
        "version",
        "nodeGroups[0].instanceTypes[1]",
        "nodeGroups[0].desiredSize",
        "nodeGroups[0].labels.eks.amazonaws.com/foo",
        "nodeGroups[0].taints[0].effect",
        "nodeGroups[1].amiType",
        "nodeGroups[2].instanceTypes",
        "nodeGroups[2].diskSize",
        "nodeGroups[3].amiType",
        "nodeGroups[3].launchTemplate.iamInstanceProfile",
    }
    assert any(one.startswith("endpoint") for one in told)
    lines = [int(line.split(":")[1]) for line in done.err.splitlines() if ": error[" in line]
    assert lines == sorted(lines)


def test_what_is_left_out_causes_no_problem_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(SPEC.replace("maxSize: 6\n      amiType: AL2023_ARM_64_STANDARD", "maxSize: six"))
    done = invoke("plan", "-f", str(file))
    assert done.err.count("nodeGroups[1]") == 1


WRONG = st.one_of(
    st.none(), st.integers(-5, 10**6), st.text(max_size=6), st.lists(st.integers(), max_size=2), st.just({"x": 1})
)
PLACES = (
    ("region",),
    ("version",),
    ("zones",),
    ("ipFamily",),
    ("nat",),
    ("cni", "mode"),
    ("vpc", "cidr"),
    ("addons",),
    ("nodeGroups", 0, "name"),
    ("nodeGroups", 0, "instanceTypes"),
    ("nodeGroups", 0, "taints"),
    ("nodeGroups", 0, "amiType"),
    ("nodeGroups", 0, "amiId"),
    ("nodeGroups", 0, "os"),
    ("nodeGroups", 0, "maxPods"),
    ("nodeGroups", 0, "launchTemplate"),
    ("nodeGroups", 0, "localStorage"),
    ("nodeGroups", 0, "zones"),
    ("nodeGroups", 0, "requirements"),
    ("nodeGroups", 0, "capacityType"),
    ("nodeGroups", 0, "userData"),
    ("nodePools",),
    ("workloads",),
    ("endpoint",),
    ("vpcEndpoints",),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(PLACES), WRONG), min_size=1, max_size=4))
def test_nothing_wrong_ever_breaks_the_search_for_more(changes: list[tuple[tuple[str | int, ...], object]]) -> None:
    group = {"name": "a", "instanceTypes": ["m7i.large"], "minSize": 4, "desiredSize": 1, "maxSize": 3}
    spec: dict[str, object] = {"region": "us-east-1", "nodeGroups": [group]}
    for path, value in changes:
        node: object = spec
        for part in path[:-1]:
            node = (
                node.setdefault(part, {})
                if isinstance(node, dict)
                else node[0]
                if isinstance(node, list) and node
                else {}
            )
        if isinstance(node, dict):
            node[path[-1]] = value
    document = {"apiVersion": "eksplan/v1", "kind": "Cluster", "metadata": {"name": "x"}, "spec": spec}
    loaded = load_text(yaml.safe_dump(document), "x.yaml", embedded().facts)
    if loaded.draft is not None:
        problems_beside(loaded.draft, embedded(), loaded.diagnostics)


@pytest.mark.parametrize("count", [20, 21, 25])
def test_too_many_types_are_one_problem(tmp_path: Path, count: int) -> None:
    sizes = ("large", "xlarge", "2xlarge", "4xlarge")
    names = [f"{family}.{size}" for family in ("m5", "m6i", "m7i", "c5", "c6i", "r5", "r6i") for size in sizes][:count]
    file = tmp_path / "spec.yaml"
    file.write_text(
        "apiVersion: eksplan/v1\nkind: Cluster\nmetadata: {name: x}\nspec:\n  region: us-east-1\n"
        f"  nodeGroups:\n    - {{name: a, maxSize: 3, instanceTypes: [{', '.join(names)}]}}\n"
    )
    done = invoke("plan", "-f", str(file))
    assert done.err.count(": error[") == (count > 20)
    assert done.code == (2 if count > 20 else 0)
