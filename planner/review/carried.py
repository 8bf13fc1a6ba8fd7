"""Which security groups anything carries."""

from __future__ import annotations

from planner.design import Design, Unknown


def carried_groups(design: Design) -> frozenset[str] | None:
    """Names of groups on interfaces, and of those that node groups and the cluster give to what they make; None
    where interfaces were not read, or are not there yet."""
    if design.interfaces is None or isinstance(design.interfaces, Unknown):
        return None
    found = {name for one in design.interfaces for name in one.security_groups}
    if not isinstance(design.launch_templates, Unknown):
        found |= {name for one in design.launch_templates for name in one.primary_groups}
    if design.cluster is not None:
        found |= {*design.cluster.security_groups, design.cluster.cluster_security_group or ""}
    return frozenset(found)
