"""nodeadm's ``maxPodsExpression``: what it really gives on each type (note N18).

nodeadm evaluates the expression (CEL) with the type's interfaces and addresses, converts the result
to a whole number, and quietly goes back to its own number when anything is wrong: a word that it
does not know, a division by zero, a result below 1. Source:
https://github.com/awslabs/amazon-eks-ami/blob/0bc4c8c/nodeadm/internal/kubelet/eni_max_pods.go

``min`` and ``max`` are no functions of nodeadm's: an expression with them is evaluated as it was
meant, and said to have no effect there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from planner.capacity.allocatable import capacity_memory_mib, reserved_memory_mib
from planner.capacity.max_pods import PodNetwork, max_pods, recommended_cap
from planner.catalog.facts import Facts
from planner.catalog.model import InstanceType

if TYPE_CHECKING:
    import cel

#: Longer than any sensible formula; keeps hostile input from costing time.
MOST_CHARACTERS = 1_000
#: Functions of CEL's standard library that can stand in a formula for a number.
_STANDARD = frozenset({"size", "int", "uint", "double", "string", "bool", "type", "dyn", "has"})


def _of(choose: Callable[[Iterable[Any]], Any]) -> Callable[..., Any]:
    """``min`` or ``max`` over arguments or one list; words for anything else, so that nothing is raised
    into the library."""

    def call(*given: Any) -> Any:
        numbers = given[0] if len(given) == 1 and isinstance(given[0], list) else given
        sound = numbers and all(isinstance(one, int | float) and not isinstance(one, bool) for one in numbers)
        return choose(numbers) if sound else "something that is no number"

    return call


#: Functions that nodeadm lacks and people mean.
_MEANT = {"min": _of(min), "max": _of(max)}


class ExpressionError(ValueError):
    """An expression that nodeadm could not evaluate on any type; the message says why."""


class Trouble(StrEnum):
    """What can be wrong with an expression's value on a type."""

    FAILED = "failed"  # nodeadm would use its own number
    UNKNOWN_TO_NODEADM = "unknown to nodeadm"  # min or max
    ADDRESSES = "more than the addresses"
    CAP = "above the recommended cap"
    MEMORY = "reserves most of the memory"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with the value on one type."""

    trouble: Trouble
    text: str
    limit: str
    """What would be right."""


@dataclass(frozen=True, slots=True)
class ExpressionValue:
    """An expression's value on one type."""

    instance_type: str
    value: int | None
    """Pods as meant; None where the evaluation failed."""
    applied: int
    """Pods that nodeadm gives kubelet: the value, or its own number where it cannot evaluate."""
    reserved_memory_mib: int
    """kube-reserved memory that follows from ``applied``, in MiB."""
    findings: tuple[Finding, ...]


class Expression:
    """A compiled expression, to be evaluated on many types."""

    def __init__(self, text: str, facts: Facts) -> None:
        """Raises ExpressionError for text that is no expression, or uses unknown names."""
        import cel

        if len(text) > MOST_CHARACTERS:
            raise ExpressionError(f"{len(text):,} characters; at most {MOST_CHARACTERS:,}")
        self.text = text
        self._facts = facts
        known = facts.strings("pods.expression_variables")
        try:
            self._program: cel.Program = cel.compile(text)
        except ValueError as error:
            raise ExpressionError(_shortened(error)) from None
        functions = {name for name in self._program.functions() if name.isidentifier() and name[0] != "_"}
        self.calls = sorted(functions & set(_MEANT))
        unknown = sorted({*self._program.variables()} - {*known}) + sorted(functions - _STANDARD - set(_MEANT))
        if unknown:
            raise ExpressionError(f"unknown: {', '.join(unknown)}; nodeadm knows {', '.join(known)}")

    def _run(self, variables: dict[str, int]) -> Any:
        import cel

        context = cel.Context()
        for name, function in _MEANT.items():
            context.add_function(name, function)
        for name, value in variables.items():
            context.add_variable(name, value)
        return self._program.execute(context)

    def on(self, instance: InstanceType, network: PodNetwork) -> ExpressionValue:
        """The value on a type, judged against the pod network that the CNI really gives it."""
        facts = self._facts
        own = max_pods(instance, PodNetwork(), facts, capped=False).pods
        variables = {
            "default_enis": instance.interfaces,
            "ips_per_eni": instance.ipv4_per_interface,
            "max_pods": own,
        }
        findings: list[Finding] = []
        value: int | None = None
        try:
            value = _whole(self._run(variables), facts.number("pods.expression_max"))
        except (ArithmeticError, ValueError, TypeError, RuntimeError) as error:
            findings.append(
                Finding(
                    Trouble.FAILED,
                    f"{_shortened(error)}; nodeadm logs a warning and gives kubelet its own {own}",
                    "1 pod or more",
                )
            )
        applied = own if value is None or self.calls else value
        if self.calls:
            names = " and ".join(f"{name}()" for name in self.calls)
            findings.append(
                Finding(
                    Trouble.UNKNOWN_TO_NODEADM,
                    f"nodeadm has no {names} and gives kubelet its own {own}; write it with a condition: a < b ? a : b",
                    "conditions, arithmetic and comparisons",
                )
            )
        reserved = reserved_memory_mib(applied, facts)
        if value is not None:
            findings += _judged(instance, network, value, facts)
        return ExpressionValue(instance.name, value, applied, reserved, tuple(findings))

    def on_all(self, instances: Iterable[InstanceType], network: PodNetwork) -> tuple[ExpressionValue, ...]:
        """The values on many types, in their order."""
        return tuple(self.on(one, network) for one in instances)


def _judged(instance: InstanceType, network: PodNetwork, value: int, facts: Facts) -> list[Finding]:
    """What a value means on a type: addresses, cap, memory."""
    found: list[Finding] = []
    real = max_pods(instance, network, facts, capped=False)
    cap = recommended_cap(instance.vcpu, facts)
    if real.addresses and value > real.uncapped:
        found.append(
            Finding(
                Trouble.ADDRESSES,
                f"{value} pods, addresses for {real.uncapped}: the others stay without an address",
                real.worked,
            )
        )
    if value > cap:
        found.append(
            Finding(
                Trouble.CAP, f"{value} pods, {cap} are the recommended most for {instance.vcpu} vCPU", f"{cap} pods"
            )
        )
    capacity = capacity_memory_mib(instance, facts)
    reserved = reserved_memory_mib(value, facts)
    if reserved * 2 > capacity:
        found.append(
            Finding(
                Trouble.MEMORY,
                f"{reserved:,} MiB kept back for {value} pods, more than half of the node's {capacity:,} MiB",
                f"{capacity // 2:,} MiB",
            )
        )
    return found


def _whole(result: Any, most: int) -> int:
    """The result as nodeadm converts it (CEL's conversion to int). Raises ValueError."""
    if isinstance(result, bool) or not isinstance(result, int | float | str):
        raise ValueError(f"gives {str(result).lower()}, which is no number")
    try:
        number = int(result)
    except (ValueError, OverflowError):
        raise ValueError(f"gives {result!r}, which is no whole number") from None
    if not 1 <= number <= most:
        raise ValueError(f"gives {number}, and pods are 1 or more")
    return number


def _shortened(error: Exception) -> str:
    """What the library says, in one line and without its lists of what else could be."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    syntax = re.search(r"<input>:\d+:(\d+): Syntax error: (.*)", line)
    if syntax:
        return f"not CEL at character {syntax[1]}: {syntax[2].partition(' expecting ')[0][:80]}"
    return line.partition(". ")[0].rstrip(".")[:160]
