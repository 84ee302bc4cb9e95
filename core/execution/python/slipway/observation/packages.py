"""Which modules of the project and which installed packages have really been imported."""

from __future__ import annotations

import os
import sys
from importlib import metadata
from types import ModuleType

from .places import Places


#: Which top-level names were seen to import which others, when they were imported before the step began.
seen_uses: dict[str, set[str]] = {}


def project_modules(places: Places) -> list[str]:
    """Source files of the project behind what sys.modules holds, relative to the project."""
    found = set()
    for module in list(sys.modules.values()):
        file = _file_of(module)
        if file and file.endswith(".py"):
            full = os.path.abspath(file)
            if places.is_tracked(full):
                found.add(places.relative(full))
    return sorted(found)


def installed_modules(places: Places) -> set[str]:
    """Top-level names of what is imported from installed packages."""
    tops = {name.split(".", 1)[0] for name, module in list(sys.modules.items()) if places.is_installed(_file_of(module) or "")}
    tops.discard("slipway")
    return tops


def imported_packages(places: Places, preloaded: set[str], named: set[str]) -> list[tuple[str, str]]:
    """Installed distributions behind the imported top-level modules; the standard library has none.

    What was in memory before the step began counts when the project's text names it, or what counts uses it.
    """
    tops = installed_modules(places)
    counted = (tops - preloaded) | (tops & named)
    waiting = sorted(counted) if preloaded else []
    while waiting:
        top = waiting.pop()
        used = (_used_by(top) | seen_uses.get(top, set())) & tops - counted
        counted |= used
        waiting.extend(used)
    tops = counted
    if not tops:
        return []
    by_module = metadata.packages_distributions()
    names = {distribution for top in tops for distribution in by_module.get(top, ())}
    found = {}
    for name in names:
        try:
            found[name.lower().replace("_", "-").replace(".", "-")] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # half removed: its files are there, its record is not
    return sorted(found.items())


def _used_by(top: str) -> set[str]:
    """Top-level names of the modules whose members stand in a package's own modules."""
    used = set()
    for name, module in list(sys.modules.items()):
        if name != top and not name.startswith(top + "."):
            continue
        for value in list(vars(module).values()) if isinstance(module, ModuleType) else []:
            owner = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
            if isinstance(owner, str):
                used.add(owner.split(".", 1)[0])
    return used


def _file_of(module: ModuleType | None) -> str | None:
    try:
        file = getattr(module, "__file__", None)
    except Exception:
        return None  # lazy modules may raise anything
    return file if isinstance(file, str) else None
