"""Framed messages: four bytes of length (big-endian), then JSON or packed metrics, which alone are buffered."""

from __future__ import annotations

import json
import math
import os
import select
import struct
import threading
from typing import Any

from .metric_buffer import MetricBuffer

_FLUSH_SECONDS = 0.1


def read_frame(descriptor: int) -> Any:
    (length,) = struct.unpack(">I", _read_exactly(descriptor, 4))
    return json.loads(_read_exactly(descriptor, length).decode("utf-8"))


def _read_exactly(descriptor: int, length: int) -> bytes:
    chunks = []
    while length:
        chunk = os.read(descriptor, min(length, 1 << 20))
        if not chunk:
            raise EOFError("the request ended early")
        chunks.append(chunk)
        length -= len(chunk)
    return b"".join(chunks)


def to_wire(value: Any) -> Any:
    """JSON has no NaN and no infinities: they travel as strings."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {str(key): to_wire(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_wire(member) for member in value]
    return value


def to_frame(message: dict[str, Any]) -> bytes:
    # ASCII escapes carry lone surrogates, which UTF-8 cannot.
    body = json.dumps(to_wire(message), separators=(",", ":"), allow_nan=False).encode("ascii")
    return struct.pack(">I", len(body)) + body


class CoreGone(BaseException):
    """Nobody reads any more: whoever wanted the result has ended."""


class Channel:
    """Writes frames whole, from any thread. A forked child must not write: its copy is closed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._pulse: threading.Thread | None = None
        self._owner = os.getpid()
        #: Frames that go along with the next one.
        self._held = b""
        self.metrics = MetricBuffer(self.flush, self._start_pulse)
        os.register_at_fork(after_in_child=self._close_in_child)

    @property
    def is_ours(self) -> bool:
        return self._descriptor >= 0 and os.getpid() == self._owner

    def send(self, message: dict[str, Any]) -> None:
        frame = to_frame(message)
        with self._lock:
            self._write(self._waiting() + frame)

    def hold(self, message: dict[str, Any]) -> None:
        """Leaves with the next one: core, which each message wakes, has nothing to do about this one alone. Metrics do not wait."""
        frame = to_frame(message)
        with self._lock:
            metrics = self.metrics.take()
            self._held += metrics + frame
            if metrics:
                self._write(self._waiting())

    def flush(self) -> None:
        with self._lock:
            self._write(self._waiting())

    def _waiting(self) -> bytes:
        frames, self._held = self._held + self.metrics.take(), b""
        return frames

    def _write(self, frames: bytes) -> None:
        view = memoryview(frames)
        while view and self.is_ours:
            try:
                view = view[os.write(self._descriptor, view) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [])
            except BrokenPipeError:
                raise CoreGone from None

    def _start_pulse(self) -> None:
        # Started by need: a second thread makes Python warn a step that forks.
        with self._lock:
            if self._pulse is None and self.is_ours:
                self._pulse = threading.Thread(target=self._flush_regularly, name="slipway-metrics", daemon=True)
                self._pulse.start()

    def _flush_regularly(self) -> None:
        wait = threading.Event()
        while self.is_ours:
            wait.wait(_FLUSH_SECONDS)
            try:
                self.flush()
            except CoreGone:
                return  # the next message of the main thread meets the same and ends the step

    def _close_in_child(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1
        self._lock = threading.Lock()
        self._held = b""
        self.metrics.clear()
