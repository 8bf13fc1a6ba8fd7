"""Fargate profiles in a spec: which pods run on Fargate (note N29)."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import BeforeValidator, Field

from planner.spec.types import Name, NamespacePattern, Or, SpecModel


def _selector(value: object) -> object:
    """A namespace alone stands for all pods in it."""
    return {"namespace": value} if isinstance(value, str) else value


class FargateSelectorSpec(SpecModel):
    """Pods that a profile takes: those of a namespace, or those of it that have all the labels."""

    namespace: NamespacePattern = Field(
        description="Namespace of the pods; * stands for any characters and ? for one, so prod* takes prod-a and prod-b."
    )
    labels: dict[str, str] = Field(
        default={}, description="Labels that a pod must have, all of them; * and ? as in the namespace."
    )


class FargateSpec(SpecModel):
    """Pods on Fargate: each takes an address of the private subnets, in IPv6 clusters too. EKS makes the
    profiles one after another and cannot change one: another selector means another profile."""

    name: Name = Field(description="Name of the Fargate profile.")
    pods: Annotated[int, Field(ge=1, le=20_000)] = Field(description="Pods at peak.")
    selectors: tuple[Annotated[FargateSelectorSpec, BeforeValidator(_selector), Or("string")], ...] = Field(
        default=(),
        description="Which pods run on it: namespaces, or objects with namespace and labels; a pod that matches one of them does. The namespace that is called as the profile when not given.",
    )

    def chosen(self) -> tuple[FargateSelectorSpec, ...]:
        """The selectors, with the one that stands for none."""
        return self.selectors or (FargateSelectorSpec.model_construct(namespace=self.name, labels={}),)

    def takes(self, namespace: str, labels: Mapping[str, str]) -> bool:
        """Whether a pod of the namespace with these labels runs on the profile."""
        return any(
            fnmatchcase(namespace, one.namespace)
            and all(
                any(fnmatchcase(key, wanted) and fnmatchcase(found, value) for key, found in labels.items())
                for wanted, value in one.labels.items()
            )
            for one in self.chosen()
        )
