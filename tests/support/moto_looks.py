"""What the looks before `up` ask and moto lacks, for tests only; ``moto_eks.install()`` calls it.

* GetParameters knows the public parameters of EKS's AMIs, whatever the version; GetParameter stays as it is
* Service Quotas has no default of a quota that moto does not know, rather than no such call
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from moto.servicequotas.responses import ServiceQuotasResponse
from moto.ssm.models import Parameter, SimpleSystemManagerBackend

_AMIS = re.compile(
    r"/aws/service/(eks/optimized-ami/1\.\d+/\S+|bottlerocket/aws-k8s-1\.\d+\S*|ami-windows-latest/\S+)/image_id"
)


def install() -> None:
    """Teach moto both."""
    ServiceQuotasResponse.get_aws_default_service_quota = ServiceQuotasResponse.get_service_quota
    real = SimpleSystemManagerBackend.get_parameters

    def get_parameters(self: Any, names: list[str]) -> dict[str, Parameter]:
        found: dict[str, Parameter] = real(self, names)
        day = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)
        for name in names:
            if _AMIS.fullmatch(name):
                value = "ami-0a1b2c3d4e5f60718"
                found[name] = Parameter(self.account_id, name, value, "String", None, None, None, day, 1, "text")
        return found

    SimpleSystemManagerBackend.get_parameters = get_parameters
