"""Fargate profiles: the calls about them, and their answers as a part of a design."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.design import FargateProfile, FargateSelector, Unknown
from planner.observe.calls import Calls
from planner.observe.names import plain_tags
from planner.observe.raw import Raw

_LISTED, _DESCRIBED = "eks:ListFargateProfiles", "eks:DescribeFargateProfile"


def collect_fargate(calls: Calls, cluster: str) -> None:
    """All profiles of a cluster. A call that is denied is kept as its error."""

    def described(name: str) -> None:
        wanted = {"clusterName": cluster, "fargateProfileName": name}
        calls.one(_DESCRIBED, calls.eks, "describe_fargate_profile", "fargateProfile", key=name, **wanted)

    listed = calls.many(_LISTED, calls.eks, "list_fargate_profiles", "fargateProfileNames", clusterName=cluster)
    calls.each(listed, described)


def pod_execution_roles(raw: Raw) -> set[str]:
    """ARNs of the roles with which Fargate runs pods."""
    return {one.get("podExecutionRoleArn", "") for one in raw.keyed(_DESCRIBED).values()}


def fargate_profiles_of(raw: Raw, subnets: Mapping[str, str]) -> tuple[FargateProfile, ...] | Unknown:
    """Profiles by name; unknown as a whole where one could not be read."""
    listed = raw.get(_LISTED)
    if isinstance(listed, Unknown):
        return listed
    failed = raw.error(_DESCRIBED)
    if failed is not None:
        return failed
    return tuple(_profile(item, subnets) for _, item in sorted(raw.keyed(_DESCRIBED).items()))


def _profile(item: Mapping[str, Any], subnets: Mapping[str, str]) -> FargateProfile:
    return FargateProfile(
        name=item["fargateProfileName"],
        role=item.get("podExecutionRoleArn", "").rpartition("/")[2],
        subnets=tuple(sorted(subnets.get(one, one) for one in item.get("subnets") or ())),
        selectors=tuple(
            sorted(
                FargateSelector(one.get("namespace", ""), tuple(sorted((one.get("labels") or {}).items())))
                for one in item.get("selectors") or ()
            )
        ),
        tags=plain_tags(item.get("tags")),
        arn=item.get("fargateProfileArn"),
        status=item.get("status", ""),
        health_issues=tuple(
            f"{one.get('code')}: {one.get('message')}" for one in (item.get("health") or {}).get("issues", ())
        ),
    )
