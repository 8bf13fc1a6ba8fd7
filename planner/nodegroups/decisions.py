"""Decisions about the AMI and the launch template of a node group (notes N14, N20, N23, N24, N26)."""

from __future__ import annotations

from planner.capacity.brief import Brief
from planner.capacity.group import GroupCapacity

_TEMPLATES = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
_RETRIEVE = {
    "al2": "https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html",
    "al2023": "https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html",
    "bottlerocket": "https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id-bottlerocket.html",
    "windows": "https://docs.aws.amazon.com/eks/latest/userguide/retrieve-windows-ami-id.html",
}


def record_ami(brief: Brief, group: GroupCapacity) -> None:
    """Which AMI the nodes start from, why, and where its id is to be read."""
    spec, ami = group.spec, group.ami
    if ami is None:
        brief.ledger.add(
            f"ami.{group.name}",
            f"AMI of {group.name}",
            spec.ami_id,
            explanation="an AMI of your own, in the launch template: EKS merges no user data and tells of no updates, and the group can never go back to EKS's AMIs",
            source=_TEMPLATES,
            note="N26",
        )
        return
    inputs: dict[str, object] = {"SSM parameter": ami.parameter}
    if ami.release_parameter:
        inputs["release version"] = ami.release_parameter
    brief.ledger.add(
        f"ami.{group.name}",
        f"AMI of {group.name}",
        ami.name + (f", release {spec.release_version}" if spec.release_version else ""),
        formula="operating system × architecture × accelerator × Kubernetes version",
        worked=ami.why,
        inputs=inputs,
        explanation="the release that the spec names"
        if spec.release_version
        else "EKS takes the latest release when the group is made; later ones come with an update of the group",
        source=_RETRIEVE[spec.os_family],
        note="N14",
    )


def record_launch_template(brief: Brief, group: GroupCapacity) -> None:
    """Why a group has a launch template, and what stands in it rather than in the group."""
    asked, spec = group.spec.launch_template, group.spec
    holds = ["disk", "metadata settings", "tags of instances and volumes"]
    parts = [
        "a group made without a launch template can never get one later (and one made with it keeps it: new versions only)",
        "node group tags never reach instances, so the template tags them",
    ]
    restricted = brief.spec.security.egress == "restricted"
    if asked and asked.network_interfaces:
        holds.append("network interfaces")
        parts.append(
            "each interface names its security groups, the cluster's among them: with any there EKS adds none itself"
        )
    elif spec.security_groups or restricted:
        holds.append("security groups")
        parts.append("it names security groups, so EKS no longer adds the cluster security group by itself")
    else:
        parts.append("it names no security groups, so EKS puts the cluster security group on the nodes")
    if spec.ami_id:
        holds.append("AMI id")
    if asked and asked.instance_type:
        holds.append("instance type")
        parts.append("the instance type stands here, so the group names none: EKS refuses both")
    if asked and asked.key_name:
        holds.append("key pair")
        parts.append(
            f"the key {asked.key_name} opens nothing while no security group lets SSH in (EKS's own remoteAccess without source groups would open it to 0.0.0.0/0)"
        )
    if asked and asked.instance_market_options:
        holds.append("Capacity Block")
        parts.append("market options are for a Capacity Block only; Spot is said by the group's capacityType")
    elif asked and asked.capacity_reservation_id:
        holds.append("capacity reservation")
    brief.ledger.add(
        f"launch-template.{group.name}",
        f"Launch template of {group.name}",
        "one of its own",
        inputs={"holds": ", ".join(holds)},
        explanation="; ".join(parts),
        source=_TEMPLATES,
        note="N20",
    )
