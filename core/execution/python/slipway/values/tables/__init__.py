"""Tables and Series as Parquet, read back equal, dtype for dtype."""

from __future__ import annotations

import sys
from typing import Any

from ..python_type import is_of, package_of
from ..staging import Staging, Stored

_PANDAS = ("pandas.core.frame.DataFrame", "pandas.core.series.Series", "pandas.DataFrame", "pandas.Series")
_ARROW = ("pyarrow.lib.Table", "pyarrow.lib.RecordBatch")


def is_table(value: Any) -> bool:
    return is_pandas(value) or is_of(value, *_ARROW) or _is_polars(value)


def is_pandas(value: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and type(value) in (pandas.DataFrame, pandas.Series)


def _is_polars(value: Any) -> bool:
    return package_of(value) == "polars" and type(value).__name__ in ("DataFrame", "Series", "LazyFrame")


def store_table(value: Any, staging: Staging) -> Stored | None:
    """None when it is no table, or one that Parquet cannot give back equal."""
    if is_pandas(value):
        from .pandas_table import store_pandas

        return store_pandas(value, staging)
    if is_of(value, *_ARROW):
        from .arrow_table import store_arrow

        return store_arrow(value, staging)
    if _is_polars(value):
        from .polars_table import store_polars

        return store_polars(value, staging)
    return None


def load_table(file: str, python_type: str) -> Any:
    if python_type.startswith("polars"):
        from .polars_table import load_polars

        return load_polars(file, python_type)
    if python_type.startswith("pyarrow"):
        from .arrow_table import load_arrow

        return load_arrow(file, python_type)
    from .pandas_table import load_pandas

    return load_pandas(file)
