"""A node group for workloads whose spec names none: which shape, and how many nodes.

Node sizes are tried from small to large until thirty nodes do; of each size the shape (GiB for each
vCPU) whose nodes cost least for these workloads is taken, by price where prices are known, else
by resource weight. One group, for the scheduler does not keep to a mixture of shapes;
``eksplan pack`` finds mixtures.
"""

from __future__ import annotations

from planner.capacity.group import work_out
from planner.catalog.model import Catalog, Region
from planner.diagnostics import Diagnostic
from planner.plan.candidates import weight
from planner.plan.sizes import Sized, size_group
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec

_NODES_WANTED = 30
"""A group grows its nodes before it has more of them than this."""
_SIZES = (2, 4, 8, 16, 32, 48, 64, 96)
#: GiB for each vCPU, and families of that shape in order of preference.
_SHAPES = (
    (4, ("m7i", "m6i", "m7a", "m6a", "m8i", "m7g", "m6g", "m8g")),
    (2, ("c7i", "c6i", "c7a", "c6a", "c8i", "c7g", "c6g", "c8g")),
    (8, ("r7i", "r6i", "r7a", "r6a", "r8i", "r7g", "r6g", "r8g")),
)


def invented_group(
    spec: ClusterSpec, catalog: Catalog, region: Region, zone_ids: frozenset[str], zones: int
) -> tuple[list[Sized], list[Diagnostic]]:
    """The group, or why no size of node carries the workloads (of the largest general nodes)."""
    wanted = {name for one in spec.workloads for name in one.architectures}
    architecture = "arm64" if wanted == {"arm64"} else "x86_64"
    enough: Sized | None = None
    problems: list[Diagnostic] = []
    for vcpu in _SIZES:
        best: tuple[int, int, Sized] | None = None
        for number, (ratio, families) in enumerate(_SHAPES):
            group = _group(vcpu, ratio, families, architecture)
            worked = work_out(group, -1, spec, catalog, region, zone_ids)
            if isinstance(worked, list):
                wrong, sized = worked, None
            else:
                sized, wrong = size_group(worked, (worked,), zones, spec, catalog.facts)
            if sized is None or wrong:
                problems = wrong if number == 0 else problems
                continue
            price = region.prices.get(sized.group.least.name)
            each = round(price * 1_000_000) if price else weight(sized.group.least, catalog.facts)
            if best is None or (sized.most * each, number) < best[:2]:
                best = (sized.most * each, number, sized)
        if best is not None:
            enough = best[2]
            if enough.most <= _NODES_WANTED:
                break
    return ([enough], []) if enough else ([], problems)


def _group(vcpu: int, ratio: int, families: tuple[str, ...], architecture: str) -> NodeGroupSpec:
    return NodeGroupSpec.model_validate(
        {
            "name": "default",
            "requirements": {
                "vcpu": vcpu,
                "memoryGib": vcpu * ratio,
                "families": families,
                "architecture": architecture,
                "count": 3,
            },
        }
    )
