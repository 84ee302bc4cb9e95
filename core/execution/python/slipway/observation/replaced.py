"""Functions of other modules that are replaced while the step runs, and put back when it has ended."""

from __future__ import annotations

import gc
import sys
import warnings
from collections.abc import Callable
from typing import Any


class Replaced:
    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def attribute(self, owner: Any, name: str, value: Any) -> None:
        before = getattr(owner, name)
        setattr(owner, name, value)
        self._undo.append(lambda: setattr(owner, name, before))

    def restore(self) -> None:
        while self._undo:
            self._undo.pop()()


def replace_class_methods(values: dict[type, dict[str, Callable[..., Any]]]) -> None:
    """For good, of classes written in C, which take no new attributes: their dictionaries do. Together, since looking
    every method up anew, which follows, takes long."""
    for owner, functions in values.items():
        members = next((found for found in gc.get_referents(owner.__dict__) if isinstance(found, dict)), {})
        members.update((name, classmethod(function)) for name, function in functions.items() if name in members)
    if values:
        _forget_looked_up_methods(list(values))


def _forget_looked_up_methods(owners: list[type]) -> None:
    clear = getattr(sys, "_clear_type_cache", None)
    if clear is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            clear()
        return
    import ctypes

    for owner in owners:
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(owner))
