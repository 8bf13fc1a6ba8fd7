"""The document of a fleet: pools, what is there already, and clusters by template."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic.config import JsonDict

from planner.spec.cluster import avoid_text
from planner.spec.network import AvoidCidr
from planner.spec.types import AccountId, ClusterName, Ipv4Cidr, Name, Or, RegionName, SpecModel, one_or_many

KIND = "Fleet"

_MANY: JsonDict = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
Cidrs = Annotated[tuple[Ipv4Cidr, ...], BeforeValidator(one_or_many)]

#: A part of a cluster's spec; what it may hold is checked when it is merged.
Part = Annotated[dict[str, Any], WithJsonSchema({"type": "object", "x-part": "ClusterSpec"})]


class FleetPool(SpecModel):
    """Blocks that the clusters' VPCs come from."""

    name: Name = Field(description="Name of the pool.")
    cidrs: Cidrs = Field(min_length=1, description="Its IPv4 CIDR blocks.", json_schema_extra=_MANY)
    regions: tuple[RegionName, ...] = Field(
        default=(), description="Regions whose clusters it serves; every region when not given."
    )


class Allocation(SpecModel):
    """A VPC that is there already: of a cluster of this fleet, or of somebody else."""

    name: Name = Field(description="What it is, for the messages.")
    cidrs: Cidrs = Field(
        min_length=1, description="Its IPv4 CIDR blocks, the primary one first.", json_schema_extra=_MANY
    )
    service_cidr: Ipv4Cidr | None = Field(default=None, description="The Kubernetes service block of its cluster.")
    cluster: ClusterName | None = Field(
        default=None, description="The cluster of this fleet that it belongs to; the cluster then keeps these blocks."
    )


class FleetCluster(SpecModel):
    """A cluster of the fleet, or as many alike as `count` says."""

    name: ClusterName = Field(description="Name of the cluster; with `count` the beginning of NAME-001, NAME-002 ...")
    count: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        default=None, description="How many such clusters there are, named NAME-001 and so on."
    )
    account: AccountId | None = Field(default=None, description="AWS account that it is in: twelve digits.")
    template: Name | None = Field(default=None, description="Template that its spec begins with.")
    pool: Name | None = Field(
        default=None, description="Pool that its VPC comes from; the first that serves its region when not given."
    )
    spec: Part = Field(
        default={}, description="Fields of its spec, over the template's: maps are merged, lists replaced."
    )


class FleetSpec(SpecModel):
    """Pools, what is there already, and the clusters."""

    pools: tuple[FleetPool, ...] = Field(
        default=(), description="Where VPC blocks come from, in the order in which they are tried; 10.0.0.0/8 if none."
    )
    pod_pools: Cidrs = Field(
        default=(),
        description="Where secondary blocks for pods (cni.customNetworking) come from; 100.64.0.0/10 if none.",
        json_schema_extra=_MANY,
    )
    pod_blocks: Literal["shared", "unique"] = Field(
        default="shared",
        description="shared: pods' blocks are not routed between VPCs, so that every cluster may have the same; unique: no two clusters' overlap.",
    )
    pod_prefix_length: Annotated[int, Field(ge=16, le=28)] | None = Field(
        default=None,
        description="Length of a block for pods; /16 when shared, else as the demand needs with half of it free.",
    )
    service_pools: Cidrs = Field(
        default=(),
        description="Where service blocks come from; the usual ones (172.20.0.0/16, 10.100.0.0/16 ...) when shared, 172.16.0.0/12 when unique.",
        json_schema_extra=_MANY,
    )
    service_blocks: Literal["shared", "unique"] = Field(
        default="shared",
        description="shared: service addresses never leave a cluster, so that every cluster may have the same; unique: no two clusters' overlap.",
    )
    service_prefix_length: Annotated[int, Field(ge=12, le=24)] | None = Field(
        default=None, description="Length of a service block; /20, or the usual /16 when shared and without a pool."
    )
    avoid: tuple[Annotated[AvoidCidr, BeforeValidator(avoid_text), Or("string")], ...] = Field(
        default=(), description="Blocks of peers and on-premises networks that no cluster may overlap."
    )
    allocations: tuple[Allocation, ...] = Field(default=(), description="VPCs that are there already.")
    defaults: Part = Field(default={}, description="Fields of every cluster's spec.")
    templates: dict[str, Part] = Field(
        default={}, description="Fields of the specs of clusters that name the template, over the defaults."
    )
    clusters: tuple[FleetCluster, ...] = Field(
        min_length=1, description="The clusters, in the order in which they are served."
    )


class FleetMetadata(SpecModel):
    """Name of the fleet."""

    name: Name = Field(description="Name of the fleet.")


class FleetDocument(SpecModel):
    """A fleet: what `eksplan fleet plan -f` reads."""

    api_version: Literal["eksplan/v1"] = Field(description="Always eksplan/v1.")
    kind: Literal["Fleet"] = Field(description="Always Fleet.")
    metadata: FleetMetadata = Field(description="Name.")
    spec: FleetSpec = Field(description="Pools and clusters.")
