"""Turns canonical JSON back into the value that it was, by the tree that `json_values` wrote."""

from __future__ import annotations

import dataclasses
import importlib
import json
from collections.abc import Callable
from typing import Any

_KEY_KINDS: dict[str, Callable[[str], Any]] = {
    "int": int,
    "float": float,
    "bool": lambda text: text == "true",
    "NoneType": lambda text: None,
}


def load_json(file: str, summary: dict[str, Any]) -> Any:
    with open(file, "rb") as content:
        plain = json.loads(content.read().decode("utf-8"))
    return restore(plain, summary.get("restore"))


def restore(plain: Any, node: dict[str, Any] | None) -> Any:
    if not node:
        return plain
    kind = node.get("as")
    if kind == "float":
        return float(plain)
    if isinstance(plain, list):
        return _sequence([restore(member, _member_node(node, str(i))) for i, member in enumerate(plain)], kind, node)
    if not isinstance(plain, dict):
        return plain
    keys = node.get("keys", {})
    members = {}
    for key in node.get("order", plain):
        own_key = _KEY_KINDS[keys[key]](key) if key in keys else key
        members[own_key] = restore(plain[key], node.get("in", {}).get(key))
    return _object(members, kind, node)


def _member_node(node: dict[str, Any], index: str) -> dict[str, Any] | None:
    inner = node.get("in", {})
    return inner.get(index) or inner.get("*")


def _sequence(members: list[Any], kind: str | None, node: dict[str, Any]) -> Any:
    if kind == "tuple":
        return tuple(members)
    if kind == "namedtuple":
        found = _find_class(node["class"])
        if isinstance(found, type) and issubclass(found, tuple) and hasattr(found, "_fields"):
            return found(*members)
        return tuple(members)
    return members


def _object(members: dict[Any, Any], kind: str | None, node: dict[str, Any]) -> Any:
    """Only classes that are what they claim to be are made; a class that is gone leaves a dict."""
    if kind is None:
        return members
    found = _find_class(node["class"])
    if kind == "dataclass" and isinstance(found, type) and dataclasses.is_dataclass(found):
        made = object.__new__(found)
        for name, member in members.items():
            object.__setattr__(made, name, member)
        return made
    if kind == "pydantic" and isinstance(found, type) and hasattr(found, "model_construct"):
        return found.model_construct(**members)
    return members


def _find_class(name: str) -> Any:
    module, _, qualified = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in qualified.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        return None
    return found
