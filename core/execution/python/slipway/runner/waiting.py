"""A process that waits to be told which step it is, and then is as one that was started for that step."""

from __future__ import annotations

import os
import sys

from .channel import read_frame
from .farewell import end_now
from .marker import MARKER, can_mark, mark_process

#: Modules that a process for one step alone does not import.
FORGOTTEN = ("warm", "pooled", "waiting", "farewell", "first_uses", "marker", "preload", "rehearsal", "written_pages")


def become_step() -> None:
    """Takes a frame with `marker` and `folder` from descriptor 4."""
    try:
        step = read_frame(4)
    except (EOFError, OSError):
        end_now(0)  # nobody needed it
    if can_mark():  # elsewhere nobody can look for it
        mark_process(step["marker"])
    os.environ[MARKER] = step["marker"]
    os.chdir(step["folder"])
    _forget()


def _forget() -> None:
    import slipway.runner

    del sys.orig_argv[sys.orig_argv.index(sys.argv[1]) :], sys.argv[1:]
    for name in FORGOTTEN:
        if sys.modules.pop(f"{slipway.runner.__name__}.{name}", None) is not None:
            delattr(slipway.runner, name)
