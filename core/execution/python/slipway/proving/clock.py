"""The clock as Python tells it, moved or stopped. Native code that asks the system itself is not
reached: libfaketime is for that, where it is installed (core/proving/native-clock.ts)."""

from __future__ import annotations

import datetime
import time
from typing import Any


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
    """Stands for the class where it is called or asked for; what it makes are the real ones."""
    real_datetime, real_date = datetime.datetime, datetime.date

    class Standing(type):
        def __instancecheck__(cls, value: Any) -> bool:
            return isinstance(value, cls.__mro__[1])

        def __subclasscheck__(cls, other: Any) -> bool:
            return issubclass(other, cls.__mro__[1])

    class DateTime(real_datetime, metaclass=Standing):
        def __new__(cls, *positional: Any, **named: Any) -> Any:
            return real_datetime.__new__(real_datetime if cls is DateTime else cls, *positional, **named)

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return real_datetime.fromtimestamp(now(), tz)

        @classmethod
        def utcnow(cls) -> Any:
            return real_datetime.fromtimestamp(now(), datetime.timezone.utc).replace(tzinfo=None)

        @classmethod
        def today(cls) -> Any:
            return real_datetime.fromtimestamp(now())

    class Date(real_date, metaclass=Standing):
        def __new__(cls, *positional: Any, **named: Any) -> Any:
            return real_date.__new__(real_date if cls is Date else cls, *positional, **named)

        @classmethod
        def today(cls) -> Any:
            return real_date.fromtimestamp(now())

    for made, name in ((DateTime, "datetime"), (Date, "date")):
        made.__name__ = made.__qualname__ = name
        made.__module__ = "datetime"
    datetime.datetime, datetime.date = DateTime, Date  # type: ignore[assignment, misc]
