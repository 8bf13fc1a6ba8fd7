"""Node groups with their launch templates, for the rules about them."""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, LaunchTemplate, NodeGroup, Unknown
from planner.review.rule import Unseen


def each_group(design: Design) -> Iterator[NodeGroup | Unseen]:
    """Every node group, or why none is known."""
    if design.cluster is None:
        return
    if isinstance(design.node_groups, Unknown):
        yield Unseen(design.cluster.name, design.node_groups)
        return
    yield from design.node_groups


def each_pair(design: Design) -> Iterator[tuple[NodeGroup, LaunchTemplate] | Unseen]:
    """Every node group that has a launch template, with it; or why they are not known."""
    for group in each_group(design):
        if isinstance(group, Unseen):
            yield group
        elif group.launch_template is not None:
            template = design.launch_template(group.launch_template)
            if template is not None:
                yield group, template
            elif isinstance(design.launch_templates, Unknown):
                yield Unseen(group.name, design.launch_templates)


def each_template(design: Design) -> Iterator[LaunchTemplate | Unseen]:
    """Every launch template that a node group uses, each once; or why they are not known."""
    seen: set[str] = set()
    for pair in each_pair(design):
        if isinstance(pair, Unseen):
            yield pair
        elif pair[1].name not in seen:
            seen.add(pair[1].name)
            yield pair[1]


def own_ami(group: NodeGroup, template: LaunchTemplate | None) -> bool:
    """Whether a group's nodes start from an AMI of the user's own."""
    return group.ami_type is None and template is not None and template.image_id is not None
