"""Whether what answers on this computer is the step's own, as a process that it started is, or a service that was
there without it: a database, a tunnel to another computer. What such a one says is from outside. Linux only: elsewhere
nothing tells who listens, and nothing is said."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any

from .programs import STEP_RUN_VARIABLE

_LISTENS = "0A"
_ACCEPTS = 0x10000
#: Only told things, or asked by the system's own libraries.
_SYSTEMS_OWN = ("/dev/", "/run/systemd/", "/var/run/nscd/", "/run/nscd/", "/tmp/.X11-unix/")


class LocalServices:
    def __init__(self) -> None:
        self._own: set[str] = set()
        #: Asked where nobody listened: it may be a child that is still starting.
        self._silent: dict[str, str | None] = {}

    def is_foreign(self, connection: Any, address: Any, where: str | None) -> str | None:
        """The name of the service if the step did not start it. `address` is a port, or the path of a socket."""
        if isinstance(address, int):
            if connection.type != socket.SOCK_STREAM:
                return None  # told things, as a collector of figures is
            name, listening = f"127.0.0.1:{address}", _listening_on(address)
        else:
            path = os.fsdecode(address)
            if path.startswith(_SYSTEMS_OWN):
                return None
            name, listening = f"the socket {os.path.basename(path) or path}", _listening_at(path)
        if name in self._own or listening is None:
            return None
        if not listening:
            self._silent.setdefault(name, where)
            return None
        if listening.isdisjoint(_sockets_of_step()):
            return name
        self._silent.pop(name, None)
        self._own.add(name)
        return None

    def never_answered(self) -> Iterator[tuple[str, str | None]]:
        """That nobody listened there is what the step learned of the world outside."""
        yield from self._silent.items()
        self._silent = {}


def is_this_computer(host: str) -> bool:
    return host == "localhost" or host.startswith("127.") or host in ("::1", "::ffff:127.0.0.1", "0.0.0.0", "::")


def _listening_on(port: int) -> set[str] | None:
    """Numbers of sockets; None where the system does not tell."""
    found: set[str] = set()
    told = False
    for table in ("tcp", "tcp6"):
        for words in _rows(f"/proc/net/{table}"):
            told = True
            if words[3] == _LISTENS and int(words[1].rsplit(":", 1)[1], 16) == port:
                found.add(words[9])
    return found if told or os.path.exists("/proc/net/tcp") else None


def _listening_at(path: str) -> set[str] | None:
    if not os.path.exists("/proc/net/unix"):
        return None
    bound = "@" + path[1:] if path.startswith("\0") else path
    wanted = {bound, os.path.abspath(path)}
    return {words[6] for words in _rows("/proc/net/unix") if len(words) > 7 and words[7] in wanted and int(words[3], 16) & _ACCEPTS}


def _rows(table: str) -> Iterator[list[str]]:
    try:
        with open(table, encoding="utf-8", errors="surrogateescape") as lines:
            next(lines, None)
            for line in lines:
                yield line.split()
    except OSError:
        return


def _sockets_of_step() -> set[str]:
    session, own_run = os.getsid(0), os.environ.get(STEP_RUN_VARIABLE)
    mark = os.fsencode(f"{STEP_RUN_VARIABLE}={own_run}") if own_run else None
    found: set[str] = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.getsid(int(pid)) != session and not (mark and _was_given(pid, mark)):
                continue
            for descriptor in os.listdir(f"/proc/{pid}/fd"):
                target = os.readlink(f"/proc/{pid}/fd/{descriptor}")
                if target.startswith("socket:["):
                    found.add(target[8:-1])
        except OSError:
            continue  # it ended meanwhile, or is somebody else's
    return found


def _was_given(pid: str, mark: bytes) -> bool:
    with open(f"/proc/{pid}/environ", "rb") as variables:
        return mark in variables.read().split(b"\0")
