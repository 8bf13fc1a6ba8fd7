"""/28 prefixes in subnets: how many fit, and the CIDR reservations that keep their blocks whole.

A prefix needs an aligned /28 in which no address is taken. Single addresses land anywhere outside
reservations of type ``prefix``, so a subnet is cut in two: its first blocks for single addresses,
the rest reserved for prefixes.

Sources: https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html,
https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, summarize_address_range

BLOCK = 16
"""Addresses of a /28."""
_FIRST = 4
"""Reserved addresses in a subnet's first block; the fifth is the last of its last block."""


def blocks(length: int) -> int:
    """/28 blocks of a subnet of this prefix length."""
    return 1 << max(28 - length, 0)


def prefix_capacity(length: int) -> int:
    """/28 prefixes that an empty subnet can delegate: two blocks hold reserved addresses."""
    return max(blocks(length) - 2, 0)


def single_blocks(singles: int) -> int:
    """Blocks at the start of a subnet that hold so many single addresses beside AWS's four."""
    return max(-(-(singles + _FIRST) // BLOCK), 1)


def blocks_needed(singles: int, prefixes: int) -> int:
    """Blocks of a subnet that holds both: single addresses first, prefixes behind, and a last
    block that AWS's fifth reserved address spoils."""
    return single_blocks(singles) + prefixes + 1


def reservations(cidr: IPv4Network, singles: int, prefixes: int) -> tuple[IPv4Network, ...]:
    """CIDR reservations of type prefix for an empty subnet that is to hold so much of both.

    What the subnet has beyond the need is shared in the same proportion, so that more nodes find
    more of both. Raises ValueError where both do not fit.
    """
    if not prefixes:
        return ()
    whole, needed = blocks(cidr.prefixlen), blocks_needed(singles, prefixes)
    if needed > whole:
        raise ValueError(f"{cidr} has {whole} blocks of /28; {singles} addresses and {prefixes} prefixes need {needed}")
    first = single_blocks(singles)
    share = max(first, whole * first // needed)
    even = 1 << (share - 1).bit_length()  # a power of two leaves the fewest reservations
    cut = even if whole - even >= prefixes + 1 else share
    start = int(cidr.network_address) + cut * BLOCK
    return tuple(summarize_address_range(IPv4Address(start), cidr.broadcast_address))


def reserved_room(cidr: IPv4Network, reserved: Sequence[IPv4Network]) -> tuple[int, int]:
    """(single addresses, prefixes) that an empty subnet with these prefix reservations holds."""
    inside = sum(one.num_addresses // BLOCK for one in reserved)
    spoiled = sum(one.broadcast_address == cidr.broadcast_address for one in reserved)
    spoiled += sum(one.network_address == cidr.network_address for one in reserved)
    outside = (blocks(cidr.prefixlen) - inside) * BLOCK
    first = 0 if any(one.network_address == cidr.network_address for one in reserved) else _FIRST
    last = 0 if any(one.broadcast_address == cidr.broadcast_address for one in reserved) else 1
    return outside - first - last, inside - spoiled


def usable_singles(cidr: IPv4Network) -> int:
    """Single addresses of an empty subnet without reservations."""
    return cidr.num_addresses - 5


def whole_blocks(cidr: IPv4Network, free: int | None) -> tuple[int, int]:
    """(fewest, most) whole /28 blocks of an existing subnet of which EC2 reports so many free
    addresses (None: all): every address in use may spoil a block of its own, or all lie together."""
    capacity = prefix_capacity(cidr.prefixlen)
    usable = max(cidr.num_addresses - 5, 0)
    used = 0 if free is None else usable - free
    return max(capacity - used, 0), min(capacity, (usable if free is None else free) // BLOCK)
