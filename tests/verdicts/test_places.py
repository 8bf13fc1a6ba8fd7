"""Where findings stand in a spec: the field that decides what they are about."""

from __future__ import annotations

from planner.review.engine import review
from planner.review.locations import places
from planner.review.rule import context_of
from planner.spec.load import load_text
from tests.support.plans import build_text, embedded

TEXT = """apiVersion: eksplan/v1
kind: Cluster
metadata: {name: hello}
spec:
  region: us-east-1
  endpoint: {public: true, publicCidrs: [0.0.0.0/0]}
  nodeGroups:
    - {name: web, instanceTypes: [m5.large], maxSize: 3}
    - {name: edge, instanceTypes: [m5.large], maxSize: 3, subnets: public}
"""


def test_what_is_about_the_nodes_of_a_subnet_stands_at_their_group() -> None:
    plan = build_text(TEXT).plan
    assert plan is not None
    source = load_text(TEXT, "spec.yaml", embedded().facts).source
    locate = places(plan.design, source, "spec.yaml")
    found = {one.rule: locate(one) for one in review(plan.design, context_of(embedded())).findings}
    assert (found["NSN004"].field, found["NSN004"].line) == ("spec.nodeGroups[1].subnets", 9)
    assert (found["API002"].field, found["API002"].line) == ("spec.endpoint.publicCidrs", 6)
