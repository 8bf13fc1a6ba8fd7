"""An instance type cannot have the addresses that pods are to get.

## What it does
Looks for instance types on Xen where the cluster is IPv6 (a blocker: its pods get no addresses) or the VPC CNI delegates
prefixes (an error: it falls back to single addresses). Bare metal, for which EC2 names no hypervisor, can do both.

## Why it matters
Only interfaces of Nitro and bare metal take prefixes, of IPv4 and of IPv6. In an IPv6 cluster nodes on Xen never become
ready. With prefix delegation they hold a fraction of the pods that others hold.

## How to fix
Take a type of a newer family: t3 for t2, m5 or newer for m4, c5 for c4, r5 for r4. `eksplan instances` lists them.

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/ipv6.html
* https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.groups import hidden_groups, known_groups
from planner.review.pods import network_of, types_of, windows
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from hidden_groups(design)
    groups = known_groups(design)
    network = network_of(design)
    if isinstance(network, Unknown):
        if groups and design.cluster is not None:
            yield Unseen(design.cluster.name, network)
        return
    if not network.prefix:
        return
    for group in groups:
        types = types_of(design, group, context)
        if isinstance(types, Unknown):
            yield Unseen(group.name, types)
            continue
        xen = [one.name for one in types if not one.nitro]
        if not xen or (windows(group) and not network.ipv6):
            continue
        what = "IPv6 addresses" if network.ipv6 else "prefixes"
        yield Problem(
            group.name,
            f"{what} cannot be delegated to {', '.join(xen)}"
            + ("" if network.ipv6 else ": pods get single addresses there, far fewer than elsewhere"),
            measured=f"{', '.join(xen)} on Xen",
            limit="Nitro or bare metal",
            fix=f"take {', '.join(xen)} out of {group.name}, and newer families in",
            severity=None if network.ipv6 else Severity.ERROR,
        )


RULE = Rule(
    code="CAP007",
    name="xen-without-prefixes",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/ipv6.html",
    notes=("N27",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
