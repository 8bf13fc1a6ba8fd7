"""Access to the Kubernetes API (note N04) and clusters without internet (N07)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid, notice
from planner.spec.cluster import ClusterSpec

Network = IPv4Network | IPv6Network
_SOURCE = "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html"
_PRIVATE = "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html"


def check_endpoint(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """The four combinations of endpoint access and what each needs."""
    endpoint = spec.endpoint
    if not endpoint.private and not endpoint.public:
        yield invalid(
            "endpoint-none",
            ("endpoint",),
            "nobody could reach the Kubernetes API",
            value="private: false, public: false",
            limit="at least one of the two",
            fix="set endpoint.private: true",
            source=_SOURCE,
            note="N04",
        )
    if endpoint.public and not endpoint.public_cidrs:
        yield invalid(
            "endpoint-open",
            ("endpoint", "public"),
            "the public endpoint would be open to the whole internet",
            value="public: true without publicCidrs",
            limit="explicit blocks",
            fix='add publicCidrs with your own blocks, or "0.0.0.0/0" if everyone is meant',
            source=_SOURCE,
            note="N04",
        )
    if endpoint.public_cidrs and not endpoint.public:
        yield invalid(
            "endpoint-cidrs",
            ("endpoint", "publicCidrs"),
            "blocks for a public endpoint that is off",
            value="public: false",
            limit="only with public: true",
            fix="set endpoint.public: true, or remove publicCidrs",
            source=_SOURCE,
            note="N04",
        )
    if endpoint.private_cidrs and not endpoint.private:
        yield invalid(
            "endpoint-cidrs",
            ("endpoint", "privateCidrs"),
            "blocks for a private endpoint that is off",
            value="private: false",
            limit="only with private: true",
            fix="set endpoint.private: true, or remove privateCidrs",
            source=_SOURCE,
            note="N04",
        )
    if spec.nat == "none" and not endpoint.private:
        yield invalid(
            "endpoint-private",
            ("endpoint", "private"),
            "nodes without internet reach the API only through the private endpoint",
            value="nat: none, private: false",
            limit="private: true",
            fix="set endpoint.private: true, or give the nodes a NAT gateway",
            source=_PRIVATE,
            note="N07",
        )
    if spec.nat == "none":
        yield from _layers(spec)
    yield from _public_cidrs(spec, facts)
    if endpoint.public and not endpoint.private and spec.nat != "none" and not _open_to_all(endpoint.public_cidrs):
        yield from _nodes_outside(spec)
    if spec.vpc.id and endpoint.private:
        yield notice(
            "endpoint-dns",
            ("endpoint", "private"),
            "the private endpoint works only with the VPC's DNS, which the spec does not describe",
            value=spec.vpc.id,
            limit="enableDnsSupport and enableDnsHostnames on, AmazonProvidedDNS in the DHCP options",
            fix=f"check them: aws ec2 describe-vpc-attribute --vpc-id {spec.vpc.id} --attribute enableDnsHostnames (and enableDnsSupport), aws ec2 describe-dhcp-options; a name server of your own must forward to the VPC's +2 address",
            source=_SOURCE,
            note="N05",
        )
    if spec.hybrid and endpoint.public and endpoint.private:
        yield notice(
            "endpoint-hybrid",
            ("endpoint",),
            "with both endpoints the name resolves to public addresses outside the VPC, also for hybrid nodes",
            value="private and public",
            limit="one of the two",
            fix="use one endpoint with hybrid nodes",
            source=_SOURCE,
            note="N04",
        )


def _layers(spec: ClusterSpec) -> Iterator[Diagnostic]:
    """Image layers lie in S3: nodes without internet need a way there."""
    endpoints = spec.vpc_endpoints
    existing = any("node" in one.use for one in spec.vpc.subnets)
    if existing and "s3" not in endpoints.extra:
        yield notice(
            "endpoint-s3-existing",
            ("vpcEndpoints", "s3Gateway"),
            "nodes without internet pull image layers from S3, and the plan changes no route tables of existing subnets",
            value="existing node subnets, nat: none",
            limit="a gateway endpoint for S3 in the route table of each",
            fix="check them: aws ec2 describe-vpc-endpoints; associate an S3 gateway endpoint, which costs nothing, with their tables",
            source=_PRIVATE,
            note="N07",
        )
    elif not endpoints.s3_gateway and "s3" not in endpoints.extra:
        yield invalid(
            "endpoint-s3",
            ("vpcEndpoints", "s3Gateway"),
            "nodes without internet pull image layers from S3, and nothing leads there",
            value="nat: none, s3Gateway: false",
            limit="s3Gateway: true, or s3 in vpcEndpoints.extra",
            fix="set vpcEndpoints.s3Gateway: true, which costs nothing",
            source=_PRIVATE,
            note="N07",
        )


def _open_to_all(cidrs: Iterable[str]) -> bool:
    blocks = [one for text in cidrs if isinstance(one := ip_network(text), IPv4Network)]
    return any(one.prefixlen == 0 for one in collapse_addresses(blocks))


def _nodes_outside(spec: ClusterSpec) -> Iterator[Diagnostic]:
    """Nodes that reach the API over the internet while blocks limit who may."""
    public = [number for number, group in enumerate(spec.node_groups) if group.subnets == "public"]
    fix = "set endpoint.private: true; then nodes stay inside the VPC"
    for number in public:
        yield invalid(
            "endpoint-public-nodes",
            ("nodeGroups", number, "subnets"),
            "these nodes come from public addresses that nobody knows before they run, so publicCidrs refuses them",
            value="subnets: public, endpoint.private: false",
            limit="private: true, or nodes behind NAT gateways",
            fix=fix,
            source=_SOURCE,
            note="N04",
        )
    if spec.nat == "regional":
        yield invalid(
            "endpoint-regional-nat",
            ("nat",),
            "a regional NAT gateway takes addresses as it grows, which publicCidrs cannot list beforehand",
            value="nat: regional, endpoint.private: false",
            limit="addresses that are known when the cluster is made",
            fix=fix + "; or use nat: perZone or single, whose addresses the stack adds to publicCidrs",
            source="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html",
            note="N04",
        )
    elif not public:
        existing = any("node" in one.use for one in spec.vpc.subnets)
        yield notice(
            "endpoint-public-only",
            ("endpoint", "private"),
            "nodes leave the VPC to reach the API; the stack adds the addresses of its NAT gateways to publicCidrs"
            + (", but not those of the gateways that existing node subnets use: list these" if existing else ""),
            value="private: false",
            limit="private: true",
            fix=fix,
            source=_SOURCE,
            note="N04",
        )


def _public_cidrs(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    cidrs = spec.endpoint.public_cidrs
    quota = facts.number("cluster.public_cidr_quota")
    if len(cidrs) > quota:
        yield invalid(
            "endpoint-quota",
            ("endpoint", "publicCidrs"),
            "too many blocks",
            value=str(len(cidrs)),
            limit=f"{quota}, not adjustable",
            fix="join neighbouring blocks, or use the private endpoint over VPN",
            source=facts.source("cluster.public_cidr_quota"),
            note="N04",
        )
    allowed: dict[str, Network] = {}
    for number, text in enumerate(cidrs):
        path, network = ("endpoint", "publicCidrs", number), ip_network(text)
        if text in allowed:
            yield invalid(
                "endpoint-twice",
                path,
                "this block is listed twice",
                value=text,
                limit="each block once",
                fix="remove one of the two",
                source=_SOURCE,
                note="N04",
            )
            continue
        refused = _refused(spec, facts, path, network)
        if refused is not None:
            yield refused
            continue
        allowed[text] = network
    yield from _needless(cidrs, allowed)


def _refused(spec: ClusterSpec, facts: Facts, path: Path, network: Network) -> Diagnostic | None:
    """A block that EKS refuses."""
    if network.version == 6 and spec.ip_family == "ipv4":
        return invalid(
            "endpoint-ipv6",
            path,
            "an IPv4 cluster's endpoint takes no IPv6 blocks",
            value=str(network),
            limit="IPv4 blocks",
            fix="give IPv4 blocks",
            source=_SOURCE,
            note="N04",
        )
    kept = (ip_network(text) for text in facts.strings("cluster.reserved_public_cidrs"))
    reserved = next((block for block in kept if _within(network, block)), None)
    if reserved is None:
        return None
    return invalid(
        "endpoint-reserved",
        path,
        "a reserved block never reaches a public endpoint",
        value=str(network),
        limit=f"nothing in {reserved}",
        fix="give the public addresses that people and NAT gateways come from; put private blocks into privateCidrs",
        source=_SOURCE,
        note="N04",
    )


def _within(small: Network, large: Network) -> bool:
    if small.version != large.version:
        return False
    return small.subnet_of(large)  # type: ignore[arg-type]


def _needless(cidrs: Sequence[str], allowed: Mapping[str, Network]) -> Iterator[Diagnostic]:
    """Blocks within other ones: EKS takes them, and they use up the quota."""
    for number, text in enumerate(cidrs):
        if text not in allowed or cidrs.index(text) != number:
            continue
        large = next((one for key, one in allowed.items() if key != text and _within(allowed[text], one)), None)
        if large is not None:
            yield invalid(
                "endpoint-within",
                ("endpoint", "publicCidrs", number),
                f"this block is not needed: {large} holds it",
                value=text,
                limit="blocks that do not overlap",
                fix=f"remove {text}, or {large} if only the smaller one is meant",
                source=_SOURCE,
                note="N04",
            )
