"""The account's quota of security-group rules: the call about it, and its answer."""

from __future__ import annotations

from planner.design import Unknown
from planner.observe.calls import Calls
from planner.observe.raw import Raw

_CALL = "servicequotas:GetServiceQuota"
_RULES = "L-0EA8095F"
"""Inbound or outbound rules per security group; https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"""


def collect_group_rules_quota(calls: Calls) -> None:
    """Ask for it. A call that is denied is kept as its error."""
    asked = {"ServiceCode": "vpc", "QuotaCode": _RULES}
    client = calls.client("service-quotas")
    calls.one(_CALL, client, "get_service_quota", "Quota", "Value", key=_RULES, **asked)


def group_rules_quota_of(raw: Raw) -> int | Unknown:
    """The quota, in rules."""
    found = raw.get(_CALL, _RULES)
    return found if isinstance(found, Unknown) else int(found)
