"""pyarrow Tables and RecordBatches."""

from __future__ import annotations

from typing import Any

from ..staging import Staging, Stored, media
from .parquet import read_parquet, write_parquet
from .summary import summarise_columns


def store_arrow(value: Any, staging: Staging) -> Stored | None:
    import pyarrow

    table = pyarrow.Table.from_batches([value]) if isinstance(value, pyarrow.RecordBatch) else value
    path = staging.path("parquet")
    try:
        write_parquet(table, path)
    except pyarrow.ArrowException:
        return None  # a type that Parquet lacks
    back = read_parquet(path)
    if back.schema != table.schema or not back.equals(table):
        return None
    columns = [
        (name, str(column.type), column.null_count)
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]
    return Stored("table", media.PARQUET, path, summary=summarise_columns(value, table.num_rows, columns))


def load_arrow(file: str, python_type: str) -> Any:
    table = read_parquet(file)
    if not python_type.endswith("RecordBatch"):
        return table
    import pyarrow

    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pyarrow.RecordBatch.from_pylist([], schema=table.schema)
