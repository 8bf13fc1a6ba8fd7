"""moto keeps its resources in plain dictionaries: calls from several threads must take turns."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.core.botocore_stubber import BotocoreStubber

_turn = threading.RLock()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """One call of boto3 after the other, whatever threads they come from, as AWS's own answers are whole."""
    answer = BotocoreStubber.process_request

    def in_turn(stubber: BotocoreStubber, request: Any) -> Any:
        with _turn:
            return answer(stubber, request)

    with mock.patch.object(BotocoreStubber, "process_request", in_turn):
        yield
