"""Where the resource of a finding stands: the field of a spec, its line, or the ARN in AWS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from planner.design import Design, Unknown
from planner.diagnostics import Finding, Path, dotted
from planner.review.judged import Locate, Place
from planner.review.topology import zone_of
from planner.spec.source import Source

#: The part of a spec that decides what a rule, or a group of rules, is about.
_FIELDS: Mapping[str, Path] = {
    "VPC": ("spec", "vpc"),
    "VPC003": ("spec", "vpc", "dhcpOptions"),
    "VPC004": ("spec", "serviceCidr"),
    "VPC005": ("spec", "serviceCidr"),
    "VPC007": ("spec", "avoid"),
    "VPC008": ("spec", "vpc", "secondaryCidrs"),
    "VPC009": ("spec", "ipFamily"),
    "CSN": ("spec", "vpc", "clusterSubnets"),
    "CSN001": ("spec", "zones"),
    "NSN": ("spec", "vpc"),
    "NSN001": ("spec", "nodeGroups"),
    "NSN002": ("spec", "ipFamily"),
    "NSN005": ("spec", "zones"),
    "LBS": ("spec", "loadBalancers"),
    "RTE": ("spec", "vpcEndpoints"),
    "RTE002": ("spec", "nat"),
    "RTE003": ("spec", "nat"),
    "RTE004": ("spec", "nat"),
    "RTE008": ("spec", "nat"),
    "RTE010": ("spec", "vpcEndpoints", "s3Gateway"),
    "SGR": ("spec", "security"),
    "SGR008": ("spec", "quotas", "securityGroupRules"),
    "ACL": ("spec", "security", "networkAcls"),
    "API": ("spec", "endpoint"),
    "API001": ("spec", "endpoint", "publicCidrs"),
    "API002": ("spec", "endpoint", "publicCidrs"),
    "API003": ("spec", "endpoint", "private"),
    "API004": ("spec", "endpoint", "private"),
    "API005": ("spec", "logTypes"),
    "API006": ("spec", "secretsKey"),
    "API007": ("spec", "hybrid"),
    "IAM": ("spec", "identity"),
    "IAM004": ("spec", "secretsKeyArn"),
    "NGP": ("spec", "nodeGroups"),
    "CAP": ("spec", "nodeGroups"),
    "CAP009": ("spec", "quotas"),
    "UPG": ("spec", "version"),
    "ADD": ("spec", "addons"),
    "EFS": ("spec", "efs"),
}

#: Beneath a node group, the field that a rule is about.
_GROUP_FIELDS: Mapping[str, str] = {
    "NGP002": "version",
    "NGP003": "version",
    "NGP004": "amiType",
    "NGP005": "releaseVersion",
    "NGP006": "launchTemplate",
    "NGP007": "instanceTypes",
    "NGP008": "launchTemplate",
    "NGP009": "launchTemplate",
    "NGP010": "launchTemplate",
    "NGP011": "podsMayUseImds",
    "NGP012": "userData",
    "NGP013": "disk",
    "NGP014": "capacityType",
    "NGP015": "instanceTypes",
    "NGP016": "nodeRepair",
    "NGP017": "remoteAccess",
    "NGP018": "launchTemplate",
    "NGP019": "amiId",
    "NGP020": "launchTemplate",
    "NGP021": "launchTemplate",
    "NGP022": "tags",
    "NGP023": "amiType",
    "NGP024": "launchTemplate",
    "NSN001": "maxSize",
    "NSN003": "subnets",
    "NSN004": "subnets",
    "SGR002": "securityGroups",
    "LBS007": "securityGroups",
    "CAP001": "instanceTypes",
    "CAP004": "update",
    "CAP006": "maxPods",
    "CAP007": "instanceTypes",
    "CAP008": "maxPods",
}

#: Rules about the cluster where a cluster and its VPC have one name.
_OF_CLUSTER = frozenset({"API", "CSN", "UPG", "ADD", "IAM", "CAP", "NGP"})


def places(design: Design, source: Source | None = None, file: str = "") -> Locate:
    """How to find what a finding is about: in the spec that ``source`` was read from, in a plan ``file``
    that has no lines of the spec, else in AWS."""
    ids = _ids(design)
    groups = _groups_by_resource(design)
    subnets = frozenset(subnet.name for subnet in design.subnets)

    def locate(finding: Finding) -> Place:
        group = finding.rule.rstrip("0123456789")
        if not design.planned:
            order = (True, False) if group in _OF_CLUSTER else (False, True)
            found = (ids.get((of_cluster, finding.resource), "") for of_cluster in order)
            return Place(file=file, id=next(filter(None, found), ""))
        if source is None:
            field = dotted(_FIELDS.get(finding.rule, _FIELDS.get(group, ("spec",))))
            return Place(file=file, field=field, id=ids.get((False, finding.resource), ""))
        path = _path(finding, group, source.data, groups, subnets)
        at = source.locate(path, key=not isinstance(path[-1], int))
        return Place(at.file, at.line, at.column, dotted(path), ids.get((False, finding.resource), ""))

    return locate


def _path(
    finding: Finding, group: str, data: Any, groups: Mapping[str, tuple[str, ...]], subnets: frozenset[str]
) -> Path:
    """The field of a spec that is nearest to what a finding is about."""
    spec = data.get("spec") if isinstance(data, Mapping) else None
    spec = spec if isinstance(spec, Mapping) else {}
    # of a subnet only what is about its nodes comes from a node group
    about_nodes = group in {"NSN", "CAP"} or finding.resource not in subnets
    names = groups.get(finding.resource, ()) if about_nodes else ()
    names = names or (finding.resource,)
    node_group = next(filter(None, (_named(spec.get("nodeGroups"), name, made=True) for name in names)), None)
    if node_group is not None and group not in {"API", "VPC", "UPG"}:
        index, item = node_group
        field = _GROUP_FIELDS.get(finding.rule)
        return ("spec", "nodeGroups", index, *((field,) if field and field in item else ()))
    vpc = spec.get("vpc")
    subnet = _named(vpc.get("subnets"), finding.resource) if isinstance(vpc, Mapping) else None
    if subnet is not None:
        return ("spec", "vpc", "subnets", subnet[0])
    for key in ("efs", "fargate", "addons"):
        found = _named(spec.get(key), finding.resource)
        if found is not None:
            return ("spec", key, found[0])
    return _FIELDS.get(finding.rule, _FIELDS.get(group, ("spec",)))


def _named(items: Any, name: str, *, made: bool = False) -> tuple[int, Mapping[str, Any]] | None:
    """The element of a list that is called so. ``made``: or what was made of it has the name, as one of the
    groups in each zone; the longest name wins."""
    if not isinstance(items, list):
        return None
    found = [(number, one) for number, one in enumerate(items) if isinstance(one, Mapping)]
    for number, one in found:
        if name in (one.get("name"), one.get("id")):
            return number, one
    parts = [(number, one) for number, one in found if made and name.startswith(f"{one.get('name')}-")]
    return max(parts, key=lambda pair: len(str(pair[1].get("name"))), default=None)


def _groups_by_resource(design: Design) -> dict[str, tuple[str, ...]]:
    """Node groups behind launch templates, zones and subnets, by the names that findings give."""
    found: dict[str, list[str]] = {}
    for group in () if isinstance(design.node_groups, Unknown) else design.node_groups:
        found.setdefault(group.name, []).insert(0, group.name)
        if group.launch_template:
            found.setdefault(group.launch_template, []).append(group.name)
        for subnet in group.subnets:
            found.setdefault(subnet, []).append(group.name)
    return {name: tuple(groups) for name, groups in found.items()}


def _ids(design: Design) -> dict[tuple[bool, str], str]:
    """ARN or id by name; True for the cluster's own, which goes by name too."""
    found: dict[tuple[bool, str], str] = {}
    for part in _parts(design):
        identity = getattr(part, "arn", None) or getattr(part, "id", None)
        if identity:
            found.setdefault((False, part.name), identity)
    if design.cluster is not None and design.cluster.arn:
        found[True, design.cluster.name] = design.cluster.arn
    zones = {zone for subnet in design.subnets if isinstance(zone := zone_of(subnet), str)}
    for zone in zones:  # a finding may be about a zone
        found.setdefault((False, zone), zone)
    return found


def _parts(design: Design) -> Iterator[Any]:
    """Everything in a design that has a name, what is meant most often first."""
    lists: Iterable[Any] = (
        design.subnets,
        design.node_groups,
        (design.vpc,),
        design.launch_templates,
        design.vpc_endpoints,
        design.nat_gateways,
        design.security_groups,
        design.network_acls,
        design.route_tables,
        design.roles,
        design.fargate_profiles,
        design.file_systems,
        design.internet_gateways,
    )
    for many in lists:
        if not isinstance(many, Unknown):
            yield from many
