"""Runs a Pulumi program in process against moto, without the Pulumi engine.

What the language host does is done here: fresh settings, a fresh root stack, every exception
raised. The monitor receives RegisterResource requests, which carry what Pulumi's own mocks hide:
dependencies, parents, protection. Not real: the engine's diff, state and retries, and the
provider's validation and waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import run_in_stack
from pulumi.runtime.sync_await import _sync_await

from tests.support import schema_check
from tests.support.provider import MotoProvider

_STACK = "pulumi:pulumi:Stack"


class SchemaError(Exception):
    """Inputs that pulumi-aws's own types do not know."""


@dataclass
class Registered:
    """A resource as it was registered."""

    urn: str
    token: str
    name: str
    custom: bool
    parent: str
    inputs: dict[str, Any]
    dependencies: set[str]
    protect: bool
    retain: bool = False
    identity: str = ""
    state: dict[str, Any] = field(default_factory=dict)
    order: int = -1


def _plain(value: Any) -> Any:
    """Wire values as Python values: whole floats are integers, secrets are opened."""
    if isinstance(value, dict):
        if value.get(rpc._special_sig_key) == rpc._special_secret_sig:
            return _plain(value.get("value"))
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value == int(value) else value


@contextlib.contextmanager
def _loop_of_this_thread() -> Iterator[None]:
    """An event loop for Pulumi's serialisation in a worker thread, closed again."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()


class Monitor(mocks.MockMonitor):
    """Receives registrations and makes them real in moto."""

    def __init__(
        self, provider: MotoProvider, *, preview: bool, delay: Callable[[str], None], fail_on: frozenset[str]
    ) -> None:
        super().__init__(mocks=None)  # type: ignore[arg-type]
        self.provider, self.preview, self.delay, self.fail_on = provider, preview, delay, fail_on
        self.registered: dict[str, Registered] = {}
        self.exports: dict[str, Any] = {}
        self._mutex = threading.Lock()
        self._order = 0

    def RegisterResource(self, request: Any) -> Any:
        with _loop_of_this_thread():
            return self._register(request)

    def _register(self, request: Any) -> Any:
        urn = self.make_urn(request.parent, request.type, request.name)
        inputs = _plain(rpc.deserialize_properties(request.object, keep_unknowns=True))
        dependencies = set(request.dependencies)
        for one in request.propertyDependencies.values():
            dependencies |= set(one.urns)
        made = Registered(
            urn,
            request.type,
            request.name,
            request.custom,
            request.parent,
            inputs,
            dependencies,
            request.protect,
            request.retainOnDelete,
        )
        with self._mutex:
            if urn in self.registered:
                raise RuntimeError(f"duplicate resource URN {urn}")
            self.registered[urn] = made
        if request.custom and not self.preview:
            self._make(made)
        with self._mutex:
            made.order, self._order = self._order, self._order + 1
        state = inputs if self.preview else {**inputs, **made.state}
        self.resources[urn] = mocks.MockMonitor.ResourceRegistration(urn, made.identity, state)
        answer = _sync_await(rpc.serialize_properties(state, {}))
        return resource_pb2.RegisterResourceResponse(urn=urn, id=made.identity, object=answer)

    def _make(self, made: Registered) -> None:
        wrong = schema_check.problems(made.token, made.inputs)
        if wrong:
            raise SchemaError(f"{made.token} ({made.name}): " + "; ".join(wrong))
        self.delay(made.name)
        if made.name in self.fail_on:
            raise RuntimeError(f"injected failure of {made.name}")
        made.identity, made.state = self.provider.create(made.token, made.name, made.inputs)

    def Invoke(self, request: Any) -> Any:
        with _loop_of_this_thread():
            return self._invoke(request)

    def _invoke(self, request: Any) -> Any:
        answer = self.provider.invoke(request.tok, _plain(rpc.deserialize_properties(request.args)))
        # "return" is no name in Python
        body: dict[str, Any] = {"return": _sync_await(rpc.serialize_properties(answer, {}))}
        return resource_pb2.ResourceInvokeResponse(**body)

    def RegisterResourceOutputs(self, request: Any) -> Any:
        if f"::{_STACK}::" in request.urn:
            self.exports = _plain(rpc.deserialize_properties(request.outputs, keep_unknowns=True))
        return empty_pb2.Empty()


@dataclass
class Run:
    """What a program registered and made."""

    monitor: Monitor

    @property
    def exports(self) -> dict[str, Any]:
        return self.monitor.exports

    @property
    def resources(self) -> list[Registered]:
        return [one for one in self.monitor.registered.values() if one.token != _STACK]

    def made(self) -> list[Registered]:
        return sorted((one for one in self.resources if one.custom and one.identity), key=lambda one: one.order)

    def named(self, name: str, token: str = "") -> Registered:
        (found,) = [one for one in self.resources if one.name == name and one.token.endswith(token) and one.custom]
        return found

    def destroy(self, seed: int) -> list[str]:
        """Delete everything in a random order that the recorded dependencies allow."""
        left = {one.urn: one for one in self.made()}
        before: dict[str, set[str]] = {urn: set() for urn in left}
        for one in left.values():
            for dependency in self._expanded(one):
                if dependency in before and dependency != one.urn:
                    before[dependency].add(one.urn)
        chance, order = random.Random(seed), []
        while left:
            free = sorted(urn for urn in left if not before[urn] & left.keys())
            assert free, "a cycle of dependencies"
            one = left.pop(chance.choice(free))
            if not one.retain:
                self.monitor.provider.delete(one.token, one.identity, one.state)
            order.append(one.name)
        return order

    def _expanded(self, one: Registered) -> set[str]:
        """Dependencies with a component standing for its children."""
        found = set(one.dependencies)
        for urn in list(found):
            found |= {child.urn for child in self.resources if child.parent == urn}
        return found


def run_program(
    program: Callable[[], Any],
    provider: MotoProvider,
    *,
    preview: bool = False,
    delay: Callable[[str], None] = lambda _name: None,
    fail_on: frozenset[str] = frozenset(),
    config: dict[str, str] | None = None,
) -> Run:
    """Run a program to its end; the first error is raised. ``delay`` is called with each name
    before it is made, ``fail_on`` names resources that fail."""
    monitor = Monitor(provider, preview=preview, delay=delay, fail_on=fail_on)

    def host() -> None:
        settings.configure(
            mocks.MockSettings(  # type: ignore[no-untyped-call]
                monitor=monitor,
                monitor_features=set(monitor.GetDeploymentInfo(None).supportedFeatures),  # type: ignore[no-untyped-call]
                engine=mocks.MockEngine(None),
                project="eksplan",
                stack="test",
                dry_run=preview,
                organization="test",
                callbacks=None,
                root_directory=".",
                outputs=set(),
                lock=threading.Lock(),
                package_refs={},
                base_providers_by_ref={},
                parallel=8,
                legacy_apply_enabled=False,
            )
        )
        settings.ROOT.set(None)
        pulumi.runtime.set_all_config(config or {}, [])
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        # the first error is raised below; what fails because of it need not be printed too
        loop.set_exception_handler(lambda _loop, _context: None)
        try:
            loop.run_until_complete(run_in_stack(program))
        finally:
            pending = asyncio.all_tasks(loop)
            for task in pending:
                task.cancel()
            if pending:
                loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
            loop.close()
            asyncio.set_event_loop(None)

    # a thread and a context of its own: neither event loop nor root stack reaches the next run
    with ThreadPoolExecutor(1) as pool:
        pool.submit(contextvars.copy_context().run, host).result()
    return Run(monitor)
