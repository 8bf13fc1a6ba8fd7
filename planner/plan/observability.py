"""Log groups, flow logs, DHCP options and the settings of the control plane in a plan (notes N05, N37)."""

from __future__ import annotations

from planner.capacity.brief import Brief
from planner.design import ControlPlaneSettings, FlowLog, LogGroup
from planner.design.regional import regional_domain
from planner.network.routes import named_tags
from planner.security.log_names import control_plane_log_group, flow_log_group, flow_log_name
from planner.security.role_names import flow_log_role_name
from planner.spec.cluster import ClusterSpec

_LOGS = "https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html"
_FLOW_LOGS = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html"
_DHCP = "https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html"
_SHIFT = "https://docs.aws.amazon.com/eks/latest/userguide/zone-shift.html"


def plan_log_groups(brief: Brief) -> tuple[LogGroup, ...]:
    """The control plane's log group, made before EKS would make one that never expires, and that of flow logs."""
    spec, found = brief.spec, []
    tags = tuple(sorted(spec.tags.items()))
    if spec.log_types:
        found.append(LogGroup(control_plane_log_group(brief.name), _days(spec.log_retention_days), tags))
        brief.ledger.add(
            "logs.control-plane",
            "Control-plane logs",
            ", ".join(sorted(set(spec.log_types))),
            inputs={"log group": control_plane_log_group(brief.name), "kept": _kept(spec.log_retention_days)},
            explanation="the log group is made before the cluster: EKS would make one that keeps records for ever. It is kept from deletion like the cluster",
            source=_LOGS,
        )
    logs = spec.vpc.flow_logs
    if logs is not None and logs.destination == "cloud-watch-logs":
        found.append(LogGroup(flow_log_group(brief.name), _days(logs.retention_days), tags))
    return tuple(sorted(found, key=lambda one: one.name))


def plan_flow_logs(brief: Brief) -> tuple[FlowLog, ...]:
    """The flow log of the VPC that the spec asks for."""
    logs = brief.spec.vpc.flow_logs
    if logs is None:
        return ()
    watched = logs.destination == "cloud-watch-logs"
    made = FlowLog(
        flow_log_name(brief.name),
        logs.destination,
        flow_log_group(brief.name) if watched else str(logs.bucket_arn),
        logs.traffic.upper(),
        logs.aggregation_seconds,
        flow_log_role_name(brief.name, brief.facts) if watched else None,
        named_tags(brief.spec, flow_log_name(brief.name)),
    )
    inputs: dict[str, object] = {"one record covers": f"{logs.aggregation_seconds} s at most"}
    if watched:
        inputs |= {"kept": _kept(logs.retention_days), "written by": f"role {made.role}"}
    else:
        inputs["the bucket"] = "must let delivery.logs.amazonaws.com write; EC2 adds that to its policy if it may"
    brief.ledger.add(
        "vpc.flow-logs",
        "VPC flow logs",
        f"{logs.traffic} traffic to {made.destination}",
        inputs=inputs,
        explanation="who talked to whom, and what security groups and network ACLs rejected; traffic to Amazon's DNS, DHCP and instance metadata is not in it",
        source=_FLOW_LOGS,
    )
    return (made,)


def _days(days: int | str) -> int | None:
    return days if isinstance(days, int) else None


def _kept(days: int | str) -> str:
    return f"{days} days" if isinstance(days, int) else "for ever"


def domain_name_of(spec: ClusterSpec) -> str | None:
    """The domain name of the DHCP options where it is not the region's own."""
    given = spec.vpc.dhcp_options.domain_name if spec.vpc.dhcp_options else None
    return None if given == regional_domain(spec.region) else given


def record_dhcp(brief: Brief) -> None:
    """The decision ``vpc.dhcp``, where the spec says something of DHCP options."""
    options = brief.spec.vpc.dhcp_options
    if options is None:
        return
    brief.ledger.add(
        "vpc.dhcp",
        "DHCP options",
        ", ".join(options.domain_name_servers),
        inputs={
            "domain name": domain_name_of(brief.spec) or f"{regional_domain(brief.spec.region)} (the region's own)",
            "time servers": ", ".join(options.ntp_servers) or "Amazon's own (169.254.169.123)",
        },
        explanation="the private endpoint's name and VPC endpoints' names resolve through AmazonProvidedDNS only; CoreDNS sends on to these servers what is not of the cluster",
        source=_DHCP,
        note="N05",
    )


def plan_settings(brief: Brief) -> ControlPlaneSettings:
    """The settings that the spec names, with the decision ``control-plane.settings``."""
    spec = brief.spec.control_plane.settings
    made = ControlPlaneSettings(
        event_ttl_minutes=spec.event_ttl_minutes,
        node_ports=(spec.node_ports.first, spec.node_ports.last) if spec.node_ports else None,
        hpa_sync_seconds=spec.horizontal_pod_autoscaler_sync_seconds,
        terminated_pod_threshold=spec.terminated_pod_threshold,
        scoring_strategy=spec.scoring_strategy,
        scoring_weights=tuple(sorted(spec.scoring_weights.items())),
    )
    if made != ControlPlaneSettings():
        _record_settings(brief, made)
    return made


def _record_settings(brief: Brief, made: ControlPlaneSettings) -> None:
    rows: dict[str, object] = {
        "events are kept": f"{made.event_ttl_minutes} min" if made.event_ttl_minutes else None,
        "node ports": "{}-{}".format(*made.node_ports) if made.node_ports else None,
        "HorizontalPodAutoscaler looks every": f"{made.hpa_sync_seconds} s" if made.hpa_sync_seconds else None,
        "terminated pods kept": made.terminated_pod_threshold,
        "scoring": made.scoring_strategy,
        "weights": ", ".join(f"{name} {weight}" for name, weight in made.scoring_weights) or None,
    }
    given = {name: value for name, value in rows.items() if value is not None}
    brief.ledger.add(
        "control-plane.settings",
        "Settings of the control plane",
        ", ".join(given),
        inputs=given,
        explanation="what is not named stays as EKS has it; all can be changed in place. To go back, name EKS's own value: a setting that is taken out of the spec stays as it was last set",
        source=brief.facts.source("control_plane.settings"),
        note="N37",
    )


def record_zonal_shift(brief: Brief) -> None:
    """The decision ``zonal-shift``, where the spec asks for it."""
    if brief.spec.zonal_shift:
        brief.ledger.add(
            "zonal-shift",
            "Zonal shift",
            "on",
            inputs={
                "zones that may fail": brief.spec.tolerate_zone_loss if brief.spec.tolerate_zone_loss is not None else 1
            },
            explanation="a shift, started by hand or by AWS where autoshift is on, cordons the zone's nodes, stops their replacement there and takes its pods out of endpoints; the other zones must hold the load, as the plan sizes them",
            source=_SHIFT,
            note="N39",
        )
