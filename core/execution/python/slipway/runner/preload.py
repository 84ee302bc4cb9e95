"""Imports ahead of the steps: what earlier steps of the same environment were seen to import, packages only.

Nothing of a project is ever imported here. What a step itself imports is told by its observation, which knows what
was in memory before it began. Packages that cannot be forked once they are imported stay out.
"""

from __future__ import annotations

import ast
import builtins
import gc
import importlib
import importlib.util
import json
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from ..observation.imported import learn, modules_since, seen_uses
from ..observation.places import Places
from .fresh_sources import compile_ahead, compiled_afresh

# They start threads of their own, or refuse to work in a forked process.
_NEVER = frozenset({"cupy", "grpc", "jax", "jaxlib", "mxnet", "polars", "pyspark", "ray", "tensorflow", "torch"})
_LIBRARIES = tuple(
    os.path.abspath(folder) + os.sep
    for folder in {sys.prefix, sys.base_prefix, os.path.dirname(os.path.dirname(os.path.dirname(__file__)))}
)
# A thread of an allocator (pyarrow's) that takes its own locks before a fork and sets the child up without the thread.
_FORK_SAFE = frozenset({"jemalloc_bg_thd"})
_MODULE_ENDINGS = (".py", ".pyc", ".so", ".pyd")


class Preload:
    def __init__(self, without: list[str], never: frozenset[str] = _NEVER) -> None:
        self._without = never | set(without)
        self._base = frozenset(sys.modules)
        self._last = ""
        #: Of all that was imported here, the first part; as many modules were there then.
        self._names: set[str] = set()
        self._count = 0
        self._wanted: list[str] = []
        self._tried = set(self._base)
        #: Modules of projects that steps are in or compiled.
        self._sources: set[str] = set()

    def learn(self, without: frozenset[str]) -> None:
        """What every child would have to find out for itself."""
        Places(os.getcwd(), ())
        self._last = learn(without)

    @property
    def is_wanting(self) -> bool:
        return bool(self._wanted)

    def want(self, report: str) -> None:
        """What a step told in that file, which is removed."""
        try:
            with open(report, encoding="utf-8") as file:
                told = json.load(file)
            os.unlink(report)
        except (OSError, ValueError):
            return  # it ended before it could tell
        self._sources.update(told["compiled"])
        self.want_names(told["imported"])

    def want_names(self, names: list[str], project_folder: str | None = None) -> None:
        """Not under a name that the project has a module or a folder of: that is what its steps import."""
        without = self._without | (_names_in(project_folder) if project_folder is not None else set())
        for name in names:
            if name not in self._tried and name.split(".", 1)[0] not in without:
                self._tried.add(name)
                self._wanted.append(name)

    def import_next(self) -> str | None:
        """One module; its top-level name when a thread has run ever since, which spoils this process."""
        name = self._wanted.pop(0)
        if name in sys.modules:
            return None
        with warnings.catch_warnings(), _noted_imports(), _no_collections():
            warnings.simplefilter("ignore")
            try:
                importlib.import_module(name)
            except (Exception, SystemExit):
                return None  # one that only its own package can import
        return name.split(".", 1)[0] if other_threads() else None

    def compile_ahead(self, project_folder: str) -> None:
        for path in self._sources:
            if path.startswith(project_folder + os.sep):
                compile_ahead(path)

    def want_modules_of(self, project_folder: str, module: str) -> bool:
        """Packages that a step's module imports before it does anything else: every step of it will. True when it is new here."""
        path = os.path.join(project_folder, module)
        if path in self._sources:
            return False
        self._sources.add(path)
        try:
            with open(path, "rb") as file:
                text = file.read()
            own = _names_in(project_folder)
            names = _first_imports_in(text)
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            return True
        for name in names:
            first = name.split(".", 1)[0]
            if name not in self._tried and first not in self._without and first not in own and _is_installed(first):
                self._tried.add(name)
                self._wanted.append(name)
        return True

    def shadows(self, project_folder: str) -> bool:
        """The project has a module of a name that was imported here: a fresh process would take the project's."""
        if self._count != len(sys.modules):
            # Kept: after each fork, going through all modules would copy the pages that they stand in.
            self._names = {name.split(".", 1)[0] for name in sys.modules.keys() - self._base}
            self._count = len(sys.modules)
        try:
            found = os.listdir(project_folder)
        except OSError:
            return True
        return any(entry.split(".", 1)[0] in self._names for entry in found if "." not in entry or entry.endswith(_MODULE_ENDINGS))

    def tell(self, report: str) -> None:
        """In a step's process, at its end: what it had to import and compile that was not there."""
        since = modules_since(self._last)
        imported = [name for name, module in since if name not in self._tried and _is_library(module)][::-1]
        compiled = [path for path in compiled_afresh if path not in self._sources]
        if not imported and not compiled:
            return
        try:
            with open(report, "w", encoding="utf-8") as file:
                json.dump({"imported": imported, "compiled": compiled}, file)
        except OSError:
            pass  # the warm interpreter is gone


