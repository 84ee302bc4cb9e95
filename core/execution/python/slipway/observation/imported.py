"""What was imported before a step began, and what since. A warm interpreter learns the first once for all its children:
looking at every module again would copy the pages that they share."""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
from collections.abc import Set
from importlib import metadata
from types import ModuleType
from typing import NamedTuple

from .owners import owners_of


class Before(NamedTuple):
    #: The name that was imported last.
    last: str
    #: Top-level names of installed packages.
    tops: frozenset[str]
    #: Which of them use which others.
    uses: dict[str, set[str]]


#: Which top-level names were seen to import which others, when they were imported before the step began.
seen_uses: dict[str, set[str]] = {}
_learnt: Before | None = None
#: Which distributions a top-level name comes from; none, for names that were looked for in vain.
_distributions: dict[str, list[str]] = {}


def learn(without: frozenset[str]) -> str:
    """For processes that are forked from this one, which forget some modules. @returns what they imported last"""
    global _learnt
    tops = _tops(list(sys.modules.items()))
    uses: dict[str, set[str]] = {}
    for name, module in list(sys.modules.items()):
        top = name.split(".", 1)[0]
        if top in tops:
            uses.setdefault(top, set()).update(_used_by(module))
    for top in tops:
        uses[top] = (uses.get(top, set()) | seen_uses.get(top, set())) & tops
    for distribution in distributions_of(tops):
        version_of(distribution)
    last = next(name for name in reversed(sys.modules) if name not in without)
    _learnt = Before(last, tops, uses)
    return last


def before_now() -> Before:
    last = next(reversed(sys.modules))
    if _learnt is not None and _learnt.last == last:
        return _learnt
    tops = _tops(list(sys.modules.items()))
    uses = {top: seen_uses.get(top, set()) for top in tops}
    return Before(last, tops, uses)


def modules_since(last: str) -> list[tuple[str, ModuleType | None]]:
    """In sys.modules what comes later was imported later; more than that when `last` itself was taken out."""
    names = []
    for name in reversed(list(sys.modules) if last not in sys.modules else _copied_end(last)):
        if name == last:
            break
        names.append(name)
    return [(name, sys.modules.get(name)) for name in names]


def tops_since(last: str) -> frozenset[str]:
    return _tops(modules_since(last))


def used_since(last: str, top: str) -> set[str]:
    """Top-level names of what stands in the modules of a package that were imported since."""
    used: set[str] = set()
    for name, module in modules_since(last):
        if name == top or name.startswith(top + "."):
            used |= _used_by(module)
    return used


def distributions_of(tops: Set[str]) -> set[str]:
    """An installed module may come from several, and from none."""
    _look_for(tops)
    return {distribution for top in tops for distribution in _distributions[top]}


@functools.cache
def version_of(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None  # half removed: its files are there, its record is not


def file_of(module: ModuleType | None) -> str | None:
    try:
        file = getattr(module, "__file__", None)
    except Exception:
        return None  # lazy modules may raise anything
    return file if isinstance(file, str) else None


def _look_for(tops: Set[str]) -> None:
    missing = tops - _distributions.keys()
    if missing:
        owners = owners_of(missing)
        _distributions.update({top: owners.get(top, []) for top in missing})


def _copied_end(last: str) -> list[str]:
    """From the end to `last`, whatever other threads import meanwhile."""
    while True:
        names = []
        try:
            for name in reversed(sys.modules):
                names.append(name)
                if name == last:
                    break
            return names[::-1]
        except RuntimeError:
            continue


def _tops(modules: list[tuple[str, ModuleType | None]]) -> frozenset[str]:
    folders = package_folders()
    tops = {name.split(".", 1)[0] for name, module in modules if (file_of(module) or "").startswith(folders)}
    return frozenset(tops - {"slipway"})


def _used_by(module: ModuleType | None) -> set[str]:
    """Top-level names of the modules whose members stand in it."""
    used = set()
    for value in list(vars(module).values()) if isinstance(module, ModuleType) else []:
        owner = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        if isinstance(owner, str):
            used.add(owner.split(".", 1)[0])
    return used


@functools.cache
def package_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    return tuple({os.path.abspath(paths[key]) + os.sep for key in ("purelib", "platlib")})
