"""Read-only calls to AWS whose answers, or errors, are kept as they came."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from planner.design import Unknown
from planner.observe.raw import Raw

if TYPE_CHECKING:
    from boto3.session import Session

T = TypeVar("T")

AT_ONCE = 8
"""Calls about one cluster or VPC that are under way at the same time: few enough for EC2's and IAM's buckets,
which hold 50 to 100 calls and fill up by 10 to 20 a second.

Source: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
"""
LONGEST = 1000
"""Characters of an error that are kept."""
_making = threading.Lock()
"""Making a client is the one thing that boto3 does not do from several threads."""


class Calls:
    """Asks EKS, EC2 and IAM (``client`` makes others), and keeps every answer in ``raw``.

    ``endpoint_url`` sends every call elsewhere (a test server). After ``until`` (seconds of
    ``time.monotonic``) no more calls go out: those that are left fail with that reason.
    """

    def __init__(
        self, session: Session, raw: Raw, endpoint_url: str | None = None, *, until: float | None = None
    ) -> None:
        from botocore.config import Config

        settings = Config(retries={"mode": "adaptive", "max_attempts": 8}, max_pool_connections=2 * AT_ONCE)

        @functools.cache
        def made(service: str) -> Any:
            client = session.client(service, region_name=raw.region, endpoint_url=endpoint_url, config=settings)  # type: ignore[call-overload]
            if until is not None:
                client.meta.events.register_first("before-send", functools.partial(_in_time, until))
            return client

        def client(service: str) -> Any:
            with _making:
                return made(service)

        self.client: Callable[[str], Any] = client
        """A client of a service, made when it is first asked for."""
        self.eks, self.ec2, self.iam = client("eks"), client("ec2"), client("iam")
        self.raw = raw

    def ask(self, call: str, work: Callable[[], Any], key: str = "") -> Any | Unknown:
        """Run a call and keep its answer or its error."""
        try:
            content = work()
        except failures() as error:
            reason = told(error)
            self.raw.fail(call, reason, key)
            return Unknown(call, reason)
        except (LookupError, TypeError, AttributeError):
            self.raw.fail(call, "the answer lacks what was asked for", key)
            return Unknown(call, "the answer lacks what was asked for")
        self.raw.put(call, content, key)
        return content

    def one(
        self, call: str, client: Any, method: str, *path: str | int, key: str = "", **arguments: Any
    ) -> Any | Unknown:
        """Ask for one thing; ``path`` leads to it in the answer."""

        def work() -> Any:
            answer = getattr(client, method)(**arguments)
            for part in path:
                answer = answer[part]
            return answer

        return self.ask(call, work, key)

    def many(self, call: str, client: Any, method: str, items: str, *, key: str = "", **arguments: Any) -> list[Any]:
        """Ask for a list, page by page. An error is kept and gives an empty list here."""
        content = self.ask(call, lambda: pages(client, method, items, **arguments), key)
        return [] if isinstance(content, Unknown) else list(content)

    def each(self, items: Iterable[T], work: Callable[[T], object]) -> None:
        """Do the same for every item, some at once. ``work`` asks, and must not call ``each`` in turn."""
        every = list(items)
        if len(every) < 2:
            for one in every:
                work(one)
            return
        with ThreadPoolExecutor(min(AT_ONCE, len(every))) as pool:
            for _ in pool.map(work, every):
                pass


def failures() -> tuple[type[Exception], ...]:
    """What boto3 raises where a call fails: refused, not answered, or answered with something that breaks off."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    return (BotoCoreError, ClientError, ResponseParserError)


def told(error: Exception) -> str:
    """What went wrong, in one line; what cannot be parsed is quoted by botocore in full, which helps nobody."""
    line = " ".join(str(error).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def pages(client: Any, method: str, items: str, **arguments: Any) -> list[Any]:
    """All items of all pages of a call. An error on any page is the error of the whole."""
    if client.can_paginate(method):
        return [item for page in client.get_paginator(method).paginate(**arguments) for item in page.get(items, [])]
    return list(getattr(client, method)(**arguments).get(items, []))


def _in_time(until: float, **_: object) -> None:
    """Stops a call before it goes out, or goes out again, once the time of the whole run is over."""
    from botocore.exceptions import BotoCoreError

    if time.monotonic() < until:
        return

    class OverError(BotoCoreError):
        fmt = "the time for the whole run was over before AWS was asked; give --max-time more"

    raise OverError
