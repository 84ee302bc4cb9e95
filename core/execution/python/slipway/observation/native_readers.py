"""Some packages open files in compiled code, which no audit hook sees: their readers are noted by name."""

from __future__ import annotations

import functools
import glob
import os
import re
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from .after_import import after_import

_READERS: dict[str, tuple[str, ...]] = {
    "polars": (
        "read_avro", "read_csv", "read_csv_batched", "read_ipc", "read_json", "read_ndjson", "read_parquet",
        "scan_csv", "scan_ipc", "scan_ndjson", "scan_parquet",
    ),
    "pyarrow": ("memory_map", "OSFile"),
    "pyarrow.csv": ("open_csv", "read_csv"),
    "pyarrow.dataset": ("dataset",),
    "pyarrow.feather": ("read_feather", "read_table"),
    "pyarrow.json": ("read_json",),
    "pyarrow.orc": ("read_table",),
    "pyarrow.parquet": ("ParquetDataset", "ParquetFile", "read_table"),
    "h5py": ("File",),
    "onnx": ("load",),
    "duckdb": ("connect", "from_csv_auto", "from_parquet", "read_csv", "read_json", "read_parquet"),
    "netCDF4": ("Dataset",),
    "tables": ("open_file",),
    "rasterio": ("open",),
    "fiona": ("open",),
    "pyogrio": ("read_dataframe",),
    "cv2": ("imread", "VideoCapture"),
    "soundfile": ("read", "SoundFile"),
    "xgboost": ("DMatrix",),
    "lightgbm": ("Dataset",),
    "fasttext": ("load_model", "train_supervised", "train_unsupervised"),
}  # fmt: skip


#: Their queries name files in quotes: `SELECT … FROM 'data/*.parquet'`, `read_csv('a.csv')`.
_QUERIES: dict[str, tuple[str, ...]] = {
    "duckdb": ("execute", "query", "sql", "from_query"),
    "polars": ("sql",),
}
_QUERY_CLASSES = {"duckdb": ("DuckDBPyConnection",)}
#: The same readers as methods of a connection.
_METHODS = {"duckdb": ("DuckDBPyConnection", ("from_csv_auto", "from_parquet", "read_csv", "read_json", "read_parquet"))}
_QUOTED = re.compile(r"'((?:[^']|'')+)'|\"([^\"]+)\"")


def watch_native_readers(note_read: Callable[[Any], None]) -> None:
    for name in _QUERIES:
        after_import(name, lambda module: _watch_queries(module, note_read))
    for name in _METHODS:
        after_import(name, lambda module: _wrap_methods(module, note_read))
    for name in _READERS:
        after_import(name, lambda module: _wrap(module, note_read))


def _watch_queries(module: ModuleType, note_read: Callable[[Any], None]) -> None:
    owners = [module, *(getattr(module, name, None) for name in _QUERY_CLASSES.get(module.__name__, ()))]
    for owner in owners:
        for name in _QUERIES[module.__name__]:
            really = getattr(owner, name, None)
            if really is None or hasattr(really, "_slipway_noted"):
                continue
            try:
                setattr(owner, name, _noting_query(really, note_read))
            except TypeError:
                break  # a compiled class keeps its own


def _noting_query(really: Any, note_read: Callable[[Any], None]) -> Any:
    @functools.wraps(really)
    def query(*arguments: Any, **named: Any) -> Any:
        for value in (*arguments, *named.values()):
            if isinstance(value, str):
                _note([one or other for one, other in _QUOTED.findall(value)], note_read)
        return really(*arguments, **named)

    query._slipway_noted = True  # type: ignore[attr-defined]
    return query


def _wrap(module: ModuleType, note_read: Callable[[Any], None]) -> None:
    for name in _READERS[module.__name__]:
        reader = getattr(module, name, None)
        if reader is None:
            continue
        if isinstance(reader, type):
            _wrap_class(reader, note_read)
        elif not hasattr(reader, "_slipway_noted"):
            setattr(module, name, _noting(reader, note_read))


def _wrap_methods(module: ModuleType, note_read: Callable[[Any], None]) -> None:
    owner, names = _METHODS[module.__name__]
    for name in names:
        reader = getattr(getattr(module, owner, None), name, None)
        if reader is None or hasattr(reader, "_slipway_noted"):
            continue
        try:
            setattr(getattr(module, owner), name, _noting(reader, note_read, 1))
        except TypeError:
            return  # a compiled class keeps its own


def _noting(reader: Any, note_read: Callable[[Any], None], place: int = 0) -> Any:
    """`place`: which argument is the file."""

    @functools.wraps(reader)
    def read(*arguments: Any, **named: Any) -> Any:
        _note(arguments[place : place + 1] or tuple(named.values())[:1], note_read)
        return reader(*arguments, **named)

    read._slipway_noted = True  # type: ignore[attr-defined]
    return read


def _wrap_class(reader: Any, note_read: Callable[[Any], None]) -> None:
    initialise = reader.__init__
    if hasattr(initialise, "_slipway_noted"):
        return

    @functools.wraps(initialise)
    def __init__(self: Any, *arguments: Any, **named: Any) -> None:
        _note(arguments[:1] or tuple(named.values())[:1], note_read)
        initialise(self, *arguments, **named)

    __init__._slipway_noted = True  # type: ignore[attr-defined]
    try:
        reader.__init__ = __init__
    except TypeError:
        pass  # a compiled class keeps its own


def _note(sources: Iterable[Any], note_read: Callable[[Any], None]) -> None:
    for source in sources:
        for path in source if isinstance(source, (list, tuple)) else (source,):
            if not isinstance(path, (str, os.PathLike)):
                continue
            text = os.fspath(path)
            if isinstance(text, str) and "://" in text:
                note_read(text)
                continue
            if os.path.isdir(text):
                found = [os.path.join(folder, file) for folder, _, files in os.walk(text) for file in files]
            else:
                found = glob.glob(text) if any(c in text for c in "*?[") else [text]
            for file in found:
                if os.path.isfile(file):
                    note_read(file)
