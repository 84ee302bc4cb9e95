"""How much memory the step needed at most."""

from __future__ import annotations

import sys

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]


def peak_memory_bytes() -> int | None:
    """Of this process, or of its largest child when that is more; null where the system does not say."""
    if resource is None:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    return max(_own_peak() or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit, children)


def _own_peak() -> int | None:
    """On Linux ru_maxrss starts with what the parent had when it forked; VmHWM is this program's own."""
    try:
        with open("/proc/self/status", "rb", buffering=0) as file:
            _, _, peak = file.read().partition(b"\nVmHWM:")
        return int(peak.split(maxsplit=1)[0]) * 1024 if peak else None
    except OSError:
        pass  # not Linux
    return None
