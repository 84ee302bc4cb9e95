"""Whether the project's own code asks what time it is. Timers that only measure are not asked about."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .after_import import after_import
from .callers import Callers
from .replaced import Replaced

_Note = Callable[[str, str], None]
#: With how many arguments each of them is given a time instead of asking for it.
_FUNCTIONS = {"time": 1, "time_ns": 1, "localtime": 1, "gmtime": 1, "ctime": 1, "asctime": 1, "strftime": 2}
_CLASS_METHODS = {"datetime": ("now", "utcnow"), "date": ("today",)}


class _Look(Exception):
    """Raised and caught to see the caller: sys._getframe is an audited event, which costs ten times as much."""


class ClockWatch:
    def __init__(self, callers: Callers, note: _Note) -> None:
        self._callers = callers
        self._note = note
        self._replaced = Replaced()
        self._active = False

    def start(self) -> None:
        self._active = True
        after_import("time", self._watch_time)
        after_import("datetime", self._watch_datetime)
        after_import("pandas", self._watch_pandas)

    def stop(self) -> None:
        self._active = False
        self._replaced.restore()

    def _watch_time(self, module: ModuleType) -> None:
        if not self._active:
            return  # imported by what comes after the step
        for name, given in _FUNCTIONS.items():
            self._replaced.attribute(module, name, self._noting(f"time.{name}", getattr(module, name), given))

    def _watch_datetime(self, module: ModuleType) -> None:
        if not self._active:
            return
        for owner, names in _CLASS_METHODS.items():
            self._watch_class(getattr(module, owner), {name: f"datetime.{owner}.{name}" for name in names})
        self._replaced.settle()

    def _watch_pandas(self, module: ModuleType) -> None:
        for name in ("now", "today", "utcnow"):
            really = getattr(module.Timestamp, name, None)
            if really is None or not self._active:
                continue
            noting = self._noting(f"pandas.Timestamp.{name}", really, None)
            try:
                self._replaced.attribute(module.Timestamp, name, noting)
            except TypeError:
                return  # a compiled class keeps its own

    def _watch_class(self, owner: type, words: dict[str, str]) -> None:
        known = {name: owner.__dict__[name] for name in words if name in owner.__dict__}
        values = {name: self._noting_of_class(words[name], really) for name, really in known.items()}
        self._replaced.class_methods(owner, values)

    def _noting_of_class(self, words: str, really: Any) -> Any:
        note, libraries = self._note_asking, self._callers.libraries
        known = False

        def asked(cls: type, *arguments: Any, **named: Any) -> Any:
            nonlocal known
            if not known:
                try:
                    raise _Look
                except _Look as look:
                    if look.__traceback__.tb_frame.f_back.f_code.co_filename not in libraries:  # type: ignore[union-attr]
                        known = note(words)
            return really.__get__(None, cls)(*arguments, **named)

        return asked

    def _noting(self, words: str, really: Any, given: int | None) -> Any:
        """Once noted, all that is left is one call more."""
        note, libraries = self._note_asking, self._callers.libraries
        known = False

        @functools.wraps(really)
        def asked(*arguments: Any, **named: Any) -> Any:
            nonlocal known
            if not known and (given is None or len(arguments) < given):
                try:
                    raise _Look
                except _Look as look:
                    if look.__traceback__.tb_frame.f_back.f_code.co_filename not in libraries:  # type: ignore[union-attr]
                        known = note(words)
            return really(*arguments, **named)

        return asked

    def _note_asking(self, words: str) -> bool:
        if not self._active:
            return True
        where = self._callers.asking(sys._getframe(2))
        if where is None:
            return False
        self._note(words, where)
        return True
