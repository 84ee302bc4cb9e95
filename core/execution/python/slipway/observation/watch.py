"""An audit hook that notes which files are opened and whether the network is used. It costs a dictionary look-up
for every event of the interpreter, and the work of a few string comparisons for every opened file."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .memory import peak_memory_bytes
from .native_readers import watch_native_readers
from .packages import imported_packages, project_modules
from .places import Places
from .variables import VariableReads

_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watch:
    def __init__(self, project_folder: str, own_folders: tuple[str, ...]) -> None:
        self._places = Places(project_folder, own_folders)
        self._variables = VariableReads(project_folder)
        self._reads: dict[str, None] = {}
        self._writes: dict[str, None] = {}
        self._network = False
        self._active = False
        self._paused = threading.local()
        self._imported: tuple[list[str], list[dict[str, str]]] | None = None
        self._events: dict[str, Callable[[tuple[Any, ...]], None]] = {
            "open": self._on_open,
            "os.rename": self._on_rename,
            "sqlite3.connect": lambda arguments: self._note_write(arguments[0], keeps=True),
            "socket.connect": self._on_connect,
            "socket.getaddrinfo": lambda arguments: self._on_host(arguments[0]),
        }

    def start(self) -> None:
        self._active = True
        self._variables.start()
        sys.addaudithook(self._hook)
        watch_native_readers(self.note_read)

    def stop(self) -> None:
        """From now on nothing is noted; what was imported so far is what the step imported."""
        if not self._active:
            return
        self._active = False
        self._variables.stop()
        self._imported = (project_modules(self._places), imported_packages(self._places))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """For what the runner itself does on this thread while the step is not done."""
        before = getattr(self._paused, "value", False)
        self._paused.value = True
        try:
            yield
        finally:
            self._paused.value = before

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        react = self._events.get(event)
        if react is None or not self._active or getattr(self._paused, "value", False):
            return
        try:
            react(arguments)
        except Exception:
            pass  # an exception from an audit hook would abort what the step is doing

    def _on_open(self, arguments: tuple[Any, ...]) -> None:
        path, mode, flags = arguments
        if isinstance(path, int):
            return
        if (flags or 0) & _WRITE_FLAGS or (mode and any(c in mode for c in "wax+")):
            truncates = bool((flags or 0) & os.O_TRUNC) or bool(mode and "w" in mode)
            self._note_write(path, keeps=not truncates)
        else:
            self.note_read(path)

    def note_read(self, path: Any) -> None:
        full = os.path.abspath(os.fsdecode(path))
        if full not in self._writes and (self._places.is_tracked(full) or self._places.is_package_data(full)):
            self._reads.setdefault(full)

    def _note_write(self, path: Any, keeps: bool) -> None:
        full = os.path.abspath(os.fsdecode(path))
        if keeps and full not in self._writes and self._places.is_tracked(full) and os.path.exists(full):
            self._reads.setdefault(full)
        self._writes.setdefault(full)

    def _on_rename(self, arguments: tuple[Any, ...]) -> None:
        source, target = (os.path.abspath(os.fsdecode(path)) for path in arguments[:2])
        if source in self._writes:
            self._writes.pop(source)
        self._writes.setdefault(target)

    def _on_connect(self, arguments: tuple[Any, ...]) -> None:
        address = arguments[1]
        if isinstance(address, tuple) and address:
            self._on_host(address[0])

    def _on_host(self, host: Any) -> None:
        name = host.decode() if isinstance(host, bytes) else host
        if name and name != "localhost" and not name.startswith("127.") and name != "::1":
            self._network = True

    def report(self) -> dict[str, Any]:
        modules, packages = self._imported or ([], [])
        places = self._places
        known = set(modules)
        written = [path for path in self._writes if os.path.isfile(path)]
        reads = [places.relative(path) for path in self._reads if places.is_tracked(path)]
        return {
            "filesRead": sorted(path for path in reads if path not in known),
            "filesWritten": sorted(places.relative(path) for path in written if places.is_tracked(path)),
            "outsideWrites": sorted(path for path in written if places.is_outside(path)),
            "packageFiles": [
                {"name": places.package_name(path), "file": path}
                for path in sorted(self._reads)
                if places.is_package_data(path)
            ],
            "modules": modules,
            "packages": packages,
            "variables": self._variables.report(),
            "network": self._network,
            "peakMemoryBytes": peak_memory_bytes(),
        }
