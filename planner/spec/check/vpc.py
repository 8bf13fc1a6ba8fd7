"""VPC blocks and existing subnets (notes N29, N31)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid, notice
from planner.spec.cluster import ClusterSpec

Named = tuple[Path, str, IPv4Network]


def networks(facts: Facts, key: str) -> tuple[IPv4Network, ...]:
    """A fact's list of IPv4 blocks."""
    return tuple(IPv4Network(text) for text in facts.strings(key))


def check_vpc(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Sizes, forbidden ranges, combinations that AWS refuses, and what is already there."""
    vpc = spec.vpc
    blocks: list[Named] = []
    if vpc.cidr is not None:
        blocks.append((("vpc", "cidr"), "the primary block", vpc.cidr))
    blocks += [(("vpc", "secondaryCidrs", n), "a secondary block", cidr) for n, cidr in enumerate(vpc.secondary_cidrs)]
    for path, what, cidr in blocks:
        yield from _one_block(path, what, cidr, facts)
    yield from overlaps(blocks)
    yield from _secondary_restrictions(spec, facts)
    quota = spec.quotas.vpc_cidrs or facts.number("vpc.cidr_quota")
    count = 1 + len(vpc.secondary_cidrs)
    if count > quota:
        yield invalid(
            "vpc-cidr-quota",
            ("vpc", "secondaryCidrs"),
            "more blocks than a VPC may have",
            value=str(count),
            limit=f"{quota} ({'as quotas says' if spec.quotas.vpc_cidrs else 'default'}; adjustable to 50)",
            fix=f"have the quota raised first and say quotas.vpcCidrs: {count}, or use fewer blocks"
            if count <= 50
            else "use fewer blocks",
            source=facts.source("vpc.cidr_quota"),
            note="N29",
        )
    yield from _choosing(spec)
    yield from _existing(spec, facts)


def _one_block(path: Path, what: str, cidr: IPv4Network, facts: Facts) -> Iterator[Diagnostic]:
    largest, smallest = facts.number("vpc.largest_prefix_length"), facts.number("vpc.smallest_prefix_length")
    if not largest <= cidr.prefixlen <= smallest:
        yield invalid(
            "vpc-size",
            path,
            f"{what} is a /{cidr.prefixlen}",
            value=str(cidr),
            limit=f"/{largest} to /{smallest}",
            fix=f"use a /{largest} (65,536 addresses) or smaller; several blocks make more room",
            source=facts.source("vpc.largest_prefix_length"),
            note="N29",
        )
    for never in networks(facts, "vpc.never"):
        if cidr.overlaps(never):
            yield invalid(
                "vpc-forbidden",
                path,
                f"{what} lies in a range that no VPC may use",
                value=str(cidr),
                limit=f"nothing in {never}",
                fix="use a private range such as 10.0.0.0/16",
                source=facts.source("vpc.never"),
                note="N29",
            )
    for caution in networks(facts, "vpc.caution"):
        if cidr.overlaps(caution):
            yield notice(
                "vpc-docker",
                path,
                f"{what} overlaps {caution}, which Docker's bridge uses on nodes",
                value=str(cidr),
                limit=f"clear of {caution}",
                fix="choose another range",
                source=facts.source("vpc.caution"),
                note="N29",
            )


def overlaps(blocks: Sequence[Named]) -> Iterator[Diagnostic]:
    """One diagnostic for each block that overlaps an earlier one; by sorting, never pairwise."""
    ordered = sorted(blocks, key=lambda one: (int(one[2].network_address), -one[2].num_addresses))
    widest: Named | None = None
    for one in ordered:
        if widest is not None and int(one[2].network_address) <= int(widest[2].broadcast_address):
            path, what, cidr = one
            yield invalid(
                "cidr-overlap",
                path,
                f"{what} overlaps {widest[1]}",
                value=str(cidr),
                limit=f"clear of {widest[2]}",
                fix="choose blocks that do not touch each other",
                note="N29",
            )
        if widest is None or int(one[2].broadcast_address) > int(widest[2].broadcast_address):
            widest = one


def restricted(primary: IPv4Network, secondary: IPv4Network, facts: Facts) -> IPv4Network | None:
    """The range that AWS refuses to a VPC beside ``primary`` and that ``secondary`` lies in.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions
    """
    private = any(primary.subnet_of(block) for block in networks(facts, "vpc.rfc1918"))
    for row in facts["vpc.secondary_refusals"].value:
        applies = any(
            (not private and not primary.subnet_of(IPv4Network("198.19.0.0/16")))
            if text == "public"
            else primary.subnet_of(IPv4Network(text))
            for text in row["when"]
        )
        if applies:
            for text in row["refused"]:
                refused = IPv4Network(text)
                if secondary.overlaps(refused) and not (text == "10.0.0.0/16" and secondary.prefixlen < 16):
                    return refused
    return None


def _secondary_restrictions(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    if spec.vpc.cidr is None or spec.vpc.id is not None:  # what an existing VPC has, AWS let it have
        return
    for number, cidr in enumerate(spec.vpc.secondary_cidrs):
        refused = restricted(spec.vpc.cidr, cidr, facts)
        if refused is not None:
            yield invalid(
                "secondary-cidr",
                ("vpc", "secondaryCidrs", number),
                f"AWS refuses blocks of {refused} beside {spec.vpc.cidr}",
                value=str(cidr),
                limit=f"nothing in {refused}",
                fix="use a block of 100.64.0.0/10 or of the primary block's own private range",
                source=facts.source("vpc.secondary_refusals"),
                note="N29",
            )


def _choosing(spec: ClusterSpec) -> Iterator[Diagnostic]:
    vpc = spec.vpc
    if vpc.cidr is not None and (vpc.pool or vpc.prefix_length is not None):
        given = "pool" if vpc.pool else "prefixLength"
        yield invalid(
            "vpc-choice",
            ("vpc", given),
            f"vpc.cidr and vpc.{given} exclude each other",
            value=str(vpc.cidr),
            limit="either a block, or a pool to choose from",
            fix=f"remove vpc.cidr or vpc.{given}",
            note="N29",
        )
    for number, pool in enumerate(vpc.pool):
        if vpc.prefix_length is not None and pool.prefixlen > vpc.prefix_length:
            yield invalid(
                "vpc-pool",
                ("vpc", "pool", number),
                "the pool is smaller than the block to choose from it",
                value=str(pool),
                limit=f"/{vpc.prefix_length} or larger",
                fix=f"use a longer prefixLength ({pool.prefixlen} or more) or a larger pool",
                note="N29",
            )


def _existing(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    vpc = spec.vpc
    if vpc.id is None:
        for key, given in (("subnets", vpc.subnets), ("internetGateway", vpc.internet_gateway), ("name", vpc.name)):
            if given:
                yield invalid(
                    "vpc-existing",
                    ("vpc", key),
                    f"vpc.{key} speaks of an existing VPC, but vpc.id is not given",
                    limit="only together with vpc.id",
                    fix="add vpc.id, or remove it",
                    note="N29",
                )
        return
    if vpc.cidr is None:
        yield invalid(
            "vpc-existing",
            ("vpc", "id"),
            "the existing VPC's primary block is not given",
            value=vpc.id,
            limit="vpc.cidr",
            fix="add vpc.cidr (aws ec2 describe-vpcs shows it), vpc.secondaryCidrs, and vpc.subnets with all subnets that are there",
            note="N29",
        )
        return
    seen: set[str] = set()
    own = (vpc.cidr, *vpc.secondary_cidrs)
    for number, subnet in enumerate(vpc.subnets):
        path = ("vpc", "subnets", number)
        if subnet.id in seen:
            yield invalid(
                "subnet-twice",
                (*path, "id"),
                "this subnet is listed twice",
                value=subnet.id,
                fix="remove one of the two",
            )
        seen.add(subnet.id)
        if not any(subnet.cidr.subnet_of(block) for block in own):
            yield invalid(
                "subnet-outside",
                (*path, "cidr"),
                "the subnet lies outside the VPC's blocks",
                value=str(subnet.cidr),
                limit=", ".join(map(str, own)),
                fix="correct it, or add the VPC's other blocks to vpc.secondaryCidrs",
                note="N29",
            )
        smallest = facts.number("subnet.smallest_prefix_length")
        if subnet.cidr.prefixlen > smallest:
            yield invalid(
                "subnet-size",
                (*path, "cidr"),
                "AWS has no subnets this small",
                value=str(subnet.cidr),
                limit=f"/{smallest} or larger",
                fix="check the block",
                source=facts.source("subnet.smallest_prefix_length"),
                note="N31",
            )
        usable = subnet.cidr.num_addresses - facts.number("subnet.reserved")
        if subnet.free is not None and subnet.free > usable:
            yield invalid(
                "subnet-free",
                (*path, "free"),
                "more free addresses than the subnet has",
                value=str(subnet.free),
                limit=f"{usable} usable in {subnet.cidr}",
                fix="give AvailableIpAddressCount as EC2 reports it",
                source=facts.source("subnet.reserved"),
            )
        whole = max((1 << max(28 - subnet.cidr.prefixlen, 0)) - 2, 0)
        if subnet.free_prefixes is not None and subnet.free_prefixes > whole:
            yield invalid(
                "subnet-free",
                (*path, "freePrefixes"),
                "more whole /28 blocks than the subnet has",
                value=str(subnet.free_prefixes),
                limit=f"{whole} of {subnet.cidr}: two more hold addresses that AWS reserves",
                fix="count the /28 blocks in which no address is in use",
                source=facts.source("subnet.reserved"),
            )
        if "other" in subnet.use and len(set(subnet.use)) > 1:
            yield invalid(
                "subnet-use",
                (*path, "use"),
                "a subnet for nothing cannot be for something as well",
                value=", ".join(subnet.use),
                limit="other alone, or cluster, node, pod, public",
                fix="remove other",
            )
    yield from overlaps(
        [(("vpc", "subnets", n, "cidr"), f"subnet {one.id}", one.cidr) for n, one in enumerate(vpc.subnets)]
    )


def private_or_shared(cidr: IPv4Network, facts: Facts) -> bool:
    """Whether a block lies in RFC 1918 or in the shared address space of RFC 6598."""
    shared = IPv4Network(facts["vpc.shared_address_space"].value)
    return any(cidr.subnet_of(block) for block in (*networks(facts, "vpc.rfc1918"), shared))
