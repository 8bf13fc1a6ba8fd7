"""Pods per node as JSON, as CSV, and as lines for terminals."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Sequence

from planner.capacity.allocatable import Allocatable
from planner.capacity.answer import ModeAnswer, TypeAnswer
from planner.capacity.max_pods import Limiter
from planner.capacity.systems import SystemAnswer
from planner.report.columns import aligned

#: Heads that would make columns wider than their numbers.
_HEADS = {"secondary-ip": "second-\nary-ip", "custom-prefix": "custom-\nprefix", "sg-pods": "sg-\npods"}


def plain(answer: TypeAnswer) -> dict[str, object]:
    """A type as JSON says it."""
    instance = answer.instance
    document: dict[str, object] = {
        "instanceType": instance.name,
        "vcpu": instance.vcpu,
        "memoryMib": instance.memory_mib,
        "interfaces": instance.interfaces,
        "ipv4PerInterface": instance.ipv4_per_interface,
        "allocatable": _allocatable(answer.allocatable),
        "branchInterfaces": {
            "count": answer.branches.count,
            "certain": answer.branches.certain,
            "why": answer.branches.why,
        },
        "modes": {name: _mode(mode) for name, mode in answer.modes.items()},
    }
    if answer.reserves:
        document["memoryReserves"] = {
            "maxPods": answer.told,
            "systems": [
                {"system": one.system, "memoryMib": one.memory_mib, "worked": one.worked} for one in answer.reserves
            ],
        }
    return document


def _mode(mode: ModeAnswer) -> dict[str, object]:
    if mode.pods is None:
        return {"impossible": mode.impossible}
    document: dict[str, object] = {
        "pods": mode.pods.pods,
        "uncapped": mode.pods.uncapped,
        "limiter": mode.pods.limiter,
        "formula": mode.pods.formula,
        "worked": mode.pods.worked,
        "explanation": mode.pods.explanation,
        "calculator": mode.calculator,
    }
    if mode.systems:
        document["systems"] = [_system(one) for one in mode.systems]
    return document


def _system(answer: SystemAnswer) -> dict[str, object]:
    return {
        "system": answer.system,
        "pods": answer.pods,
        "allocatable": None if answer.allocatable is None else _allocatable(answer.allocatable),
        "why": answer.why,
    }


def _allocatable(left: Allocatable) -> dict[str, object]:
    return {
        "cpuMillicores": left.cpu_millicores,
        "memoryMib": left.memory_mib,
        "ephemeralStorageMib": left.ephemeral_storage_mib,
        "reservedCpuMillicores": left.reserved_cpu_millicores,
        "reservedMemoryMib": left.reserved_memory_mib,
        "evictionMemoryMib": left.eviction_memory_mib,
    }


def csv_text(answers: Sequence[TypeAnswer]) -> str:
    """One line for each type and mode; pods are empty where the mode is impossible."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(
        [
            "instanceType",
            "mode",
            "pods",
            "uncapped",
            "limiter",
            "calculator",
            "vcpu",
            "memoryMib",
            "allocatableCpuMillicores",
            "allocatableMemoryMib",
            "allocatableEphemeralStorageMib",
            "branchInterfaces",
            "impossible",
        ]
    )
    for one in answers:
        left, branches = one.allocatable, one.branches.count
        for name, mode in one.modes.items():
            pods = mode.pods
            writer.writerow(
                [
                    one.instance.name,
                    name,
                    *(("", "", "") if pods is None else (pods.pods, pods.uncapped, pods.limiter)),
                    "" if mode.calculator is None else mode.calculator,
                    one.instance.vcpu,
                    one.instance.memory_mib,
                    left.cpu_millicores,
                    left.memory_mib,
                    left.ephemeral_storage_mib,
                    "" if branches is None else branches,
                    mode.impossible,
                ]
            )
    return written.getvalue()


def table(answers: Sequence[TypeAnswer], width: int) -> str:
    """Types and modes; on a narrow screen without the memory, which is not what was asked for."""
    modes = list(answers[0].modes) if answers else []
    columns: dict[str, list[str]] = {
        "type": [one.instance.name for one in answers],
        "vCPU": [str(one.instance.vcpu) for one in answers],
        "MiB": [str(one.instance.memory_mib) for one in answers],
        "ENI×IPs": [f"{one.instance.interfaces}×{one.instance.ipv4_per_interface}" for one in answers],
        **{_HEADS.get(mode, mode): [_cell(one.modes[mode]) for one in answers] for mode in modes},
    }
    text = aligned(list(columns), list(zip(*columns.values(), strict=True)), left=1)
    if max(map(len, text.splitlines())) > width:
        del columns["MiB"]
        text = aligned(list(columns), list(zip(*columns.values(), strict=True)), left=1)
    return text


def _cell(mode: ModeAnswer) -> str:
    if mode.pods is None:
        return "-"
    return f"{mode.pods.pods}*" if mode.pods.limiter is Limiter.CAP else str(mode.pods.pods)


def together(answers: Sequence[TypeAnswer], width: int) -> list[str]:
    """What one managed node group of all these types would give every node: the smallest, and whose it is."""
    found = []
    for mode in answers[0].modes:
        pods = [(one.modes[mode].pods, one.instance.name) for one in answers]
        least = min(((each.pods, name) for each, name in pods if each is not None), default=None)
        if least is not None and all(each is not None for each, _ in pods):
            found.append(f"{mode} {least[0]} ({least[1]})")
    return _wrapped("In one group every node gets the smallest: ", ", ".join(found) or "no mode suits all", width)


def arithmetic(answer: TypeAnswer, width: int) -> list[str]:
    """For each mode the sum with its numbers, or why there is none."""
    lines: list[str] = []
    for name, mode in answer.modes.items():
        pods = mode.pods
        reason = f" ({pods.explanation})" if pods and pods.explanation else ""
        text = f"{pods.worked}{reason}" if pods else mode.impossible
        lines += _wrapped(f"  {name + ':':<15}", text, width)
    return lines


def who_says_what(answer: TypeAnswer, mode: str, width: int) -> list[str]:
    """What each system says in one mode, why, and how much memory each keeps back."""
    lines = [f"Who says what of {answer.instance.name} (mode {mode}):"]
    rows = [
        (
            one.system,
            "-" if one.pods is None else str(one.pods),
            *(_amounts(one.allocatable)),
        )
        for one in answer.modes[mode].systems
    ]
    head = ("system", "pods", "alloc. CPU", "alloc. MiB", "storage MiB")
    cells = aligned(head, rows, left=1).splitlines()
    lines += ["  " + cells[0]]
    for cell, one in zip(cells[1:], answer.modes[mode].systems, strict=True):
        lines += ["  " + cell, *_wrapped("      ", one.why, width)]
    lines += ["", f"Memory kept back where kubelet is told maxPods {answer.told}:"]
    lines += [f"  {one.memory_mib:>5} MiB  {one.system} ({one.worked})" for one in answer.reserves]
    branches = answer.branches
    count = "unknown" if branches.count is None else str(branches.count)
    sure = "" if branches.certain else ", not certain"
    lines += ["", *_wrapped("Branch interfaces: ", f"{count}{sure}; {branches.why}", width)]
    return lines


def _amounts(left: Allocatable | None) -> tuple[str, str, str]:
    if left is None:
        return "-", "-", "-"
    return f"{left.cpu_millicores}m", str(left.memory_mib), str(left.ephemeral_storage_mib or "-")


def _wrapped(head: str, text: str, width: int) -> list[str]:
    room = max(width - len(head), 24)
    parts = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
    return [head + parts[0], *(" " * len(head) + part for part in parts[1:])]
