"""User data of a plan's groups, as reviewed, or for the same nodes without EKS's management (notes N09, N25)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from planner.capacity.group import system_reserved
from planner.design import LaunchTemplate, NodeGroup, Unknown
from planner.design.joining import PLACES, filled
from planner.nodegroups.join import ClusterFacts, settings_of
from planner.nodegroups.user_data import Renderer, user_data
from planner.plan.model import Plan
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec


@dataclass(frozen=True, slots=True)
class GroupUserData:
    """User data of one group as text, before Base64."""

    group: str
    launch_template: str
    os_family: str
    complete: bool
    """Whether it is the whole join."""
    service_cidr: str | None
    """Service block of the cluster; None where EKS assigns it (IPv6)."""
    text: str

    def places(self) -> list[str]:
        """Places that are still to be filled in."""
        return [place for place in PLACES if place in self.text]

    def filled(self, endpoint: str | None, certificate_authority: str | None, service: str | None) -> str:
        """The text with these values in their places; None leaves a place."""
        return filled(self.text, endpoint, certificate_authority, service)


def group_user_data(plan: Plan, render: Renderer, *, self_managed: bool = False) -> list[GroupUserData]:
    """User data of every group of a plan, by name. What the launch template holds is given as the
    plan has it; for self-managed nodes it is written from the plan's spec and numbers."""
    design = plan.design
    if isinstance(design.node_groups, Unknown) or isinstance(design.launch_templates, Unknown):
        return []
    templates = {one.name: one for one in design.launch_templates}
    spec = _spec(plan)
    service = design.cluster.service_cidr if design.cluster else None
    cluster = ClusterFacts(plan.name, str(service) if service else None)
    return [
        _one(group, templates[group.launch_template or ""], spec, cluster, render, self_managed=self_managed)
        for group in design.node_groups
    ]


def _spec(plan: Plan) -> ClusterSpec:
    """The spec that a plan was made from. It is kept with CPU in millicores, which a spec writes as 100m."""
    written = plan.spec["spec"]
    groups = [
        {**group, "systemReserved": {**group["systemReserved"], "cpu": f"{group['systemReserved']['cpu']}m"}}
        if group["systemReserved"]
        else group
        for group in written["nodeGroups"]
    ]
    return ClusterSpec.model_validate_json(json.dumps({**written, "nodeGroups": groups, "workloads": []}))


def _one(
    group: NodeGroup,
    template: LaunchTemplate,
    spec: ClusterSpec,
    cluster: ClusterFacts,
    render: Renderer,
    *,
    self_managed: bool,
) -> GroupUserData:
    # a group that the plan added for its workloads stands in no spec
    asked = next((one for one in spec.node_groups if one.name == group.name), NodeGroupSpec(name=group.name))
    text = template.user_data
    if self_managed:
        settings = settings_of(
            asked, group.max_pods or 0, system_reserved(asked), group.taints, spec, self_managed=True
        )
        text = user_data(settings, cluster, render)
    return GroupUserData(
        group.name,
        template.name,
        asked.os_family,
        self_managed or asked.ami_id is not None,
        cluster.service_cidr,
        text,
    )
