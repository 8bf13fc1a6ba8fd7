"""``eksplan user-data``"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import ipaddress
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit
from planner.cli.inputs import load_catalog, plan_from, spec_or_plan_option
from planner.cli.plan import target

if TYPE_CHECKING:
    from planner.plan.user_data import GroupUserData

_ENDPOINT = re.compile(r"https://[A-Za-z0-9.-]+(:\d{1,5})?")
_SELF_MANAGED = (
    "self-managed nodes also need the tag kubernetes.io/cluster/{cluster}: owned on their instances, and an access "
    "entry of type EC2_LINUX (Windows: EC2_WINDOWS) for their role"
)
_SUFFIX = {"bottlerocket": "toml", "windows": "ps1"}


def _endpoint(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not _ENDPOINT.fullmatch(value):
        raise click.BadParameter(f"{value!r} is no endpoint; write it as https://ABC.gr7.eu-west-1.eks.amazonaws.com")
    return value


def _authority(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Base64 as DescribeCluster gives it (certificateAuthority.data)."""
    if value is None:
        return None
    try:
        certificate = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        certificate = b""
    if not certificate:
        raise click.BadParameter(
            "is no certificate in Base64; `aws eks describe-cluster --query cluster.certificateAuthority.data` gives it"
        )
    return value


def _block(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        return str(ipaddress.ip_network(value))
    except ValueError:
        raise click.BadParameter(f"{value!r} is no block; write it as 172.20.0.0/16 or fd12:3456:789a::/108") from None


@click.command("user-data")
@spec_or_plan_option
@click.argument("group", required=False)
@click.option("--endpoint", metavar="URL", callback=_endpoint, help="The cluster's API endpoint, put into its place.")
@click.option(
    "--ca", metavar="BASE64", callback=_authority, help="The cluster's certificate authority, put into its place."
)
@click.option(
    "--service-cidr", metavar="CIDR", callback=_block, help="The cluster's service block (IPv6: EKS assigns it)."
)
@click.option(
    "--self-managed",
    is_flag=True,
    help="For nodes without a managed group: the whole join, and no labels of EKS's managed groups.",
)
@click.option("--base64", "encoded", is_flag=True, help="In Base64, as a launch template takes it.")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print.",
)
@click.option("--out", metavar="DIR", callback=target, help="Write one file for each group into this folder.")
def command(
    file: str,
    group: str | None,
    *,
    endpoint: str | None,
    ca: str | None,
    service_cidr: str | None,
    self_managed: bool,
    encoded: bool,
    output: str,
    out: Path | None,
) -> int:
    """Print the user data of a group's launch template.

    Without an AMI of the group's own EKS merges its part into it; with one, and with
    --self-managed, it is the whole join. Values that exist only once the cluster is there stand
    as places such as ${cluster.endpoint}; --endpoint, --ca and --service-cidr fill them in.
    Without GROUP it is that of the only group, of all with -o json, or with --out DIR.
    """
    from planner.plan.user_data import group_user_data
    from planner.templates import render

    catalog = load_catalog()
    plan = plan_from(file, catalog, as_json=output == "json").plan
    everything = group_user_data(plan, render, self_managed=self_managed)
    chosen = _chosen(everything, group, alone=output == "text" and out is None)
    _check_block(service_cidr, [one.service_cidr for one in chosen])
    shown = [dataclasses.replace(one, text=one.filled(endpoint, ca, service_cidr)) for one in chosen]
    _check_size(shown, catalog.facts.number("nodegroup.user_data_bytes"))
    if self_managed:
        streams.note(_SELF_MANAGED.format(cluster=plan.name))
    if out is not None:
        _write(shown, out, encoded=encoded)
    if output == "json":
        streams.document(json.dumps(_document(plan.name, shown, encoded=encoded), indent=1, ensure_ascii=False))
    elif out is None:
        _print(shown[0], encoded=encoded)
    return Exit.CLEAN


def _chosen(found: Sequence[GroupUserData], group: str | None, *, alone: bool) -> list[GroupUserData]:
    names = [one.group for one in found]
    if group is not None:
        if group not in names:
            from planner.catalog.nearest import nearest_names

            near = nearest_names(group, names)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise CliError(f"{group}: no such node group; the plan has {', '.join(names) or 'none'}{hint}")
        return [one for one in found if one.group == group]
    if not found:
        raise CliError("the plan has no managed node group, so there is no launch template")
    if alone and len(found) > 1:
        raise CliError(f"which of the {len(found)} groups? Name one of {', '.join(names)}, or use -o json or --out DIR")
    return list(found)


def _check_block(given: str | None, planned: Sequence[str | None]) -> None:
    """A service block that is not the plan's would leave nodes with a wrong DNS address."""
    for block in planned:
        if given is not None and block is not None and given != block:
            raise CliError(f"--service-cidr {given}: the plan says {block}; leave the option out")
        if given is not None and block is None and ":" not in given:
            raise CliError(f"--service-cidr {given}: the cluster has IPv6 services; give the block that EKS assigned")


def _check_size(shown: Sequence[GroupUserData], limit: int) -> None:
    for one in shown:
        size = len(one.text.encode())
        if size > limit:
            raise CliError(
                f"{one.group}: {size:,} bytes of user data before Base64, EC2 takes {limit:,}; fetch the larger part from S3 at boot",
                Exit.INFEASIBLE,
            )


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _print(one: GroupUserData, *, encoded: bool) -> None:
    if not one.text:
        streams.note(f"{one.group}: no user data of the plan's own; EKS writes all that these nodes need to join")
        return
    places = one.places()
    if places:
        streams.note(f"{one.group}: to be filled in once the cluster is there: {', '.join(places)}")
    streams.document(_coded(one.text) if encoded else one.text)


def _document(name: str, shown: Sequence[GroupUserData], *, encoded: bool) -> dict[str, Any]:
    return {
        "apiVersion": "eksplan/v1",
        "kind": "UserData",
        "cluster": name,
        "groups": [
            {
                "group": one.group,
                "launchTemplate": one.launch_template,
                "os": one.os_family,
                "complete": one.complete,
                "encoding": "base64" if encoded else "text",
                "bytes": len(one.text.encode()),
                "places": one.places(),
                "userData": _coded(one.text) if encoded else one.text,
            }
            for one in shown
        ],
    }


def _write(shown: Sequence[GroupUserData], folder: Path, *, encoded: bool) -> None:
    if not folder.is_dir():
        raise CliError(f"{folder}: no such folder; make it first")
    for one in shown:
        if not one.text:
            streams.note(f"{one.group}: nothing to write; EKS writes all that these nodes need to join")
            continue
        suffix = _SUFFIX.get(one.os_family, "txt")
        path = folder / f"{one.launch_template}.{'b64' if encoded else suffix}"
        try:
            path.write_text(_coded(one.text) + "\n" if encoded else one.text, "utf-8", newline="\n")
        except OSError as error:
            raise CliError(f"{path}: cannot be written: {error.strerror}") from None
        streams.note(f"user data of {one.group} written to {path}")
