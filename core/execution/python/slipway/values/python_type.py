"""Names of types, for the record and for people."""

from __future__ import annotations

from typing import Any


def python_type(value: Any) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def describe_value(value: Any) -> str:
    """`pandas.DataFrame of shape (3, 2)`: enough for a person to recognise what came."""
    name = python_type(value)
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return f"{name} of shape {shape}"
    return f"{name} of length {len(value)}" if isinstance(value, (list, tuple, dict, set)) else name


def is_of(value: Any, *names: str) -> bool:
    """Whether the value's class or a base of it has one of these full names; imports nothing."""
    return any(f"{base.__module__}.{base.__qualname__}" in names for base in type(value).__mro__)


def package_of(value: Any) -> str:
    return type(value).__module__.split(".", 1)[0]
