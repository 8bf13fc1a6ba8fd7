"""Build the Pulumi CLI that tools/go.mod pins, into the user's cache folder; prints its path.

The CLI is on no Python or Node registry. Its version must be told to the linker, for the
Automation API refuses a CLI without one. What was built from the same pins before is taken again.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import platformdirs

TOOLS = Path(__file__).parent
COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"


def version() -> str:
    """The version that go.mod pins. Raises ValueError if it pins none."""
    pinned = re.search(
        r"^\s*github\.com/pulumi/pulumi/pkg/v3 (v\S+)", (TOOLS / "go.mod").read_text("utf-8"), re.MULTILINE
    )
    if pinned is None:
        raise ValueError("tools/go.mod does not pin github.com/pulumi/pulumi/pkg/v3")
    return pinned[1]


def binary() -> Path:
    """Where the CLI of these pins is, or will be; the Automation API looks for ``bin/pulumi`` in a folder."""
    pins = hashlib.sha256((TOOLS / "go.mod").read_bytes() + (TOOLS / "go.sum").read_bytes()).hexdigest()[:12]
    return platformdirs.user_cache_path("eksplan") / "tools" / f"pulumi-{version()}-{pins}" / "bin" / "pulumi"


def build() -> Path:
    """Build it unless it is there. Raises CalledProcessError if Go cannot."""
    target = binary()
    if not target.exists():
        told = f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={version()}"
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f"pulumi.{os.getpid()}")
        command = ["go", "build", "-tags", "osusergo,grpcnotrace", "-ldflags", told, "-o", str(fresh), COMMAND]
        subprocess.run(command, cwd=TOOLS, check=True)
        fresh.replace(target)
    return target


if __name__ == "__main__":
    try:
        print(build())
    except (subprocess.CalledProcessError, OSError, ValueError) as error:
        sys.exit(f"the Pulumi CLI cannot be built: {error}")
