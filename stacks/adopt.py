"""Taking what AWS has already into the state, instead of making it again.

A run that is killed, or that does not hear AWS's answer, can leave a resource that AWS made and
the state does not know. ``adopting`` makes a program import it at the next run.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

#: Inputs that only the provider knows: AWS does not keep them, so nothing can be imported of them.
_OF_THE_PROVIDER = {
    "aws:eks/addon:Addon": ["resolveConflictsOnCreate", "resolveConflictsOnUpdate"],
    "aws:ec2/launchTemplate:LaunchTemplate": ["updateDefaultVersion"],
    "aws:eks/cluster:Cluster": ["bootstrapSelfManagedAddons"],
}

Adopted = Mapping[tuple[str, str], str]
"""Ids in AWS by type token and name of a resource."""


def adopting(found: Adopted) -> None:
    """Import these resources where the program declares them. To be called inside a Pulumi program,
    before anything is declared; the engine refuses an import whose inputs are not those declared."""
    if not found:
        return

    def adopt(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        identity = found.get((args.type_, args.name))
        if identity is None:
            return None
        wanted = pulumi.ResourceOptions(import_=identity, ignore_changes=_OF_THE_PROVIDER.get(args.type_))
        opts = pulumi.ResourceOptions.merge(args.opts, wanted)
        return pulumi.ResourceTransformationResult(args.props, opts)

    pulumi.runtime.register_stack_transformation(adopt)
