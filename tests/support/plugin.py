"""``pulumi-resource-aws`` as a test double: the engine's ResourceProvider service, on top of moto.

It runs in the process of the tests; the engine attaches to its port. It checks inputs against the
types of pulumi_aws, finds differences key by key, creates, deletes and invokes. A change of any
input replaces the resource: nothing is updated in place, so what the real provider can update
shows here as a replacement.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

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


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """The service; ``calls`` lists (method, type, name) of everything made, deleted and refused."""

    def __init__(self, provider: MotoProvider) -> None:
        self.provider = provider
        self.calls: list[tuple[str, str, str]] = []

    def _done(self, method: str, urn: str) -> None:
        self.calls.append((method, token(urn), urn.rsplit("::", maxsplit=1)[-1]))

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
        changed = [
            key for key in sorted({*old, *new}) if old.get(key) != new.get(key) and key not in request.ignoreChanges
        ]
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=changed,
            replaces=changed,
            deleteBeforeReplace=True,
        )

    def Create(self, request: Any, context: Any) -> Any:
        values = inputs(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(id="", properties=struct(values))
        with _told(context):
            identity, state = self.provider.create(token(request.urn), request.urn.split("::")[-1], values)
        self._done("create", request.urn)
        return provider_pb2.CreateResponse(id=identity, properties=struct(state))

    def Delete(self, request: Any, context: Any) -> Any:
        with _told(context):
            self.provider.delete(token(request.urn), request.id, plain(request.properties))
        self._done("delete", request.urn)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        with _told(context):
            answer = self.provider.invoke(request.tok, plain(request.args))
        body: dict[str, Any] = {"return": struct(answer)}  # "return" is no name in Python
        return provider_pb2.InvokeResponse(**body)


@contextlib.contextmanager
def _told(context: Any) -> Iterator[None]:
    """An error becomes the engine's diagnostic."""
    try:
        yield
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
