"""The ways in which pods get addresses, by the names that commands use."""

from __future__ import annotations

from planner.capacity.max_pods import PodNetwork

MODES = {
    "secondary-ip": PodNetwork(),
    "prefix": PodNetwork(prefix=True),
    "custom": PodNetwork(custom_networking=True),
    "custom-prefix": PodNetwork(prefix=True, custom_networking=True),
    "sg-pods": PodNetwork(security_groups_for_pods=True),
    "ipv6": PodNetwork(prefix=True, ipv6=True),
}
