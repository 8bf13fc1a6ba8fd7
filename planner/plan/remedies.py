"""What would make an infeasible spec fit: every remedy is tried before it is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from planner.spec.cluster import ClusterSpec

Fits = Callable[[ClusterSpec], bool]
"""Whether a changed spec can be laid out."""


def remedies(spec: ClusterSpec, fits: Fits) -> tuple[str, ...]:
    """Single changes that make the spec fit, then the largest groups that do."""
    found = [text for text, changed in _changes(spec) if fits(changed)]
    smaller = _smaller_groups(spec, fits)
    return (*found, *([smaller] if smaller else []))


def _changes(spec: ClusterSpec) -> Iterator[tuple[str, ClusterSpec]]:
    """Settings that need fewer addresses, each by itself."""
    if spec.tolerate_zone_loss != 0:
        yield "tolerateZoneLoss: 0", spec.model_copy(update={"tolerate_zone_loss": 0})
    if spec.growth_percent:
        yield "growthPercent: 0", spec.model_copy(update={"growth_percent": 0})
    if spec.ip_family == "ipv6":
        return
    if not spec.cni.warm_ip_target:
        targets = {"warm_ip_target": 2, "warm_eni_target": None, "warm_prefix_target": None}
        yield (
            "cni.warmIpTarget: 2 (fewer spare addresses on each node)",
            spec.model_copy(update={"cni": spec.cni.model_copy(update=targets)}),
        )
    if not spec.cni.custom_networking:
        cni = spec.cni.model_copy(update={"custom_networking": True})
        yield "cni.customNetworking: true (pods move to 100.64.0.0/10)", spec.model_copy(update={"cni": cni})


def _smaller_groups(spec: ClusterSpec, fits: Fits) -> str | None:
    """The largest share of every group's maxSize that fits, in whole percent."""
    sized = [group for group in spec.node_groups if group.max_size is not None]
    if not sized:
        return None

    def shrunk(percent: int) -> ClusterSpec:
        groups = tuple(
            group
            if group.max_size is None
            else group.model_copy(update=_smaller(group.max_size, group.min_size, group.desired_size, percent))
            for group in spec.node_groups
        )
        return spec.model_copy(update={"node_groups": groups})

    low, high = 0, 100
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(shrunk(middle)) else (low, middle)
    if low == 0:
        return None
    largest = {group.name: group.max_size for group in shrunk(low).node_groups}
    return "maxSize " + ", ".join(f"{name} {size}" for name, size in largest.items())


def _smaller(most: int, least: int | None, desired: int | None, percent: int) -> dict[str, int | None]:
    size = max(most * percent // 100, 1)
    return {
        "max_size": size,
        "min_size": None if least is None else min(least, size),
        "desired_size": None if desired is None else min(desired, size),
    }
