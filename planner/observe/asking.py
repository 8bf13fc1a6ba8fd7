"""One way to ask AWS: every answer, or its error, is kept in a Raw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planner.design import Unknown
from planner.observe.raw import Raw


class Asker:
    """Runs calls and keeps what they gave. Clients are boto3's, made by ``collect``."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw

    def ask(self, call: str, work: Callable[[], Any], key: str = "") -> Any | Unknown:
        """Run a call and keep its answer or its error."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            content = work()
        except (BotoCoreError, ClientError) as error:
            self.raw.fail(call, str(error), key)
            return Unknown(call, str(error))
        self.raw.put(call, content, key)
        return content

    def one(
        self, call: str, client: Any, method: str, *path: str | int, key: str = "", **arguments: Any
    ) -> Any | Unknown:
        """Ask for one thing; ``path`` leads to it in the answer. An empty list on the way reads as an error."""

        def work() -> Any:
            answer = getattr(client, method)(**arguments)
            for part in path:
                answer = answer[part]
            return answer

        return self.ask(call, work, key)

    def many(self, call: str, client: Any, method: str, items: str, *, key: str = "", **arguments: Any) -> list[Any]:
        """Ask for a list, page by page. An error is kept and gives an empty list here."""

        def work() -> list[Any]:
            if client.can_paginate(method):
                return [
                    item for page in client.get_paginator(method).paginate(**arguments) for item in page.get(items, [])
                ]
            return list(getattr(client, method)(**arguments).get(items, []))

        content = self.ask(call, work, key)
        return [] if isinstance(content, Unknown) else list(content)
