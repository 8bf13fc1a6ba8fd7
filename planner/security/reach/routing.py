"""Routes: the longest prefix wins, of equal ones a block beats a prefix list, dead targets drop.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.design import Design, PrefixList, Route, RouteTable, RouteTarget, Unknown
from planner.security.reach.ranges import Interval, block, is_block, joined, minus, of_family, overlap

AWS_LISTS = ("com.amazonaws.", "cn.com.amazonaws.")
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8")
NOT_UNICAST = ("0.0.0.0/8", "224.0.0.0/3")


@dataclass(frozen=True, slots=True)
class Way:
    """A part of the destination and the route that it takes; None where there is none."""

    part: tuple[Interval, ...]
    route: Route | None


class Routing:
    """The routes of a design."""

    def __init__(self, design: Design) -> None:
        self.design = design
        lists = design.prefix_lists
        self._lists: dict[str, PrefixList] = {}
        if not isinstance(lists, Unknown):
            self._lists = {key: one for one in lists for key in (one.name, one.id) if key}
        self._tables: dict[str, RouteTable | Unknown | None] = {}
        self._ways: dict[tuple[str, tuple[Interval, ...], int], tuple[Way, ...]] = {}

    def table(self, subnet: str) -> RouteTable | Unknown | None:
        """The route table of a subnet."""
        if subnet not in self._tables:
            self._tables[subnet] = self.design.route_table_of(subnet)
        return self._tables[subnet]

    def table_name(self, subnet: str) -> str:
        """Its name, for people."""
        found = self.table(subnet)
        return found.name if isinstance(found, RouteTable) else f"main route table of {subnet}"

    def ways(self, subnet: str, destination: tuple[Interval, ...], family: int) -> tuple[Way, ...]:
        """How packets to a destination outside of the VPC leave a subnet, part by part. The table must
        be known."""
        key = (subnet, destination, family)
        if key not in self._ways:
            self._ways[key] = tuple(self._find(subnet, destination, family))
        return self._ways[key]

    def _find(self, subnet: str, destination: tuple[Interval, ...], family: int) -> list[Way]:
        table = self.table(subnet)
        left = destination
        found: list[Way] = []
        routes = table.routes if isinstance(table, RouteTable) else ()
        for route, interval in self._by_precedence(routes, family):
            part = joined(shared for one in left if (shared := overlap(one, interval)) is not None)
            if part:
                found.append(Way(part, route))
                left = minus(left, part)
            if not left:
                return found
        return [*found, Way(left, None)] if left else found

    def _by_precedence(self, routes: Sequence[Route], family: int) -> list[tuple[Route, Interval]]:
        """Routes by the length of their prefix; of equally long ones blocks before prefix lists."""
        rows: list[tuple[int, int, Route, Interval]] = []
        for route in routes:
            listed = not is_block(route.destination)
            for cidr in self._entries(route.destination) if listed else (route.destination,):
                version, interval = block(cidr)
                if version == family:
                    rows.append((interval[1] - interval[0], listed, route, interval))
        rows.sort(key=lambda row: row[:2])
        return [(route, interval) for _, _, route, interval in rows]

    def _entries(self, name: str) -> tuple[str, ...]:
        found = self._lists.get(name)
        return () if found is None or isinstance(found.cidrs, Unknown) else found.cidrs

    def vague(self, subnet: str) -> tuple[Route, ...]:
        """Routes of a subnet for prefix lists whose entries are not known. AWS's own lists lead to gateway
        endpoints, which are judged with the services that they are for."""
        table = self.table(subnet)
        return tuple(
            one
            for one in (table.routes if isinstance(table, RouteTable) else ())
            if not is_block(one.destination) and not self._known(one.destination) and not self._of_aws(one)
        )

    def _known(self, name: str) -> bool:
        found = self._lists.get(name)
        return found is not None and not isinstance(found.cidrs, Unknown)

    def _of_aws(self, route: Route) -> bool:
        found = self._lists.get(route.destination)
        named = (route.destination if found is None else found.name).startswith(AWS_LISTS)
        return named or route.target_kind is RouteTarget.VPC_ENDPOINT

    def inside(self, subnet: str, target: tuple[Interval, ...], family: int) -> tuple[Route, ...]:
        """Routes that take packets to a target in the VPC from the local one: more specific ones, and one
        that replaces it.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html (rules and considerations)
        """
        table = self.table(subnet)
        if not isinstance(table, RouteTable):
            return ()  # local routes are always there; others within the VPC are rare
        own = self.vpc_blocks(family)
        taking = [
            one
            for one in table.routes
            if is_block(one.destination)
            and block(one.destination)[0] == family
            and any(low <= block(one.destination)[1][0] and block(one.destination)[1][1] <= high for low, high in own)
        ]
        left, found = target, []
        for route, interval in self._by_precedence(taking, family):
            if any(overlap(one, interval) for one in left):
                found.append(route)
                left = minus(left, [interval])
        return tuple(found)

    def vpc_blocks(self, family: int) -> tuple[Interval, ...]:
        """The VPC's own blocks."""
        vpc = self.design.vpc
        if family == 4:
            return of_family(map(str, vpc.cidrs), 4)
        return of_family([str(vpc.ipv6_cidr)], 6) if vpc.ipv6_cidr else ()

    def outer_part(self, destination: tuple[Interval, ...], family: int) -> tuple[Interval, ...]:
        """What a block outside of the VPC stands for: without the VPC's own addresses, and of one that
        holds public and private addresses (0.0.0.0/0) the public ones."""
        return self.public_part(destination, family) or minus(destination, self.vpc_blocks(family))

    def public_part(self, destination: tuple[Interval, ...], family: int) -> tuple[Interval, ...]:
        """The part of a destination that lies in the internet."""
        if family == 6:
            return minus(destination, self.vpc_blocks(6))
        return minus(destination, [*of_family((*PRIVATE, *NOT_UNICAST), 4), *self.vpc_blocks(4)])
