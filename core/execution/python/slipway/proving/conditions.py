"""A step under one changed condition. Everything is changed before the step's own module is imported."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any

from ..runner.module_loading import find_step, load_module
from .clock import change_clock
from .randomness import seed_everything


def step_under(given: dict[str, Any], here: str) -> Callable[..., Any]:
    """The step function itself, to be called as it always is."""
    project_folder = os.path.dirname(os.path.abspath(here))
    if "clock" in given:
        change_clock(**given["clock"])
    if "directoryOrder" in given:
        _order_folders(reverse=given["directoryOrder"] == "reversed")
    if "randomSeed" in given:
        seed_everything(given["randomSeed"])
    sys.argv = [os.path.join(project_folder, given["module"])]
    function = find_step(load_module(project_folder, given["module"]), given["module"], given["step"])
    if given.get("rowOrder") != "reversed":
        return function

    @functools.wraps(function)
    def with_reversed_rows(*positional: Any, **named: Any) -> Any:
        return function(*map(_reverse_rows, positional), **{key: _reverse_rows(one) for key, one in named.items()})

    return with_reversed_rows


def _reverse_rows(value: Any) -> Any:
    if hasattr(value, "iloc"):
        return value.iloc[::-1]
    return value[::-1] if getattr(value, "ndim", 0) > 0 or type(value) is list else value


def _order_folders(reverse: bool) -> None:
    """`glob`, `pathlib` and `os.walk` all ask these two."""
    list_folder, scan_folder = os.listdir, os.scandir

    def listdir(path: Any = None) -> Any:
        return sorted(list_folder(path), reverse=reverse)

    class Scan:
        def __init__(self, path: Any = None) -> None:
            with scan_folder(path) as entries:
                self._entries = iter(sorted(entries, key=lambda entry: entry.name, reverse=reverse))

        def __iter__(self) -> Any:
            return self

        def __next__(self) -> Any:
            return next(self._entries)

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *failure: Any) -> None:
            self.close()

        def close(self) -> None:
            self._entries = iter(())

    os.listdir = listdir  # type: ignore[assignment]
    os.scandir = Scan  # type: ignore[assignment, misc]
