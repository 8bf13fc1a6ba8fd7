"""Names of observed resources: the Name tag where it is unique, else the id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from planner.design import Tags


def template_groups(data: Mapping[str, Any]) -> set[str]:
    """Ids of the security groups of a launch template: its own, or those of its network interfaces.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResponseLaunchTemplateData.html
    """
    of_interfaces = (one.get("Groups") or () for one in data.get("NetworkInterfaces") or ())
    return {*(data.get("SecurityGroupIds") or ()), *(group for many in of_interfaces for group in many)}


def tag_table(item: Mapping[str, Any]) -> dict[str, str]:
    """EC2's list of tags as a table, without those of AWS's own."""
    return {tag["Key"]: tag["Value"] for tag in item.get("Tags", ()) if not tag["Key"].startswith("aws:")}


def tags_of(item: Mapping[str, Any]) -> Tags:
    """EC2's list of tags, sorted."""
    return tuple(sorted(tag_table(item).items()))


def plain_tags(tags: Mapping[str, str] | None) -> Tags:
    """A table of tags, sorted, without those of AWS's own."""
    return tuple(sorted((key, value) for key, value in (tags or {}).items() if not key.startswith("aws:")))


def names_by_id(items: Iterable[Mapping[str, Any]], id_key: str) -> dict[str, str]:
    """A name for each id; a Name tag that several resources share names none of them."""
    found = [(str(item[id_key]), tag_table(item).get("Name", "")) for item in items]
    counts = Counter(name for _, name in found)
    return {identity: name if name and counts[name] == 1 else identity for identity, name in found}
