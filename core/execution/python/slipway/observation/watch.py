"""An audit hook that notes which files are opened, folders listed and programs started, and whether the network is
used. It costs a dictionary look-up for every event of the interpreter, and a few string comparisons for each of these."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any

from ..runner.fresh_sources import imported_names
from .after_import import after_import
from .callers import Callers, is_for_imports, is_removing
from .clock import ClockWatch
from .findings import Findings
from .local_services import LocalServices, is_this_computer
from .memory import peak_memory_bytes
from .native_readers import watch_native_readers
from .packages import Imports
from .places import Places
from .programs import EMBEDDED, NETWORK_PROGRAMS, OBSERVED_VARIABLE, split_command, unseen_in_shell, unseen_program
from .randomness import ENTROPY_DEVICES, RandomWatch
from .tested_paths import TestedPaths, kind_of
from .variables import VariableReads

_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watch:
    def __init__(self, project_folder: str, own_folders: tuple[str, ...]) -> None:
        self._places = Places(project_folder, own_folders)
        self._own_folders = own_folders
        self._callers = Callers(self._places)
        self._found = Findings(self._places.is_tracked)
        self._variables = VariableReads(project_folder, self._found.variable)
        self._clock = ClockWatch(self._callers, lambda name, where: self._found.effect("clock", name, where))
        self._random = RandomWatch(self._callers, lambda name, where: self._found.effect("randomness", name, where))
        self._tested = TestedPaths(self._callers, self._places.is_tracked, self._found.test, self.note_read)
        self._local = LocalServices()
        self._diaries: str | None = None
        self._active = False
        self._paused = threading.local()
        self._modules: list[str] = []
        self._imports: Imports | None = None
        self._events: dict[str, Callable[[tuple[Any, ...]], None]] = {
            "open": self._on_open,
            "os.rename": self._on_rename,
            "os.listdir": self._on_list,
            "os.scandir": self._on_list,
            "sqlite3.connect": lambda arguments: self._note_write(arguments[0], keeps=True),
            "socket.connect": self._on_connect,
            "socket.getaddrinfo": lambda arguments: self._on_host(arguments[0]),
            "subprocess.Popen": lambda arguments: self._on_program(arguments[0], arguments[1], arguments[3]),
            "os.posix_spawn": lambda arguments: self._on_program(*arguments[:3]),
            "os.exec": lambda arguments: self._on_program(*arguments[:3]),
            "os.spawn": lambda arguments: self._on_program(*arguments[1:4]),
            "os.system": lambda arguments: self._on_shell(arguments[0]),
        }

    def start(self, scratch_folder: str) -> None:
        self._diaries = os.path.join(scratch_folder, "observed")
        # All that a child needs: most steps start none, and a folder for their diaries costs more than a small step.
        about = {"diaries": self._diaries, "project": self._places.project.rstrip(os.sep), "own": self._own_folders}
        os.environ[OBSERVED_VARIABLE] = json.dumps(about)
        self._begin()

    def start_in_child(self, diaries: str) -> None:
        self._diaries = diaries
        self._found.keep_diary(diaries)
        self._begin()

    def _begin(self) -> None:
        self._imports = Imports(self._places)
        self._active = True
        self._variables.start()
        sys.addaudithook(self._hook)
        watch_native_readers(self._note_source)
        for module, language in EMBEDDED.items():
            after_import(module, lambda _, name=language: self._note_program(name))  # type: ignore[misc]
        self._clock.start()
        self._random.start()
        self._tested.start()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._in_forked_child)

    def stop(self) -> None:
        """From now on nothing is noted; what was imported so far is what the step imported."""
        if not self._active:
            return
        self._clock.stop()
        self._random.stop()
        self._tested.stop()
        self._variables.stop()
        self._active = False
        for name, where in self._local.never_answered():
            self._found.effect("network", name, where)
        if self._imports is not None:
            self._modules = self._imports.project_modules()
            for name, version in self._imports.packages(imported_names):
                self._found.package(name, version)

    def _in_forked_child(self) -> None:
        if not self._active or self._diaries is None:
            return
        with self.paused():
            self._found.keep_diary(self._diaries)
            self._random.begin_again()
        really_exit = os._exit

        def _exit(status: int) -> None:
            self.stop()  # how children of multiprocessing end
            really_exit(status)

        os._exit = _exit  # type: ignore[assignment]

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
        if full.endswith(".pyc") and "__pycache__" in full:
            full = importlib.util.source_from_cache(full)
        if self._places.is_tracked(full) or self._places.is_package_data(full):
            self._found.read(full)
        elif full in ENTROPY_DEVICES:
            self._found.effect("randomness", "the system's entropy", self._callers.behind(sys._getframe(1)))
        elif self._places.is_undeclared(full) and full not in self._found.writes and os.path.isfile(full):
            self._found.read_outside(full)
            self._found.effect("outsideRead", full, self._callers.behind(sys._getframe(1)))

    def _note_source(self, source: Any) -> None:
        """What a compiled reader is given: a path, or the address of something elsewhere."""
        scheme, found, rest = os.fspath(source).partition("://") if isinstance(source, str) else ("", "", "")
        if not found:
            self.note_read(source)
        elif scheme == "file":
            self.note_read("/" + rest.lstrip("/"))
        else:
            self._on_host(rest.split("/")[0].rsplit("@")[-1].split(":")[0] or scheme)

    def _note_write(self, path: Any, keeps: bool) -> None:
        self._found.write(os.path.abspath(os.fsdecode(path)), keeps)

    def _on_rename(self, arguments: tuple[Any, ...]) -> None:
        source, target = (os.path.abspath(os.fsdecode(path)) for path in arguments[:2])
        self._found.rename(source, target)

    def _on_list(self, arguments: tuple[Any, ...]) -> None:
        path = "." if arguments[0] is None else arguments[0]
        frame = sys._getframe(2)
        if isinstance(path, int) or is_for_imports(frame) or is_removing(frame):
            return
        full = os.path.abspath(os.fsdecode(path))
        if self._places.is_tracked(os.path.join(full, "any")):
            self._found.listed(full)

    def _on_connect(self, arguments: tuple[Any, ...]) -> None:
        connection, address = arguments[:2]
        if isinstance(address, tuple) and address and not is_this_computer(str(address[0])):
            self._on_host(address[0])
            return
        where = self._callers.behind(sys._getframe(1))
        with self.paused():
            name = self._local.is_foreign(connection, address[1] if isinstance(address, tuple) else address, where)
        if name is not None:
            self._found.effect("network", name, where)

    def _on_host(self, host: Any) -> None:
        name = host.decode() if isinstance(host, bytes) else host
        if name and not is_this_computer(name):
            self._found.effect("network", str(name), self._callers.behind(sys._getframe(1)))

    def _on_program(self, executable: Any, words: Any, environment: Any) -> None:
        many = [words] if isinstance(words, (str, bytes, os.PathLike)) else list(words or [])
        by_project = self._callers.asking(sys._getframe(3)) is not None
        name = unseen_program(executable, many, environment, by_project)
        self._note_program(name, many[1:])

    def _on_shell(self, command: Any) -> None:
        name = unseen_in_shell(command, None, self._callers.asking(sys._getframe(3)) is not None)
        self._note_program(name, split_command(os.fsdecode(command))[1:])

    def _note_program(self, name: str | None, words: list[Any] | None = None) -> None:
        """Files of the project that it is given by name it surely reads; of the others nobody knows."""
        if not name:
            return
        where = self._callers.behind(sys._getframe(1))
        self._found.effect("program", name, where)
        if name in NETWORK_PROGRAMS:
            self._found.effect("network", name, where)
        for word in words or []:
            text = os.fsdecode(word)
            for part in [text, *(split_command(text) if " " in text else [])]:
                if os.path.isfile(part):
                    self.note_read(part)

    def rehearse(self, path: str) -> dict[str, Any]:
        """Begins, sees one file read, and ends, but for all that cannot be taken back."""
        self._imports = Imports(self._places)
        self._active = True
        self._hook("open", (path, "r", os.O_RDONLY))
        self.stop()
        return self.report()

    def report(self) -> dict[str, Any]:
        places, found = self._places, self._found
        with self.paused():
            if self._diaries is not None:
                found.add_diaries(self._diaries)
        known = set(self._modules)
        written = [path for path in found.writes if os.path.isfile(path)]
        reads = [places.relative(path) for path in found.reads if places.is_tracked(path)]
        effects = found.effects.report()
        return {
            "filesRead": sorted(path for path in reads if path not in known),
            "filesWritten": sorted(places.relative(path) for path in written if places.is_tracked(path)),
            "foldersListed": sorted(places.relative(path + os.sep).rstrip("/") for path in found.folders),
            "pathsTested": self._paths_tested(),
            "outsideReads": sorted(path for path in found.outside if path not in found.writes),
            "outsideWrites": sorted(
                path for path in written if places.is_outside(path) or places.is_left_among_temporary(path)
            ),
            "ownWrites": sorted(path for path in written if places.is_slipways(path)),
            "packageFiles": [
                {"name": places.package_name(path), "file": path}
                for path in sorted(found.reads)
                if places.is_package_data(path)
            ],
            "modules": self._modules,
            "packages": [{"name": name, "version": version} for name, version in sorted(found.packages.items())],
            "imported": self._imports.libraries() if self._imports is not None else [],
            "named": sorted(imported_names),
            "variables": [
                {"name": name, "value": value}
                for name, value in sorted(found.variables.items())
                if self._variables.is_given(name, value)
            ],
            "network": any(effect["kind"] == "network" for effect in effects),
            "effects": effects,
            "peakMemoryBytes": peak_memory_bytes(),
        }

    def _paths_tested(self) -> list[dict[str, Any]]:
        """But for those that it opened, and those that it made or filled: they are its result."""
        places, found = self._places, self._found
        filled = {str(folder) for path in found.writes for folder in PurePath(path).parents}
        return [
            {"path": places.relative(path), "found": kind}
            for path, kind in sorted(found.tested.items())
            if path not in found.reads
            and path not in found.writes
            and path not in filled
            and (kind is not None or kind_of(path) is None)
        ]
