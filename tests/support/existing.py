"""Resources that are there already: read for refresh and import, and changed in place (tests only)."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

# they register readers and updaters
from tests.support import provider_compute_read, provider_more_read, provider_storage_read  # noqa: F401
from tests.support.changes import rules, same
from tests.support.provider import Inputs, MotoProvider, UnknownTypeError, UnreadInputError
from tests.support.provider_read import READ
from tests.support.provider_update import UPDATE, change_tags
from tests.support.schema_check import input_names

Values = dict[str, Any]
_GONE = ("NotFound", "NoSuchEntity", "NonExistent", "ResourceNotFoundException", "QueueDoesNotExist")


def is_gone(error: ClientError) -> bool:
    """Whether AWS says that a thing is not there."""
    return any(word in error.response["Error"]["Code"] for word in _GONE)


def read(
    provider: MotoProvider, token: str, identity: str, state: Values, inputs: Values
) -> tuple[Values, Values] | None:
    """State and inputs as AWS has them; None when it is gone. Without ``inputs`` (an import) all of AWS's."""
    if token not in READ:
        return state, inputs
    try:
        seen = READ[token](identity, state, provider.client)
    except ClientError as error:
        if is_gone(error):
            return None
        raise
    if seen is None:
        return None
    names = input_names(token)
    if not inputs:
        classed = rules(token)
        if classed:  # what stacks never say is left out, as a program that is imported into says nothing of it
            names &= {path.partition(".")[0] for path in (*classed.replace, *classed.update)}
        return seen, {key: value for key, value in seen.items() if key in names and value is not None}
    now = dict(inputs)
    for key in names & seen.keys():
        # what the program leaves to AWS is no drift, except tags and what else users add by hand
        told = inputs.get(key)
        if told is None and key not in ("tags", "labels", "taints"):
            continue
        if not same(seen[key], told, key):
            now[key] = _overlaid(told, seen[key], key)
        if now.get(key) is None:
            now.pop(key, None)
    return {**state, **seen}, now


def _overlaid(told: Any, seen: Any, key: str) -> Any:
    """AWS's value of what the program tells; a table keeps to the keys that it tells."""
    if key not in ("tags", "labels") and isinstance(told, dict) and isinstance(seen, dict):
        return {name: _overlaid(value, seen[name], name) for name, value in told.items() if name in seen}
    return seen


def update(
    provider: MotoProvider,
    token: str,
    identity: str,
    state: Values,
    old: Values,
    new: Values,
    changed: tuple[str, ...],
) -> Values:
    """Change a resource in place; ``old`` and ``new`` are its inputs.

    Raises UnknownTypeError where the double cannot, UnreadInputError for an input that the updater did not look at."""
    if "tags" in changed:
        change_tags(token, identity, state, new.get("tags") or {}, provider.client)
    rest = [key for key in changed if key != "tags"]
    outputs: Values = {}
    if rest:
        if token not in UPDATE:
            raise UnknownTypeError(f"{token}: the double cannot change {rest}")
        inputs = Inputs({key: new.get(key) for key in rest})
        outputs = UPDATE[token](identity, state, inputs, provider.client)
        unread = [key for key in rest if key not in inputs.read]
        if unread:
            raise UnreadInputError(f"{token}: changes not applied: {unread}")
    kept = {key: value for key, value in state.items() if key not in changed}
    return {
        **kept,
        **{key: _with_computed(state.get(key), old.get(key), value) for key, value in new.items()},
        **outputs,
    }


def _with_computed(state: Any, old: Any, new: Any) -> Any:
    """A new input with what AWS had added to the old one, such as a cluster's group inside its vpcConfig."""
    if not isinstance(state, dict) or not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**{key: value for key, value in state.items() if key not in old}, **new}
