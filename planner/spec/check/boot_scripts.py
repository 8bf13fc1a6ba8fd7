"""Scripts in user data that would start what EKS or the plan starts (note N25).

Without an AMI id AWS says: no commands that start or modify kubelet. With one, the plan writes the
join itself, and a second call would run it twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid, notice
from planner.spec.nodes import NodeGroupSpec

_TEMPLATES = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
#: Where a command can begin: a line (also an item of a YAML list), or what comes before another command.
_START = (
    r"(?:^[\s\-\[\"']*|[;&|({]\s*|\b(?:sudo|exec|then|do|else|time|nohup|env|bash|sh|source)\s+(?:-\S+\s+)*|^\s*\.\s+)"
)
_CALLS = {
    "bootstrap.sh": re.compile(rf"{_START}(?:/\S*/)?bootstrap\.sh\b", re.MULTILINE),
    "nodeadm": re.compile(rf"{_START}(?:/\S*/)?nodeadm\s+(?:init|config)\b", re.MULTILINE),
    "kubelet": re.compile(
        rf"{_START}(?:(?:/\S*/)?kubelet\s+-|(?:/\S*/)?systemctl\s+(?:-\S+\s+)*(?:start|restart|enable|try-restart|reload-or-restart)\s+(?:\S+\s+)*kubelet\b|(?:/\S*/)?service\s+kubelet\s+(?:start|restart)\b)",
        re.MULTILINE,
    ),
}
_TOUCHES = re.compile(
    r"/etc/eks/bootstrap\.sh|/etc/kubernetes/kubelet|/etc/systemd/system/kubelet\.service|/etc/eks/kubelet"
)
_LIST = re.compile(r"[\[\]\"',]")
_WINDOWS = re.compile(r"Start-EKSBootstrap|EKSBootstrapScriptFile", re.IGNORECASE)


def check_script(text: str, first: int, group: NodeGroupSpec, place: Path) -> Iterator[Diagnostic]:
    """A script or cloud-config for Amazon Linux that begins on line ``first`` of its user data."""
    # a list of words in cloud-config is a command as well
    words = _LIST.sub(" ", text) if text.startswith("#cloud-config") else text
    lines = [("" if line.lstrip().startswith("#") else line) for line in words.split("\n")]
    called = False
    for number, line in enumerate(lines):
        for program, pattern in _CALLS.items():
            if pattern.search(line):
                called = True
                yield _starts(program, f"line {first + number}: {line.strip()[:60]}", group, place)
    touched = next((n for n, line in enumerate(lines) if _TOUCHES.search(line)), None)
    if touched is not None and not called:
        yield notice(
            "group-user-data-kubelet",
            place,
            "this script touches what starts kubelet; what EKS merges may undo it, and a new AMI may break it",
            value=f"line {first + touched}: {lines[touched].strip()[:60]}",
            limit="no commands that start or modify kubelet",
            fix="say it with maxPods, systemReserved, labels and taints of the group, or (AL2023) in a NodeConfig",
            source=_TEMPLATES,
            note="N25",
        )


def check_windows_script(text: str, group: NodeGroupSpec, place: Path) -> Iterator[Diagnostic]:
    """A PowerShell script that calls EKS's bootstrap script."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.lstrip().startswith("#") and _WINDOWS.search(line):
            yield _starts("Start-EKSBootstrap.ps1", f"line {number}: {line.strip()[:60]}", group, place)
            return


def _starts(program: str, value: str, group: NodeGroupSpec, place: Path) -> Diagnostic:
    who = (
        "the plan"
        if group.ami_id and program in ("bootstrap.sh", "Start-EKSBootstrap.ps1")
        else "the AMI"
        if group.ami_id
        else "EKS"
    )
    return invalid(
        "group-user-data-join",
        place,
        f"user data that runs {program}: {who} does that, and it would run twice",
        value=value,
        limit="no commands that start or modify kubelet",
        fix="leave the call out; its settings are fields of the node group (maxPods, labels, taints, systemReserved)"
        + ("" if group.os_family != "al2023" else " or a NodeConfig part"),
        source=_TEMPLATES,
        note="N25",
    )
