"""The security part of a spec: which ways are opened between nodes, pods, the control plane and the outside."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from planner.spec.ports import Port, PortsSpec
from planner.spec.types import AnyCidr, Name, Or, SpecModel

Reason = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]+$")]


class WebhookSpec(SpecModel):
    """A webhook or an aggregated API that the control plane calls."""

    name: Name = Field(description="What it belongs to.")
    port: Port = Field(description="Target port of its pods (not the Service's port).")


class AllowSpec(PortsSpec):
    """Where nodes and pods may go beyond what the cluster needs (with egress: restricted)."""

    cidr: AnyCidr = Field(description="Block that is called.")
    reason: Reason = Field(description="Why; becomes the description of the rule.")


class PeerSpec(PortsSpec):
    """Who calls, or is called, on which ports."""

    peer: str = Field(
        description="cluster (nodes and their pods), internet (egress), aws (egress: the AWS services that the cluster calls, through their VPC endpoints where there are any), load-balancers (ingress: with loadBalancers.backends shared or restricted), the name of a pod group, or a CIDR block.",
        min_length=1,
    )


class PodGroupSpec(SpecModel):
    """A security group for pods of their own (cni.securityGroupsForPods). The SecurityGroupPolicy that
    gives it to pods is a Kubernetes object and yours."""

    name: Name = Field(description="Name; the security group is CLUSTER-pods-NAME.", max_length=60)
    ingress: tuple[PeerSpec, ...] = Field(default=(), max_length=60, description="Who may call these pods.")
    egress: tuple[PeerSpec, ...] = Field(
        default=(), max_length=60, description="Whom these pods may call, beside CoreDNS."
    )
    probe_ports: tuple[Port, ...] = Field(default=(), description="TCP ports that kubelet probes.")
    webhook_ports: tuple[Port, ...] = Field(default=(), description="TCP ports that the control plane calls.")
    api: bool = Field(default=False, description="Whether these pods call the Kubernetes API.")


def _between(value: Any) -> Any:
    if value == "all":
        return ()
    return tuple(value) if isinstance(value, list) else value


class SecuritySpec(SpecModel):
    """Ways in and out of nodes and pods."""

    egress: Literal["open", "restricted"] = Field(
        default="open",
        description="open: nodes carry the cluster security group as EKS makes it (all among members, all out). restricted: nodes get a group of their own with what the flows of this cluster need and nothing else.",
    )
    between_nodes: Annotated[tuple[PortsSpec, ...], BeforeValidator(_between), Or("string")] = Field(
        default=(),
        max_length=20,
        description="With egress: restricted, the ports that nodes and pods use among themselves beside DNS; all when not given.",
    )
    allow: tuple[AllowSpec, ...] = Field(
        default=(), max_length=60, description="Where nodes and pods may go beyond what the cluster needs."
    )
    webhooks: tuple[WebhookSpec, ...] = Field(
        default=(),
        max_length=60,
        description="Webhooks and aggregated APIs beyond those of the add-ons: the control plane calls their target ports.",
    )
    pod_groups: tuple[PodGroupSpec, ...] = Field(
        default=(), max_length=100, description="Security groups for pods of their own."
    )
    network_acls: Literal["default", "tiers"] = Field(
        default="default",
        description="default: the VPC's own network ACL, which lets everything pass. tiers: one for each tier of planned subnets (cluster, node, pod, public) with what the flows need, both directions, whole ephemeral ranges; IPv4 clusters only.",
    )
    efa: bool = Field(
        default=False, description="Whether nodes use EFA, which needs rules to and from the group itself."
    )
