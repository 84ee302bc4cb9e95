"""Pages of memory that a step writes, though it shares them with the warm interpreter: the system copies each when it is
first written, by a fault of its own, hundreds of them in a step that does next to nothing, which takes longer than all
else that is done for it, and thousands in one that uses pandas. They are nearly the same ones each time.
So an ended step tells which they were, and processes that wait for their step copy them all at once, while nobody waits.
"""

from __future__ import annotations

import importlib
import os
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Range = tuple[int, int]

_PAGE = 4096
_POPULATE_WRITE = 23
_PRESENT, _EXCLUSIVE = 1 << 63, 1 << 56
#: So few faults are not worth looking through the memory, unless there is little of it: a fault takes as long as looking
#: at so many pages, and longer.
_WORTH_IT = 1_500
_PAGES_PER_FAULT = 32
#: Pages between two that were written; to copy one costs less than another call.
_GAP = 1
_MOST_PAGES = 16_384
_MOST_TOLD = 16


class WrittenPages:
    def __init__(self) -> None:
        self._shared: list[Range] = []
        self._known: list[Range] = []
        self._told = 0
        #: How often the memory has changed: what a step tells that was forked before is of another one.
        self._state = 0
        self._copy: Callable[[int, int, int], int] | None = None
        self._faults = 0

    def begin(self) -> None:
        """In the warm interpreter, when it has imported."""
        self._known, self._told = [], 0
        self._state += 1
        self._copy = self._copy or _find_copy()
        self._shared = list(_writable_ranges()) if self._copy else []

    def want(self, report: str) -> None:
        """What a step told in that file, which is removed."""
        try:
            with open(report, "rb") as file:
                told = file.read()
            os.unlink(report)
        except OSError:
            return
        (state, _), *written = struct.iter_unpack("QQ", told[: len(told) // 16 * 16]) if len(told) >= 16 else [(0, 0)]
        if state != self._state:
            return
        self._told += 1
        joined = list(_joined([*self._known, *written]))
        if sum(end - start for start, end in joined) <= _MOST_PAGES * _PAGE:
            self._known = joined

    def copy_ahead(self) -> None:
        """In a process that waits for its step. What the system refuses is copied when it is written."""
        if self._copy:
            for start, end in self._known:
                self._copy(start, end - start, _POPULATE_WRITE)
            self._faults = _count_faults()

    def tell(self, report: str) -> None:
        """In a step's process, at its end."""
        if not self._copy or self._told >= _MOST_TOLD:
            return
        pages = sum(end - start for start, end in self._shared) // _PAGE
        if _count_faults() - self._faults < min(_WORTH_IT, pages // _PAGES_PER_FAULT):
            return
        try:
            written = list(_joined(self._written()))
            with open(report, "wb") as file:
                file.write(b"".join(struct.pack("QQ", *one) for one in [(self._state, 0), *written]))
        except OSError:
            pass  # the warm interpreter is gone, or the system does not tell

    def _written(self) -> Iterator[Range]:
        """Pages that no other process shares."""
        both = _PRESENT | _EXCLUSIVE
        with open("/proc/self/pagemap", "rb", buffering=0) as file:
            for start, end in self._shared:
                file.seek(start // _PAGE * 8)
                pages = memoryview(file.read((end - start) // _PAGE * 8)).cast("Q")
                for at, page in enumerate(pages):
                    if page & both == both:
                        yield start + at * _PAGE, start + (at + 1) * _PAGE


def _find_copy() -> Callable[[int, int, int], int] | None:
    """None where the system does not copy ahead."""
    if sys.platform != "linux" or os.sysconf("SC_PAGE_SIZE") != _PAGE:
        return None
    try:
        ctypes = _own_ctypes()
        copy = ctypes.CDLL(None).madvise
    except (ImportError, OSError, AttributeError):
        return None
    copy.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    return copy if copy(None, 0, _POPULATE_WRITE) == 0 else None


def _own_ctypes() -> Any:
    """A step that imports nothing of C does not find it imported: it is taken out again, with what it brought."""
    before = set(sys.modules)
    ctypes = importlib.import_module("ctypes")
    for name in set(sys.modules) - before:
        del sys.modules[name]
    return ctypes


def _writable_ranges() -> Iterator[Range]:
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
        for line in file:
            place, access = line.split(maxsplit=2)[:2]
            if access == "rw-p":
                start, end = (int(one, 16) for one in place.split("-"))
                yield start, end


def _joined(ranges: Iterable[Range]) -> Iterator[Range]:
    start = end = -1
    for first, last in sorted(ranges):
        if end >= 0 and first <= end + _GAP * _PAGE:
            end = max(end, last)
        else:
            if end >= 0:
                yield start, end
            start, end = first, last
    if end >= 0:
        yield start, end


def _count_faults() -> int:
    with open("/proc/self/stat", "rb", buffering=0) as file:
        return int(file.read().rpartition(b")")[2].split()[7])
