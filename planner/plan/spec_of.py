"""The spec inside a plan, as the types that it was read into."""

from __future__ import annotations

import json
from typing import Any

from planner.plan.model import Plan
from planner.spec.cluster import ClusterDocument


def spec_of(plan: Plan) -> ClusterDocument:
    """The document that a plan was made from, with its defaults filled in.

    Plans keep CPU in millicores, where a spec would read cores. Raises ValueError where a plan file
    holds no spec that this version reads.
    """
    return ClusterDocument.model_validate_json(json.dumps(_with_units(plan.spec)))


def _with_units(document: dict[str, Any]) -> dict[str, Any]:
    spec = dict(document["spec"])
    spec["workloads"] = [_cpu(one) for one in spec.get("workloads", ())]
    spec["nodeGroups"] = [
        {**one, "systemReserved": _cpu(one["systemReserved"])} if one.get("systemReserved") else one
        for one in spec.get("nodeGroups", ())
    ]
    return {**document, "spec": spec}


def _cpu(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "cpu": f"{value['cpu']}m"}
