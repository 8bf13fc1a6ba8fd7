"""Choices that cannot be changed later, with what was chosen (notes N20, N26, N29, N41, N43)."""

from __future__ import annotations

from collections.abc import Sequence

from planner.decisions import OneWayDoor
from planner.design import Design
from planner.network.demand import Tier
from planner.network.planned import Layout
from planner.plan.storage import storage_doors
from planner.spec.cluster import ClusterSpec

_UG = "https://docs.aws.amazon.com/eks/latest/userguide/"
_VPC = "https://docs.aws.amazon.com/vpc/latest/userguide/"


def one_way_doors(
    spec: ClusterSpec, design: Design, layout: Layout, groups_with_ami: Sequence[str]
) -> tuple[OneWayDoor, ...]:
    """The one-way doors of a plan, the ones that cost most first."""
    cluster = design.cluster
    assert cluster is not None  # noqa: S101 - a plan always has one
    doors = [
        OneWayDoor(
            "vpc.cidr",
            "VPC primary block",
            str(design.vpc.cidr),
            "cannot be changed or removed; more blocks can be added, within AWS's restrictions",
            _VPC + "vpc-cidr-blocks.html",
            "N29",
        ),
        OneWayDoor(
            "ip-family",
            "IP family of pods and services",
            spec.ip_family,
            "another family means another cluster",
            _UG + "cni-ipv6.html",
            "N29",
        ),
        OneWayDoor(
            "service.cidr",
            "Service block",
            str(cluster.service_cidr or "assigned by EKS"),
            "another block means another cluster",
            _UG + "create-cluster.html",
            "N41",
        ),
        OneWayDoor(
            "subnets",
            "Subnet sizes",
            _sizes(layout),
            "subnets cannot be resized; further subnets can be added while the VPC has room",
            _VPC + "subnet-sizing.html",
            "N29",
        ),
        OneWayDoor(
            "cluster.zones",
            "Zones of the cluster subnets",
            ", ".join(sorted({one.zone for one in layout.of(Tier.CLUSTER)})),
            "cluster subnets can later be replaced only in these zones",
            _UG + "network-reqs.html",
            "N29",
        ),
        OneWayDoor(
            "cluster.name",
            "Cluster name",
            cluster.name,
            "another name means another cluster",
            _UG + "create-cluster.html",
        ),
        OneWayDoor(
            "cluster.egress",
            "Control-plane egress",
            cluster.control_plane_egress,
            "AWS_MANAGED can become CUSTOMER_ROUTED, never back",
            _UG + "control-plane-egress.html",
        ),
        OneWayDoor(
            "cluster.access",
            "Authentication mode",
            str(cluster.authentication_mode),
            "API never goes back to the aws-auth ConfigMap",
            _UG + "access-entries.html",
        ),
    ]
    if cluster.secrets_key_arn or cluster.secrets_key:
        doors.append(
            OneWayDoor(
                "cluster.encryption",
                "KMS key of secrets",
                cluster.secrets_key_arn or str(cluster.secrets_key),
                "cannot be removed or replaced; losing the key loses the cluster",
                _UG + "enable-kms.html",
                "N02",
            )
        )
    if cluster.auto_mode and cluster.auto_mode.node_role:
        doors.append(
            OneWayDoor(
                "cluster.auto-mode-role",
                "Role of the built-in node pools",
                cluster.auto_mode.node_role,
                "cannot be changed while a built-in pool of Auto Mode is on",
                _UG + "automode.html",
                "N11",
            )
        )
    if not design.node_groups:
        return tuple(doors + storage_doors(design))
    doors.append(
        OneWayDoor(
            "node-groups.launch-template",
            "Launch template of every node group",
            "one for each group",
            "a group made without one can never get one",
            _UG + "launch-templates.html",
            "N20",
        )
    )
    ami = f"own AMI: {', '.join(groups_with_ami)}" if groups_with_ami else "none: EKS's AMIs in every group"
    doors.append(
        OneWayDoor(
            "node-groups.ami",
            "AMI id in the launch template",
            ami,
            "a group cannot switch between an AMI id and EKS's AMIs; it takes a new group",
            _UG + "launch-templates.html",
            "N26",
        )
    )
    return tuple(doors + storage_doors(design))


def _sizes(layout: Layout) -> str:
    parts = []
    for tier in Tier:
        lengths = sorted({one.subnet.cidr.prefixlen for one in layout.of(tier)})
        if lengths:
            parts.append(f"{tier} " + " and ".join(f"/{length}" for length in lengths))
    return ", ".join(parts)
