"""AWS sessions, and running clusters for commands that judge what exists."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from planner.cli import streams
from planner.cli.exits import CliError, Exit

if TYPE_CHECKING:
    from boto3.session import Session

    from planner.design import Design
    from planner.observe.raw import Raw

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
    from planner.observe.collect import collect

    session, name = _session(region, profile)
    streams.note(f"reading cluster {cluster} in {name}")
    return _parsed(lambda: collect(session, name, cluster))


def observe_vpc(vpc: str, region: str | None, profile: str | None) -> Design:
    """The design of a VPC, whatever runs in it. Raises CliError as ``observe`` does."""
    from planner.observe.collect import collect_vpc

    session, name = _session(region, profile)
    streams.note(f"reading {vpc} in {name}")
    return _parsed(lambda: collect_vpc(session, name, vpc))


def _session(region: str | None, profile: str | None) -> tuple[Session, str]:
    session = open_session(profile, region)
    if not session.region_name:
        raise CliError(NO_REGION)
    return session, session.region_name


def _parsed(ask: Callable[[], Raw]) -> Design:
    from botocore.exceptions import BotoCoreError

    from planner.observe.parse import NotObservedError, parse

    try:
        return parse(ask())
    except NotObservedError as error:
        raise CliError(str(error), Exit.AWS) from None
    except BotoCoreError as error:
        raise CliError(f"AWS: {error}", Exit.AWS) from None
