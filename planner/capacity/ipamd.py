"""The VPC CNI's address manager, step by step: what one node holds while pods come and go.

A model of ipamd's pool logic (amazon-vpc-cni-k8s v1.23.1, ``pkg/ipamd/ipamd.go`` and
``pkg/ipamd/datastore/data_store.go``): warm targets, growth one interface or batch at a time,
release of prefixes and single addresses, removal of idle interfaces, cool-down of addresses, the
trunk of security groups for pods, custom networking, and the choice of a subnet for each new
interface. The closed forms of ``addresses`` equal it for pods that arrive one by one.

Times are seconds, counted from the node's start.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from planner.capacity.addresses import WarmTargets
from planner.capacity.max_pods import PodNetwork
from planner.catalog.facts import Facts
from planner.catalog.model import InstanceType

Choose = Callable[[int], int]
"""Picks one of so many: a number from 0 up to, not including, its argument."""


class Subnet(Protocol):
    """Where interfaces get their addresses from."""

    @property
    def free(self) -> int:
        """AvailableIpAddressCount: free addresses, whole or in pieces."""

    def take(self, singles: int, prefixes: int) -> bool:
        """Give so many single addresses and /28 prefixes, or nothing and False."""

    def give_back(self, singles: int, prefixes: int) -> None:
        """Take back addresses and prefixes that were given."""


class Unlimited:
    """A subnet that never runs out and only counts."""

    def __init__(self) -> None:
        self.taken = 0
        """Addresses given out, prefixes counted as 16."""

    @property
    def free(self) -> int:
        """More than anybody asks for."""
        return 1 << 32

    def take(self, singles: int, prefixes: int) -> bool:
        """Always."""
        self.taken += singles + 16 * prefixes
        return True

    def give_back(self, singles: int, prefixes: int) -> None:
        """Count back."""
        self.taken -= singles + 16 * prefixes


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """What ipamd of one node goes by."""

    interfaces: int
    """Interfaces that it may use, the first one included: of the type, or MAX_ENI."""
    slots: int
    """Secondary addresses, or prefixes, that fit on one interface."""
    unit: int
    """Addresses in a slot: 1, or 16 with prefix delegation."""
    max_pods: int
    warm_eni: int
    warm_prefix: int
    warm_ip: int
    """WARM_IP_TARGET; 0 when not set."""
    minimum_ip: int
    """MINIMUM_IP_TARGET; 0 when not set."""
    custom_networking: bool
    trunk: bool
    discovery: bool = True
    """ENABLE_SUBNET_DISCOVERY."""
    loop: float = 5
    """Seconds between two looks at the pool."""
    decrease: float = 30
    """Seconds at least between two releases."""
    cooldown: float = 30
    """IP_COOLDOWN_PERIOD: seconds before an address serves the next pod."""
    lifetime: float = 60
    """Seconds that a new interface is kept at least."""
    backoff: float = 120
    """Seconds without further tries after a subnet had too few addresses."""

    @property
    def by_address(self) -> bool:
        """Whether WARM_IP_TARGET or MINIMUM_IP_TARGET rules, instead of whole interfaces or prefixes."""
        return self.warm_ip > 0 or self.minimum_ip > 0


def settings(
    instance: InstanceType, max_pods: int, network: PodNetwork, warm: WarmTargets, facts: Facts
) -> PoolSettings:
    """ipamd's settings on an instance type. Raises ValueError for IPv6, which has no pool."""
    if network.ipv6:
        raise ValueError("an IPv6 node holds one /80 prefix and has no pool of addresses")
    most = instance.interfaces if network.max_eni is None else min(network.max_eni, instance.interfaces)
    prefix = network.delegates(instance, facts)
    return PoolSettings(
        interfaces=most,
        slots=max(instance.ipv4_per_interface - 1, 0),
        unit=facts.number("pods.prefix_addresses") if prefix else 1,
        max_pods=max_pods,
        warm_eni=facts.number("cni.warm_eni_target") if warm.eni is None else warm.eni,
        warm_prefix=facts.number("cni.warm_prefix_target") if warm.prefix is None else warm.prefix,
        warm_ip=warm.ip or 0,
        minimum_ip=warm.minimum_ip or 0,
        custom_networking=network.custom_networking,
        trunk=network.security_groups_for_pods,
        loop=facts.number("cni.pool_loop_seconds"),
        decrease=facts.number("cni.decrease_seconds"),
        cooldown=facts.number("cni.cooldown_seconds"),
        lifetime=facts.number("cni.interface_lifetime_seconds"),
        backoff=facts.number("cni.insufficient_backoff_seconds"),
    )


