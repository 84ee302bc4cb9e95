"""Who called: code of the project, or a library on its behalf."""

from __future__ import annotations

import os
from types import FrameType

from .places import Places

_LIBRARY = os.path.dirname(os.__file__) + os.sep
#: Modules of the standard library that only pass a call on: who called them is who asked.
PASSING = frozenset(
    _LIBRARY + name
    for name in ("random.py", "secrets.py", "uuid.py", "subprocess.py", "os.py", "pathlib.py", "glob.py", "fnmatch.py", "genericpath.py", "posixpath.py", "ntpath.py")
) | {f"<frozen {name}>" for name in ("os", "genericpath", "posixpath", "ntpath")}
_IMPORT_FILES = tuple(
    os.sep + name for name in ("importlib" + os.sep, "pkgutil.py", "pkg_resources" + os.sep, "importlib_metadata" + os.sep)
)


class Callers:
    def __init__(self, places: Places) -> None:
        self._places = places
        self._known: dict[str, bool] = {}
        #: Files of libraries that do not merely pass calls on: nothing that they call is asked by the project.
        self.libraries: set[str] = set()

    def is_project(self, file: str) -> bool:
        known = self._known.get(file)
        if known is None:
            known = self._known[file] = self._places.is_tracked(file)
        return known

    def asking(self, frame: FrameType | None) -> str | None:
        """Where the project's own code made the call; None when a library did."""
        while frame is not None and _is_passing(frame.f_code.co_filename):
            frame = frame.f_back
        if frame is None:
            return None
        file = frame.f_code.co_filename
        if self.is_project(file):
            return self._place(frame)
        self.libraries.add(file)
        return None

    def is_passing(self, frame: FrameType) -> bool:
        return _is_passing(frame.f_code.co_filename)

    def behind(self, frame: FrameType | None) -> str | None:
        """The project's line on whose behalf something happens, through whatever libraries; None on their threads."""
        while frame is not None and not self.is_project(frame.f_code.co_filename):
            frame = frame.f_back
        return None if frame is None else self._place(frame)

    def _place(self, frame: FrameType) -> str:
        return f"{self._places.relative(frame.f_code.co_filename)}:{frame.f_lineno}"


def is_for_imports(frame: FrameType | None) -> bool:
    """True for the import system and its helpers, which look through folders for their own ends."""
    file = frame.f_code.co_filename if frame is not None else ""
    return file.startswith("<frozen importlib") or any(part in file for part in _IMPORT_FILES)


def is_while_importing(frame: FrameType | None) -> bool:
    """True for what modules do when they are imported, to have it at hand."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def is_removing(frame: FrameType | None) -> bool:
    """What a folder holds is of no matter to `shutil.rmtree`."""
    return frame is not None and frame.f_code.co_filename == _LIBRARY + "shutil.py" and "rmtree" in frame.f_code.co_name


def _is_passing(file: str) -> bool:
    return file in PASSING or file.startswith(os.path.join(_LIBRARY, "pathlib") + os.sep)
