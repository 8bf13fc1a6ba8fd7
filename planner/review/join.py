"""Whether user data beside an AMI of the user's own says all that a node needs to join.

Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html,
https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/doc/api.md (NodeConfig)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: The first four of spec.cluster, which nodeadm demands.
_NODE_CONFIG = ("name", "apiServerEndpoint", "certificateAuthority", "cidr")
_BOTTLEROCKET = ("cluster-name", "api-server", "cluster-certificate")
_SCRIPTS = ("/etc/eks/bootstrap.sh", "Start-EKSBootstrap.ps1")


def missing_to_join(text: str) -> tuple[str, ...] | None:
    """What is missing, by the names of the fields; empty when nothing is, None for a form that is not known."""
    if not text.strip():
        return ("user data",)
    parts = list(parts_of(text))
    if any(script in part for part in parts for script in _SCRIPTS):
        return ()
    configs = [config for part in parts for config in _node_configs(part)]
    if configs:
        merged = {key: value for config in configs for key, value in config.items()}
        return tuple(f"spec.cluster.{key}" for key in _NODE_CONFIG if not merged.get(key))
    settings = toml_of(text)
    if settings is None:
        return None
    kubernetes = settings.get("settings", {}).get("kubernetes", {})
    return tuple(f"settings.kubernetes.{key}" for key in _BOTTLEROCKET if not kubernetes.get(key))


def parts_of(text: str) -> Iterator[str]:
    """The parts of a MIME document, or the whole text."""
    # these parsers take longer to load than all rules take, and most designs need none
    from email import message_from_string

    message = message_from_string(text.lstrip())
    if message.is_multipart():
        for part in message.walk():
            if not part.is_multipart():
                content = part.get_payload(decode=True)
                yield content.decode(errors="replace") if isinstance(content, bytes) else ""
    else:
        yield text


def _node_configs(text: str) -> Iterator[Mapping[str, Any]]:
    """spec.cluster of every NodeConfig in a part."""
    if "node.eks.aws" not in text:
        return
    import yaml

    try:
        documents = list(yaml.safe_load_all(text))
    except yaml.YAMLError:
        return
    for one in documents:
        if isinstance(one, Mapping) and one.get("kind") == "NodeConfig":
            spec = one.get("spec")
            cluster = spec.get("cluster") if isinstance(spec, Mapping) else None
            yield cluster if isinstance(cluster, Mapping) else {}


def toml_of(text: str) -> dict[str, Any] | None:
    """Bottlerocket's settings, or None for what is no TOML with a table of settings."""
    import tomllib

    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
    return found if isinstance(found.get("settings"), dict) else None
