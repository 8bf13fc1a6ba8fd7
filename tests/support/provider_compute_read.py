"""Reading and changing what ``provider_compute`` makes (tests only); of a profile only its tags change in place."""

from __future__ import annotations

from tests.support.provider import Clients, Inputs
from tests.support.provider_compute import PROFILE, TAG
from tests.support.provider_read import Values, reads
from tests.support.provider_update import updates


@reads(PROFILE)
def read_profile(identity: str, state: Values, c: Clients) -> Values:
    cluster, profile = identity.split(":")
    found = c("eks").describe_fargate_profile(clusterName=cluster, fargateProfileName=profile)["fargateProfile"]
    return {
        "clusterName": cluster,
        "fargateProfileName": profile,
        "arn": found["fargateProfileArn"],
        "podExecutionRoleArn": found["podExecutionRoleArn"],
        "subnetIds": found["subnets"],
        "selectors": found["selectors"],
        "tags": found.get("tags") or None,
    }


@reads(TAG)
def read_tag(identity: str, state: Values, c: Clients) -> Values | None:
    resource, _, key = identity.partition(",")
    wanted = [{"Name": "resource-id", "Values": [resource]}, {"Name": "key", "Values": [key]}]
    for one in c("ec2").describe_tags(Filters=wanted)["Tags"]:
        return {"resourceId": resource, "key": key, "value": one["Value"]}
    return None


@updates(TAG)
def update_tag(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    resource, _, key = identity.partition(",")
    c("ec2").create_tags(Resources=[resource], Tags=[{"Key": key, "Value": i["value"]}])
    return {}
