"""Fargate profiles of a plan: selectors, private subnets, the pod execution role (note N29)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capacity.brief import Brief
from planner.design import FargateProfile, FargateSelector
from planner.diagnostics import Diagnostic, Kind
from planner.network.demand import Tier
from planner.network.planned import Layout
from planner.security.role_names import role_name
from planner.spec.compute import only_fargate
from planner.spec.fargate import FargateSpec

_PROFILE = "https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html"


def plan_fargate(brief: Brief, layout: Layout) -> tuple[FargateProfile, ...]:
    """The profiles, sorted by name."""
    spec, private = brief.spec, _private(layout)
    role, alone = role_name(brief.name, "fargate", brief.facts), only_fargate(brief.spec)
    profiles: list[FargateProfile] = []
    for one in sorted(spec.fargate, key=lambda one: one.name):
        profiles.append(
            FargateProfile(
                name=one.name,
                role=role,
                subnets=private,
                selectors=_selectors(one),
                tags=tuple(sorted(spec.tags.items())),
            )
        )
        _record(brief, one, profiles[-1], alone=alone)
    return tuple(profiles)


def check_private(brief: Brief, layout: Layout) -> Iterator[Diagnostic]:
    """Profiles without a private subnet to run in."""
    if not brief.spec.fargate or _private(layout):
        return
    public = sorted({one.subnet.name for one in layout.of(Tier.PUBLIC)})
    yield Diagnostic(
        Kind.INFEASIBLE,
        "fargate-private",
        "Fargate takes private subnets only",
        path=("spec", "fargate"),
        value=f"{', '.join(public) or 'no subnets'}: used for public load balancers or nodes",
        limit="one private subnet at least, in each zone that pods shall run in",
        fix="give subnets of their own with use: node",
        source=_PROFILE,
        note="N29",
    )


def _private(layout: Layout) -> tuple[str, ...]:
    """Names of the node subnets that are not public ones too."""
    public = {one.subnet.name for one in layout.of(Tier.PUBLIC)}
    return tuple(sorted({one.subnet.name for one in layout.of(Tier.NODE)} - public))


def _selectors(profile: FargateSpec) -> tuple[FargateSelector, ...]:
    return tuple(sorted(FargateSelector(one.namespace, tuple(sorted(one.labels.items()))) for one in profile.chosen()))


def _record(brief: Brief, asked: FargateSpec, profile: FargateProfile, *, alone: bool) -> None:
    facts, name = brief.facts, brief.name
    takes = "; ".join(one.in_words for one in profile.selectors)
    inputs: dict[str, object] = {
        "selectors": takes
        + ("" if asked.selectors else " (the spec names none: the namespace that is called as the profile)"),
        "subnets": f"{', '.join(profile.subnets)}: private ones only, for pods on Fargate get no public addresses and EKS refuses others",
        "pod execution role": f"{profile.role}: pulls images and lets the kubelet join; EKS adds its access entry, of type FARGATE_LINUX",
        "security group": "the cluster security group, unless a SecurityGroupPolicy names others",
        "made": f"one profile after another: EKS makes and deletes one at a time; {brief.spec.quotas.fargate_profiles or facts.number('fargate.profiles')} at most",
        "IAM": "Pod Identity has no agent there: service accounts get roles by identity: irsa",
    }
    if asked.takes("kube-system", facts.table("coredns.labels")):
        inputs["CoreDNS"] = (
            "computeType: Fargate in the add-on's configuration: there are no nodes for it"
            if alone
            else "stays on nodes: the add-on's pods ask for EC2 unless computeType: Fargate says otherwise"
        )
    brief.ledger.add(
        f"fargate.{profile.name}",
        f"Fargate profile {profile.name} of {name}",
        takes,
        inputs=inputs,
        explanation="a profile cannot be changed: another selector, subnet or role means a new one, and its pods stop meanwhile. DaemonSets, privileged pods, host networking and EBS volumes do not run on Fargate",
        source=_PROFILE,
        note="N29",
    )
