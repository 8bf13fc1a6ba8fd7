"""Resources of a plan that AWS has and a state does not know, found by their names and tags.

Whatever the stacks make carries its name in AWS, or in its ``Name`` tag, so a resource that was made
by a run that did not live to write it down is found again. What has neither name nor tag of its own
is a part of something that has: a route of its table, a rule of its group.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from planner.observe import leftovers_network, leftovers_security, leftovers_services, leftovers_storage
from planner.observe.leftovers_search import FINDERS, Search

__all__ = ["SEARCHED", "leftovers"]

_ROOMS = (leftovers_network, leftovers_security, leftovers_services, leftovers_storage)  # each registers what it finds

SEARCHED = frozenset(kind for kinds, _ in FINDERS for kind in kinds)
"""Pulumi's types that are looked for."""


def leftovers(session: Any, region: str, missing: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Ids of those of ``missing`` (Pulumi's type and name) that AWS has, as the provider imports them.

    Takes a boto3 session. A name that two resources carry is left out: a person must choose.
    """
    wanted = frozenset(missing)
    found: dict[tuple[str, str], set[str]] = {}
    for kinds, finder in FINDERS:
        search = Search(session, region, frozenset(one for one in wanted if one[0] in kinds))
        if not search.wanted:
            continue
        for key, identity in finder(search):
            if key in search.wanted:
                found.setdefault(key, set()).add(identity)
    return {key: next(iter(ids)) for key, ids in found.items() if len(ids) == 1}
