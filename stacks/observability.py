"""Log groups and flow logs."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from planner.design import Design, FlowLog, LogGroup
from stacks.parts import known, protected, tags


class LogGroups(pulumi.ComponentResource):
    """Log groups, by name: ``arns`` and ``resources``. They are made before what writes to them.

    What was recorded cannot be recorded again: they are protected as long as the cluster is.
    """

    def __init__(self, name: str, design: Design, opts: pulumi.ResourceOptions) -> None:
        super().__init__("eksplan:index:LogGroups", name, None, opts)
        self.arns: dict[str, pulumi.Output[str]] = {}
        self.resources: dict[str, pulumi.Resource] = {}
        for group in known(design.log_groups):
            made = self._group(group, protect=protected(design))
            self.arns[group.name], self.resources[group.name] = made.arn, made
        self.register_outputs({})

    def _group(self, group: LogGroup, *, protect: bool) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            group.name.strip("/").replace("/", "-"),
            name=group.name,
            retention_in_days=group.retention_days or 0,  # 0 is for ever
            tags=tags(group.tags),
            opts=pulumi.ResourceOptions(parent=self, protect=protect),
        )


def flow_logs(
    design: Design,
    vpc_id: pulumi.Input[str],
    log_groups: Mapping[str, pulumi.Input[str]],
    role_arns: Mapping[str, pulumi.Input[str]],
    after: Mapping[str, list[pulumi.Resource]],
    parent: pulumi.Resource,
) -> list[pulumi.Resource]:
    """The flow logs of the VPC, as children of ``parent``; ``after`` are the policies of each role."""
    return [_flow_log(one, vpc_id, log_groups, role_arns, after, parent) for one in known(design.flow_logs)]


def _flow_log(
    log: FlowLog,
    vpc_id: pulumi.Input[str],
    log_groups: Mapping[str, pulumi.Input[str]],
    role_arns: Mapping[str, pulumi.Input[str]],
    after: Mapping[str, list[pulumi.Resource]],
    parent: pulumi.Resource,
) -> pulumi.Resource:
    made: pulumi.Resource = aws.ec2.FlowLog(
        log.name,
        vpc_id=vpc_id,
        traffic_type=log.traffic,
        log_destination_type=log.destination_kind,
        log_destination=log_groups.get(log.destination, log.destination),
        iam_role_arn=role_arns[log.role] if log.role else None,
        max_aggregation_interval=log.aggregation_seconds,
        tags=tags(log.tags),
        # EC2 takes no second flow log to the same place: the old one goes first
        opts=pulumi.ResourceOptions(
            parent=parent, depends_on=after.get(log.role or "", []), delete_before_replace=True
        ),
    )
    return made
