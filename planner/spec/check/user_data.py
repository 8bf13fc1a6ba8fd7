"""Additions to the user data: within EC2's size, and in a form that the node's system can read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.boot_scripts import check_script, check_windows_script
from planner.spec.check.bottlerocket import check_bottlerocket
from planner.spec.check.made import invalid
from planner.spec.check.node_config import check_node_config
from planner.spec.nodes import NodeGroupSpec
from planner.spec.powershell import TagError, commands
from planner.spec.user_parts import NODE_CONFIG, Malformed, read_parts

_TEMPLATES = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
#: Kinds of parts whose text may hold commands.
_COMMANDS = re.compile(r"text/(x-shellscript|cloud-config|cloud-boothook)")


def check_user_data(group: NodeGroupSpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    """The user data of one group; ``path`` is the group's place."""
    texts = group.user_data
    size = sum(len(text.encode()) for text in texts)
    limit = facts.number("nodegroup.user_data_bytes")
    if size > limit:
        yield invalid(
            "group-user-data",
            (*path, "userData"),
            "user data is too long, before it is encoded in Base64",
            value=f"{size:,} bytes",
            limit=f"{limit:,} bytes",
            fix="fetch the larger part from S3 at boot",
            source=facts.source("nodegroup.user_data_bytes"),
            note="N25",
        )
    if group.os_family in ("al2023", "al2"):
        yield from _amazon_linux(group, path, facts)
        return
    for number, text in enumerate(texts):
        place = _place(path, texts, number)
        if group.os_family == "bottlerocket":
            yield from check_bottlerocket(text, place, group)
        else:
            yield from _windows(text, place, group)


def _place(path: Path, texts: tuple[str, ...], number: int) -> Path:
    return (*path, "userData", number) if len(texts) > 1 else (*path, "userData")


def _amazon_linux(group: NodeGroupSpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    parts, malformed = read_parts(group.user_data)
    for wrong in malformed:
        yield _malformed(wrong, _place(path, group.user_data, wrong.entry))
    for part in parts:
        place = _place(path, group.user_data, part.entry)
        if part.media_type == NODE_CONFIG and group.os_family == "al2":
            yield invalid(
                "group-user-data-form",
                place,
                "AL2 has no nodeadm: nothing would read this NodeConfig",
                value=f"line {part.line}: {part.text.partition(chr(10))[0][:40]}",
                limit="a script (#!), #cloud-config or MIME",
                fix="use os: al2023, or write a script",
                source=_TEMPLATES,
                note="N25",
            )
        elif part.media_type == NODE_CONFIG:
            yield from check_node_config(part, place, facts)
        elif _COMMANDS.fullmatch(part.media_type):
            yield from check_script(part.text, part.line, group, place)


def _malformed(wrong: Malformed, place: Path) -> Diagnostic:
    return invalid(
        wrong.code,
        place,
        wrong.summary,
        value=wrong.value,
        limit=wrong.limit,
        fix=wrong.fix,
        source=_TEMPLATES,
        note="N25",
    )


def _windows(text: str, place: Path, group: NodeGroupSpec) -> Iterator[Diagnostic]:
    try:
        commands(text)
    except TagError as error:
        yield invalid(
            "group-user-data-tags",
            place,
            str(error),
            value=f"line {error.line}: {error.tag}",
            limit="PowerShell commands, bare or between one <powershell> and </powershell>",
            fix="give the commands alone; the plan writes the tag",
            source=_TEMPLATES,
            note="N25",
        )
        return
    yield from check_windows_script(text, group, place)
