"""Options that several commands share, handed to the command as one frozen value."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import Any

Function = Callable[..., Any]


def gathered(
    into: str, kind: type[Any], options: Sequence[Callable[[Function], Function]]
) -> Callable[[Function], Any]:
    """A decorator that gives a command these options in this order, and their values as one ``kind`` (a
    dataclass whose fields are the options' names; one without an option keeps its default) in the keyword
    ``into``."""
    names = tuple(field.name for field in dataclasses.fields(kind))

    def decorate(command: Function) -> Function:
        @functools.wraps(command)
        def called(**given: Any) -> Any:
            value = kind(**{name: given.pop(name) for name in names if name in given})
            return command(**{into: value}, **given)

        result: Function = called
        for option in reversed(options):
            result = option(result)
        return result

    return decorate
