"""Whether the project's own code asks what time it is. Timers that only measure are not asked about."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .after_import import after_import
from .callers import Callers
from .replaced import Replaced, replace_class_methods

_Note = Callable[[str, str], None]
#: With how many arguments each of them is given a time instead of asking for it.
_FUNCTIONS = {"time": 1, "time_ns": 1, "localtime": 1, "gmtime": 1, "ctime": 1, "asctime": 1, "strftime": 2}
_CLASS_METHODS = {"datetime": ("now", "utcnow"), "date": ("today",)}


#: The watch of this process, which the class methods tell.
_listener: ClockWatch | None = None
_watched_classes: set[type] = set()


def watch_classes_ahead() -> None:
    """For processes that are forked from this one: in each, looking all methods up anew would copy the pages of all classes."""
    module = sys.modules.get("datetime")
    if module is not None:
        _watch_classes(module)


class _Look(Exception):
    """Raised and caught to see the caller: sys._getframe is an audited event, which costs ten times as much."""


class ClockWatch:
    def __init__(self, callers: Callers, note: _Note) -> None:
        self._callers = callers
        self._note = note
        self._replaced = Replaced()
        self._active = False

    def start(self) -> None:
        global _listener
        self._active = True
        _listener = self
        after_import("time", self._watch_time)
        after_import("datetime", _watch_classes)
        after_import("pandas", self._watch_pandas)
        after_import("uuid", self._watch_uuid)

    def stop(self) -> None:
        """The class methods stay, and tell nobody."""
        global _listener
        self._active = False
        if _listener is self:
            _listener = None
        self._replaced.restore()

    def _watch_time(self, module: ModuleType) -> None:
        if not self._active:
            return  # imported by what comes after the step
        for name, given in _FUNCTIONS.items():
            self._replaced.attribute(module, name, self._noting(f"time.{name}", getattr(module, name), given))

    def _watch_uuid(self, module: ModuleType) -> None:
        """The one kind of identifier that is made of the time."""
        if self._active:
            self._replaced.attribute(module, "uuid1", self._noting("uuid.uuid1", module.uuid1, None))

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

    def _noting(self, words: str, really: Any, given: int | None) -> Any:
        """Once noted, all that is left is one call more."""
        note, libraries = self.note_asking, self._callers.libraries
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

    def is_library(self, file: str) -> bool:
        return file in self._callers.libraries

    def note_asking(self, words: str) -> bool:
        if not self._active:
            return True
        where = self._callers.asking(sys._getframe(2))
        if where is None:
            return False
        self._note(words, where)
        return True


def _watch_classes(module: ModuleType) -> None:
    found = {getattr(module, owner): (owner, names) for owner, names in _CLASS_METHODS.items()}
    changed = {owner: about for owner, about in found.items() if owner not in _watched_classes}
    _watched_classes.update(changed)
    replace_class_methods(
        {
            owner: {name: _asking(f"datetime.{word}.{name}", owner.__dict__[name], name) for name in names if name in owner.__dict__}
            for owner, (word, names) in changed.items()
        }
    )


def _asking(words: str, really: Any, name: str) -> Any:
    known = False

    def asked(cls: type, *arguments: Any, **named: Any) -> Any:
        nonlocal known
        listener = _listener
        if listener is not None and not known:
            try:
                raise _Look
            except _Look as look:
                if not listener.is_library(look.__traceback__.tb_frame.f_back.f_code.co_filename):  # type: ignore[union-attr]
                    known = listener.note_asking(words)
        return really.__get__(None, cls)(*arguments, **named)

    asked.__name__ = name
    return asked
