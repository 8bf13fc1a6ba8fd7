"""Fixtures for tests that bring plans to life in moto."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.support import moto_eks


@pytest.fixture
def moto() -> Iterator[None]:
    """AWS as moto knows it, with what it lacks of EKS."""
    moto_eks.install()
    with mock_aws():
        yield
