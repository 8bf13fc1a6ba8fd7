"""What is packed, onto what, and what came out. Costs are whole numbers in millionths of their unit
(US dollars an hour, or the resource weight), so that sums are exact and comparisons certain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class PodKind:
    """Pods that are alike: requests of one pod (millicores, MiB), how many there are."""

    name: str
    cpu_millicores: int
    memory_mib: int
    replicas: int
    nodes: frozenset[str] | None = None
    """Names of the node kinds that may carry it (architecture, taints, node group); None for all."""
    spread: bool = True
    """Whether its pods are spread evenly over the zones; otherwise they may be anywhere."""
    zonal: bool = False
    """Whether its volumes keep its pods in their zones: a lost zone's pods move nowhere."""


@dataclass(frozen=True, slots=True)
class NodeKind:
    """A kind of node: what it has for pods after everything that runs on every node, and its cost."""

    name: str
    cpu_millicores: int
    memory_mib: int
    pods: int
    cost: int
    """Of one node, in millionths."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Pods to carry and the kinds of nodes that may be bought, any number of each."""

    pods: tuple[PodKind, ...]
    nodes: tuple[NodeKind, ...]
    zones: int = 1
    lost: int = 0
    """Zones that may fail at the same time; the others then carry all pods that can move."""

    def carriers(self, pod: PodKind) -> tuple[NodeKind, ...]:
        """Node kinds that may carry a pod and have room for one."""
        return tuple(
            node
            for node in self.nodes
            if (pod.nodes is None or node.name in pod.nodes)
            and pod.cpu_millicores <= node.cpu_millicores
            and pod.memory_mib <= node.memory_mib
            and node.pods >= 1
        )


@dataclass(frozen=True, slots=True)
class Node:
    """Nodes that are alike in a packing: their kind, the pods on each (name and number, sorted), how
    many such nodes, and their zone (from 0; None where pods may be anywhere)."""

    kind: str
    pods: tuple[tuple[str, int], ...]
    count: int = 1
    zone: int | None = None


@dataclass(frozen=True, slots=True)
class Packing:
    """A set of nodes that carries all pods, and how good it is known to be.

    Where zones may fail, ``nodes`` show the pods that each node has room for at the same time; what
    the zones that are left must carry together is never more.
    """

    nodes: tuple[Node, ...]
    cost: int
    """Of all nodes, in millionths."""
    lower_bound: int
    """No set of nodes that carries the pods costs less, in millionths."""
    first_fit: int
    """Cost of first-fit-decreasing, for comparison."""
    single_kind: int | None
    """Cost of the best single kind; None where no kind carries every pod."""
    complete: bool
    """False when the budget ended first; the packing is sound all the same."""
    interrupted: bool = False
    """Whether somebody stopped the search (Ctrl-C)."""

    @property
    def gap(self) -> float:
        """By how much the cost may be above the least possible, as a share of the lower bound."""
        return (self.cost - self.lower_bound) / self.lower_bound if self.lower_bound else 0.0

    def counts(self) -> Mapping[str, int]:
        """Nodes of each kind."""
        found: dict[str, int] = {}
        for node in self.nodes:
            found[node.kind] = found.get(node.kind, 0) + node.count
        return dict(sorted(found.items()))


class PodTooLargeError(ValueError):
    """A pod that no kind of node carries."""

    def __init__(self, pod: PodKind) -> None:
        super().__init__(f"{pod.name} fits on no node")
        self.pod = pod


def _for_ever() -> float | None:
    return None


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to search. The search itself knows no clock: whoever has one passes ``seconds_left``.
    Without it the same problem always gives the same packing."""

    rounds: int = 60
    """Rounds of column generation at most."""
    repairs: int = 200
    """Rounds of taking nodes away and packing their pods anew."""
    mip_nodes: int = 2_000
    """Branch-and-bound nodes of one integer program at most."""
    seconds_left: Callable[[], float | None] = field(default=_for_ever)
    """Seconds that are left; None for no limit."""

    def part(self, share: float) -> Budget:
        """A budget that ends when ``share`` of the time that is left now is used up."""
        now = self.seconds_left()
        if now is None:
            return self
        later = now * (1 - share)
        return replace(self, seconds_left=lambda: (self.seconds_left() or 0.0) - later)

    def over(self) -> bool:
        """Whether the time is up."""
        left = self.seconds_left()
        return left is not None and left <= 0
