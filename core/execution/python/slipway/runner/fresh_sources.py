"""Modules of the project are compiled from their text each time.

Python believes a compiled file whose source has the same size and the same whole second of change: an edit within
the second in which a step ran would run the old code, under the new code's name. Installed packages, which do not
change between runs, keep their compiled files.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import warnings
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)
from types import CodeType
from typing import Any

_compiled: dict[str, str] = {}
#: Top-level names that the compiled modules import, as their text says it.
imported_names: set[str] = set()
_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+(\w+)|import[ \t]+([^#\n]+))", re.MULTILINE)
#: Compiled ahead from this very text, by path and digest. Compiling runs nothing of it.
_ready: dict[tuple[str, str], tuple[CodeType, set[str]]] = {}
#: As it was when it was last read for that; whatever is changed without a trace is compiled when it is imported.
_stamps: dict[str, tuple[int, ...]] = {}
_MOST_READY = 1_000
#: Paths of what was not ready.
compiled_afresh: list[str] = []


def compile_ahead(path: str) -> None:
    """For processes that are forked from this one. What is not compiled without a word each compiles for itself."""
    try:
        facts = os.stat(path)
        stamp = (facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
        if _stamps.get(path) == stamp:
            return
        with open(path, "rb") as file:
            data = file.read()
        _stamps[path] = stamp
        key = (path, _digest(data))
        if key in _ready:
            return
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            code = compile(data, path, "exec", dont_inherit=True)
    except Exception:
        return
    for old in [other for other in _ready if other[0] == path] + list(_ready)[: len(_ready) - _MOST_READY]:
        _ready.pop(old, None)
    _ready[key] = (code, names_imported_by(data))


def compiled_modules(project_folder: str) -> dict[str, str]:
    """Digest of the very text that was compiled, by project-relative path: files may have changed since."""
    prefix = project_folder + os.sep
    return {
        path[len(prefix) :].replace(os.sep, "/"): digest
        for path, digest in _compiled.items()
        if path.startswith(prefix)
    }


class FreshSourceLoader(SourceFileLoader):
    def path_stats(self, path: str) -> Any:
        """What Python asks before it looks for a compiled file; without an answer it neither reads nor writes one."""
        raise OSError("compiled files are not used")

    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> Any:  # type: ignore[override]
        if not isinstance(data, (bytes, bytearray, memoryview)):
            return super().source_to_code(data, path, _optimize=_optimize)
        full, digest = os.path.abspath(os.fsdecode(path)), _digest(data)
        _compiled[full] = digest
        ready = _ready.get((full, digest))
        if ready is not None:
            imported_names.update(ready[1])
            return ready[0]
        imported_names.update(names_imported_by(bytes(data)))
        compiled_afresh.append(full)
        return super().source_to_code(data, path, _optimize=_optimize)


def names_imported_by(text: bytes) -> set[str]:
    """Top-level names, as the text says them."""
    found = set()
    for name, names in _IMPORT.findall(text):
        found.update(one.split(b".")[0].split()[0].decode() for one in [name, *names.split(b",")] if one.strip())
    return found


def _digest(data: Any) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def import_project_from_source(project_folder: str) -> None:
    find = FileFinder.path_hook(
        (ExtensionFileLoader, EXTENSION_SUFFIXES),
        (FreshSourceLoader, SOURCE_SUFFIXES),
        (SourcelessFileLoader, BYTECODE_SUFFIXES),
    )
    packages = (sys.prefix + os.sep, sys.base_prefix + os.sep)

    def is_project(entry: str) -> bool:
        path = os.path.abspath(entry) + os.sep
        if not path.startswith(project_folder + os.sep) or f"{os.sep}site-packages{os.sep}" in path:
            return False
        return not path.startswith(packages) or (project_folder + os.sep).startswith(packages)

    def hook(entry: str) -> Any:
        if not is_project(entry):
            raise ImportError("not a folder of the project, or of an environment inside it")
        return find(entry)

    sys.path_hooks.insert(0, hook)
    for entry in list(sys.path_importer_cache):
        # What an environment inside the project holds stays known: forgetting it frees thousands of names.
        if (entry.startswith(project_folder) and is_project(entry)) or not os.path.isabs(entry):
            del sys.path_importer_cache[entry]