class _Holder:
    """Addresses that belong together: all of one interface, or one /28 prefix."""

    __slots__ = ("cooling", "interface", "size", "used")

    def __init__(self, interface: Interface, size: int) -> None:
        self.interface = interface
        self.size = size
        self.used = 0
        self.cooling = 0


class Interface:
    """A network interface of the node."""

    __slots__ = ("born", "cooling", "primary", "slots", "subnet", "trunk", "used")

    def __init__(self, subnet: Subnet, born: float, *, primary: bool = False, trunk: bool = False) -> None:
        self.subnet = subnet
        self.born = born
        self.primary = primary
        self.trunk = trunk
        self.slots = 0
        """Secondary addresses, or prefixes, on it."""
        self.used = 0
        """Pods with an address of it."""
        self.cooling = 0


@dataclass(slots=True)
class Calls:
    """Changing EC2 calls that ipamd made; the look-ups beside them are not counted."""

    create_interface: int = 0
    """CreateNetworkInterface, with AttachNetworkInterface and ModifyNetworkInterfaceAttribute after it."""
    assign: int = 0
    """AssignPrivateIpAddresses."""
    unassign: int = 0
    """UnassignPrivateIpAddresses."""
    delete_interface: int = 0
    """DetachNetworkInterface and DeleteNetworkInterface."""

    @property
    def total(self) -> int:
        """All of them."""
        return 3 * self.create_interface + self.assign + self.unassign + 2 * self.delete_interface


Pod = _Holder
"""What ``add`` returns and ``remove`` takes."""


