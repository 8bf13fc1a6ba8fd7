"""Where an observed design differs from a planned one."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from planner.design.design import Design
from planner.design.unknown import Unknown


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: where, what was planned, what is there. ``planned`` or ``found`` is None
    for a part that only one of the two has."""

    path: str
    planned: Any
    found: Any


def differences(planned: Design, found: Design) -> tuple[Difference, ...]:
    """All differences in what a plan decides; what the plan leaves to AWS does not count.

    In a VPC that existed before, parts that the plan does not know of are not differences.
    """
    ignore_more = planned.vpc.existing
    return tuple(_compare("", planned, found, ignore_more=ignore_more))


def _compare(path: str, planned: Any, found: Any, *, ignore_more: bool) -> list[Difference]:
    if isinstance(planned, Unknown) or planned == found:
        return []
    if dataclasses.is_dataclass(planned) and type(planned) is type(found):
        return [
            one
            for field in dataclasses.fields(planned)
            if field.compare
            and not (field.name == "tags" and getattr(planned, "existing", False))
            and not (field.metadata.get("left_to_aws") and getattr(planned, field.name) == field.default)
            and not (field.name == "desired_size" and _autoscaled(planned, found))
            for one in _compare(
                f"{path}.{field.name}" if path else field.name,
                getattr(planned, field.name),
                getattr(found, field.name),
                ignore_more=ignore_more,
            )
        ]
    if isinstance(planned, tuple) and isinstance(found, tuple) and _named(planned) and _named(found):
        return _compare_named(path, planned, found, ignore_more=ignore_more)
    return [Difference(path, planned, found)]


def _autoscaled(planned: Any, found: Any) -> bool:
    """Whether the size found is one that the Cluster Autoscaler may give the group."""
    return bool(planned.autoscaled and planned.clamped(found.desired_size) == found.desired_size)


def _named(items: tuple[Any, ...]) -> bool:
    return all(hasattr(item, "name") for item in items)


def _compare_named(
    path: str, planned: tuple[Any, ...], found: tuple[Any, ...], *, ignore_more: bool
) -> list[Difference]:
    there = {item.name: item for item in found}
    wanted = {item.name for item in planned}
    result: list[Difference] = []
    for item in planned:
        place = f"{path}[{item.name}]"
        if item.name not in there:
            result.append(Difference(place, item, None))
        elif getattr(item, "existing", False):
            result += _missing_tags(place, item, there[item.name])
        else:
            result += _compare(place, item, there[item.name], ignore_more=ignore_more)
    if not ignore_more:
        result += [Difference(f"{path}[{name}]", None, item) for name, item in there.items() if name not in wanted]
    return result


def _missing_tags(place: str, planned: Any, found: Any) -> list[Difference]:
    """Tags that the plan adds to what existed before, and that are not there."""
    missing = tuple(sorted(set(getattr(planned, "added_tags", ())) - set(found.tags)))
    return [Difference(f"{place}.tags", missing, None)] if missing else []
