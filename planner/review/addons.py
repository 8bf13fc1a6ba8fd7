"""Add-ons of a cluster and their published versions, for the rules about them."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.versions import version_tuple
from planner.design import Addon, AddonVersion, Design, Unknown
from planner.review.rule import Unseen

PUBLISHED = "eks:DescribeAddonVersions"


def known_addons(design: Design) -> tuple[Addon, ...]:
    """Every add-on that could be read."""
    return () if design.cluster is None or isinstance(design.cluster.addons, Unknown) else design.cluster.addons


def hidden_addons(design: Design) -> Iterator[Unseen]:
    """Why the add-ons could not be read."""
    if design.cluster is not None and isinstance(design.cluster.addons, Unknown):
        yield Unseen(design.cluster.name, design.cluster.addons)


def published(design: Design, addon: str) -> tuple[AddonVersion, ...] | Unknown:
    """The published versions of an add-on, newest first; Unknown where EKS lists none."""
    if design.operations is None:
        return Unknown(PUBLISHED, "was not asked")
    if isinstance(design.operations.addon_versions, Unknown):
        return design.operations.addon_versions
    found = [one for one in design.operations.addon_versions if one.addon == addon and order(one.version)]
    if not found:
        return Unknown(PUBLISHED, f"no version of {addon} is in the answer")
    return tuple(sorted(found, key=lambda one: order(one.version), reverse=True))


def order(version: str) -> tuple[int, ...]:
    """Orders versions of an add-on: ``v1.20.4-eksbuild.2`` as (1, 20, 4, 2); empty for what is none."""
    try:
        numbers = version_tuple(version)
    except ValueError:
        return ()
    build = version.rpartition("-eksbuild.")[2] if "-eksbuild." in version else ""
    return (*numbers, *(int(part) for part in build.split(".") if part.isdecimal()))


def unread(addon: Addon) -> Unseen:
    """That the version of an add-on is of no form that EKS documents."""
    return Unseen(addon.name, Unknown("eks:DescribeAddon", f"{addon.version} is no version such as v1.20.4-eksbuild.1"))
