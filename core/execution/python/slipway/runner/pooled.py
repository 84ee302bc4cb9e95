"""A process that was started before its step was known, where processes cannot be forked: it imports ahead and waits."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from .channel import read_frame
from .farewell import end_now, learn_native, leave
from .interpreter import describe_computer
from .preload import Preload
from .waiting import FORGOTTEN, become_step


def wait_for_step(report: str) -> Callable[[int], None]:
    """report: the file for what the step had to import itself. @returns what it has to call at its end, with its exit code"""
    for descriptor in (3, 4):
        os.set_inheritable(descriptor, False)
    try:
        about = read_frame(4)
    except (EOFError, OSError):
        end_now(0)
    # Nothing is forked here, so that threads do no harm.
    preload = Preload([], never=frozenset())
    preload.want_names(about["imported"], about["project"])
    for module in about["modules"]:
        preload.want_modules_of(about["project"], module)
    while preload.is_wanting:
        preload.import_next()
    preload.compile_ahead(about["project"])
    describe_computer()
    preload.learn(frozenset(f"slipway.runner.{name}" for name in FORGOTTEN))
    learn_native()
    become_step()
    last = next(reversed(sys.modules))

    def end(code: int) -> None:
        preload.tell(report)
        leave(code, last)

    return end
