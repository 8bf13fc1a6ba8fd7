"""Checks a resource's wire inputs against the types that pulumi-aws itself declares.

The Python SDK passes misspelt nested keys and wrong scalars on; the real provider would refuse
them at ``pulumi up``. Every ``...Args`` class carries names and types, so they can be checked.
"""

from __future__ import annotations

import collections.abc
import importlib
import re
import sys
import threading
import types
import typing
from typing import Any

import pulumi
from pulumi._types import input_type_py_to_pulumi_names

# pulumi_aws loads its modules lazily, and the lazy loader breaks when two threads touch one at once
_lock = threading.RLock()
_hints: dict[type, dict[str, Any]] = {}
_SCALARS: dict[Any, tuple[type, ...]] = {str: (str,), bool: (bool,), int: (int, float), float: (int, float)}


def problems(token: str, inputs: dict[str, Any]) -> list[str]:
    """What is wrong with the inputs of a resource, such as ``vpcConfig.subnetId: unknown key``."""
    with _lock:
        hints = _hints_of(_args_class(token))
        found: list[str] = []
        for key, value in inputs.items():
            if key.startswith("__"):
                continue
            if key not in hints:
                found.append(f"{key}: unknown input")
            else:
                _check(value, hints[key], key, found)
        return found


def input_names(token: str) -> set[str]:
    """Names of all inputs of a resource, as they are on the wire."""
    with _lock:
        return set(_hints_of(_args_class(token)))


def _args_class(token: str) -> type:
    match = re.fullmatch(r"aws:(\w+)/(\w+):(\w+)", token)
    if match is None:
        raise LookupError(token)
    module = importlib.import_module(f"pulumi_aws.{match[1]}")
    for name in (f"{match[3]}Args", f"{match[3]}InitArgs"):
        if hasattr(module, name):
            found: type = getattr(module, name)
            return found
    raise LookupError(token)


def _hints_of(kind: type) -> dict[str, Any]:
    """Wire name to annotation, from the return types of the class's getters."""
    if kind not in _hints:
        names = {**vars(sys.modules[kind.__module__]), "Output": pulumi.Output, "T": typing.TypeVar("T")}
        _hints[kind] = {
            wire: typing.get_type_hints(getattr(kind, python).fget, names)["return"]
            for python, wire in input_type_py_to_pulumi_names(kind).items()
        }
    return _hints[kind]


def _alternatives(annotation: Any) -> list[Any]:
    """What a value may be, with Optional, Union, Annotated and Input taken apart."""
    origin = typing.get_origin(annotation)
    if origin is typing.Union or origin is types.UnionType:
        return [one for part in typing.get_args(annotation) for one in _alternatives(part)]
    if origin is typing.Annotated:
        return _alternatives(typing.get_args(annotation)[0])
    if annotation is type(None) or origin is collections.abc.Awaitable:
        return []
    if isinstance(origin or annotation, type) and issubclass(origin or annotation, pulumi.Output):
        return []
    return [annotation]


def _check(value: Any, annotation: Any, path: str, found: list[str]) -> None:
    alternatives = _alternatives(annotation)
    if value is None or not alternatives or Any in alternatives:
        return
    if isinstance(value, dict):
        _check_mapping(value, alternatives, path, found)
    elif isinstance(value, list):
        for one in alternatives:
            if typing.get_origin(one) in (list, collections.abc.Sequence):
                for number, item in enumerate(value):
                    _check(item, typing.get_args(one)[0], f"{path}[{number}]", found)
                return
        found.append(f"{path}: a list where {alternatives} is expected")
    elif not any(_is_scalar(value, one) for one in alternatives):
        found.append(f"{path}: {value!r} where {alternatives} is expected")


def _check_mapping(value: dict[str, Any], alternatives: list[Any], path: str, found: list[str]) -> None:
    for one in alternatives:
        if isinstance(one, type) and one.__name__.endswith("Args"):
            hints = _hints_of(one)
            for key, item in value.items():
                if key not in hints:
                    found.append(f"{path}.{key}: unknown key, known are {sorted(hints)}")
                else:
                    _check(item, hints[key], f"{path}.{key}", found)
            return
        if typing.get_origin(one) in (dict, collections.abc.Mapping):
            for key, item in value.items():
                _check(item, typing.get_args(one)[1], f"{path}[{key}]", found)
            return
    found.append(f"{path}: a mapping where {alternatives} is expected")


def _is_scalar(value: Any, kind: Any) -> bool:
    if isinstance(kind, type) and issubclass(kind, str):
        return isinstance(value, str)
    if kind in (int, float) and isinstance(value, bool):
        return False
    return isinstance(value, _SCALARS.get(kind, ()))
