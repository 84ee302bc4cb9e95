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

    def class_method(self, owner: type, name: str, value: Callable[..., Any]) -> None:
        """Of a class written in C, which takes no new attributes: its dictionary does."""
        members = next((found for found in gc.get_referents(owner.__dict__) if isinstance(found, dict)), None)
        if members is None or name not in members:
            return
        before = members[name]
        members[name] = classmethod(value)
        _forget_looked_up_methods(owner)

        def undo() -> None:
            members[name] = before
            _forget_looked_up_methods(owner)

        self._undo.append(undo)

    def restore(self) -> None:
        while self._undo:
            self._undo.pop()()


def _forget_looked_up_methods(owner: type) -> None:
    clear = getattr(sys, "_clear_type_cache", None)
    if clear is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            clear()
        return
    import ctypes

    ctypes.pythonapi.PyType_Modified(ctypes.py_object(owner))