def _names_in(folder: str) -> set[str]:
    try:
        return {entry.split(".", 1)[0] for entry in os.listdir(folder)}
    except OSError:
        return set()


def _first_imports_in(text: bytes) -> list[str]:
    names: list[str] = []
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Import):
            names += [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            if statement.module is not None and statement.level == 0:
                names.append(statement.module)
        elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            break  # what follows may depend on it, as on a variable that is set
    return names


def _is_installed(name: str) -> bool:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return False
    return spec is not None and isinstance(spec.origin, str) and f"{os.sep}site-packages{os.sep}" in spec.origin


@contextmanager
def _no_collections() -> Iterator[None]:
    """Next to nothing of what an import makes is garbage; to look for it takes a tenth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _noted_imports() -> Iterator[None]:
    """Who imports whom: a step that imports the one has imported the other."""
    really = builtins.__import__

    def noting(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> ModuleType:
        if level == 0 and globals and _is_importing(globals):
            _note_use(globals, name)
        return really(name, globals, locals, fromlist, level)

    builtins.__import__ = noting
    sys.meta_path.insert(0, _first_imports)
    try:
        yield
    finally:
        builtins.__import__ = really
        sys.meta_path.remove(_first_imports)


class _FirstImports:
    """Finds nothing: hears of what compiled modules import, too, which ask no function of Python."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> None:
        frame = sys._getframe(1)
        while frame is not None and not _is_importing(frame.f_globals):
            frame = frame.f_back  # type: ignore[assignment]
        if frame is not None:
            _note_use(frame.f_globals, fullname)


_first_imports: Any = _FirstImports()


def _is_importing(module: dict[str, Any]) -> bool:
    """At the top of its text: what its functions import when they are called counts for who calls them."""
    return bool(getattr(module.get("__spec__"), "_initializing", False))


def _note_use(module: dict[str, Any], name: str) -> None:
    seen_uses.setdefault(str(module.get("__name__")).split(".", 1)[0], set()).add(name.split(".", 1)[0])


def other_threads() -> int:
    """Threads beside this one that a fork does not end by itself, as it does those of OpenBLAS."""
    if _count_others() > 0:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
    return _count_others()


def renew_chance() -> None:
    """A forked generator would give every step the same numbers; Python's own renews itself."""
    numbers = sys.modules.get("numpy.random")
    if numbers is not None:
        numbers.seed()  # type: ignore[attr-defined]


def _count_others() -> int:
    if os.stat("/proc/self/task").st_nlink == 3:
        return 0  # one folder within, its own name, and the one of its parent: so says the system how many there are
    count = 0
    for thread in os.listdir("/proc/self/task"):
        try:
            with open(f"/proc/self/task/{thread}/comm", encoding="utf-8", errors="replace") as file:
                count += file.read().strip() not in _FORK_SAFE
        except OSError:
            continue  # it has just ended
    return count - 1


def _is_library(module: ModuleType | None) -> bool:
    spec = getattr(module, "__spec__", None)
    origin = getattr(spec, "origin", None)
    if origin in ("built-in", "frozen"):
        return True
    return isinstance(origin, str) and os.path.abspath(origin).startswith(_LIBRARIES)
