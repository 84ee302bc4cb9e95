"""A process that runs no step itself: it forks a child for each, which is then as a fresh interpreter would be.

Core's frames come on descriptor 3 (`{"ahead": names, "project": …}`, `{"fork": id, "project": …}`), reports go out on 4.
What becomes stdout, stderr and descriptors 3 and 4 of a child are connections to the socket, told apart by id and role.
A child may be forked before anybody knows for what: it waits for a frame with `marker` and `folder`, and core tells here
that it is `taken`.
"""

from __future__ import annotations

import gc
import inspect
import json
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable
from typing import Any

from ..models.op_versions import learn_versions
from ..models.watch_calls import calls
from ..observation.clock import watch_classes_ahead
from ..observation.watch import Watch
from ..values.load import load_input
from .channel import to_frame
from .farewell import learn_native, leave
from .first_uses import learn_first_uses
from .interpreter import describe_computer, describe_platform
from .marker import can_mark
from .preload import Preload, other_threads, renew_chance
from .rehearsal import rehearse
from .waiting import FORGOTTEN, become_step
from .written_pages import WrittenPages

_ID_BYTES = 12
_IDLE_MS = 30
_DESCRIPTOR_OF_ROLE = {"o": 1, "e": 2, "l": 3, "m": 4}


def serve_forks(address: str, without: list[str]) -> Callable[[int], None] | None:
    """Returns None when there is no more to do; in each child, what it has to call at its end, with its exit code."""
    for descriptor in (3, 4):
        os.set_inheritable(descriptor, False)
    server = _Server(address, Preload(without))
    if server.serve():
        server.clear()
        return None
    server.get_ready()
    renew_chance()
    become_step()
    last = next(reversed(sys.modules))

    def end(code: int) -> None:
        server.tell()
        leave(code, last, server.tell_pages)

    return end


