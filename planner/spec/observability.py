"""What a spec asks of DHCP options and of flow logs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from planner.spec.types import BucketArn, DomainName, NameServer, Or, ServerAddress, SpecModel, one_or_many

Retention = Annotated[int, Field(ge=1, le=3653)] | Literal["never"]
"""Days that CloudWatch keeps a log group's records, or that they never expire."""


class DhcpOptionsSpec(SpecModel):
    """The DHCP options set of the VPC: what instances learn when they boot. AWS's own when not given."""

    domain_name: DomainName | None = Field(
        default=None, description="Domain that instances complete names with; the region's own when not given."
    )
    domain_name_servers: Annotated[tuple[NameServer, ...], BeforeValidator(one_or_many), Or("string")] = Field(
        default=("AmazonProvidedDNS",),
        min_length=1,
        description="Name servers, at most four: AmazonProvidedDNS, which the private endpoint and VPC endpoints need, or IPv4 addresses.",
    )
    ntp_servers: Annotated[tuple[ServerAddress, ...], BeforeValidator(one_or_many), Or("string")] = Field(
        default=(),
        description="Time servers, at most four IPv4 addresses; Amazon's own (169.254.169.123) needs no entry.",
    )


class FlowLogsSpec(SpecModel):
    """Flow logs of the whole VPC."""

    destination: Literal["cloud-watch-logs", "s3"] = Field(
        default="cloud-watch-logs",
        description="Where the records go: to a log group that the plan makes with a role for it, or to a bucket of yours.",
    )
    bucket_arn: BucketArn | None = Field(
        default=None,
        description="With destination s3: the bucket, with or without a folder. The plan does not make it.",
    )
    traffic: Literal["all", "accept", "reject"] = Field(
        default="all", description="Which traffic is recorded: all, what was accepted, or what was rejected."
    )
    aggregation_seconds: Literal[60, 600] = Field(
        default=600, description="Longest time that one record covers, in seconds; 60 writes more records."
    )
    retention_days: Retention = Field(
        default=30,
        description="With destination cloud-watch-logs: how many days the records are kept, or never (they never expire).",
    )
