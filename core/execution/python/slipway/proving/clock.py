"""The clock as Python tells it, moved or stopped. Native code that asks the system itself is not
reached: libfaketime is for that, where it is installed (core/proving/native-clock.ts)."""

from __future__ import annotations

import datetime
import time
from typing import Any

from ..observation.replaced import replace_class_methods


def change_clock(*, shiftSeconds: float | None = None, frozenAt: float | None = None) -> None:  # noqa: N803
    real_time = time.time

    def now() -> float:
        return frozenAt if frozenAt is not None else real_time() + (shiftSeconds or 0.0)

    _patch_time(now)
    _patch_datetime(now)


def _patch_time(now: Any) -> None:
    localtime, gmtime, ctime, strftime = time.localtime, time.gmtime, time.ctime, time.strftime
    time.time = now
    time.time_ns = lambda: int(now() * 1_000_000_000)
    time.localtime = lambda seconds=None: localtime(now() if seconds is None else seconds)
    time.gmtime = lambda seconds=None: gmtime(now() if seconds is None else seconds)
    time.ctime = lambda seconds=None: ctime(now() if seconds is None else seconds)
    time.strftime = lambda form, at=None: strftime(form, time.localtime() if at is None else at)


def _patch_datetime(now: Any) -> None:
    """In the classes themselves: compiled modules, pandas among them, refuse to build upon others in their place."""

    def now_of(cls: Any, tz: Any = None) -> Any:
        return cls.fromtimestamp(now(), tz)

    def utcnow_of(cls: Any) -> Any:
        return cls.fromtimestamp(now(), datetime.timezone.utc).replace(tzinfo=None)

    def today_of(cls: Any) -> Any:
        return cls.fromtimestamp(now())

    replace_class_methods(
        {
            datetime.datetime: {"now": now_of, "utcnow": utcnow_of},
            datetime.date: {"today": today_of},  # inherited by the other one
        }
    )
