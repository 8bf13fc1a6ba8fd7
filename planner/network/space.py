"""A subnet as EC2 hands it out: single addresses, /28 prefixes, reservations, fragments.

EC2 does not say which address it gives. ``Placing.SPREAD`` is the worst case for prefixes: every
single address spoils another whole block as long as there is one outside of the reservations;
``Placing.PACKED`` is the best: blocks that are broken already fill first.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from ipaddress import IPv4Network

from planner.network.prefixes import BLOCK, blocks, reserved_room


class Placing(StrEnum):
    """Where single addresses land."""

    PACKED = "packed"
    SPREAD = "spread"


class SubnetSpace:
    """Free addresses of one subnet, counted by /28 blocks. Taking changes it.

    Blocks are kept apart by kind: inside ``reservations`` of type prefix, where no single address
    lands, and outside. A block that holds an address that AWS reserves is never whole. What others
    hold when it begins is ``used`` (taken as single addresses).
    """

    def __init__(
        self,
        cidr: IPv4Network,
        reservations: Sequence[IPv4Network] = (),
        *,
        used: int = 0,
        placing: Placing = Placing.SPREAD,
    ) -> None:
        self.cidr = cidr
        self._placing = placing
        singles, self._reserved = reserved_room(cidr, reservations)
        inside = sum(one.num_addresses // BLOCK for one in reservations)
        outside = blocks(cidr.prefixlen) - inside
        ends = (cidr.network_address, cidr.broadcast_address)
        spoiled = sum(not any(end in one for one in reservations) for end in ends)
        if outside == 1 and spoiled == 2:  # a /28 of its own: both ends in one block
            spoiled = 1
        self._whole = max(outside - spoiled, 0)
        self._loose = singles - self._whole * BLOCK
        self.singles = 0
        """Single addresses given out."""
        self.prefixes = 0
        """Prefixes given out."""
        if used and not self.take(used, 0):
            raise ValueError(f"{used} addresses in use of {cidr}, which has {singles} for single ones")

    @property
    def free(self) -> int:
        """Free addresses, whole or in pieces, the reserved blocks included."""
        return self.free_singles + self._reserved * BLOCK

    @property
    def free_singles(self) -> int:
        """Addresses that a single one can still get."""
        return self._whole * BLOCK + self._loose

    @property
    def free_prefixes(self) -> int:
        """Whole blocks left."""
        return self._whole + self._reserved

    def take(self, singles: int, prefixes: int) -> bool:
        """Give so many single addresses and prefixes, or nothing and False. Prefixes come from
        the reservations first.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html
        """
        from_reserved = min(prefixes, self._reserved)
        whole = self._whole - (prefixes - from_reserved)
        if whole < 0 or singles > whole * BLOCK + self._loose:
            return False
        self._whole, self._reserved = whole, self._reserved - from_reserved
        self._take_singles(singles)
        self.singles += singles
        self.prefixes += prefixes
        return True

    def _take_singles(self, count: int) -> None:
        if self._placing is Placing.PACKED:
            broken = max(-(-(count - self._loose) // BLOCK), 0)
        else:
            broken = min(count, self._whole)
        self._whole -= broken
        self._loose += broken * BLOCK - count

    def give_back(self, singles: int, prefixes: int) -> None:
        """Take back what was given: prefixes as whole blocks, single addresses as loose ones."""
        self._loose += singles
        self._whole += prefixes
        self.singles -= singles
        self.prefixes -= prefixes
