"""What a node must know of its cluster, and the places that stand for it until the cluster is there."""

from __future__ import annotations

ENDPOINT = "${cluster.endpoint}"
CERTIFICATE_AUTHORITY = "${cluster.certificateAuthority}"
SERVICE_CIDR = "${cluster.serviceCidr}"
CLUSTER_DNS = "${cluster.dns}"
PLACES = (ENDPOINT, CERTIFICATE_AUTHORITY, SERVICE_CIDR, CLUSTER_DNS)


def cluster_dns(service: str) -> str:
    """Address of the cluster's DNS in a service block: for IPv4 the block's text up to the last
    dot, then 10; for IPv6 the prefix, then a.

    Source: https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/api/net.go
    """
    if ":" in service:
        return service.partition("/")[0] + "a"
    return service.rpartition(".")[0] + ".10"


def filled(text: str, endpoint: str | None, certificate_authority: str | None, service: str | None) -> str:
    """User data with the cluster's own values in their places; a value that is None leaves its place."""
    for place, value in (
        (ENDPOINT, endpoint),
        (CERTIFICATE_AUTHORITY, certificate_authority),
        (SERVICE_CIDR, service),
        (CLUSTER_DNS, cluster_dns(service) if service else None),
    ):
        if value is not None:
            text = text.replace(place, value)
    return text
