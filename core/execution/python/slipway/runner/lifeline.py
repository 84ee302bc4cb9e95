"""This process must not outlive core, nor grow past the memory that it was given."""

from __future__ import annotations

import os
import select
import sys

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]


def die_with_core(descriptor: int) -> None:
    """Core holds the other end of this descriptor and writes nothing to it: its end means that core is gone.

    The request comes over another one. For data the system first wakes who waits for them and sends SIGIO after that:
    a writer who is held up between the two would end the reader, who has asked for the signal meanwhile.

    The system sends SIGIO then, which ends the whole process group: no thread has to wait for it (a second
    thread makes Python warn every step that forks), and native code that never returns is ended as well.
    """
    if fcntl is None:
        _watch_in_thread(descriptor)
        return
    leads_group = os.getpgrp() == os.getpid()
    fcntl.fcntl(descriptor, fcntl.F_SETOWN, -os.getpid() if leads_group else os.getpid())
    fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([descriptor], [], [], 0)[0]:
        os._exit(1)


def limit_address_space(limit_bytes: int) -> None:
    """Where the system cannot limit a group of processes, asking for more memory fails in each of them."""
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    allowed = limit_bytes if hard == resource.RLIM_INFINITY else min(limit_bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))


def _watch_in_thread(descriptor: int) -> None:
    import threading

    def wait() -> None:
        os.read(descriptor, 1)
        os._exit(1)

    threading.Thread(target=wait, name="slipway-lifeline", daemon=True).start()
