"""Calls back when a module has been imported, now or whenever the step does it. Imports nothing itself."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

_Callback = Callable[[ModuleType], None]


def after_import(name: str, call: _Callback) -> None:
    """The module's code has run when `call` receives it."""
    present = sys.modules.get(name)
    if present is not None and not _is_still_importing(present):
        call(present)
        return
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    _finder.waiting.setdefault(name, []).append(call)


def _is_still_importing(module: ModuleType) -> bool:
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))


class _Finder(importlib.abc.MetaPathFinder):
    """Finds nothing itself: asks the others, and adds the calls to the loader that they name."""

    def __init__(self) -> None:
        self.waiting: dict[str, list[_Callback]] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self.waiting:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None:
                    _call_after(spec.loader, self.waiting.pop(fullname))
                return spec
        return None


def _call_after(loader: Any, calls: list[_Callback]) -> None:
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        execute(module)
        for call in calls:
            call(module)

    loader.exec_module = exec_module


_finder = _Finder()
