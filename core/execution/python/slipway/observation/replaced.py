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
        self._touched: list[type] = []

    def attribute(self, owner: Any, name: str, value: Any) -> None:
        before = getattr(owner, name)
        setattr(owner, name, value)
        self._undo.append(lambda: setattr(owner, name, before))

    def class_methods(self, owner: type, values: dict[str, Callable[..., Any]]) -> None:
        """Of a class written in C, which takes no new attributes: its dictionary does."""
        members = next((found for found in gc.get_referents(owner.__dict__) if isinstance(found, dict)), {})
        before = {name: members[name] for name in values if name in members}
        members.update((name, classmethod(values[name])) for name in before)
        self._touched.append(owner)

        def undo() -> None:
            members.update(before)
            self._touched.append(owner)

        self._undo.append(undo)

    def settle(self) -> None:
        """After class methods were replaced: all at once, since looking every method up anew takes long."""
        if self._touched:
            _forget_looked_up_methods(self._touched)
            self._touched.clear()

    def restore(self) -> None:
        while self._undo:
            self._undo.pop()()
        self.settle()


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
