"""Applies the changes that an answer proposes to a design."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from planner.design import Design, InternetGateway, RouteTable, Unknown
from planner.security.reach.model import Change


def opened(design: Design, change: Change) -> Design:
    """The design after a change. Raises KeyError for a change that names nothing."""
    kind, name = change.kind, change.resource
    if kind == "add-rule":
        return _with(design, "security_groups", name, lambda one: replace(one, rules=(*one.rules, change.rule)))
    if kind == "add-entry":
        return _with(design, "network_acls", name, lambda one: replace(one, rules=(*one.rules, change.entry)))
    if kind == "replace-entry":
        entry = change.entry
        assert entry is not None

        def without(one: Any) -> tuple[Any, ...]:
            return tuple(rule for rule in one.rules if (rule.egress, rule.number) != (entry.egress, entry.number))

        return _with(design, "network_acls", name, lambda one: replace(one, rules=(*without(one), entry)))
    if kind == "add-route":
        return _with(design, "route_tables", name, lambda one: replace(one, routes=(*one.routes, change.route)))
    if kind == "replace-route":
        assert change.route is not None
        wanted = change.route

        def replaced(one: Any) -> Any:
            kept = tuple(route for route in one.routes if route.destination != wanted.destination)
            return replace(one, routes=(*kept, wanted))

        return _with(design, "route_tables", name, replaced)
    if kind == "add-main-table":
        assert change.route is not None
        tables = design.route_tables
        assert not isinstance(tables, Unknown)
        assert not any(one.main for one in tables)
        return replace(design, route_tables=(*tables, RouteTable("main", (change.route,), (), main=True)))
    if kind == "endpoint-table":
        assert change.table
        return _with(
            design, "vpc_endpoints", name, lambda one: replace(one, route_tables=(*one.route_tables, change.table))
        )
    if kind == "attach-gateway":
        gateways = design.internet_gateways
        assert not isinstance(gateways, Unknown)
        return replace(design, internet_gateways=(*gateways, InternetGateway(name)))
    if kind == "public-block":
        assert design.cluster is not None
        access = design.cluster.endpoint
        access = replace(access, public_cidrs=(*access.public_cidrs, name))
        return replace(design, cluster=replace(design.cluster, endpoint=access))
    if kind == "private-dns":
        return _with(design, "vpc_endpoints", name, lambda one: replace(one, private_dns=True))
    if kind == "dns-attribute":
        field = {"enableDnsSupport": "dns_support", "enableDnsHostnames": "dns_hostnames"}[name]
        attributes: dict[str, Any] = {field: True}
        return replace(design, vpc=replace(design.vpc, **attributes))
    raise KeyError(f"{kind} {name}")


def _with(design: Design, part: str, name: str, work: Any) -> Design:
    items = getattr(design, part)
    assert not isinstance(items, Unknown)
    assert any(one.name == name for one in items), (part, name)
    changed: dict[str, Any] = {part: tuple(work(one) if one.name == name else one for one in items)}
    return replace(design, **changed)
