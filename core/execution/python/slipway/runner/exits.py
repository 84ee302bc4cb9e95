"""os._exit ends a process without a word; a step that calls it still reports what it recorded."""

from __future__ import annotations

import os
from collections.abc import Callable

from .channel import CoreGone


class HardExit(SystemExit):
    """Stands for a call of os._exit where an exception is described."""


def report_hard_exits(report: Callable[[int], None]) -> None:
    really_exit = os._exit
    owner = os.getpid()

    def _exit(status: int) -> None:
        if os.getpid() == owner:  # forked children end this way as a matter of course
            try:
                report(status)
            except (OSError, CoreGone):
                pass  # nobody to report to
        really_exit(status)

    os._exit = _exit  # type: ignore[assignment]
