"""Node groups with their launch templates, for the rules about them: what is known, and what is hidden."""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, LaunchTemplate, NodeGroup, Unknown
from planner.review.rule import Unseen


def known_groups(design: Design) -> tuple[NodeGroup, ...]:
    """Every node group that could be read."""
    return () if design.cluster is None or isinstance(design.node_groups, Unknown) else design.node_groups


def hidden_groups(design: Design) -> Iterator[Unseen]:
    """Why the node groups could not be read."""
    if design.cluster is not None and isinstance(design.node_groups, Unknown):
        yield Unseen(design.cluster.name, design.node_groups)


def known_pairs(design: Design) -> Iterator[tuple[NodeGroup, LaunchTemplate]]:
    """Every node group that has a launch template, with it."""
    for group in known_groups(design):
        template = design.launch_template(group.launch_template)
        if template is not None:
            yield group, template


def hidden_pairs(design: Design) -> Iterator[Unseen]:
    """Why node groups, or the launch templates of some, could not be read."""
    yield from hidden_groups(design)
    if isinstance(design.launch_templates, Unknown):
        for group in known_groups(design):
            if group.launch_template is not None:
                yield Unseen(group.name, design.launch_templates)


def known_templates(design: Design) -> tuple[LaunchTemplate, ...]:
    """Every launch template that a node group uses, each once."""
    return tuple({template.name: template for _, template in known_pairs(design)}.values())


def own_ami(group: NodeGroup, template: LaunchTemplate) -> bool:
    """Whether a group's nodes start from an AMI of the user's own."""
    return group.ami_type is None and template.image_id is not None
