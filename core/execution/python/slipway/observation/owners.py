"""Which installed distributions a top-level module comes from, as `importlib.metadata.packages_distributions` tells it.

That one makes an object of every installed file, which takes a third of a second beside pandas and SciPy; most of what
it is asked about stands in the first words of each line.
"""

from __future__ import annotations

import csv
import inspect
import re
from collections.abc import Iterator, Set
from importlib import metadata

_NAME = re.compile(r"^Name: *(\S+)", re.MULTILINE)


def owners_of(tops: Set[str]) -> dict[str, list[str]]:
    """Names of distributions by top-level name, without those of which nothing is installed."""
    found: dict[str, list[str]] = {}
    for distribution in metadata.distributions():
        here = tops & set(_tops_of(distribution))
        name = _name_of(distribution) if here else None
        for top in here if name is not None else ():
            found.setdefault(top, []).append(name)  # type: ignore[arg-type]
    return found


def _tops_of(distribution: metadata.Distribution) -> Iterator[str]:
    declared = (distribution.read_text("top_level.txt") or "").split()
    if declared:
        yield from declared
        return
    record = distribution.read_text("RECORD")
    if record is None:  # of an older form
        paths = [str(file) for file in distribution.files or []]
    elif '"' in record:
        paths = [row[0] for row in csv.reader(record.splitlines()) if row]
    else:
        paths = [line.split(",", 1)[0] for line in record.splitlines()]
    for first, slash in {path.replace("\\", "/").partition("/")[:2] for path in paths}:
        name = first if slash else inspect.getmodulename(first)
        if name is not None and "." not in name:
            yield name


def _name_of(distribution: metadata.Distribution) -> str | None:
    found = _NAME.search(distribution.read_text("METADATA") or "")
    return found[1] if found else distribution.metadata["Name"]
