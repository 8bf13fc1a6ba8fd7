"""Kubernetes resource quantities: ``500m``, ``2``, ``512Mi``, ``1.5Gi``.

Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re
from fractions import Fraction

MIB = 1024 * 1024
"""Bytes in a MiB."""
_SUFFIXES = {
    "": Fraction(1),
    "m": Fraction(1, 1000),
    "k": Fraction(10**3),
    "M": Fraction(10**6),
    "G": Fraction(10**9),
    "T": Fraction(10**12),
    "P": Fraction(10**15),
    "Ki": Fraction(2**10),
    "Mi": Fraction(2**20),
    "Gi": Fraction(2**30),
    "Ti": Fraction(2**40),
    "Pi": Fraction(2**50),
}
_PATTERN = re.compile(r"(\d{1,18}(?:\.\d{1,9})?)([a-zA-Z]{0,2})")


def quantity(value: object) -> Fraction:
    """The exact number behind a quantity. Raises ValueError if it is none, or negative."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("not a quantity")
    match = _PATTERN.fullmatch(str(value).strip())
    if match is None:
        raise ValueError("not a quantity")
    number, suffix = match.groups()
    if suffix not in _SUFFIXES:
        nearest = next((known for known in _SUFFIXES if known.lower() == suffix.lower()), None)
        hint = f", did you mean {nearest}?" if nearest else ""
        raise ValueError(f"unknown suffix {suffix!r}{hint}")
    return Fraction(number) * _SUFFIXES[suffix]


def cpu_millicores(value: object) -> int:
    """CPU in millicores, rounded up as Kubernetes does. Raises ValueError."""
    return -(-quantity(value) * 1000 // 1)


def memory_bytes(value: object) -> int:
    """Memory in bytes, rounded up as Kubernetes does. Raises ValueError."""
    return -(-quantity(value) // 1)
