"""Faults of AWS and of processes, and the account of what a faulty run left (tests and benchmarks only)."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError, ReadTimeoutError
from pulumi import automation

from planner.deploy.pending import without_pending
from planner.observe.leftovers import leftovers
from tests.support.inventory import Found, inventory
from tests.support.plugin import UnfinishedError

#: AWS's refusals, by the words of the fault table.
REFUSALS = {
    "throttling": "ThrottlingException",
    "access denied": "UnauthorizedOperation",
    "limit": "LimitExceededException",
    "timeout": "",
}
KINDS = (*REFUSALS, "unfinished", "lost answer")


@dataclass
class EveryResourceOnce:
    """A fault for the plugin: the first creation of every resource fails, in one way.

    "unfinished" and "lost answer" come after AWS made the resource, all else before.
    """

    kind: str
    failed: set[tuple[str, str]] = field(default_factory=set)
    _mutex: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, phase: str, method: str, kind: str, name: str) -> None:
        after = self.kind in ("unfinished", "lost answer")
        with self._mutex:
            if method != "create" or (phase == "after") != after or (kind, name) in self.failed:
                return
            self.failed.add((kind, name))
        raise fault(self.kind, kind)


def fault(kind: str, token: str) -> Exception:
    """The exception for a kind of fault."""
    if kind == "unfinished":
        return UnfinishedError(f"waiting for {token}: timeout while waiting for state to become 'available'")
    if kind in ("timeout", "lost answer"):
        return ReadTimeoutError(endpoint_url="https://aws")
    code = REFUSALS[kind]
    return ClientError({"Error": {"Code": code, "Message": f"injected {kind}"}}, token)


@dataclass(frozen=True, slots=True)
class Account:
    """What a state and AWS do not agree on: resources of the state that AWS lacks, resources of AWS that
    the state does not know, and those of them that no run named."""

    lost: Found
    unknown: Found
    orphaned: Found


def state_of(stack: automation.Stack) -> tuple[dict[tuple[str, str], str], set[tuple[str, str]]]:
    """Ids of the state's AWS resources by type and name; and types and names of pending operations."""
    return _state_in(dict(stack.export_stack().deployment or {}))


def _state_in(deployment: dict[str, Any]) -> tuple[dict[tuple[str, str], str], set[tuple[str, str]]]:
    ids = {
        _key(one["urn"]): one["id"]
        for one in deployment.get("resources", [])
        if one.get("custom") and one["type"].startswith("aws:")
    }
    pending = {_key(one["resource"]["urn"]) for one in deployment.get("pending_operations") or []}
    return ids, pending


def account(
    stack: automation.Stack, region: str, before: Found, made: list[tuple[str, str, str]], told: str
) -> Account:
    """Compare state and moto. ``made`` is the double's own list (type, name, id), ``told`` all that the
    runs printed; a pending operation in the state is a report too."""
    return _account(state_of(stack), region, before, made, told)


def account_of_file(
    state: Path, region: str, before: Found, made: list[tuple[str, str, str]], told: str = ""
) -> Account:
    """The same of a stack that the command line made: ``state`` is the folder of its backend."""
    (file,) = (state / ".pulumi" / "stacks" / "eksplan").glob("*.json")
    deployment = json.loads(file.read_text("utf-8"))["checkpoint"]["latest"]
    return _account(_state_in(deployment), region, before, made, told)


def _account(
    state: tuple[dict[tuple[str, str], str], set[tuple[str, str]]],
    region: str,
    before: Found,
    made: list[tuple[str, str, str]],
    told: str,
) -> Account:
    ids, pending = state
    here = inventory(region)
    present = {identity for _, identity in here}
    known = {identity for _, identity in ((key, one) for key, one in ids.items())}
    names = {identity: (token, name) for token, name, identity in made}
    unknown = frozenset(one for one in here - before if one[1] not in known)
    reported = {one for one in unknown if (key := names.get(one[1])) and (key in pending or f"({key[1]})" in told)}
    counted = {identity for _, _, identity in made if identity in present or identity in known}
    gone = {identity for identity in known & counted if identity not in present and _counted(identity, here)}
    return Account(frozenset(("state", one) for one in gone), unknown, unknown - reported)


def _counted(identity: str, here: Found) -> bool:
    """Whether the inventory counts resources of this id's kind; some are parts, such as routes."""
    return not identity.startswith(("r-", "a-")) and "#" not in identity


def remedy(stack: automation.Stack, region: str, failed: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """What the next run should import: resources that failed, or were under way, and that AWS has."""
    ids, pending = state_of(stack)
    return leftovers(boto3.session.Session(), region, (failed | pending) - set(ids))


def cleared(stack: automation.Stack) -> None:
    """Clear the state's pending operations, once what they made was found."""
    exported = stack.export_stack()
    deployment = without_pending(exported.deployment or {})
    if deployment is not None:
        stack.import_stack(automation.Deployment(exported.version, deployment))


def record(fault: str, outcome: str, lost: int, orphaned: int) -> None:
    """A row of the fault table, where the benchmark asks for one."""
    table = os.environ.get("EKSPLAN_FAULT_TABLE")
    if table:
        with Path(table).open("a", encoding="utf-8") as file:
            file.write(json.dumps([fault, outcome, lost, orphaned]) + "\n")


def _key(urn: str) -> tuple[str, str]:
    return urn.split("::")[2].rsplit("$", maxsplit=1)[-1], urn.rsplit("::", maxsplit=1)[-1]
