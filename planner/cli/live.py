"""AWS sessions, and running clusters for commands that judge what exists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit
from planner.cli.gather import gathered

if TYPE_CHECKING:
    from boto3.session import Session

    from planner.design import Design
    from planner.observe.raw import Raw

NO_REGION = "no region: give --region, or set AWS_REGION or the profile's region"


@dataclass(frozen=True, slots=True)
class Live:
    """What runs in AWS, and as whom to look at it. With neither ``cluster`` nor ``vpc`` nothing live is meant."""

    cluster: str | None
    region: str | None
    profile: str | None
    role: str | None
    """ARN of a role to take on with the profile's credentials."""
    external_id: str | None
    timeout: int | None
    """Seconds to wait for each answer; None leaves it to boto3."""
    vpc: str | None = None

    def session(self) -> Session:
        """A session as the AWS CLI would have it, in the role if there is one. Raises CliError: 2 without a
        region, 5 for a profile that is not there and a role that may not be taken on."""
        if self.external_id and not self.role:
            raise click.UsageError("--external-id goes with --role-arn")
        session = open_session(self.profile, self.region, self.timeout)
        if not session.region_name:
            raise CliError(NO_REGION)
        return _in_role(session, self) if self.role else session

    def observe(self) -> Design:
        """The design of the cluster, else of the VPC whatever runs in it. Raises CliError as ``session``
        does, and where AWS does not answer."""
        from planner.observe.collect import collect, collect_vpc

        session = self.session()
        region, cluster, vpc = session.region_name, self.cluster, self.vpc
        streams.note(f"reading {vpc if cluster is None else f'cluster {cluster}'} in {region}")
        if cluster is None:
            return _parsed(lambda: collect_vpc(session, region, str(vpc)))
        return _parsed(lambda: collect(session, region, cluster))


def live_options(*, vpc: bool = False, seen: str = "read from AWS") -> Callable[[Callable[..., Any]], Any]:
    """The options that say what runs in AWS; a command gets their values as ``live``. ``vpc`` allows a VPC
    without a cluster; ``seen`` says how far a cluster is read."""
    options = [
        click.option("--cluster", metavar="NAME", help=f"Instead of a file: a running cluster, {seen}."),
        click.option("--vpc", metavar="ID", help="Instead of a file: a VPC, whatever runs in it."),
        click.option(
            "--region", metavar="REGION", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], help="Region of the cluster."
        ),
        click.option("--profile", metavar="NAME", envvar="AWS_PROFILE", help="AWS profile, as in the AWS CLI."),
        click.option("--role-arn", "role", metavar="ARN", help="Role to take on first, as one of another account."),
        click.option("--external-id", metavar="ID", help="External id that the trust policy of --role-arn asks for."),
        click.option(
            "--timeout", type=click.IntRange(1, 3_600), metavar="SECONDS", help="Longest wait for an answer of AWS."
        ),
    ]
    if not vpc:
        del options[1]
    return gathered("live", Live, options)


def open_session(profile: str | None, region: str | None = None, timeout: int | None = None, **keys: str) -> Session:
    """A session as the AWS CLI would have it, whose clients wait at most ``timeout`` seconds for an answer;
    ``keys`` are boto3's own, instead of the profile's. Raises CliError for a profile that is not there."""
    import boto3
    import botocore.session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    inner = botocore.session.get_session()
    if timeout is not None:
        inner.set_default_client_config(Config(connect_timeout=timeout, read_timeout=timeout))
    try:
        return boto3.session.Session(botocore_session=inner, profile_name=profile, region_name=region, **keys)
    except BotoCoreError as error:
        raise CliError(f"AWS profile: {error}", Exit.AWS) from None


def _in_role(session: Session, live: Live) -> Session:
    """A session with the credentials of the role, which last an hour."""
    from botocore.exceptions import BotoCoreError, ClientError

    wanted = {"RoleArn": live.role, "RoleSessionName": "eksplan"}
    if live.external_id:
        wanted["ExternalId"] = live.external_id
    try:
        given = session.client("sts").assume_role(**wanted)["Credentials"]
    except (BotoCoreError, ClientError) as error:
        raise CliError(f"--role-arn {live.role}: {error}", Exit.AWS) from None
    return open_session(
        live.profile,
        session.region_name,
        live.timeout,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def _parsed(ask: Callable[[], Raw]) -> Design:
    from botocore.exceptions import BotoCoreError

    from planner.observe.parse import NotObservedError, parse

    try:
        return parse(ask())
    except NotObservedError as error:
        raise CliError(str(error), Exit.AWS) from None
    except BotoCoreError as error:
        raise CliError(f"AWS: {error}", Exit.AWS) from None
