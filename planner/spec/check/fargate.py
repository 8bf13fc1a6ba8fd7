"""Fargate profiles: names, selectors, quotas, and what CoreDNS needs where there are no nodes (notes N07, N29)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid
from planner.spec.cluster import ClusterSpec
from planner.spec.compute import only_fargate
from planner.spec.fargate import FargateSpec

_PROFILE = "https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html"
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def check_fargate(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """What EKS would refuse of the profiles, and pods that no profile would take."""
    if not spec.fargate:
        return
    if spec.region in facts.strings("fargate.absent_regions"):
        yield invalid(
            "fargate-region",
            ("fargate",),
            "EKS has no Fargate in this region",
            value=spec.region,
            limit=f"not {', '.join(facts.strings('fargate.absent_regions'))}",
            fix="use nodeGroups or nodePools here",
            source=facts.source("fargate.absent_regions"),
        )
    yield from _quota(len(spec.fargate), spec.quotas.fargate_profiles, "fargateProfiles", ("fargate",), facts)
    for number, profile in enumerate(spec.fargate):
        yield from _profile(profile, ("fargate", number), spec, facts)
    labels = facts.table("coredns.labels")
    if only_fargate(spec) and not any(one.takes("kube-system", labels) for one in spec.fargate):
        yield invalid(
            "fargate-coredns",
            ("fargate",),
            "without nodes CoreDNS runs on Fargate, and no profile takes its pods: no name would resolve",
            value=f"{len(spec.fargate)} profiles, none for CoreDNS in kube-system",
            limit="one selector that takes it",
            fix="add a selector {namespace: kube-system, labels: {k8s-app: kube-dns}}, or a node group",
            source=facts.source("coredns.labels"),
        )


def _quota(count: int, asked: int | None, field: str, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    key, what = {
        "fargateProfiles": ("fargate.profiles", "profiles than a cluster may have"),
        "fargateSelectors": ("fargate.selectors", "selectors than a Fargate profile may have"),
        "fargateLabelPairs": ("fargate.label_pairs", "label pairs than a selector may have"),
    }[field]
    most = asked or facts.number(key)
    if count > most:
        yield invalid(
            "fargate-quota",
            path,
            f"more {what}",
            value=str(count),
            limit=f"{most} (Service Quotas{'' if asked else ', AWS default'})",
            fix=f"use fewer, or have the quota raised and say so in quotas.{field}",
            source=facts.source(key),
        )


def _profile(profile: FargateSpec, path: Path, spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    if not profile.selectors and not _NAMESPACE.fullmatch(profile.name):
        yield invalid(
            "fargate-namespace",
            (*path, "name"),
            "without selectors the profile takes the namespace of its name, and this can be none",
            value=profile.name,
            limit="small letters, digits and -",
            fix="add selectors: [NAMESPACE]",
            source=_PROFILE,
        )
    chosen = [(one.namespace, tuple(sorted(one.labels.items()))) for one in profile.selectors]
    yield from _quota(len(chosen), spec.quotas.fargate_selectors, "fargateSelectors", (*path, "selectors"), facts)
    for number, selector in enumerate(profile.selectors):
        place: Path = (*path, "selectors", number)
        most = spec.quotas.fargate_label_pairs
        yield from _quota(len(selector.labels), most, "fargateLabelPairs", (*place, "labels"), facts)
        if chosen[number] in chosen[:number]:
            yield invalid(
                "fargate-twice",
                place,
                "this selector is there twice",
                value=selector.namespace,
                limit="each once",
                fix="remove one of them",
                source=_PROFILE,
            )