class _Server:
    def __init__(self, address: str, preload: Preload) -> None:
        self._preload = preload
        self._pages = WrittenPages()
        self._address = address
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(address)
        self._listener.listen(256)
        self._poll = select.poll()
        self._poll.register(3, select.POLLIN)
        self._poll.register(self._listener, select.POLLIN)
        self._held = bytearray()
        self._is_wanted = True
        #: Connections that wait for their fork: by id, then by role.
        self._lines: dict[str, dict[str, int]] = {}
        self._asked: dict[str, dict[str, Any]] = {}
        self._taken: set[str] = set()
        #: Somebody waits for what is to be imported.
        self._is_urgent = False
        #: Children by the descriptor that tells of their end.
        self._children: dict[int, tuple[str, int]] = {}

    def serve(self) -> bool:
        if not hasattr(os, "pidfd_open") or not can_mark():
            self._report({"event": "unfit", "reason": "the system cannot mark or watch a forked process"})
            return True
        describe_computer()
        rehearse(os.getcwd())
        self._share_memory()
        self._report({"event": "ready"})
        while self._is_wanted or self._children:
            is_idle = self._preload.is_wanting and not self._taken and not self._asked and not self._lines
            events = self._poll.poll((0 if self._is_urgent else _IDLE_MS) if is_idle else None)
            if is_idle and not events:
                self._import_ahead()
            for descriptor, _ in events:
                if descriptor == 3:
                    self._read_commands()
                elif descriptor == self._listener.fileno():
                    self._accept()
                else:
                    self._reap(descriptor)
            for key in [key for key in self._asked if len(self._lines.get(key, ())) == len(_DESCRIPTOR_OF_ROLE)]:
                if self._fork(key, self._asked.pop(key), self._lines.pop(key)):
                    return False
        return True

    def clear(self) -> None:
        """Core removes the folder of the socket when it sees this process end; one that was killed never does."""
        try:
            os.unlink(self._address)
            os.rmdir(os.path.dirname(self._address))
        except OSError:
            pass  # core was there first

    def _import_ahead(self) -> None:
        """Nobody waits: one module after the other, for as long as that stays so."""
        while self._preload.is_wanting and not self._poll.poll(0):
            if self._is_spoiled(self._preload.import_next()):
                return
        if self._is_urgent and self._preload.is_wanting:
            return  # who interrupted it may be the one who waits, and goes on with it
        self._is_urgent = False
        self._share_memory()
        self._report({"event": "warmer"})

    def _import_all(self) -> bool:
        """A step waits for it. True when that spoiled this process."""
        while self._preload.is_wanting:
            if self._is_spoiled(self._preload.import_next()):
                return True
        self._is_urgent = False
        self._share_memory()
        return False

    def _share_memory(self) -> None:
        """What is here by now no child looks through: looking would copy its pages."""
        self._preload.learn(frozenset(f"slipway.runner.{name}" for name in FORGOTTEN))
        learn_native()
        watch_classes_ahead()
        calls.watch_ahead()
        learn_versions()
        learn_first_uses()
        gc.collect()
        gc.freeze()
        self._pages.begin()

    def _is_spoiled(self, spoiler: str | None) -> bool:
        if spoiler is not None:
            self._report({"event": "spoiled", "module": spoiler})
        return spoiler is not None

    def get_ready(self) -> None:
        """In a child, while nobody waits: what every step does first copies pages that it shares. Nothing comes of it here."""
        self._pages.copy_ahead()
        Watch(os.sep, ()).report()
        to_frame({"platform": describe_platform(), "parts": [json.loads("{}"), 0.5]})
        inspect.signature(load_input)

    def tell(self) -> None:
        """In a child, at its end."""
        self._preload.tell(self._told_by(os.getpid(), "imports"))

    def tell_pages(self) -> None:
        """Last of all: ending writes hundreds of them, too."""
        self._pages.tell(self._told_by(os.getpid(), "pages"))

    def _told_by(self, pid: int, what: str) -> str:
        return f"{self._address}.{pid}.{what}"

    def _read_commands(self) -> None:
        chunk = os.read(3, 1 << 16)
        if not chunk:
            self._is_wanted = False
            self._poll.unregister(3)
            return
        self._held += chunk
        while len(self._held) >= 4:
            (length,) = struct.unpack_from(">I", self._held)
            if len(self._held) < 4 + length:
                return
            command = json.loads(bytes(self._held[4 : 4 + length]))
            del self._held[: 4 + length]
            if "ahead" in command:
                self._preload.want_names(command["ahead"], command["project"])
                self._is_urgent = self._preload.is_wanting
            elif "fork" in command:
                self._asked[command["fork"]] = command
            else:
                self._taken.add(command["taken"])

    def _accept(self) -> None:
        line, _ = self._listener.accept()
        greeting = b""
        while len(greeting) <= _ID_BYTES:
            chunk = line.recv(_ID_BYTES + 1 - len(greeting))
            if not chunk:
                line.close()
                return
            greeting += chunk
        text = greeting.decode("ascii", "replace")
        self._lines.setdefault(text[:_ID_BYTES], {})[text[_ID_BYTES:]] = line.detach()

    def _fork(self, key: str, command: dict[str, Any], lines: dict[str, int]) -> bool:
        """True in the child."""
        if self._preload.shadows(command["project"]):
            self._refuse(key, lines, "")
            return False
        threads = other_threads()
        if threads > 0:
            # A lock that another thread holds would be held for ever in the child.
            self._refuse(key, lines, f"{threads} other threads run in it")
            return False
        is_new = command["module"] is not None and self._preload.want_modules_of(command["project"], command["module"])
        if is_new or self._is_urgent:
            if self._import_all():
                self._refuse(key, lines, "")
                return False
        self._preload.compile_ahead(command["project"])
        try:
            pid = os.fork()
        except OSError as error:
            self._refuse(key, lines, str(error))
            return False
        if pid == 0:
            self._become_child(lines)
            return True
        for descriptor in lines.values():
            os.close(descriptor)
        watch = os.pidfd_open(pid)
        self._children[watch] = (key, pid)
        self._poll.register(watch, select.POLLIN)
        self._report({"event": "forked", "id": key, "pid": pid})
        return False

    def _refuse(self, key: str, lines: dict[str, int], reason: str) -> None:
        for descriptor in lines.values():
            os.close(descriptor)
        self._report({"event": "refused", "id": key, "reason": reason})

    def _become_child(self, lines: dict[str, int]) -> None:
        os.setsid()
        self._listener.close()
        for watch in self._children:
            os.close(watch)
        for others in self._lines.values():
            for descriptor in others.values():
                os.close(descriptor)
        for role, descriptor in lines.items():
            os.dup2(descriptor, _DESCRIPTOR_OF_ROLE[role])
            os.close(descriptor)

    def _reap(self, watch: int) -> None:
        key, pid = self._children.pop(watch)
        self._taken.discard(key)
        self._poll.unregister(watch)
        os.close(watch)
        _, status = os.waitpid(pid, 0)
        self._preload.want(self._told_by(pid, "imports"))
        self._pages.want(self._told_by(pid, "pages"))
        code = os.waitstatus_to_exitcode(status)
        self._report(
            {
                "event": "exited",
                "id": key,
                "exitCode": code if code >= 0 else None,
                "signal": None if code >= 0 else _signal_name(-code),
            }
        )

    def _report(self, message: dict[str, Any]) -> None:
        view = memoryview(to_frame(message))
        try:
            while view:
                view = view[os.write(4, view) :]
        except BrokenPipeError:
            self._is_wanted = False  # core is gone, and with it the other end of descriptor 3


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
