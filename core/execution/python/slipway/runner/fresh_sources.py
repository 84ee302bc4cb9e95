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
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)
from typing import Any

_compiled: dict[str, str] = {}
#: Top-level names that the compiled modules import, as their text says it.
imported_names: set[str] = set()
_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+(\w+)|import[ \t]+([^#\n]+))", re.MULTILINE)


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
        if isinstance(data, (bytes, bytearray, memoryview)):
            _compiled[os.path.abspath(os.fsdecode(path))] = "sha256:" + hashlib.sha256(data).hexdigest()
            for name, names in _IMPORT.findall(bytes(data)):
                imported_names.update(one.split(b".")[0].split()[0].decode() for one in [name, *names.split(b",")] if one.strip())
        return super().source_to_code(data, path, _optimize=_optimize)


def import_project_from_source(project_folder: str) -> None:
    find = FileFinder.path_hook(
        (ExtensionFileLoader, EXTENSION_SUFFIXES),
        (FreshSourceLoader, SOURCE_SUFFIXES),
        (SourcelessFileLoader, BYTECODE_SUFFIXES),
    )
    packages = (sys.prefix + os.sep, sys.base_prefix + os.sep)

    def hook(entry: str) -> Any:
        path = os.path.abspath(entry) + os.sep
        if not path.startswith(project_folder + os.sep) or f"{os.sep}site-packages{os.sep}" in path:
            raise ImportError("not a folder of the project")
        if path.startswith(packages) and not (project_folder + os.sep).startswith(packages):
            raise ImportError("an environment inside the project")
        return find(entry)

    sys.path_hooks.insert(0, hook)
    sys.path_importer_cache.clear()
