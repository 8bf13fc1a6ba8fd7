"""Read-only calls to AWS whose answers, or errors, are kept as they came."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from planner.design import Unknown
from planner.observe.raw import Raw

if TYPE_CHECKING:
    from boto3.session import Session


class Calls:
    """Asks EKS, EC2 and IAM (``client`` makes others), and keeps every answer in ``raw``.

    ``endpoint_url`` sends every call elsewhere (a test server).
    """

    def __init__(self, session: Session, raw: Raw, endpoint_url: str | None) -> None:
        from botocore.config import Config

        settings = Config(retries={"mode": "adaptive", "max_attempts": 8})

        @functools.cache
        def client(service: str) -> Any:
            return session.client(service, region_name=raw.region, endpoint_url=endpoint_url, config=settings)  # type: ignore[call-overload]

        self.client: Callable[[str], Any] = client
        """A client of a service, made when it is first asked for."""
        self.eks, self.ec2, self.iam = client("eks"), client("ec2"), client("iam")
        self.raw = raw

    def ask(self, call: str, work: Callable[[], Any], key: str = "") -> Any | Unknown:
        """Run a call and keep its answer or its error."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            content = work()
        except (BotoCoreError, ClientError) as error:
            self.raw.fail(call, str(error), key)
            return Unknown(call, str(error))
        except (KeyError, IndexError):
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


def pages(client: Any, method: str, items: str, **arguments: Any) -> list[Any]:
    """All items of all pages of a call."""
    if client.can_paginate(method):
        return [item for page in client.get_paginator(method).paginate(**arguments) for item in page.get(items, [])]
    return list(getattr(client, method)(**arguments).get(items, []))
