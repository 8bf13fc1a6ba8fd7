"""Where a stack's state lives, and who may read it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

PROJECT = "eksplan"
"""The name in Pulumi.yaml, so that `pulumi up` in a checkout finds the same stack."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stack in a backend; ``folder`` holds the stack's settings between runs."""

    stack: str
    backend: str
    folder: Path
    variables: Mapping[str, str]
    """What the Pulumi command is told beside the environment."""


def place_of(
    stack: str, backend: str | None, region: str, profile: str | None, passphrase_file: str | None, home: Path
) -> Place:
    """Where a stack is: the given backend, PULUMI_BACKEND_URL, or a folder below ``home``.

    A plan has nothing secret in it, and neither has its state; where nobody gives a passphrase the empty one
    is used, which Pulumi asks for with backends of one's own.
    """
    url = backend or os.environ.get("PULUMI_BACKEND_URL")
    if url is None:
        state = home / "state"
        state.mkdir(parents=True, exist_ok=True)
        url = state.as_uri()
    folder = home / "stacks" / hashlib.sha256(url.encode()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    variables = {
        "PULUMI_BACKEND_URL": quiet_url(url),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "AWS_REGION": region,
    }
    if profile:
        variables["AWS_PROFILE"] = profile
    if passphrase_file:
        variables["PULUMI_CONFIG_PASSPHRASE_FILE"] = passphrase_file
    elif not {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & os.environ.keys():
        variables["PULUMI_CONFIG_PASSPHRASE"] = ""
    return Place(stack, url, folder, variables)


def quiet_url(url: str) -> str:
    """The address of a backend of files, with no attributes written beside them; others as they are.

    A run that is killed while it writes attributes makes the state unreadable (`checkpoint.py`).
    """
    path, _, query = url.partition("?")
    asked = dict(parse_qsl(query))
    if not path.startswith("file://") or "metadata" in asked:
        return url
    return f"{path}?{urlencode({**asked, 'metadata': 'skip'})}"
