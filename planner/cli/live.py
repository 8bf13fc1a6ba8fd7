"""AWS sessions, and running clusters for commands that judge what exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.cli import streams
from planner.cli.exits import CliError, Exit

if TYPE_CHECKING:
    from boto3.session import Session

    from planner.design import Design

NO_REGION = "no region: give --region, or set AWS_REGION or the profile's region"


def open_session(profile: str | None, region: str | None = None) -> Session:
    """A session as the AWS CLI would have it. Raises CliError for a profile that is not there."""
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.session.Session(profile_name=profile, region_name=region)
    except BotoCoreError as error:
        raise CliError(f"AWS profile: {error}", Exit.AWS) from None


def observe(cluster: str, region: str | None, profile: str | None) -> Design:
    """The design of a running cluster. Raises CliError where AWS or its credentials fail."""
    from botocore.exceptions import BotoCoreError

    from planner.observe.collect import collect
    from planner.observe.parse import NotObservedError, parse

    session = open_session(profile, region)
    if not session.region_name:
        raise CliError(NO_REGION)
    streams.note(f"reading cluster {cluster} in {session.region_name}")
    try:
        return parse(collect(session, session.region_name, cluster))
    except NotObservedError as error:
        raise CliError(str(error), Exit.AWS) from None
    except BotoCoreError as error:
        raise CliError(f"AWS: {error}", Exit.AWS) from None
