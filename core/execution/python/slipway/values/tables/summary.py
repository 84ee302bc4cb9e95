"""What is said of a table without opening it."""

from __future__ import annotations

from typing import Any

from ..python_type import python_type

_MOST_COLUMNS = 200


def summarise_pandas(value: Any) -> dict[str, Any]:
    columns = (
        [(value.name, value)]
        if value.ndim == 1
        else [(value.columns[i], value.iloc[:, i]) for i in range(min(value.shape[1], _MOST_COLUMNS))]
    )
    return {
        "type": python_type(value),
        "rows": len(value),
        "columnCount": 1 if value.ndim == 1 else value.shape[1],
        "columns": [
            {"name": "" if name is None else str(name), "type": str(series.dtype), "missing": int(series.isna().sum())}
            for name, series in columns
        ],
    }


def summarise_columns(value: Any, rows: int, columns: list[tuple[str, str, int]]) -> dict[str, Any]:
    """columns: name, type and number of missing values of each."""
    return {
        "type": python_type(value),
        "rows": rows,
        "columnCount": len(columns),
        "columns": [
            {"name": name, "type": kind, "missing": missing} for name, kind, missing in columns[:_MOST_COLUMNS]
        ],
    }
