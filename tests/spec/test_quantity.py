"""Kubernetes quantities."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.spec.quantity import cpu_millicores, memory_bytes


@pytest.mark.parametrize(
    ("text", "millicores"),
    [("500m", 500), (2, 2000), ("2", 2000), (0.5, 500), ("0.1", 100), ("1.0005", 1001), ("0", 0)],
)
def test_cpu(text: object, millicores: int) -> None:
    assert cpu_millicores(text) == millicores


@pytest.mark.parametrize(
    ("text", "size"),
    [("1Gi", 2**30), ("512Mi", 2**29), ("1G", 10**9), ("1.5Gi", 3 * 2**29), (1024, 1024), ("1k", 1000), ("100m", 1)],
)
def test_memory(text: object, size: int) -> None:
    assert memory_bytes(text) == size


@pytest.mark.parametrize("text", ["", "-1", "1 Gi", "1GiB", "one", None, True, [], "1e3", "NaN", "1" * 30])
def test_anything_else_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"not a quantity|unknown suffix"):
        memory_bytes(text)


def test_a_miscased_suffix_gets_the_right_one() -> None:
    with pytest.raises(ValueError, match="did you mean Mi"):
        memory_bytes("5mi")


@given(st.integers(0, 10**6))
def test_millicores_and_cores_agree(number: int) -> None:
    assert cpu_millicores(f"{number}m") == number
    assert cpu_millicores(str(number)) == number * 1000
