"""Who may talk to the Kubernetes API, and which service accounts get which roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from planner.design import AccessEntry, Cluster
from stacks.cluster import ControlPlane
from stacks.parts import known, tags


class Access(pulumi.ComponentResource):
    """Access entries with their policies, and Pod Identity associations of controllers.

    ``entries`` by name, to wait for before nodes join that need one.
    """

    def __init__(
        self,
        name: str,
        cluster: Cluster,
        control_plane: ControlPlane,
        role_arns: Mapping[str, pulumi.Input[str]],
        partition: str,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("eksplan:index:Access", name, None, opts)
        self._cluster, self._control_plane, self._partition = cluster, control_plane, partition
        self._role_arns = role_arns
        self.entries = {entry.name: self._entry(entry) for entry in known(cluster.access_entries)}
        for one in known(cluster.pod_identities):
            aws.eks.PodIdentityAssociation(
                f"{cluster.name}-{one.namespace}-{one.service_account}",
                cluster_name=control_plane.name,
                namespace=one.namespace,
                service_account=one.service_account,
                role_arn=role_arns[one.role],
                tags=tags(cluster.tags),
                opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
            )
        self.register_outputs({})

    def _entry(self, entry: AccessEntry) -> pulumi.Resource:
        arn = self._role_arns.get(entry.name, entry.name)
        # of an ARN the account and the path: colons have a meaning in Pulumi's own names
        short = entry.name.partition("::")[2] or entry.name
        full = f"{self._cluster.name}-{short.replace(':', '-').replace('/', '-')}"
        made: pulumi.Resource = aws.eks.AccessEntry(
            full,
            cluster_name=self._control_plane.name,
            principal_arn=arn,
            type=entry.type,
            kubernetes_groups=list(entry.groups) or None,
            user_name=entry.username,
            tags=tags(self._cluster.tags),
            opts=pulumi.ResourceOptions(parent=self),
        )
        for policy in entry.policies:
            aws.eks.AccessPolicyAssociation(
                f"{full}-{policy.name}",
                cluster_name=self._control_plane.name,
                principal_arn=arn,
                policy_arn=f"arn:{self._partition}:eks::aws:cluster-access-policy/{policy.name}",
                access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(
                    type="namespace" if policy.namespaces else "cluster",
                    namespaces=list(policy.namespaces) or None,
                ),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[made]),
            )
        return made


class OidcProvider(pulumi.ComponentResource):
    """The cluster's OIDC issuer as an identity provider in IAM; AWS needs no thumbprint for its own issuers."""

    def __init__(
        self,
        name: str,
        cluster: Cluster,
        issuer: pulumi.Output[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("eksplan:index:OidcProvider", name, None, opts)
        self.resource = aws.iam.OpenIdConnectProvider(
            f"{cluster.name}-oidc",
            url=issuer,
            client_id_lists=["sts.amazonaws.com"],
            tags=tags(cluster.tags),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
