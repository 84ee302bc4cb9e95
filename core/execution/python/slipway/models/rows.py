"""Rows as a model takes them: copied, joined, put in columns, written as JSON."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Any

from ..values.python_type import is_of, package_of
from .facts import feature_names

TENSOR = "input"


@dataclass(frozen=True)
class Rows:
    """layout `columns`: a pandas DataFrame of the model's columns · `tensor`: an array, or a list of texts."""

    layout: str
    values: Any

    @property
    def count(self) -> int:
        return int(self.values.shape[0]) if hasattr(self.values, "shape") else len(self.values)


def own_copy(rows: Any) -> Any:
    """The rows as they are now, whatever the step does to them afterwards."""
    if package_of(rows) in ("polars", "pyarrow"):
        return rows  # cannot be changed
    if isinstance(rows, (list, tuple)):
        return list(rows)
    return rows.copy() if hasattr(rows, "copy") else rows


def to_rows(model: Any, given: Any) -> Rows | None:
    """Null when these rows are of no kind that can be recorded, or lack a column of the model."""
    if is_of(given, "polars.dataframe.frame.DataFrame") or is_of(given, "pyarrow.lib.Table"):
        given = given.to_pandas()
    names = feature_names(model)
    if is_of(given, "pandas.core.frame.DataFrame", "pandas.DataFrame"):
        return _from_frame(given, names)
    if is_of(given, "pandas.core.series.Series", "pandas.Series"):
        given = given.to_numpy()
    if hasattr(given, "toarray") and type(given).__module__.startswith("scipy.sparse"):
        given = given.toarray()
    import numpy

    try:
        values = numpy.asarray(given)
    except ValueError:
        return None
    if values.ndim == 0 or values.dtype.kind not in "biufOUS":
        return None
    if names is not None and values.ndim == 2 and values.shape[1] == len(names):
        pandas = _pandas()
        return None if pandas is None else Rows("columns", pandas.DataFrame(values, columns=names))
    return Rows("tensor", values)


def _from_frame(frame: Any, names: list[str] | None) -> Rows | None:
    if names is not None:
        by_text = {str(column): column for column in frame.columns}
        if not frame.columns.is_unique:
            return None
        if not set(names) <= set(by_text):
            # LightGBM keeps its own spelling of the columns that it was given.
            return Rows("columns", frame) if len(names) == len(by_text) and _respelt(names, by_text) else None
        return Rows("columns", frame[[by_text[name] for name in names]])
    if all(isinstance(column, str) for column in frame.columns) and frame.columns.is_unique:
        return Rows("columns", frame)
    return Rows("tensor", frame.to_numpy())


def _respelt(names: list[str], columns: dict[str, Any]) -> bool:
    return all(name == column.replace(" ", "_") for name, column in zip(names, columns, strict=True))


def join_rows(several: list[Rows]) -> Rows | None:
    """One after the other; null when they are not of one layout."""
    if len(several) < 2:
        return several[0] if several else None
    if len({rows.layout for rows in several}) > 1:
        return None
    if several[0].layout == "columns":
        pandas = _pandas()
        return Rows("columns", pandas.concat([rows.values for rows in several], ignore_index=True))
    import numpy

    try:
        return Rows("tensor", numpy.concatenate([rows.values for rows in several]))
    except ValueError:
        return None


def to_json_inputs(rows: Rows) -> dict[str, Any]:
    """By column, for `write_predictions`."""
    if rows.layout == "tensor":
        return {TENSOR: to_json_values(rows.values)}
    return {str(name): _column_to_json(column) for name, column in rows.values.items()}


def to_json_values(values: Any) -> Any:
    """A nested list, in which numbers that JSON lacks are text; an array of numbers as it is when it has them all."""
    if hasattr(values, "to_numpy"):
        values = values.to_numpy()
    if hasattr(values, "toarray"):
        values = values.toarray()
    if _is_plain(values):
        return values
    return [_to_json(value) for value in (values.tolist() if hasattr(values, "tolist") else values)]


def _column_to_json(column: Any) -> Any:
    """A missing value is null, whatever pandas writes for it."""
    numbers = column.to_numpy() if type(column.dtype).__module__.startswith("numpy") else None
    if _is_plain(numbers):
        return numbers
    missing = column.isna().to_numpy()
    if column.dtype.kind == "M" or str(column.dtype).startswith("datetime64"):
        values = [None if gone else value.isoformat() for value, gone in zip(column, missing, strict=True)]
        return values
    values = column.astype(object).tolist()
    return [None if gone else _to_json(value) for value, gone in zip(values, missing, strict=True)]


def _is_plain(values: Any) -> bool:
    """An array whose numbers stand in JSON as they are: most do, and asking each takes longer than all the rest."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(values, numpy.ndarray) or values.ndim == 0 or values.dtype.itemsize > 8:
        return False
    kind = values.dtype.kind
    return kind in "biu" or (kind == "f" and bool(numpy.isfinite(values).all()))


def _to_json(value: Any) -> Any:
    if isinstance(value, list):
        return [_to_json(one) for one in value]
    if isinstance(value, float):
        if math.isfinite(value):
            return float(value)
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if hasattr(value, "item"):
        return _to_json(value.item())
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _pandas() -> Any:
    try:
        import pandas
    except ImportError:
        return None
    return pandas
