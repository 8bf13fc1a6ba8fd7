"""Fargate profiles of a design."""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.design.network import Tags


@dataclass(frozen=True, slots=True, order=True)
class FargateSelector:
    """Pods of a namespace, or those of it that have all the labels; both may hold * and ?."""

    namespace: str
    labels: Tags = ()
    """Key and value, sorted."""

    @property
    def in_words(self) -> str:
        """What it takes, for people."""
        if not self.labels:
            return f"all pods in {self.namespace}"
        return f"pods in {self.namespace} with {', '.join(f'{key}={value}' for key, value in self.labels)}"


@dataclass(frozen=True, slots=True)
class FargateProfile:
    """A Fargate profile: which pods run on Fargate, in which private subnets, with which role."""

    name: str
    role: str
    """Name of the pod execution role."""
    subnets: tuple[str, ...]
    selectors: tuple[FargateSelector, ...]
    tags: Tags = ()
    arn: str | None = field(default=None, compare=False)
    status: str = field(default="ACTIVE", compare=False)
    health_issues: tuple[str, ...] = field(default=(), compare=False)