class Ipamd:
    """ipamd on one node.

    ``node_subnet`` is where the node is; interfaces for pods come from ``pod_subnet`` (the
    ENIConfig's, with custom networking) or else from the subnet with most free addresses among the
    node's own and ``discovered`` (those tagged ``kubernetes.io/role/cni``). ``node_excluded`` is the
    tag with the value 0 on the node's subnet: only its first interface is there then.

    Pods fill interfaces and prefixes in order; ``choose`` scatters them as Go's maps do.
    Raises ValueError when the node's subnet cannot even give its first address, or nothing is
    left to hold pods on.
    """

    def __init__(
        self,
        given: PoolSettings,
        *,
        node_subnet: Subnet | None = None,
        pod_subnet: Subnet | None = None,
        discovered: Sequence[Subnet] = (),
        node_excluded: bool = False,
        choose: Choose | None = None,
    ) -> None:
        self.given = given
        self.now = 0.0
        self.calls = Calls()
        self.total = 0
        """Addresses for pods that the node holds."""
        self.assigned = 0
        """Pods with an address."""
        self.prefixes = 0
        self.free_prefixes = 0
        """Prefixes without any pod."""
        self._node = node_subnet or Unlimited()
        self._pods = (pod_subnet or Unlimited()) if given.custom_networking else None
        self._subnets = [one for one in (self._node, *discovered) if not (one is self._node and node_excluded)]
        self._choose = choose
        self._holders: list[_Holder] = []
        self._first = 0
        self._cooling: deque[tuple[float, _Holder]] = deque()
        self._decreased = -given.decrease - 1
        self._refused = -given.backoff - 1
        if not self._node.take(1, 0):
            raise ValueError("the subnet has no address left for the node itself")
        self.interfaces = [Interface(self._node, 0.0, primary=True)]
        if given.trunk:
            self._attach_trunk()
        # one number decides whether the pool is low: fewer addresses left than this
        if given.by_address:
            self._floor = given.warm_ip
        elif given.unit > 1:
            self._floor = given.unit * given.warm_prefix or 1
        else:
            self._floor = given.slots * given.warm_eni or 1

    def _attach_trunk(self) -> None:
        """The resource controller's trunk: in the node's subnet, or the pods' with custom networking."""
        where = self._pods or self._node
        if len(self.interfaces) < self.given.interfaces and where.take(1, 0):
            self.interfaces.append(Interface(where, self.now, trunk=True))

    # --- pods ---------------------------------------------------------------------------------

    def add(self) -> Pod | None:
        """Give a pod an address; None while there is none (the pod waits and is tried again)."""
        if self._cooling:
            self._cool_down()
        holder = self._open() if self._choose is None else self._scattered(self._choose)
        if holder is None:
            return None
        if holder.used == 0 and self.given.unit > 1:
            self.free_prefixes -= 1
        holder.used += 1
        holder.interface.used += 1
        self.assigned += 1
        return holder

    def remove(self, pod: Pod) -> None:
        """A pod goes; its address cools down before it serves another."""
        if pod.used == 0:
            raise ValueError("this pod is gone already")
        pod.used -= 1
        pod.cooling += 1
        pod.interface.used -= 1
        pod.interface.cooling += 1
        self.assigned -= 1
        if pod.used == 0 and self.given.unit > 1:
            self.free_prefixes += 1
        self._cooling.append((self.now + self.given.cooldown, pod))

    def _cool_down(self) -> None:
        cooling, now = self._cooling, self.now
        while cooling and cooling[0][0] <= now:
            holder = cooling.popleft()[1]
            holder.cooling -= 1
            holder.interface.cooling -= 1
            self._first = 0

    def _open(self) -> _Holder | None:
        """The first holder with an address that is free and not cooling."""
        holders, first = self._holders, self._first
        for number in range(first, len(holders)):
            holder = holders[number]
            if holder.size > holder.used + holder.cooling:
                self._first = number
                return holder
        self._first = len(holders)
        return None

    def _scattered(self, choose: Choose) -> _Holder | None:
        """A random interface with room, and on it a random prefix with room."""
        by_interface: dict[int, list[_Holder]] = {}
        for holder in self._holders:
            if holder.size > holder.used + holder.cooling:
                by_interface.setdefault(id(holder.interface), []).append(holder)
        if not by_interface:
            return None
        groups = list(by_interface.values())
        group = groups[choose(len(groups))]
        return group[choose(len(group))]

    # --- time ---------------------------------------------------------------------------------

    @property
    def low(self) -> bool:
        """Whether the pool is too low: a look at it would grow it."""
        if self.total >= self.given.max_pods:
            return False
        if self.total - self.assigned < self._floor:
            return True
        return self.total < self.given.minimum_ip

    def settle(self) -> int:
        """Look at the pool until it is no longer low or cannot grow, without time passing; returns
        how often it grew."""
        steps = 0
        while self.low and self._grow():
            steps += 1
        return steps

    def advance(self, seconds: float) -> None:
        """Let time pass: one look at the pool every five seconds."""
        end = self.now + seconds
        loop = self.given.loop
        while self.now + loop <= end:
            self.now += loop
            self.look()
        self.now = end

    def look(self) -> bool:
        """One look at the pool, as every five seconds; True when it changed."""
        if self._cooling:
            self._cool_down()
        changed = False
        if self.low:
            changed = self._grow()
        elif self.now - self._decreased > self.given.decrease:
            released = self._release()
            if released:
                self._decreased = self.now
                changed = True
        return self._free_interface() or changed

    # --- growing ------------------------------------------------------------------------------

    def _short(self) -> int:
        """Slots that are short of the targets; the whole interface where only interfaces count."""
        given = self.given
        if given.by_address:
            short = max(given.warm_ip - (self.total - self.assigned), given.minimum_ip - self.total, 0)
            if given.unit == 1:
                return short
            return max(1, -(-short // given.unit))
        if given.unit == 1:
            return given.slots
        return max(1, given.warm_prefix - self.free_prefixes)

    def _grow(self) -> bool:
        """One step of growth; False when nothing can grow (now)."""
        if self.now - self._refused <= self.given.backoff:
            return False
        given, wanted = self.given, self._short()
        if wanted <= 0:
            return False
        skipped = False
        for interface in self.interfaces:
            if interface.trunk or (interface.primary and given.custom_networking) or interface.slots >= given.slots:
                continue
            for count in (min(given.slots - interface.slots, wanted), 1):
                if self._take(interface.subnet, 0, count):
                    self.calls.assign += 1
                    self._hold(interface, count)
                    return True
            if not given.discovery:
                self._refused = self.now
                return False
            skipped = True
        grown = self._new_interface(min(wanted, given.slots))
        if not grown and skipped:
            self._refused = self.now
        return grown

    def _new_interface(self, count: int) -> bool:
        given = self.given
        pending = given.trunk and not any(one.trunk for one in self.interfaces)
        if count < 1 or len(self.interfaces) >= given.interfaces - pending:
            return False
        if self._pods is not None:
            candidates: Sequence[Subnet] = (self._pods,)
        elif given.discovery:
            candidates = sorted(self._subnets, key=lambda one: -one.free)
        else:
            candidates = (self._node,)
        for subnet in candidates:
            if self._take(subnet, 1, count):
                self.calls.create_interface += 1
                interface = Interface(subnet, self.now)
                self.interfaces.append(interface)
                self._hold(interface, count)
                return True
        self._refused = self.now
        return False

    def _take(self, subnet: Subnet, singles: int, slots: int) -> bool:
        return subnet.take(singles, slots) if self.given.unit > 1 else subnet.take(singles + slots, 0)

    def _hold(self, interface: Interface, slots: int) -> None:
        unit = self.given.unit
        interface.slots += slots
        self.total += slots * unit
        if unit == 1:
            mine = next((one for one in self._holders if one.interface is interface), None)
            if mine is None:
                self._holders.append(_Holder(interface, slots))
            else:
                mine.size += slots
        else:
            self._holders += [_Holder(interface, unit) for _ in range(slots)]
            self.prefixes += slots
            self.free_prefixes += slots
        self._first = 0

    # --- shrinking ----------------------------------------------------------------------------

    def _over(self) -> int:
        """Slots beyond the targets that a release would take."""
        given = self.given
        if not given.by_address:
            return max(self.free_prefixes - given.warm_prefix, 0) if given.unit > 1 else 0
        over = min(self.total - self.assigned - given.warm_ip, self.total - given.minimum_ip)
        if given.unit == 1:
            return max(over, 0)
        warm = -(-(self.assigned + given.warm_ip) // given.unit)
        least = -(-given.minimum_ip // given.unit)
        return max(min(self.free_prefixes, self.prefixes - warm, self.prefixes - least), 0)

    def _release(self) -> bool:
        """Give back unused addresses or prefixes beyond the targets."""
        over, released = self._over(), False
        if over <= 0:
            return False
        for interface in list(self.interfaces):
            if over <= 0:
                break
            count = self._release_from(interface, over)
            if count:
                over -= count
                released = True
                self.calls.unassign += 1
        return released

    def _release_from(self, interface: Interface, over: int) -> int:
        """Slots of one interface given back; cooling ones count as unused, as in ipamd."""
        mine = [one for one in self._holders if one.interface is interface]
        if self.given.unit == 1:
            count = min(over, sum(one.size - one.used for one in mine))
            for holder in mine:
                holder.size -= count
                self._forget_cooling(holder, max(holder.used + holder.cooling - holder.size, 0))
        else:
            idle = [one for one in mine if one.used == 0][:over]
            count = len(idle)
            for holder in idle:
                self._forget_cooling(holder, holder.cooling)
            self._drop(idle)
            self.prefixes -= count
            self.free_prefixes -= count
        if count:
            interface.slots -= count
            self.total -= count * self.given.unit
            self._give_back(interface.subnet, 0, count)
        return count

    def _forget_cooling(self, holder: _Holder, count: int) -> None:
        """Cooling addresses that are given back cool no more."""
        for _ in range(count):
            entry = next(one for one in self._cooling if one[1] is holder)
            self._cooling.remove(entry)
            holder.cooling -= 1
            holder.interface.cooling -= 1

    def _drop(self, holders: Sequence[_Holder]) -> None:
        gone = {id(one) for one in holders}
        self._holders = [one for one in self._holders if id(one) not in gone]
        self._first = 0

    def _give_back(self, subnet: Subnet, singles: int, slots: int) -> None:
        if self.given.unit > 1:
            subnet.give_back(singles, slots)
        else:
            subnet.give_back(singles + slots, 0)

    def _free_interface(self) -> bool:
        """Remove one interface that nothing needs, as ipamd tries after every look."""
        given = self.given
        if not given.by_address:
            warm = (given.warm_prefix if given.unit > 1 else given.warm_eni) + 1
            enough = self.total - self.assigned >= warm * given.slots * given.unit
            if not enough and given.unit == 1:
                return False
        for interface in self.interfaces:
            if interface.primary or interface.trunk or interface.used or interface.cooling:
                continue
            if self.now - interface.born < given.lifetime or self._needed(interface):
                continue
            mine = [one for one in self._holders if one.interface is interface]
            self.total -= interface.slots * given.unit
            if given.unit > 1:
                self.prefixes -= interface.slots
                self.free_prefixes -= interface.slots
            self._drop(mine)
            self.interfaces.remove(interface)
            self._give_back(interface.subnet, 1, interface.slots)
            self.calls.delete_interface += 1
            return True
        return False

    def _needed(self, interface: Interface) -> bool:
        """Whether the targets need this idle interface."""
        given = self.given
        others = self.total - interface.slots * given.unit
        if given.warm_ip and others - self.assigned < -(-given.warm_ip // given.unit) * given.unit:
            return True
        if given.minimum_ip and others < -(-given.minimum_ip // given.unit) * given.unit:
            return True
        return given.unit > 1 and given.warm_prefix > 0 and self.free_prefixes - interface.slots < given.warm_prefix

    # --- what it holds ------------------------------------------------------------------------

    def held_in(self, subnet: Subnet) -> int:
        """Addresses of a subnet that the node holds, primaries and whole prefixes included."""
        return sum(1 + one.slots * self.given.unit for one in self.interfaces if one.subnet is subnet)

    @property
    def held(self) -> int:
        """Addresses that the node holds in all subnets."""
        return len(self.interfaces) + self.total

    @property
    def pod_interfaces(self) -> int:
        """Interfaces that carry pod addresses (the first one too, unless custom networking)."""
        own = [one for one in self.interfaces if not one.trunk]
        return len(own) - 1 if self.given.custom_networking else len(own)


@dataclass(frozen=True, slots=True)
class ScaleUp:
    """A new node on which many pods start at once."""

    calls: Calls
    seconds: float
    """Until the last of the pods that can have an address has one: looks at the pool come every
    five seconds, EC2's own time is not counted."""
    pods: int
    """Pods that got an address."""


def scale_up(given: PoolSettings, pods: int) -> ScaleUp:
    """Start a node, schedule all its pods at once, and wait until nothing more happens."""
    node = Ipamd(given)
    node.settle()  # the pool is filled before the node is ready
    seconds, idle = 0.0, 0
    while idle < 2:
        before = node.assigned, node.calls.total
        while node.assigned < pods and node.add() is not None:
            seconds = node.now
        if node.assigned == pods and not node.low:
            break
        node.advance(given.loop)
        idle = idle + 1 if before == (node.assigned, node.calls.total) else 0
    return ScaleUp(node.calls, seconds, node.assigned)
