"""Checks a packing without any of the code that made it."""

from __future__ import annotations

from collections import Counter

from planner.capacity.packing.model import Packing, Problem


def faults(problem: Problem, packing: Packing) -> list[str]:
    """What is wrong with a packing: nodes that are too full, pods where they may not be, pods that
    are carried nowhere, a cost that is not the sum, a bound above it. Empty for a sound one.

    Where zones may fail the nodes show the largest share of pods that a zone may have to carry, so
    what is carried in sum is not compared.
    """
    kinds = {one.name: one for one in problem.nodes}
    pods = {one.name: one for one in problem.pods}
    found: list[str] = []
    carried: dict[int | None, Counter[str]] = {}
    for node in packing.nodes:
        kind = kinds[node.kind]
        cpu = sum(pods[name].cpu_millicores * count for name, count in node.pods)
        memory = sum(pods[name].memory_mib * count for name, count in node.pods)
        slots = sum(count for _, count in node.pods)
        if cpu > kind.cpu_millicores or memory > kind.memory_mib or slots > kind.pods:
            found.append(
                f"{node.kind} carries {cpu}m, {memory} MiB, {slots} pods of {kind.cpu_millicores}m, {kind.memory_mib} MiB, {kind.pods}"
            )
        for name, count in node.pods:
            allowed = pods[name].nodes
            if allowed is not None and node.kind not in allowed:
                found.append(f"{name} is on {node.kind}")
            carried.setdefault(node.zone, Counter())[name] += count * node.count
    if not problem.lost:
        total = sum(carried.values(), Counter())
        found += [
            f"{one.name}: {total[one.name]} of {one.replicas}"
            for one in problem.pods
            if total[one.name] != one.replicas
        ]
    if packing.cost != sum(kinds[node.kind].cost * node.count for node in packing.nodes):
        found.append("the cost is not the sum of the nodes' costs")
    if packing.lower_bound > packing.cost:
        found.append(f"the bound {packing.lower_bound} is above the cost {packing.cost}")
    if packing.cost > packing.first_fit:
        found.append("dearer than first fit")
    return found
