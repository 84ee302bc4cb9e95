"""Metrics on their way out: a call costs a microsecond, since it only appends; they are packed when they are sent."""

from __future__ import annotations

import json
import struct
import sys
from array import array
from collections.abc import Callable
from itertools import accumulate

# By name, before anything of the project can replace it or have it watched.
from time import time
from typing import Any

from ..values.json_values import NotJson, to_plain

#: First byte of a packed frame; JSON begins with another one.
_PACKED = 1
_FULL = 4096
_LARGEST_ITERATION = 2**53 - 1
_LONGEST_KEY = 4096
_NONE = float("nan")


class MetricBuffer:
    """Takes points from any thread without a lock: appending to a list and cutting off its front are whole each."""

    def __init__(self, send: Callable[[], None], send_soon: Callable[[], None]) -> None:
        self._send = send
        self._send_soon = send_soon
        self._points: list[tuple[str, float, int | None, float]] = []
        self._known: set[str] = set()
        self._idle = True
        self._latest = 0.0

    def add(self, key: str, value: Any, iteration: int | None = None) -> None:
        """@throws TypeError for what is no number, ValueError for one that has no place in a float or a record"""
        if key not in self._known:
            key = self._admit(key)
        if type(value) is not float:
            value = _to_float(value, key)
        if iteration is not None:
            if type(iteration) is not int:
                iteration = int(iteration)
            if not -_LARGEST_ITERATION <= iteration <= _LARGEST_ITERATION:
                raise ValueError(f"log_metric({key!r}, …) takes an iteration of at most 53 bits, not {iteration}")
        points = self._points
        points.append((key, value, iteration, time()))
        if self._idle:
            self._idle = False
            self._send_soon()
        if len(points) >= _FULL:
            self._send()

    def take(self) -> bytes:
        """Everything until now as one frame, or nothing. One thread at a time."""
        points = self._points
        count = len(points)
        if count == 0:
            return b""
        keys, values, iterations, times = zip(*points[:count], strict=True)
        del points[:count]
        # A clock that is set back must not turn the order of points round.
        clock = list(accumulate(times, max, initial=self._latest))
        self._latest = clock[-1]
        places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
        table = json.dumps(list(places), separators=(",", ":")).encode("ascii")
        columns = (
            array("I", map(places.__getitem__, keys)),
            array("d", values),
            array("d", [_NONE if one is None else one for one in iterations]),
            array("d", clock[1:]),
        )
        if sys.byteorder == "big":
            for column in columns:
                column.byteswap()
        body = b"".join((struct.pack("<BxxxII", _PACKED, count, len(table)), table, *columns))
        return struct.pack(">I", len(body)) + body

    def clear(self) -> None:
        self._points.clear()

    def _admit(self, key: Any) -> str:
        name = str(key)
        if not 0 < len(name) <= _LONGEST_KEY:
            raise ValueError(f"log_metric takes a key of 1 to {_LONGEST_KEY} characters, not of {len(name)}")
        self._known.add(name)
        return name


def _to_float(value: Any, key: Any) -> float:
    if isinstance(value, bool) or type(value) is int:
        plain: Any = value
    else:
        try:
            plain, _ = to_plain(value.item() if hasattr(value, "item") else value)
        except (NotJson, ValueError, RuntimeError):
            plain = None
        if isinstance(plain, str) and plain in ("NaN", "Infinity", "-Infinity"):
            return float(plain)
        if type(plain) not in (bool, int, float):
            raise TypeError(f"log_metric({key!r}, …) takes a number, not {type(value).__name__}")
    try:
        return float(plain)
    except OverflowError:
        raise ValueError(f"log_metric({key!r}, …) takes a number within the range of a float") from None
