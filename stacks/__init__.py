"""The Pulumi program: ``declare(plan.design)`` materialises a plan, resource by resource.

The components are here for programs that want only some of them: ``Network`` (VPC, subnets, ways
out), ``Roles``, ``SecurityGroups`` and ``SecurityRules``, ``ControlPlane``, ``Addons``, ``Access``,
``Nodes``, ``FargateProfiles`` and ``Storage``. ``docs/embedding.md`` shows both uses. Importing this package imports Pulumi.
"""

from stacks.access import Access
from stacks.cluster import Addons, ControlPlane
from stacks.fargate import FargateProfiles
from stacks.network import Network
from stacks.nodes import Nodes
from stacks.program import Declared, declare
from stacks.roles import Roles
from stacks.security import SecurityGroups, SecurityRules
from stacks.storage import Storage

__all__ = [
    "Access",
    "Addons",
    "ControlPlane",
    "Declared",
    "FargateProfiles",
    "Network",
    "Nodes",
    "Roles",
    "SecurityGroups",
    "SecurityRules",
    "Storage",
    "declare",
]
