"""Tables by value: class, columns and their order, types, index, then cell by cell."""

from __future__ import annotations

import importlib.util
from typing import Any

from ..values.python_type import package_of
from ..values.tables import is_pandas
from .outcome import SAME, Outcome, Tolerance, differs
from .values import compare_arrays, compare_values

_INDEX = "(index)"
_ORDER_CELLS = 20_000_000
#: Neither polars nor pyarrow needs it.
_HAS_NUMPY = importlib.util.find_spec("numpy") is not None


def compare_tables(one: Any, other: Any, tolerance: Tolerance) -> Outcome:
    if type(one) is not type(other):
        return differs(type(one).__name__, type(other).__name__, "the class of the table")
    mine, theirs = _columns(one), _columns(other)
    labels = [label for label, _, _ in mine], [label for label, _, _ in theirs]
    if labels[0] != labels[1]:
        return differs(labels[0], labels[1], "the columns and their order")
    for (label, kind, _), (_, other_kind, _) in zip(mine, theirs, strict=True):
        if kind != other_kind:
            return differs(kind, other_kind, "the type of a column", column=label)
    if len(one) != len(other):
        return differs(len(one), len(other), "the number of rows")
    found = _first(mine, theirs, tolerance)
    if found.verdict == "differs" and _same_rows(one, other):
        return Outcome(**{**found.__dict__, "detail": "the same rows in another order"})
    return found


def _first(mine: list[Any], theirs: list[Any], tolerance: Tolerance) -> Outcome:
    """The first row that differs, and in it the first column; else the first that only lies close."""
    first, close = None, SAME
    largest: float | None = None
    for (label, _, cells), (_, _, others) in zip(mine, theirs, strict=True):
        found = _compare_cells(cells, others, tolerance)
        if found.max_difference is not None:
            largest = max(largest or 0.0, found.max_difference)
        placed = Outcome(**{**found.__dict__, "column": label})
        if found.verdict == "differs" and (first is None or (found.row or 0) < (first.row or 0)):
            first = placed
        elif found.verdict == "withinTolerance" and close.verdict == "identical":
            close = placed
    chosen = first or close
    return chosen if chosen is SAME else Outcome(**{**chosen.__dict__, "max_difference": largest})


def _compare_cells(cells: Any, others: Any, tolerance: Tolerance) -> Outcome:
    return compare_values(cells, others, tolerance) if isinstance(cells, list) else compare_arrays(
        cells, others, tolerance
    )


def _columns(value: Any) -> list[tuple[str, str, Any]]:
    """Label, type and cells of every column, the index first where there is one."""
    if is_pandas(value):
        return _pandas_columns(value)
    if package_of(value) == "polars":
        if hasattr(value, "collect"):
            value = value.collect()
        series = value.get_columns() if hasattr(value, "get_columns") else [value]
        return [(one.name, str(one.dtype), _polars_cells(one)) for one in series]
    return [(str(field.name), str(field.type), _arrow_cells(value.column(at))) for at, field in enumerate(value.schema)]


def _polars_cells(series: Any) -> Any:
    is_plain = series.dtype.is_float() or series.dtype.is_integer()
    return series.to_numpy() if is_plain and series.null_count() == 0 and _HAS_NUMPY else series.to_list()


def _arrow_cells(column: Any) -> Any:
    import pyarrow.types

    is_plain = pyarrow.types.is_floating(column.type) or pyarrow.types.is_integer(column.type)
    return column.to_numpy() if is_plain and column.null_count == 0 and _HAS_NUMPY else column.to_pylist()


def _pandas_columns(value: Any) -> list[tuple[str, str, Any]]:
    import pandas

    index = value.index
    if isinstance(index, pandas.MultiIndex):
        levels = [index.get_level_values(level) for level in range(index.nlevels)]
    else:
        levels = [index]
    columns = [(f"{_INDEX} {level.name}" if level.name is not None else _INDEX, level) for level in levels]
    if isinstance(value, pandas.Series):
        columns.append((str(value.name), value))
    else:
        columns += [(str(label), value.iloc[:, at]) for at, label in enumerate(value.columns)]
    return [(label, _kind(one), _cells(one)) for label, one in columns]


def _kind(column: Any) -> str:
    categories = getattr(column.dtype, "categories", None)
    if categories is None:
        return str(column.dtype)
    return f"category of {list(categories)!r}{', ordered' if column.dtype.ordered else ''}"


def _cells(column: Any) -> Any:
    """A NumPy array where one holds it as it is; a list of plain values with None for a missing one elsewhere."""
    import numpy

    dtype = column.dtype
    if isinstance(dtype, numpy.dtype) and dtype.kind in "biufcmM":
        return column.to_numpy()
    missing = column.isna()
    values = column.astype(object)
    return [None if gone and not isinstance(cell, float) else cell for cell, gone in zip(values, missing, strict=True)]


def _same_rows(one: Any, other: Any) -> bool:
    if not is_pandas(one) or one.size > _ORDER_CELLS:
        return False
    import numpy
    import pandas

    try:
        hashes = [numpy.sort(pandas.util.hash_pandas_object(each, index=False).to_numpy()) for each in (one, other)]
    except TypeError:
        return False  # cells of a kind that has no hash
    return bool((hashes[0] == hashes[1]).all())
