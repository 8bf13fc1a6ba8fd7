"""Checks across fields: what AWS would refuse, said before AWS does, with the fix."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic
from planner.spec.check.access import check_access
from planner.spec.check.auto_mode import check_auto_mode
from planner.spec.check.cni import check_cni
from planner.spec.check.endpoint import check_endpoint
from planner.spec.check.fargate import check_fargate
from planner.spec.check.nodes import check_node_groups
from planner.spec.check.observability import check_observability
from planner.spec.check.pools import check_pools
from planner.spec.check.ranges import check_ranges
from planner.spec.check.scaling import check_scaling
from planner.spec.check.security import check_security
from planner.spec.check.storage import check_storage
from planner.spec.check.tags import check_tags
from planner.spec.check.vpc import check_vpc
from planner.spec.check.workloads import check_workloads
from planner.spec.cluster import ClusterDocument


def check_document(document: ClusterDocument, facts: Facts) -> Iterator[Diagnostic]:
    """Every problem that needs more than one field, or one of AWS's tables, to be seen."""
    spec = document.spec
    checks = (
        check_vpc,
        check_ranges,
        check_endpoint,
        check_cni,
        check_security,
        check_access,
        check_observability,
        check_storage,
        check_node_groups,
        check_pools,
        check_fargate,
        check_auto_mode,
        check_scaling,
        check_workloads,
        check_tags,
    )
    for check in checks:
        yield from check(spec, facts)
