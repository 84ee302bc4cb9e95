"""The facts about this interpreter and machine that may change a result."""

from __future__ import annotations

import functools
import locale
import os
import platform
import sys
import time

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def describe_platform() -> dict[str, str]:
    facts = {
        **describe_computer(),
        "cpus": str(_available_cpus()),
        "locale": ".".join(part for part in locale.getlocale() if part),
        "encoding": sys.getfilesystemencoding(),
        "timeZone": os.environ.get("TZ") or "/".join(time.tzname),
        "hashSeed": os.environ.get("PYTHONHASHSEED", "random"),
    }
    for name in _THREAD_VARIABLES:
        if name in os.environ:
            facts[name] = os.environ[name]
    return facts


@functools.cache
def describe_computer() -> dict[str, str]:
    """What stays as it is while the computer runs: learnt before a step is forked, since asking takes 20 ms."""
    return {
        "implementation": platform.python_implementation(),
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "cpu": _cpu_model(),
        "libc": "-".join(platform.libc_ver()).strip("-"),
    }


def _available_cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cpu_model() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass  # not Linux
    return platform.processor()
