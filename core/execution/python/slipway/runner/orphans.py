"""Where no control group holds a step's processes, its own process becomes the parent of those that lose theirs,
and ends them before it ends itself: however often they forked, in whatever session, under whatever variables."""

from __future__ import annotations

import os
import signal
import sys

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_children() -> None:
    """Again and again, since the children of a child that ends become ours."""
    for _ in range(100):
        children = _children()
        if not children:
            return
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            except OSError:
                pass  # it ended meanwhile, or somebody else waited for it


def _children() -> list[int]:
    found = []
    try:
        for thread in os.listdir("/proc/self/task"):
            with open(f"/proc/self/task/{thread}/children", encoding="ascii") as file:
                found += [int(word) for word in file.read().split()]
    except OSError:
        pass  # not Linux, or a thread that ended meanwhile
    return found
