"""Indexes of a design's tuples, made once for each: a rule asks by name thousands of times."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
_OWNERS = 4
_made: OrderedDict[int, tuple[Any, dict[Any, Any]]] = OrderedDict()
_KEPT = 64
"""Results that are remembered; a review needs a dozen."""


def of_identity(make: Callable[[T], Mapping[str, Any]]) -> Callable[[T], Mapping[str, Any]]:
    """Remembers what ``make`` gives for an object that never changes, by its identity: to compare or hash
    a tuple of thousands would take as long as to look through it. The object is kept as long as the result."""
    kept: OrderedDict[int, tuple[T, Mapping[str, Any]]] = OrderedDict()

    def remembered(thing: T) -> Mapping[str, Any]:
        key = id(thing)
        found = kept.get(key)
        if found is not None and found[0] is thing:
            return found[1]
        result = make(thing)
        kept[key] = (thing, result)
        if len(kept) > _KEPT:
            kept.popitem(last=False)
        return result

    return remembered


def once(owner: Any, key: Any, make: Callable[[], T]) -> T:
    """What ``make`` gives for an owner that never changes, made once for each key; of the last few owners."""
    found = _made.get(id(owner))
    if found is None or found[0] is not owner:
        found = _made[id(owner)] = (owner, {})
        if len(_made) > _OWNERS:
            _made.popitem(last=False)
    results = found[1]
    if key not in results:
        results[key] = make()
    result: T = results[key]
    return result


@of_identity
def by_name(things: Any) -> Mapping[str, Any]:
    """Things by their names; of two with one name the first."""
    return {one.name: one for one in reversed(things)}


@of_identity
def by_subnet(things: Any) -> Mapping[str, Any]:
    """Route tables or network ACLs by the subnets associated with them; of two for one subnet the first."""
    return {subnet: one for one in reversed(things) for subnet in one.subnets}
