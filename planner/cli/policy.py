"""``--policy``: the IAM policy that reading AWS needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from planner.cli import streams


def _print(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    from planner.observe.policy import read_only_policy

    streams.document(json.dumps(read_only_policy(), indent=2))
    context.exit()


def policy_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option, which prints the policy and ends."""
    option = click.option(
        "--policy",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_print,
        help="Print the read-only IAM policy that --cluster, --vpc-id and --all need, and end.",
    )
    decorated: Callable[..., Any] = option(command)
    return decorated
