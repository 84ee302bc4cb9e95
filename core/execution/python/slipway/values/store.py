"""Chooses the form of a value. The first that takes it wins; a form returns None for what is not its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import arrays, entries, figures, files, json_values, pickles, plain
from .staging import Staging, Stored
from .tables import store_table

Form = Callable[[Any, Staging], Stored | None]


def store_value(value: Any, staging: Staging) -> Stored:
    """@throws Unstorable when no form takes the value."""
    from ..models.native import store_model

    forms: tuple[Form, ...] = (
        plain.store_plain,
        files.store_path,
        store_table,
        arrays.store_array,
        store_model,
        figures.store_figure,
        json_values.store_json,
        entries.store_entries,
    )
    for form in forms:
        stored = form(value, staging)
        if stored is not None:
            return stored
    return pickles.store_pickle(value, staging)
