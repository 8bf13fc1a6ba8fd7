"""Fargate profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from planner.design import Design, FargateProfile
from stacks.cluster import ControlPlane
from stacks.parts import known, tags


class FargateProfiles(pulumi.ComponentResource):
    """All profiles of a cluster, one after another: EKS makes and deletes one at a time.

    ``resources`` are the profiles, to wait for before pods that run on them are started.
    """

    def __init__(
        self,
        name: str,
        design: Design,
        control_plane: ControlPlane,
        role_arns: Mapping[str, pulumi.Input[str]],
        subnets: Mapping[str, pulumi.Input[str]],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("eksplan:index:FargateProfiles", name, None, pulumi.ResourceOptions(parent=opts.parent))
        after = list(opts.depends_on) if isinstance(opts.depends_on, list) else []
        self.resources: list[pulumi.Resource] = []
        for profile in known(design.fargate_profiles):
            before = [*after, *self.resources[-1:]]
            self.resources.append(self._profile(profile, control_plane, role_arns, subnets, before))
        self.register_outputs({})

    def _profile(
        self,
        profile: FargateProfile,
        control_plane: ControlPlane,
        role_arns: Mapping[str, pulumi.Input[str]],
        subnets: Mapping[str, pulumi.Input[str]],
        after: Sequence[pulumi.Resource],
    ) -> pulumi.Resource:
        made: pulumi.Resource = aws.eks.FargateProfile(
            f"{control_plane.resource._name}-{profile.name}",
            cluster_name=control_plane.name,
            fargate_profile_name=profile.name,
            pod_execution_role_arn=role_arns[profile.role],
            subnet_ids=[subnets[name] for name in profile.subnets],
            selectors=[
                aws.eks.FargateProfileSelectorArgs(namespace=one.namespace, labels=dict(one.labels) or None)
                for one in profile.selectors
            ],
            tags=tags(profile.tags),
            # nothing of a profile can be changed, and its name is taken while it is there
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after), delete_before_replace=True),
        )
        return made
