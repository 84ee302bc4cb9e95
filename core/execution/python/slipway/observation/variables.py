"""Which environment variables the project's code reads, straight or through a package for settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

# These read variables on the project's behalf; what other packages read (threads, paths …) is not the project's.
_SETTINGS_PACKAGES = ("pydantic_settings", "decouple", "environs", "dotenv", "environ", "dynaconf")
_PASSING_FILES = (os.__file__, "<frozen os>", "<frozen _collections_abc>", __file__)


class VariableReads:
    def __init__(self, project_folder: str, note: Callable[[str, str | None], None]) -> None:
        self._note = note
        self._prefix = project_folder + os.sep
        self._values: set[str] = set()
        self._set_by_step: set[str] = set()
        self._copying: tuple[int, int] | None = None
        self._plain_class: type | None = None
        self._at_start: dict[str, str] = {}

    def start(self) -> None:
        """Give os.environ a class that notes reads; the object stays the same, wherever it was imported."""
        self._at_start = dict(os.environ)
        self._plain_class = type(os.environ)
        os.environ.__class__ = _noting_class(self._plain_class, self)  # type: ignore[assignment]

    def stop(self) -> None:
        if self._plain_class is not None:
            os.environ.__class__ = self._plain_class  # type: ignore[assignment]

    def note_read(self, name: Any, value: str | None, frame: FrameType | None) -> None:
        if not isinstance(name, str) or name in self._values or name in self._set_by_step:
            return
        while frame is not None and _is_passing(frame.f_code.co_filename):
            frame = frame.f_back
        if frame is None or self._copying == (id(frame), frame.f_lasti):
            return
        file = frame.f_code.co_filename
        is_project = file.startswith(self._prefix) and "site-packages" not in file
        if is_project or any(f"{os.sep}{package}" in file for package in _SETTINGS_PACKAGES):
            self._values.add(name)
            self._note(name, value)

    def is_given(self, name: str, value: str | None) -> bool:
        """False for what the step gave its own children: they read it, but nothing of the world around is in it."""
        return self._at_start.get(name) == value

    def note_copy(self, frame: FrameType | None) -> None:
        """`dict(os.environ)` asks for the keys and then for each: that is passing on, not reading."""
        while frame is not None and _is_passing(frame.f_code.co_filename):
            frame = frame.f_back
        self._copying = (id(frame), frame.f_lasti) if frame is not None else None

    def note_write(self, name: Any) -> None:
        if name not in self._values:
            self._set_by_step.add(name)


def _is_passing(file: str) -> bool:
    return file in _PASSING_FILES or file.endswith("_collections_abc.py")


def _noting_class(plain: Any, reads: VariableReads) -> type:
    class Environ(plain):
        def __getitem__(self, key: str) -> str:
            try:
                value = plain.__getitem__(self, key)
            except KeyError:
                reads.note_read(key, None, sys._getframe(1))
                raise
            reads.note_read(key, value, sys._getframe(1))
            return value

        def __setitem__(self, key: str, value: str) -> None:
            reads.note_write(key)
            plain.__setitem__(self, key, value)

        def __iter__(self) -> Iterator[str]:
            reads.note_copy(sys._getframe(1))
            return plain.__iter__(self)

        def copy(self) -> dict[str, str]:
            return {key: plain.__getitem__(self, key) for key in plain.__iter__(self)}

    Environ.__name__ = Environ.__qualname__ = plain.__name__
    return Environ
