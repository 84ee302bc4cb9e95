"""pandas DataFrames and Series. What Parquet lacks (index, labels, categories, dtypes) stands in its metadata."""

from __future__ import annotations

import json
from typing import Any

from ..staging import Staging, Stored, media
from .columns import NoColumn, decode_column, encode_column, is_numbers
from .labels import NoLabel, decode_index, decode_label, encode_index, encode_label
from .parquet import read_parquet, write_parquet
from .summary import summarise_pandas

_KEY = b"slipway"
_CHEAP_CELLS = 2_000_000


def store_pandas(value: Any, staging: Staging) -> Stored | None:
    try:
        table = encode_pandas(value)
    except (NoColumn, NoLabel, ImportError):
        return None
    path = staging.path("parquet")
    write_parquet(table, path)
    if value.size <= _CHEAP_CELLS and not _is_same(load_pandas(path), value):
        return None
    return Stored("table", media.PARQUET, path, summary=summarise_pandas(value))


def load_pandas(file: str) -> Any:
    return decode_pandas(read_parquet(file))


def encode_pandas(value: Any) -> Any:
    """A pyarrow Table. @throws NoColumn, NoLabel for what would not come back equal"""
    import pandas
    import pyarrow

    is_series = isinstance(value, pandas.Series)
    facts: dict[str, Any] = {"version": 1, "class": "Series" if is_series else "DataFrame", "rows": len(value)}
    arrays: list[Any] = []
    names: list[str] = []
    column_facts: list[dict[str, Any]] = []
    columns = [value] if is_series else [value.iloc[:, position] for position in range(value.shape[1])]
    labels = [value.name] if is_series else list(value.columns)
    if is_series:
        facts["name"] = encode_label(value.name)
    else:
        facts["columns"] = encode_index(value.columns)
    for series, label in zip(columns, labels, strict=True):
        array, about = encode_column(series)
        arrays.append(array)
        names.append(_fresh_name(_readable(label), names))
        column_facts.append(about)
    facts["fields"] = column_facts
    facts["index"], index_arrays, index_names = _encode_row_index(value.index, names)
    try:
        facts["attrs"] = json.loads(json.dumps(value.attrs, allow_nan=False)) if value.attrs else {}
    except (TypeError, ValueError):
        facts["attrs"] = {}
    table = pyarrow.Table.from_arrays([*arrays, *index_arrays], [*names, *index_names])
    pandas_facts: dict[str, Any] = {
        # For other readers: which columns are the index.
        "index_columns": index_names or [_range_of(value.index)],
        "column_indexes": [],
        "columns": [_index_column(name, at, value.index) for at, name in enumerate(index_names)],
    }
    return table.replace_schema_metadata(
        {_KEY: json.dumps(facts, sort_keys=True), b"pandas": json.dumps(pandas_facts, sort_keys=True)}
    )


def decode_pandas(table: Any) -> Any:
    import pandas

    metadata = (table.schema.metadata or {}).get(_KEY)
    if metadata is None:
        return table.to_pandas()
    facts = json.loads(metadata)
    fields = facts["fields"]
    index = _decode_row_index(table, len(fields), facts["index"])
    if facts["class"] == "DataFrame" and fields and all(is_numbers(about) for about in fields):
        # All at once, in a block for each type, as pandas makes them: one column after the other takes three times as long.
        numbers = {at: table.column(at).to_numpy().astype(about["dtype"], copy=False) for at, about in enumerate(fields)}
        return _named(pandas.DataFrame(numbers, index=index), facts)
    columns = [decode_column(table.column(position), about) for position, about in enumerate(fields)]
    for column in columns:
        column.index = index
    if facts["class"] == "Series":
        series = columns[0]
        series.name = decode_label(facts["name"])
        series.attrs = facts["attrs"]
        return series
    frame = pandas.concat(columns, axis=1, copy=False) if columns else pandas.DataFrame(index=index)
    frame.index = index  # concat forgets the frequency
    return _named(frame, facts)


def _named(frame: Any, facts: dict[str, Any]) -> Any:
    frame.columns = decode_index(facts["columns"])
    frame.attrs = facts["attrs"]
    return frame


def _encode_row_index(index: Any, taken: list[str]) -> tuple[dict[str, Any], list[Any], list[str]]:
    import pandas

    names = [encode_label(name) for name in index.names]
    if type(index) is pandas.RangeIndex:
        return {"range": [index.start, index.stop, index.step], "names": names}, [], []
    levels = [index.get_level_values(level) for level in range(index.nlevels)]
    arrays: list[Any] = []
    fields: list[dict[str, Any]] = []
    columns: list[str] = []
    for position, level in enumerate(levels):
        array, about = encode_column(level.to_series(index=range(len(level))))
        name = index.names[position]
        label = f"__index_level_{position}__" if name is None else _readable(name)
        columns.append(_fresh_name(label, [*taken, *columns]))
        arrays.append(array)
        fields.append(about)
    facts: dict[str, Any] = {"fields": fields, "names": names, "multi": isinstance(index, pandas.MultiIndex)}
    frequency = getattr(index, "freqstr", None)
    if frequency and isinstance(index, (pandas.DatetimeIndex, pandas.TimedeltaIndex)):
        facts["frequency"] = frequency
    return facts, arrays, columns


def _decode_row_index(table: Any, first: int, facts: dict[str, Any]) -> Any:
    import pandas

    names = [decode_label(name) for name in facts["names"]]
    if "range" in facts:
        return pandas.RangeIndex(*facts["range"], name=names[0])
    levels = [decode_column(table.column(first + at), about) for at, about in enumerate(facts["fields"])]
    if facts["multi"]:
        return pandas.MultiIndex.from_arrays(levels, names=names)
    index = pandas.Index(levels[0], dtype=levels[0].dtype, tupleize_cols=False)
    index.name = names[0]  # a name of None must win over that of the column
    if facts.get("frequency"):
        index.freq = facts["frequency"]
    return index


def _is_same(one: Any, other: Any) -> bool:
    import pandas
    import pandas.testing

    check = pandas.testing.assert_series_equal if one.ndim == 1 else pandas.testing.assert_frame_equal
    try:
        check(one, other, check_exact=True, check_column_type=True) if one.ndim == 2 else check(
            one, other, check_exact=True
        )
    except (AssertionError, TypeError, ValueError):
        return False
    return True


def _readable(label: Any) -> str:
    return ".".join(str(part) for part in label) if isinstance(label, tuple) else str(label)


def _fresh_name(wanted: str, taken: list[str]) -> str:
    name, count = wanted, 0
    known = set(taken)
    while name in known:
        count += 1
        name = f"{wanted}.{count}"
    return name


def _range_of(index: Any) -> dict[str, Any]:
    return {"kind": "range", "name": None, "start": index.start, "stop": index.stop, "step": index.step}


def _index_column(field: str, position: int, index: Any) -> dict[str, Any]:
    name = index.names[position]
    return {
        "name": None if name is None else field,
        "field_name": field,
        "pandas_type": "empty",
        "numpy_type": "object",
        "metadata": None,
    }
