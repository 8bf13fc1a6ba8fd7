"""``pulumi-resource-aws`` as a test double: the engine's ResourceProvider service, on top of moto.

It runs in the process of the tests; the engine attaches to its port. It checks inputs against the
types of pulumi_aws, finds differences key by key and tells updates from replacements (changes.py),
creates, reads, updates, deletes and invokes. Not here: the real provider's own validation, its
retries and waiters, and names that it makes up (the stacks name whatever has a name).

``fault`` is called before and after every create, update and delete, and may raise: an error
before means that AWS refused, one after that the answer was lost, and UnfinishedError that the resource
was made and did not become ready.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent import futures
from typing import Any

import grpc
from botocore.exceptions import ClientError
from google.protobuf import any_pb2, empty_pb2, json_format, struct_pb2
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from tests.support import existing
from tests.support.changes import change, rules
from tests.support.provider import CREATE, MotoProvider
from tests.support.schema_check import problems

#: What the engine sends for a value that is known only after creation.
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def plain(struct: Any) -> Any:
    """A protobuf struct as Python values; whole floats are integers."""

    def whole(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: whole(item) for key, item in value.items()}
        if isinstance(value, list):
            return [whole(item) for item in value]
        return int(value) if isinstance(value, float) and value == int(value) else value

    return whole(json_format.MessageToDict(struct))


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    """Python values as a protobuf struct."""
    made = struct_pb2.Struct()
    json_format.ParseDict(values, made)
    return made


def inputs(values: Any) -> dict[str, Any]:
    """A resource's own inputs, without the engine's."""
    return {key: value for key, value in plain(values).items() if not key.startswith("__")}


def unknown(value: Any) -> bool:
    """Whether a value, or a part of it, is known only after creation."""
    if isinstance(value, dict):
        return any(map(unknown, value.values()))
    if isinstance(value, list):
        return any(map(unknown, value))
    return bool(value == UNKNOWN)


def token(urn: str) -> str:
    """The type in a URN."""
    return urn.split("::")[2].rsplit("$", maxsplit=1)[-1]


class UnfinishedError(Exception):
    """A resource that AWS made and that did not become ready, such as a waiter's time that ran out."""


Fault = Callable[[str, str, str, str], None]
"""Called with "before" or "after", the method, the type and the name."""


def no_fault(phase: str, method: str, kind: str, name: str) -> None:
    """Everything goes well."""


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """The service; ``calls`` lists (method, type, name) of everything made, updated and deleted."""

    def __init__(self, provider: MotoProvider, fault: Fault = no_fault) -> None:
        self.provider, self.fault = provider, fault
        self.calls: list[tuple[str, str, str]] = []

    @contextlib.contextmanager
    def _doing(self, method: str, urn: str) -> Iterator[None]:
        """A change of a resource, with the faults before and after it."""
        name = urn.rsplit("::", maxsplit=1)[-1]
        self.fault("before", method, token(urn), name)
        yield
        self.calls.append((method, token(urn), name))
        self.fault("after", method, token(urn), name)

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="7.51.1")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        same = request.news == request.olds
        kind = provider_pb2.DiffResponse.DIFF_NONE if same else provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=kind)

    def Configure(self, request: Any, context: Any) -> Any:
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Check(self, request: Any, context: Any) -> Any:
        kind, news = token(request.urn), inputs(request.news)
        if kind not in CREATE:
            wrong = [f"{kind}: the double has no handler"]
        else:
            wrong = problems(kind, {key: value for key, value in news.items() if not unknown(value)})
        failures = [provider_pb2.CheckFailure(property=one.partition(":")[0], reason=one) for one in wrong]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def Diff(self, request: Any, context: Any) -> Any:
        old, new = inputs(request.old_inputs), inputs(request.news)
        with _told(context):
            found = change(token(request.urn), old, new, frozenset(request.ignoreChanges))
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if found.changed else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=found.changed,
            replaces=found.replaces,
            deleteBeforeReplace=found.delete_first,
        )

    def Create(self, request: Any, context: Any) -> Any:
        values = inputs(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(id="", properties=struct(values))
        identity, state = "", values
        try:
            with _told(context), self._doing("create", request.urn):
                identity, state = self.provider.create(token(request.urn), request.urn.split("::")[-1], values)
        except UnfinishedError as error:
            _unfinished(context, identity, state, request.properties, str(error))
        return provider_pb2.CreateResponse(id=identity, properties=struct(state))

    def Read(self, request: Any, context: Any) -> Any:
        state, told = plain(request.properties), inputs(request.inputs)
        with _told(context):
            found = existing.read(self.provider, token(request.urn), str(state.get("id") or request.id), state, told)
        if found is None:
            return provider_pb2.ReadResponse()
        identity = request.id if told else str(found[0].get("id") or request.id)
        return provider_pb2.ReadResponse(id=identity, properties=struct(found[0]), inputs=struct(found[1]))

    def Update(self, request: Any, context: Any) -> Any:
        kind, new, state = token(request.urn), inputs(request.news), plain(request.olds)
        moved = rules(kind)
        old = inputs(request.old_inputs)
        with _told(context):
            changed = change(kind, old, new, frozenset(request.ignoreChanges)).changed
            if request.preview:
                later = dict.fromkeys(moved.computed, UNKNOWN) if moved and set(changed) - {"tags"} else {}
                return provider_pb2.UpdateResponse(properties=struct({**state, **new, **later}))
            identity = str(state.get("id") or request.id)
            with self._doing("update", request.urn):
                state = existing.update(self.provider, kind, identity, state, old, new, changed)
        return provider_pb2.UpdateResponse(properties=struct(state))

    def Delete(self, request: Any, context: Any) -> Any:
        state = plain(request.properties)
        with _told(context), self._doing("delete", request.urn):
            try:
                self.provider.delete(token(request.urn), str(state.get("id") or request.id), state)
            except ClientError as error:
                if not existing.is_gone(error):  # what is gone needs no deleting
                    raise
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        with _told(context):
            answer = self.provider.invoke(request.tok, plain(request.args))
        body: dict[str, Any] = {"return": struct(answer)}  # "return" is no name in Python
        return provider_pb2.InvokeResponse(**body)


def _unfinished(context: Any, identity: str, state: dict[str, Any], told: Any, reason: str) -> None:
    """End a call with what was made, so that the engine keeps it in the state."""
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(id=identity, properties=struct(state), reasons=[reason], inputs=told)
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, reason)


@contextlib.contextmanager
def _told(context: Any) -> Iterator[None]:
    """An error becomes the engine's diagnostic."""
    try:
        yield
    except UnfinishedError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the engine must hear it
        context.abort(grpc.StatusCode.UNKNOWN, f"{type(error).__name__}: {error}")


@contextlib.contextmanager
def serving(plugin: Plugin) -> Iterator[int]:
    """The port on which the engine finds the plugin."""
    server = grpc.server(futures.ThreadPoolExecutor(16), options=_GRPC_CHANNEL_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(plugin, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(grace=None).wait()
