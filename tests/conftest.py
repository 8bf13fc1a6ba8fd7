"""Shared fixtures."""

from __future__ import annotations

import os
import tracemalloc  # noqa: F401 - pytest's hook for what cannot be raised imports it, too late if two come at once

# before anything of boto3 or moto is imported: no real account, no user's own settings
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_SESSION_TOKEN="testing",
    AWS_EC2_METADATA_DISABLED="true",
    MOTO_IAM_LOAD_MANAGED_POLICIES="true",
    EKSPLAN_TODAY="2026-11-28",  # what depends on the day is the same tomorrow
    EKSPLAN_CATALOG="embedded",
)
for _name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "NO_COLOR", "COLUMNS"):
    os.environ.pop(_name, None)

from collections.abc import Iterator

import pytest

from planner.catalog import store
from planner.catalog.model import Catalog


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The embedded catalog."""
    return store.load(store.EMBEDDED)


@pytest.fixture
def moto() -> Iterator[None]:
    """AWS as moto knows it, with what it lacks of EKS."""
    from moto import mock_aws

    from tests.support import moto_eks
    from tests.support.moto_calls import one_at_a_time

    moto_eks.install()
    with mock_aws(), one_at_a_time():
        yield
