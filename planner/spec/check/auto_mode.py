"""EKS Auto Mode: where its built-in pools run, and what it brings itself (notes N11, N31)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic
from planner.spec.addons import built_in_pools, uses_auto_mode
from planner.spec.check.made import invalid, notice
from planner.spec.cluster import ClusterSpec
from planner.spec.compute import has_own_nodes


def check_auto_mode(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Built-in pools in subnets that are too small for nodes, without limits, and add-ons that are there twice."""
    if not uses_auto_mode(spec):
        return
    names, source = built_in_pools(spec, facts), facts.source("auto_mode.built_in_pools")
    if names:
        yield from _subnets(spec, names, source)
        yield notice(
            "auto-mode-unbounded",
            ("nodePools",),
            "built-in node pools have no limit and start types of EKS's own choice: maxNodes and the types are what the subnets are sized for, nothing holds the pool to them",
            value=", ".join(names),
            limit="no limits on built-in pools",
            fix="watch the free addresses, or give the pool another name and make a NodePool with limits of your own",
            source=source,
            note="N11",
        )
    if has_own_nodes(spec):
        return
    known = facts.strings("auto_mode.built_in_addons")
    for number, addon in enumerate(spec.addons):
        if addon.name in known:
            yield notice(
                "auto-mode-addon",
                ("addons", number),
                "EKS Auto Mode brings this itself, outside of the nodes, and there are no other nodes that need it",
                value=addon.name,
                limit=f"built in: {', '.join(known)}",
                fix="remove it",
                source=facts.source("auto_mode.built_in_addons"),
                note="N11",
            )


def _subnets(spec: ClusterSpec, names: tuple[str, ...], source: str) -> Iterator[Diagnostic]:
    """EKS starts the nodes of built-in pools in the subnets that the cluster was made with."""
    given = [one for one in spec.vpc.subnets if "cluster" in one.use]
    small = [one.id for one in given if "node" not in one.use]
    if small or (not given and spec.vpc.cluster_subnets == "dedicated"):
        yield invalid(
            "auto-mode-subnets",
            ("vpc", "subnets") if small else ("vpc", "clusterSubnets"),
            "nodes of built-in node pools stand in the cluster's own subnets, whatever other subnets there are",
            value=f"{', '.join(names)} in {', '.join(small) or 'a /28 in each zone (dedicated)'}",
            limit="cluster subnets that hold nodes",
            fix="give them use: [cluster, node]"
            if small
            else "set vpc.clusterSubnets: shared, or give the pools other names and make NodePools with a NodeClass of your own",
            source=source,
            note="N31",
        )
