"""The EKS cluster of a design, with its add-ons."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network

from planner.design.network import Tags
from planner.design.unknown import Unknown


@dataclass(frozen=True, slots=True)
class EndpointAccess:
    """Who reaches the Kubernetes API: inside the VPC, from the internet, and from which blocks."""

    private: bool
    public: bool
    public_cidrs: tuple[str, ...] = ()
    nat_egress: bool = False
    """Whether the public endpoint also takes what nodes come from when the private one is off: the
    address of every NAT gateway and the IPv6 block of an IPv6 cluster's VPC. AWS assigns these, so
    they are not among ``public_cidrs``."""


@dataclass(frozen=True, slots=True)
class EniConfig:
    """Custom networking: the subnet (and groups) of pods on nodes of one zone."""

    zone: str
    """Zone id, or the zone's name where only that is known."""
    subnet: str
    security_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PodIdentity:
    """A Pod Identity association: a service account that gets a role."""

    namespace: str
    service_account: str
    role: str


@dataclass(frozen=True, slots=True, order=True)
class AccessPolicy:
    """An access policy of EKS on an access entry; without namespaces it holds for the whole cluster."""

    name: str
    namespaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """Who may talk to the Kubernetes API, as EKS keeps it.

    ``name`` is the ARN of a principal of type STANDARD, and the name of the role of a node.
    """

    name: str
    type: str = "STANDARD"
    groups: tuple[str, ...] = ()
    username: str | None = None
    """None leaves it to EKS."""
    policies: tuple[AccessPolicy, ...] = ()


@dataclass(frozen=True, slots=True)
class Addon:
    """An EKS add-on. ``configuration`` is canonical JSON without the ENIConfigs."""

    name: str
    version: str | None = field(default=None, compare=False)
    """None asks EKS for its default version; EKS then says which."""
    configuration: str = "{}"
    eni_configs: tuple[EniConfig, ...] = ()
    pod_identities: tuple[PodIdentity, ...] = ()
    service_account_role: str | None = None
    """Role that the add-on's service account assumes through the cluster's OIDC provider (IRSA)."""
    status: str = field(default="ACTIVE", compare=False)
    health_issues: tuple[str, ...] = field(default=(), compare=False)
    before_nodes: bool = field(default=False, compare=False)
    """Whether it must be set up before the first node joins, as the VPC CNI must."""


@dataclass(frozen=True, slots=True)
class AutoMode:
    """EKS Auto Mode: compute, load balancing and block storage by EKS, which it turns on together."""

    node_pools: tuple[str, ...] = ()
    """Built-in node pools that are on, sorted."""
    node_role: str | None = None
    """Name of the role of their nodes; None exactly where no built-in pool is on."""


_LEFT = {"left_to_aws": True}
"""Marks fields whose default in a plan leaves the value to AWS: whatever is found then is no difference."""


@dataclass(frozen=True, slots=True)
class ControlPlaneSettings:
    """Settings of the Kubernetes components. None leaves each to EKS."""

    event_ttl_minutes: int | None = field(default=None, metadata=_LEFT)
    node_ports: tuple[int, int] | None = field(default=None, metadata=_LEFT)
    """First and last port of Services of type NodePort."""
    hpa_sync_seconds: int | None = field(default=None, metadata=_LEFT)
    terminated_pod_threshold: int | None = field(default=None, metadata=_LEFT)
    scoring_strategy: str | None = field(default=None, metadata=_LEFT)
    scoring_weights: tuple[tuple[str, int], ...] = field(default=(), metadata=_LEFT)
    """Resource and weight, sorted."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """An EKS cluster. Subnets, groups and roles by name; the log types are sorted."""

    name: str
    version: str
    role: str
    subnets: tuple[str, ...]
    endpoint: EndpointAccess
    ip_family: str  # ipv4 or ipv6
    service_cidr: IPv4Network | None
    """None in an IPv6 cluster: EKS assigns the IPv6 service range itself."""
    security_groups: tuple[str, ...] = ()
    """Additional groups on the control plane's interfaces."""
    cluster_security_group: str | None = None
    authentication_mode: str | Unknown = "API"
    creator_is_admin: bool | Unknown = field(default=True, compare=False)
    """Only asked at creation; AWS does not keep it."""
    log_types: tuple[str, ...] = ()
    support_type: str | Unknown = "STANDARD"
    secrets_key: str | None = None
    """Name of the key among the design's own that envelopes secrets."""
    secrets_key_arn: str | None = None
    """Another key that does."""
    remote_node_cidrs: tuple[IPv4Network, ...] = ()
    remote_pod_cidrs: tuple[IPv4Network, ...] = ()
    control_plane_egress: str = "AWS_MANAGED"
    control_plane_tier: str = "standard"
    """Scaling tier of the control plane: standard, or a provisioned one such as tier-xl."""
    settings: ControlPlaneSettings = ControlPlaneSettings()
    auto_mode: AutoMode | None = None
    """None where it is off."""
    zonal_shift: bool | Unknown = False
    deletion_protection: bool | Unknown = False
    addons: tuple[Addon, ...] | Unknown = ()
    pod_identities: tuple[PodIdentity, ...] | Unknown = ()
    """Pod Identity associations of what is no EKS add-on, such as controllers installed by Helm."""
    oidc_provider: bool | Unknown = False
    """Whether IAM knows the cluster's OIDC issuer, as roles for service accounts (IRSA) need."""
    access_entries: tuple[AccessEntry, ...] | Unknown = ()
    """Without those that EKS makes itself."""
    access_entries_of_eks: tuple[AccessEntry, ...] = field(default=(), compare=False)
    """Made by EKS: for whoever made the cluster, for managed node groups, Fargate and itself."""
    tags: Tags = ()
    arn: str | None = field(default=None, compare=False)
    status: str = field(default="ACTIVE", compare=False)
    health_issues: tuple[str, ...] = field(default=(), compare=False)

    def addon(self, name: str) -> Addon | None:
        """The add-on of that name, or None if it is absent or the list is unknown."""
        if isinstance(self.addons, Unknown):
            return None
        return next((addon for addon in self.addons if addon.name == name), None)
