"""How a forked step's process ends: as an interpreter does, but for taking down what it inherited.

Python's own end visits every object in memory, and so copies every page that is shared with the warm interpreter:
40 ms and more. Here threads are waited for, exit functions run, and objects of the step itself get their last word
(an open file writes what it holds); what was in memory before the fork goes with the process.
"""

from __future__ import annotations

import gc
import io
import os
import sys
import threading
import traceback
from collections.abc import Callable
from importlib.machinery import ExtensionFileLoader
from typing import Any

from ..observation.imported import modules_since

# Held before anything of a step can replace it.
end_now = os._exit
_native: set[str] = set()
#: Their compiled code has nothing to say at the end; asking it costs 12 ms.
_SILENT = frozenset("numpy pandas scipy sklearn pyarrow onnx google ml_dtypes".split())
_LIBRARIES = tuple(folder + os.sep for folder in {sys.prefix, sys.base_prefix})


def learn_native() -> None:
    """For processes that are forked from this one."""
    _native.update(_tops_of_native(list(sys.modules.values())))


def leave(code: int, last: str, tell: Callable[[], None] = lambda: None) -> None:
    """last: the name that was imported last before the fork; tell: what is to be called when all else was done. Returns where
    Python's own end has to do."""
    import atexit  # not before: a step need not find it

    steps = [getattr(threading, "_shutdown", None), getattr(atexit, "_run_exitfuncs", None)]
    if None in steps or os.name != "posix":
        return
    for step in [*steps, _write_out, lambda: _release(last), gc.collect, _flush, tell]:
        _try(step)
    native = _native | _tops_of_native([module for _, module in modules_since(last)])
    if native:
        import ctypes  # by need: whatever has native code imported it long ago

        if native <= _SILENT:
            ctypes.PyDLL(None).fflush(None)
        else:
            # Libraries in C have exit functions of their own.
            ctypes.PyDLL(None).exit(code & 0xFF)
    end_now(code & 0xFF)


def _write_out() -> None:
    """Files that were not closed. The collector may close what is below a buffer before it asks the buffer."""
    objects = gc.get_objects()  # without those from before the fork, which are frozen
    # Their common base in C: io.IOBase itself asks each of its subclasses in turn, which takes a millisecond.
    files = {kind for kind in set(map(type, objects)) if issubclass(kind, io.IOBase.__base__)}  # type: ignore[arg-type]
    for one in objects if files else []:
        if type(one) in files and not one.closed and one.writable():
            one.flush()


def _release(last: str) -> None:
    """Modules of the step's own; to take down a library frees nothing that matters."""
    for name, module in modules_since(last):
        if not str(getattr(getattr(module, "__spec__", None), "origin", None)).startswith(_LIBRARIES):
            del sys.modules[name]


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass  # the step closed or replaced it


def _tops_of_native(modules: list[Any]) -> set[str]:
    """Top-level names of installed packages with compiled modules."""
    tops = set()
    for module in modules:
        spec = getattr(module, "__spec__", None)
        if isinstance(getattr(spec, "loader", None), ExtensionFileLoader) and f"{os.sep}site-packages{os.sep}" in str(spec.origin):
            tops.add(spec.name.split(".", 1)[0])
    return tops


def _try(step: Callable[[], Any]) -> None:
    try:
        step()
    except BaseException:
        traceback.print_exc()
