"""Whole /28 blocks of subnets, as the network interfaces in them leave them free.

EC2's AvailableIpAddressCount does not count addresses in prefix reservations and says nothing of blocks, so they
are counted from the interfaces: a block is free where no address in it is taken, by anybody or by AWS.

Sources: https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html,
https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, NetmaskValueError

from planner.design import Design, NetworkInterface, Subnet, Unknown
from planner.network.prefixes import BLOCK, blocks

_RESERVED_FIRST = 4
"""The first addresses of a subnet that AWS keeps; it keeps the last one too."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks of a subnet."""

    whole: int
    """Free blocks: as many prefixes can be delegated."""
    whole_unreserved: int
    """Those of them outside of prefix reservations, where single addresses land too."""
    loose: int
    """Free addresses outside of reservations that lie in broken blocks."""

    @property
    def free(self) -> int:
        """Free addresses outside of reservations: what EC2 counts."""
        return self.whole_unreserved * BLOCK + self.loose

    @property
    def fragmented(self) -> int:
        """Share of them that no prefix can use, in percent, rounded down; 0 where none are free."""
        return 100 * self.loose // self.free if self.free else 0


def taken_by_subnet(design: Design) -> Mapping[str, list[NetworkInterface]] | Unknown | None:
    """The interfaces of each subnet by its name; None in a plan, where there are none yet."""
    if design.interfaces is None or isinstance(design.interfaces, Unknown):
        return design.interfaces
    found: defaultdict[str, list[NetworkInterface]] = defaultdict(list)
    for one in design.interfaces:
        found[one.subnet].append(one)
    return found


def blocks_of(subnet: Subnet, interfaces: list[NetworkInterface]) -> Blocks | Unknown:
    """The blocks of a subnet. A subnet smaller than a /28 does not exist in AWS."""
    if isinstance(subnet.prefix_reservations, Unknown):
        return subnet.prefix_reservations
    first = int(subnet.cidr.network_address)
    size = subnet.cidr.num_addresses
    in_block: defaultdict[int, int] = defaultdict(int)
    for offset in {*range(min(_RESERVED_FIRST, size)), size - 1}:
        in_block[offset // BLOCK] += 1
    for start, count in _taken(interfaces):
        offset = start - first
        if 0 <= offset < size:  # an address of another block of the VPC is not this subnet's
            in_block[offset // BLOCK] += count
    reserved = {
        (int(block.network_address) - first) // BLOCK + index
        for block in subnet.prefix_reservations
        for index in range(max(block.num_addresses // BLOCK, 1))
    }
    whole = blocks(subnet.cidr.prefixlen) - len(in_block)
    reserved_whole = sum(index not in in_block for index in reserved)
    loose = sum(max(BLOCK - count, 0) for index, count in in_block.items() if index not in reserved)
    return Blocks(whole, whole - reserved_whole, loose)


def _taken(interfaces: list[NetworkInterface]) -> set[tuple[int, int]]:
    """First address and length of everything that interfaces hold, IPv4 only."""
    found: set[tuple[int, int]] = set()
    for interface in interfaces:
        for text in interface.addresses:
            address, _, length = text.partition("/")
            if ":" in address:
                continue
            try:
                start = int(IPv4Address(address))
            except (AddressValueError, NetmaskValueError):
                continue
            found.add((start, 1 << (32 - int(length)) if length.isdecimal() else 1))
    return found
