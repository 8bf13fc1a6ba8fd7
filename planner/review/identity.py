"""What makes two findings the same one: in another run, after unrelated changes, in a plan and in AWS."""

from __future__ import annotations

import hashlib
import json

from planner.design import Design
from planner.diagnostics import Finding

#: Goes into every fingerprint; a new one means that those of older baselines no longer match.
SCHEME = "eksplan/1"
LENGTH = 16
"""Hexadecimal digits of a fingerprint: 64 bits, where a million findings collide once in 10^7 reviews."""
_PORT_WORDS = frozenset({"port", "ports", "tcp", "udp"})


def scope_of(design: Design) -> str:
    """The region and the cluster (else the VPC) that a design is about, by name: what plan and AWS share."""
    return f"{design.region}/{design.cluster.name if design.cluster else design.vpc.name}"


def fingerprint(finding: Finding, scope: str) -> str:
    """A short digest of the rule, the resource in its scope, and what is said of it.

    Measured values, limits, severity and the order of findings stay out, and so do plain numbers in the
    summary: three or four free addresses are the same finding. Ports are kept, for an open port 22 is
    another finding than an open port 3389.
    """
    parts = [SCHEME, finding.rule, scope, finding.resource, without_counts(finding.summary)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:LENGTH]


def without_counts(text: str) -> str:
    """A summary with ``#`` for every number that stands by itself, but for ports."""
    words: list[str] = []
    before = ""
    for word in text.split():
        bare = word.strip("(),;:.%")
        number = bare.replace(",", "").replace(".", "").isdecimal() and bare.count(".") < 2
        words.append(word.replace(bare, "#") if number and before not in _PORT_WORDS else word)
        before = bare.lower()
    return " ".join(words)
