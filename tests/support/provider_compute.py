"""Fargate profiles, and tags on what others made, of Pulumi's ``aws`` as boto3 calls (tests only).

``tests.support.provider`` imports it, so that its handlers are always there.
"""

from __future__ import annotations

from typing import Any

from tests.support.provider import Clients, Inputs, Made, compact, creates, deletes

PROFILE = "aws:eks/fargateProfile:FargateProfile"
TAG = "aws:ec2/tag:Tag"


@creates(PROFILE)
def create_profile(name: str, i: Inputs, c: Clients) -> Made:
    made = c("eks").create_fargate_profile(
        **compact(
            clusterName=i["clusterName"],
            fargateProfileName=i["fargateProfileName"],
            podExecutionRoleArn=i["podExecutionRoleArn"],
            subnets=i["subnetIds"],
            selectors=[compact(**one) for one in i["selectors"]],
            tags=i.get("tags"),
        )
    )["fargateProfile"]
    return f"{made['clusterName']}:{made['fargateProfileName']}", {"arn": made["fargateProfileArn"]}


@deletes(PROFILE)
def delete_profile(identity: str, state: dict[str, Any], c: Clients) -> None:
    cluster, profile = identity.split(":")
    c("eks").delete_fargate_profile(clusterName=cluster, fargateProfileName=profile)


@creates(TAG)
def create_tag(name: str, i: Inputs, c: Clients) -> Made:
    c("ec2").create_tags(Resources=[i["resourceId"]], Tags=[{"Key": i["key"], "Value": i["value"]}])
    return f"{i['resourceId']},{i['key']}", {}


@deletes(TAG)
def delete_tag(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("ec2").delete_tags(Resources=[state["resourceId"]], Tags=[{"Key": state["key"], "Value": state["value"]}])
