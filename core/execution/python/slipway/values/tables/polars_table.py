"""polars DataFrames, LazyFrames (collected, and lazy again when read) and Series, by polars' own Parquet."""

from __future__ import annotations

from typing import Any

from ..staging import Staging, Stored, media
from .summary import summarise_columns


def store_polars(value: Any, staging: Staging) -> Stored | None:
    import polars

    frame = value.collect() if isinstance(value, polars.LazyFrame) else value
    if isinstance(frame, polars.Series):
        frame = frame.to_frame()
    path = staging.path("parquet")
    try:
        frame.write_parquet(path, compression="snappy", statistics=True)
        back = polars.read_parquet(path)
    except (polars.exceptions.PolarsError, NotImplementedError):
        return None  # Python objects have no place in Parquet
    if back.schema != frame.schema or not back.equals(frame, null_equal=True):
        return None
    columns = [(name, str(dtype), int(frame[name].null_count())) for name, dtype in frame.schema.items()]
    return Stored("table", media.PARQUET, path, summary=summarise_columns(value, frame.height, columns))


def load_polars(file: str, python_type: str) -> Any:
    import polars

    frame = polars.read_parquet(file, memory_map=False)
    if python_type.endswith(".Series"):
        return frame.to_series(0)
    return frame.lazy() if python_type.endswith("LazyFrame") else frame
