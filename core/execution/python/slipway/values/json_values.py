"""Values of JSON kind as canonical JSON. What JSON cannot tell apart stands in `summary.restore`, so that the
value comes back as it was: a tree of `{"as": …, "in": {…}}`, where the key `*` speaks for all members."""

from __future__ import annotations

import dataclasses
import json
import math
import sys
from typing import Any

from .python_type import python_type
from .staging import Staging, Stored, media

_MOST_RESTORE_BYTES = 64 * 1024
_MOST_ORDERED_KEYS = 1_000
_DEEPEST = 200


class NotJson(Exception):
    """Something inside is of no JSON kind."""


def store_json(value: Any, staging: Staging) -> Stored | None:
    try:
        plain, restore = to_plain(value)
        content = canonical_json(plain)
    except (NotJson, ValueError):
        return None
    if restore and len(json.dumps(restore)) > _MOST_RESTORE_BYTES:
        return None
    summary: dict[str, Any] = {"type": python_type(value)}
    if restore:
        summary["restore"] = restore
    if isinstance(plain, dict):
        summary["keys"] = len(plain)
    elif isinstance(plain, list):
        summary["length"] = len(plain)
    return Stored("json", media.JSON, staging.write(content, "json"), summary=summary)


def canonical_json(plain: Any) -> bytes:
    """Keys sorted by code point, no white space; lone surrogates as escapes."""
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def to_plain(value: Any, depth: int = 0) -> tuple[Any, dict[str, Any] | None]:
    """The value in plain JSON, and what is needed to turn it back. @throws NotJson"""
    if depth > _DEEPEST:
        raise NotJson
    if value is None or type(value) in (bool, int, str):
        return value, None
    if type(value) is float:
        if math.isfinite(value):
            return value, None
        return ("NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"), {"as": "float"}
    if type(value) in (list, tuple):
        plain, inner = _to_plain_members(value, depth)
        return plain, _node("tuple" if type(value) is tuple else None, inner)
    if type(value) is dict:
        return _to_plain_dict(value, depth)
    return _to_plain_other(value, depth)


def _to_plain_other(value: Any, depth: int) -> tuple[Any, dict[str, Any] | None]:
    scalar = _scalar(value)
    if scalar is not None:
        return to_plain(scalar[0], depth)
    if isinstance(value, str) and type(value).__module__ == "numpy":
        return str(value), None
    name = f"{type(value).__module__}:{type(value).__qualname__}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        plain, inner = _to_plain_dict(fields, depth)
        return plain, {"as": "dataclass", "class": name, **(inner or {})}
    pydantic = sys.modules.get("pydantic")
    if pydantic is not None and isinstance(value, pydantic.BaseModel):
        fields = {key: getattr(value, key) for key in type(value).model_fields}
        plain, inner = _to_plain_dict({**fields, **(value.__pydantic_extra__ or {})}, depth)
        return plain, {"as": "pydantic", "class": name, **(inner or {})}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        members, nodes = _to_plain_members(value, depth)
        return members, {"as": "namedtuple", "class": name, **({"in": nodes} if nodes else {})}
    raise NotJson


def _scalar(value: Any) -> tuple[Any] | None:
    """NumPy scalars and 0-d arrays or tensors of numbers, as the Python number that they hold."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, (numpy.number, numpy.bool_, numpy.ndarray)):
        if value.ndim == 0 and value.dtype.kind in "biuf" and value.dtype.itemsize <= 8:
            return (value.item(),)
        return None
    if getattr(value, "shape", None) == () and type(value).__module__.split(".", 1)[0] in (
        "torch",
        "tensorflow",
        "jax",
        "jaxlib",
    ):
        number = value.item() if hasattr(value, "item") else value.numpy().item()
        return (number,) if type(number) in (bool, int, float) else None
    return None


def _to_plain_members(values: Any, depth: int) -> tuple[list[Any], dict[str, Any]]:
    plain: list[Any] = []
    nodes: list[dict[str, Any] | None] = []
    for value in values:
        member, node = to_plain(value, depth + 1)
        plain.append(member)
        nodes.append(node)
    return plain, _gather(nodes, values)


def _gather(nodes: list[dict[str, Any] | None], values: Any) -> dict[str, Any]:
    """One `*` when all members are turned back alike; a list of floats with some NaN counts as alike."""
    present = [node for node in nodes if node]
    if not present:
        return {}
    if all(node == present[0] for node in present):
        is_float = present[0] == {"as": "float"} and all(type(value) is float for value in values)
        if len(present) == len(nodes) or is_float:
            return {"*": present[0]}
    return {str(index): node for index, node in enumerate(nodes) if node}


def _to_plain_dict(value: dict[Any, Any], depth: int) -> tuple[dict[str, Any], dict[str, Any] | None]:
    plain: dict[str, Any] = {}
    inner: dict[str, Any] = {}
    keys: dict[str, Any] = {}
    for key, member in value.items():
        text, is_own = _key_text(key)
        if text in plain:
            raise NotJson  # two keys of one text, such as 1 and "1"
        plain[text], node = to_plain(member, depth + 1)
        if node:
            inner[text] = node
        if is_own:
            keys[text] = _key_kind(key)
    node = _node(None, inner) or {}
    if keys:
        node["keys"] = keys
    order = list(plain)
    if len(order) <= _MOST_ORDERED_KEYS and order != sorted(order):
        node["order"] = order
    return plain, node or None


def _key_text(key: Any) -> tuple[str, bool]:
    """The key as text, and whether it can be turned back from it."""
    if type(key) is str:
        return key, False
    scalar = _scalar(key)
    if scalar is not None:
        key = scalar[0]
    if key is None or type(key) in (bool, int, float):
        return (str(key) if type(key) is float else json.dumps(key)), True
    return str(key), False


def _key_kind(key: Any) -> str:
    scalar = _scalar(key)
    return type(scalar[0] if scalar is not None else key).__name__


def _node(kind: str | None, inner: dict[str, Any]) -> dict[str, Any] | None:
    node: dict[str, Any] = {}
    if kind:
        node["as"] = kind
    if inner:
        node["in"] = inner
    return node or None
