"""The plan's NodeConfig for nodeadm on AL2023, in the form that EKS writes (notes N18, N25, N26).

Source: https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/doc/api.md
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from planner.design.joining import CERTIFICATE_AUTHORITY, ENDPOINT
from planner.nodegroups.join import ClusterFacts, NodeSettings

#: Text that no YAML reader takes for anything else, old or new; all other text goes into quotes.
_PLAIN = re.compile(r"(?![yYnN]$)[A-Za-z$/][A-Za-z0-9${}./:_-]*|\d+(?:m|Mi)|\d+(?:\.\d+){3}(?:/\d+)?")
_WORDS = {"yes", "no", "on", "off", "true", "false", "null"}


def node_config_spec(settings: NodeSettings, cluster: ClusterFacts) -> str:
    """The document's spec as YAML text, below the key spec."""
    spec: dict[str, Any] = {}
    if settings.complete:
        spec["cluster"] = {
            "apiServerEndpoint": ENDPOINT,
            "certificateAuthority": CERTIFICATE_AUTHORITY,
            "cidr": cluster.cidr,
            "name": cluster.name,
        }
    kubelet = _kubelet(settings, cluster)
    if kubelet:
        spec["kubelet"] = kubelet
    if settings.containerd_config:
        spec["containerd"] = {"config": settings.containerd_config}
    if settings.local_storage:
        storage = settings.local_storage
        spec["instance"] = {
            "localStorage": {
                "strategy": storage.strategy,
                **({"mountPath": storage.mount_path} if storage.mount_path else {}),
                **({"disabledMounts": list(storage.disabled_mounts)} if storage.disabled_mounts else {}),
            }
        }
    if settings.feature_gates:
        spec["featureGates"] = dict(sorted(settings.feature_gates.items()))
    return _yaml({"spec": spec}).rstrip("\n")


def _kubelet(settings: NodeSettings, cluster: ClusterFacts) -> dict[str, Any]:
    config: dict[str, Any] = {}
    if settings.max_pods:
        config["maxPods"] = settings.max_pods
    if settings.complete:
        config["clusterDNS"] = [cluster.dns]
    if settings.reserved:
        config["systemReserved"] = dict(settings.reserved)
    kubelet: dict[str, Any] = {}
    if settings.expression:
        kubelet["maxPodsExpression"] = settings.expression
    if config:
        kubelet["config"] = config
    flags = [f"--node-labels={settings.label_text}"] if settings.labels else []
    flags += [f"--register-with-taints={settings.taint_text}"] if settings.taints else []
    if flags:
        kubelet["flags"] = flags
    return kubelet


class _Dumper(yaml.SafeDumper):
    """PyYAML's writer, with quotes around whatever another reader could take for a number or a word."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's own
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    if value.endswith("\n") and value.isprintable() is False and _block(value):
        style: str | None = "|"
    elif _PLAIN.fullmatch(value) and value.lower() not in _WORDS and not value.endswith(":"):
        style = None
    else:
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _block(value: str) -> bool:
    """Whether a text of several lines can stand as it is."""
    return all(line.isprintable() and line.isascii() and line == line.rstrip() for line in value[:-1].split("\n"))


_Dumper.add_representer(str, _text)


def _yaml(document: dict[str, Any]) -> str:
    return yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, default_flow_style=False, width=1 << 20, allow_unicode=False
    )
