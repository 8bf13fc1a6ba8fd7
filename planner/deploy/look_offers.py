"""Looks at what AWS offers here and now: the region, the Kubernetes version, AMIs, service-linked roles."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.amis import ami_row, parameters
from planner.deploy.subject import Later, Subject, known_parts
from planner.design import NodeGroup


def region(subject: Subject) -> Iterator[str]:
    """Whether the account has the region turned on; a region that is always on is asked."""
    name = subject.design.region
    homes = subject.facts.table("preflight.home_regions")
    home = next((home for prefix, home in homes.items() if prefix and name.startswith(prefix)), homes[""])
    found = subject.client("ec2", home).describe_regions(AllRegions=True)["Regions"]
    state = {one["RegionName"]: one.get("OptInStatus", "opt-in-not-required") for one in found}.get(name)
    if state is None:
        yield f"region {name} is not one of the {len(found)} regions of this account; plan for one of those"
    elif state == "not-opted-in":
        yield f"region {name} is {state} for this account; turn it on (aws account enable-region --region-name {name})"


def version(subject: Subject) -> Iterator[str]:
    """Whether EKS still makes clusters of this version."""
    cluster = subject.design.cluster
    if cluster is None or cluster.name in subject.made:
        return
    eks = subject.client("eks")
    found = eks.describe_cluster_versions(includeAll=True)["clusterVersions"]
    state = {one["clusterVersion"]: one.get("versionStatus", "") for one in found}
    offered = ", ".join(sorted((name for name, one in state.items() if one != "UNSUPPORTED"), key=_order))
    if state.get(cluster.version, "UNSUPPORTED") == "UNSUPPORTED":
        yield f"Kubernetes {cluster.version} is not supported by EKS here; it has {offered}: set version and plan again"
    elif state[cluster.version] == "EXTENDED_SUPPORT":
        yield Later(
            f"Kubernetes {cluster.version} is in extended support, which costs more for each hour; EKS has {offered}"
        )


def _order(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())


def amis(subject: Subject) -> Iterator[str]:
    """Whether the AMI of every group is there: EKS's public parameter, or the image of the launch template."""
    cluster = subject.design.cluster
    groups = [one for one in known_parts(subject.design.node_groups) if _new(one, subject)]
    wanted: dict[str, list[str]] = {}
    for group in groups:
        row = ami_row(group.ami_type, subject.facts) if group.ami_type else None
        if row is not None and cluster is not None:
            wanted.setdefault(parameters(row, group.version or cluster.version)[0], []).append(group.name)
    names = sorted(wanted)
    for first in range(0, len(names), 10):  # as many as GetParameters takes
        answer = subject.client("ssm").get_parameters(Names=names[first : first + 10])
        for name in answer["InvalidParameters"]:
            yield (
                f"{', '.join(wanted[name])}: AWS publishes no {name} here; set another amiType, os or version of the group"
            )
    yield from _images(groups, subject)


def _images(groups: list[NodeGroup], subject: Subject) -> Iterator[str]:
    from botocore.exceptions import ClientError

    for group in groups:
        template = subject.design.launch_template(group.launch_template)
        if template is None or not template.image_id:
            continue
        try:
            images = subject.client("ec2").describe_images(ImageIds=[template.image_id])["Images"]
        except ClientError as error:
            if not error.response["Error"]["Code"].startswith("InvalidAMIID"):
                raise
            images = []
        state = images[0].get("State", "available") if images else "not there"
        if state != "available":
            yield f"{group.name}: {template.image_id} is {state} for this account in {subject.design.region}; copy or share the image, or set another amiId"


def service_roles(subject: Subject) -> Iterator[str]:
    """Service-linked roles that AWS makes with the first cluster, group or Spot instance, if the caller may."""
    spot = any(one.capacity_type == "SPOT" for one in known_parts(subject.design.node_groups))
    # Karpenter asks for Spot instances by itself, and may not make the role
    spot = spot or bool(known_parts(subject.design.queues))
    iam = subject.client("iam")
    for row in subject.facts["preflight.service_roles"].value:
        if row["when"] == "spot" and not spot:
            continue
        try:
            iam.get_role(RoleName=row["role"])
        except iam.exceptions.NoSuchEntityException:
            yield Later(
                f"{row['role']} is not there yet; AWS makes it where you may iam:CreateServiceLinkedRole, else: "
                f"aws iam create-service-linked-role --aws-service-name {row['service']}"
            )


def _new(group: NodeGroup, subject: Subject) -> bool:
    cluster = subject.design.cluster
    return cluster is not None and f"{cluster.name}-{group.name}" not in subject.made
