"""An intent: who talks to whom, on which ports, why, and what breaks without it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from planner.catalog.facts import Facts


class Who(StrEnum):
    """Kinds of actors in a cluster's network."""

    CONTROL_PLANE = "control plane"
    NODES = "nodes"
    PODS = "pods"
    """Pods on the nodes' own interfaces, or in pod subnets."""
    FARGATE = "Fargate pods"
    POD_GROUP = "pods with groups of their own"
    SERVICE = "AWS service"
    INTERNET = "internet"
    OUTSIDE = "connected network"
    EFS = "EFS mount targets"
    LOAD_BALANCERS = "load balancers"
    RESOLVER = "VPC resolver"
    """The name servers that the DHCP options give."""
    METADATA = "instance metadata"


IN_CLUSTER = frozenset({Who.CONTROL_PLANE, Who.NODES, Who.PODS, Who.FARGATE, Who.POD_GROUP})
"""Who meet by IPv6 in an IPv6 cluster."""


@dataclass(frozen=True, slots=True, order=True)
class Actor:
    """One of them; ``name`` is a service, a block, or the name of a pod group."""

    who: Who
    name: str = ""

    def __str__(self) -> str:
        return self.name or self.who


CONTROL_PLANE = Actor(Who.CONTROL_PLANE)
NODES = Actor(Who.NODES)
PODS = Actor(Who.PODS)
FARGATE = Actor(Who.FARGATE)
INTERNET = Actor(Who.INTERNET)
RESOLVER = Actor(Who.RESOLVER)
METADATA = Actor(Who.METADATA)


@dataclass(frozen=True, slots=True, order=True)
class Intent:
    """A flow that must be possible. ``key`` is its row in the fact ``flows.table``.

    ``protocol`` is tcp, udp or -1; ports are the target's, inclusive, None for all.
    """

    key: str
    source: Actor
    target: Actor
    protocol: str
    from_port: int | None = None
    to_port: int | None = None
    detail: str = ""
    """What it is for, where the row alone does not say."""
    broken: str = ""
    """What breaks without it, where the row alone does not say."""

    @property
    def breadth(self) -> int:
        """How much it opens: all protocols before ranges before single ports."""
        if self.from_port is None or self.to_port is None:
            return 1 << 20
        return self.to_port - self.from_port + 1

    @property
    def ports(self) -> str:
        """Ports for people: ``443``, ``1025-65535`` or ``all``."""
        if self.from_port is None:
            return "all"
        return str(self.from_port) if self.from_port == self.to_port else f"{self.from_port}-{self.to_port}"

    @property
    def ports_text(self) -> str:
        """Protocol and ports for people."""
        return "all" if self.protocol == "-1" else f"{self.protocol} {self.ports}"

    def why(self, facts: Facts, details: str = "") -> str:
        """Its reason, also the description of the rules that it needs; ``details`` stands for several
        intents of one row."""
        return str(_row(facts, self.key)["why"]).format(detail=details or self.detail)

    def breaks(self, facts: Facts) -> str:
        """What fails without it."""
        return self.broken or str(_row(facts, self.key)["breaks"])

    def title(self, facts: Facts) -> str:
        """Its name for people."""
        return str(_row(facts, self.key)["title"])

    def source_url(self, facts: Facts) -> str:
        """Where AWS or Kubernetes says so."""
        return str(_row(facts, self.key)["source"])

    def note(self, facts: Facts) -> str:
        """The note that it comes from."""
        return str(_row(facts, self.key)["note"])


def _row(facts: Facts, key: str) -> dict[str, object]:
    return dict(facts.table("flows.table")[key])
