"""Every process of a step run is known by a variable; a forked one has to be given it where others look for it.

The system shows the variables that a program was started with, not those that it set itself. So the warm
interpreter is started with a long value in this one, which each child writes over, in its own memory.
"""

from __future__ import annotations

import functools

from ..observation.programs import STEP_RUN_VARIABLE as MARKER


def mark_process(value: str) -> None:
    place = _find_place()
    if place is None:
        raise OSError(f"{MARKER} has no place in memory")
    start, room = place
    new = value.encode("ascii")
    if len(new) > room:
        raise ValueError(f"{MARKER} holds at most {room} bytes")
    with open("/proc/self/mem", "r+b", buffering=0) as memory:
        memory.seek(start)
        memory.write(new.ljust(room, b"\0"))


@functools.cache
def can_mark() -> bool:
    """Tries it, with the value that is there; what is forked from a process that can is able to as well."""
    try:
        place = _find_place()
        if place is None:
            return False
        start, room = place
        with open("/proc/self/mem", "r+b", buffering=0) as memory:
            memory.seek(start)
            value = memory.read(room)
            memory.seek(start)
            return memory.write(value) == room
    except (OSError, ValueError):
        return False


@functools.cache
def _find_place() -> tuple[int, int] | None:
    """Address and length of the variable's value among those that the program was started with; a fork's are the same."""
    with open("/proc/self/stat", "rb") as file:
        stat = file.read()
    # The command's name may hold spaces and parentheses: fields count from its last `)`.
    first = int(stat[stat.rindex(b")") + 2 :].split()[47])
    with open("/proc/self/environ", "rb") as file:
        variables = file.read()
    position = 0
    for entry in variables.split(b"\0"):
        name, _, value = entry.partition(b"=")
        if name.decode("ascii", "replace") == MARKER:
            return first + position + len(name) + 1, len(value)
        position += len(entry) + 1
    return None
