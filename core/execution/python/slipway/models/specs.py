"""What a model takes, read off its rows: a name, a tensor type and the levels of each input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .rows import TENSOR, Rows


#: Of NumPy's own.
_NUMBER_KINDS = {"b": "BOOL", "i": "INT64", "u": "INT64", "f": "FP64"}


@dataclass(frozen=True)
class ColumnSpec:
    name: str
    #: As the Open Inference Protocol spells it; null for a dtype that no tensor holds.
    type: str | None
    shape: tuple[int, ...]
    nullable: bool
    levels: tuple[str, ...] | None = None
    dtype: str = ""


def describe_inputs(rows: Rows) -> list[ColumnSpec]:
    if rows.layout == "tensor":
        values = rows.values
        kind = "BYTES" if values.dtype.kind in "OUS" else "FP64"
        shape = (-1, *(int(size) for size in values.shape[1:]))
        return [ColumnSpec(TENSOR, kind, shape, kind == "FP64", dtype=str(values.dtype))]
    return [_describe_column(str(name), column) for name, column in rows.values.items()]


def _describe_column(name: str, column: Any) -> ColumnSpec:
    """Integers with holes are numbers with NaN to every model, so they are floats here."""
    import numpy
    import pandas

    dtype = column.dtype
    if isinstance(dtype, numpy.dtype) and dtype.kind in _NUMBER_KINDS:
        # Floats take gaps whether they have some or not, and others of these have none.
        kind = "FP64" if dtype.name == "uint64" else _NUMBER_KINDS[dtype.kind]
        return ColumnSpec(name, kind, (-1, 1), kind == "FP64", dtype=str(dtype))
    has_missing = bool(column.isna().any())
    levels: tuple[str, ...] | None = None
    kind: str | None = None
    if isinstance(dtype, pandas.CategoricalDtype):
        texts = all(isinstance(level, str) for level in dtype.categories)
        levels = tuple(str(level) for level in dtype.categories) if texts else None
        kind = "BYTES" if texts else _number_kind(dtype.categories.dtype, has_missing)
    elif pandas.api.types.is_bool_dtype(dtype):
        kind = "FP64" if has_missing else "BOOL"
    elif pandas.api.types.is_numeric_dtype(dtype):
        kind = _number_kind(dtype, has_missing)
    elif isinstance(dtype, pandas.StringDtype) or "string" in str(dtype):
        kind = "BYTES"
    elif dtype == object:
        kind = _object_kind(column, has_missing)
    nullable = kind == "FP64" or (kind == "BYTES" and has_missing)
    return ColumnSpec(name, kind, (-1, 1), nullable, levels, str(dtype))


def _number_kind(dtype: Any, has_missing: bool) -> str | None:
    import pandas

    if pandas.api.types.is_integer_dtype(dtype) and not has_missing and str(dtype).lower() != "uint64":
        return "INT64"
    return "FP64" if pandas.api.types.is_numeric_dtype(dtype) and "complex" not in str(dtype) else None


def _object_kind(column: Any, has_missing: bool) -> str | None:
    kinds = {type(value) for value in column.dropna()}
    if kinds <= {str}:
        return "BYTES"
    if kinds == {bool}:
        return "FP64" if has_missing else "BOOL"
    if kinds <= {int, float}:
        return "FP64" if has_missing or float in kinds else "INT64"
    return None
