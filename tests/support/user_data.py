"""Reads user data back as the nodes do: MIME, NodeConfig, TOML, bash and PowerShell."""

from __future__ import annotations

import email
import re
import subprocess
import tomllib
from dataclasses import dataclass
from email.message import Message
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

NODE_CONFIG = "application/node.eks.aws"
SHELL = "text/x-shellscript"


class _Strict(BaseModel):
    """nodeadm's schema, but a field that it does not know is an error here.

    Source: https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/api/v1alpha1/nodeconfig_types.go
    """

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True)


class Cluster(_Strict):
    name: str = Field(pattern=r"^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$")
    api_server_endpoint: str = Field(min_length=1)
    certificate_authority: str = Field(min_length=1)
    cidr: str = Field(min_length=1)
    enable_outpost: bool | None = None
    id: str | None = None


class Kubelet(_Strict):
    config: dict[str, Any] | None = None
    flags: list[str] | None = None
    max_pods_expression: str | None = None


class Containerd(_Strict):
    config: str | None = None
    base_runtime_spec: dict[str, Any] | None = None


class LocalStorage(_Strict):
    strategy: Literal["RAID0", "RAID10", "Mount"]
    mount_path: str | None = None
    disabled_mounts: list[Literal["Containerd", "PodLogs"]] | None = None


class Network(_Strict):
    nameservers: list[str] | None = None
    domains: list[str] | None = None


class Instance(_Strict):
    local_storage: LocalStorage | None = None
    environment: dict[str, dict[str, str]] | None = None
    network: Network | None = None


class Spec(_Strict):
    cluster: Cluster | None = None
    kubelet: Kubelet | None = None
    containerd: Containerd | None = None
    instance: Instance | None = None
    feature_gates: dict[str, bool] | None = None


class NodeConfig(_Strict):
    api_version: Literal["node.eks.aws/v1alpha1"]
    kind: Literal["NodeConfig"]
    metadata: dict[str, Any] | None = None
    spec: Spec | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a MIME document."""

    kind: str
    header: str
    text: str


def mime_parts(text: str) -> list[Part]:
    """The parts of a MIME document; any defect fails."""
    message = email.message_from_string(text)
    assert text.startswith("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=")
    assert message.get_content_type() == "multipart/mixed"
    assert not message.defects
    assert not (message.epilogue or "").strip()
    found = message.get_payload()
    assert isinstance(found, list)
    parts: list[Part] = []
    for part in found:
        assert isinstance(part, Message)
        assert not part.defects
        parts.append(Part(part.get_content_type(), str(part["Content-Type"]), str(part.get_payload())))
    return parts


def node_config(text: str) -> dict[str, Any]:
    """A NodeConfig, checked against nodeadm's schema."""
    document = yaml.safe_load(text)
    NodeConfig.model_validate(document)
    assert isinstance(document, dict)
    return document


def merged(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """NodeConfigs merged as nodeadm does: later values win, flags add up.

    Source: https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/api/merge.go
    """

    def over(low: Any, high: Any, path: tuple[str, ...]) -> Any:
        if isinstance(low, dict) and isinstance(high, dict):
            return {**low, **{key: over(low.get(key), value, (*path, key)) for key, value in high.items()}}
        if path == ("kubelet", "flags"):
            return [*(low or []), *high]
        return high

    result: dict[str, Any] = {}
    for one in documents:
        result = over(result, one.get("spec") or {}, ())
    return result


def check_bash(text: str) -> None:
    """Bash can read a script."""
    done = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def bootstrap_arguments(text: str) -> dict[str, str]:
    """The arguments with which a script calls bootstrap.sh, its variables filled in; the cluster's name under ''."""
    check_bash(text)
    lines = text.rstrip().split("\n")
    (start,) = [number for number, line in enumerate(lines) if line.startswith("/etc/eks/bootstrap.sh")]
    lines[start] = lines[start].replace("/etc/eks/bootstrap.sh", "printf '%s\\n'", 1)
    quoted = [re.sub(r"=(\$\{[^}]*\})$", r"='\1'", line) for line in lines]
    quoted = [line.replace("${cluster.", "\\${cluster.") if line.startswith("printf") else line for line in quoted]
    done = subprocess.run(["bash"], input="\n".join(quoted), text=True, capture_output=True, check=True)
    words = done.stdout.split("\n")[:-1]
    return {"": words[0]} | dict(zip(words[1::2], words[2::2], strict=True))


def kubernetes(text: str) -> dict[str, Any]:
    """settings.kubernetes of Bottlerocket's TOML."""
    found = tomllib.loads(text)["settings"]["kubernetes"]
    assert isinstance(found, dict)
    return found


_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"`]|`.|\"\")*\"|[^\s'\"]+|\s+")


def powershell_arguments(text: str) -> dict[str, str]:
    """The arguments of EKS's bootstrap script in a Windows node's user data.

    A structural reading: one tag around everything, quotes that close, one call at the end.
    """
    assert text.startswith("<powershell>\n")
    assert text.rstrip().endswith("\n</powershell>")
    assert text.count("<powershell>") == text.count("</powershell>") == 1
    calls = [line for line in text.split("\n") if line.startswith("& $EKSBootstrapScriptFile ")]
    assert len(calls) == 1
    assert text.rstrip().split("\n")[-2] == calls[0]
    tokens = _TOKEN.findall(calls[0])
    assert "".join(tokens) == calls[0], "a quote that never closes"
    words = [one for one in tokens if not one.isspace()]
    assert words[-4:] == ["3>&1", "4>&1", "5>&1", "6>&1"]
    names, values = words[2:-4:2], words[3:-4:2]
    assert all(name.startswith("-") for name in names)
    assert all(value[0] == value[-1] == "'" for value in values)
    return {name: value[1:-1].replace("''", "'") for name, value in zip(names, values, strict=True)}
