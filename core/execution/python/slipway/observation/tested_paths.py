"""Paths that the project's code asks about without opening them: whether they are there, or how large and how old.

No audit event tells of it, so the functions of `os` that everything else goes through are replaced while the step runs.
"""

from __future__ import annotations

import functools
import os
import stat
from collections.abc import Callable
from types import FrameType
from typing import Any

from .callers import Callers
from .replaced import Replaced

#: Functions on the way that only want to know whether it is there, and of what kind.
_EXISTENCE = frozenset("exists lexists isfile isdir islink ismount is_file is_dir is_symlink is_mount access".split())
_MOST = 5_000


class _Look(Exception):
    """Raised and caught to see the caller: sys._getframe is an audited event, which costs ten times as much."""


class TestedPaths:
    def __init__(
        self, callers: Callers, is_tracked: Callable[[str], bool], note: Callable[[str, str | None], None],
        note_read: Callable[[Any], None],
    ) -> None:  # fmt: skip
        self._callers = callers
        self._is_tracked = is_tracked
        self._note = note
        self._note_read = note_read
        self._known: set[tuple[Any, bool]] = set()
        self._replaced = Replaced()
        self._active = False

    def start(self) -> None:
        self._active = True
        for name in ("stat", "lstat", "access"):
            self._watch(name, getattr(os, name))

    def stop(self) -> None:
        self._active = False
        self._replaced.restore()

    def _watch(self, name: str, really: Any) -> None:
        notice, libraries, known = self._notice, self._callers.libraries, self._known

        @functools.wraps(really)
        def asked(path: Any, *arguments: Any, **named: Any) -> Any:
            try:
                raise _Look
            except _Look as look:
                frame = look.__traceback__.tb_frame.f_back  # type: ignore[union-attr]
            if frame is not None and frame.f_code.co_filename not in libraries and not isinstance(path, int):
                if len(known) < _MOST and named.get("dir_fd") is None:
                    notice(path, frame, name == "access")
            return really(path, *arguments, **named)

        asked.__module__ = "os"
        for names in (os.supports_fd, os.supports_dir_fd, os.supports_effective_ids, os.supports_follow_symlinks):
            if really in names:
                names.add(asked)
        self._replaced.attribute(os, name, asked)

    def _notice(self, path: Any, frame: FrameType, existence: bool) -> None:
        try:
            asker: FrameType | None = frame
            while asker is not None and not existence and self._callers.is_passing(asker):
                existence = asker.f_code.co_name in _EXISTENCE
                asker = asker.f_back
            if not self._active or (path, existence) in self._known or self._callers.asking(frame) is None:
                return
            self._known.add((path, existence))
            full = os.path.abspath(os.fsdecode(path))
            if "\0" in full or not self._is_tracked(full):
                return
            found = kind_of(full)
            if existence or found != "file":
                self._note(full, found)
            else:
                self._note_read(full)  # its size and its times come with its bytes
        except Exception:
            pass  # what the step asks must never fail for our sake


def kind_of(path: str) -> str | None:
    """`file`, `folder`, or None where nothing is; by the system's own call, which nobody replaced."""
    try:
        mode = _STAT(path).st_mode
    except (OSError, ValueError):
        return None
    return "folder" if stat.S_ISDIR(mode) else "file"


_STAT = os.stat
