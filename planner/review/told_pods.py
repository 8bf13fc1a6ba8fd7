"""maxPods that a group's nodes are told: by EKS, by the plan, or by user data of their own.

Sources: https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/doc/api.md (NodeConfig),
https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from planner.design import Design, NodeGroup
from planner.review.join import parts_of, toml_of

_FLAG = re.compile(r"--max-pods(?:=|\s+)[\"']?(\d+)")


def told_max_pods(design: Design, group: NodeGroup) -> int | None:
    """The number that kubelet is told; None where it is left to EKS or to the AMI."""
    if group.max_pods is not None:
        return group.max_pods
    template = design.launch_template(group.launch_template)
    return max_pods_in(template.user_data) if template else None


def max_pods_in(text: str) -> int | None:
    """maxPods in user data: in a NodeConfig, in kubelet's flags, or in Bottlerocket's settings. The last one
    counts, as for nodeadm, which merges in this order."""
    if not text.strip():
        return None
    found: int | None = None
    for part in parts_of(text):
        for one in _in_part(part):
            found = one
    settings = toml_of(text) if "max-pods" in text and "[settings" in text else None
    told = (settings or {}).get("settings", {}).get("kubernetes", {}).get("max-pods")
    return found if told is None else _number(told)


def _in_part(part: str) -> Iterator[int]:
    if "node.eks.aws" in part:
        yield from _in_node_config(part)
    elif "bootstrap" in part.lower():
        yield from (int(one) for one in _FLAG.findall(part))


def _in_node_config(part: str) -> Iterator[int]:
    """kubelet.config.maxPods of every NodeConfig, and --max-pods among its flags, which kubelet takes over it."""
    import yaml

    try:
        documents = list(yaml.safe_load_all(part))
    except yaml.YAMLError:
        return
    for document in documents:
        kubelet = _table(_table(document, "spec"), "kubelet")
        number = _number(_table(kubelet, "config").get("maxPods"))
        flags = kubelet.get("flags")
        for flag in flags if isinstance(flags, list) else ():
            told = _FLAG.match(str(flag))
            number = int(told[1]) if told else number
        if number is not None:
            yield number


def _table(whole: Any, key: str) -> Mapping[str, Any]:
    part = whole.get(key) if isinstance(whole, Mapping) else None
    return part if isinstance(part, Mapping) else {}


def _number(value: Any) -> int | None:
    return int(value) if str(value).isdecimal() and not isinstance(value, bool) else None
