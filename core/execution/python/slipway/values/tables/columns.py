"""One pandas column to an Arrow array and back. The facts beside the array are what Arrow cannot say of the dtype."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

from .labels import NoLabel, decode_index, encode_index, string_dtype, string_facts


class NoColumn(Exception):
    """A column that Parquet cannot give back equal."""


def encode_column(series: Any) -> tuple[Any, dict[str, Any]]:
    """@throws NoColumn"""
    import pandas
    import pyarrow

    dtype = series.dtype
    facts: dict[str, Any] = {"dtype": str(dtype)}
    if isinstance(dtype, pandas.CategoricalDtype):
        return _encode_categorical(series, facts)
    if isinstance(dtype, pandas.StringDtype):
        facts["string"] = string_facts(dtype)
    elif isinstance(dtype, pandas.SparseDtype):
        series = series.sparse.to_dense()
        facts["sparse"] = True
    elif str(dtype).startswith("complex"):
        parts = [pyarrow.array(series.to_numpy().real), pyarrow.array(series.to_numpy().imag)]
        return pyarrow.StructArray.from_arrays(parts, ["real", "imag"]), {**facts, "complex": True}
    elif isinstance(dtype, getattr(pandas, "ArrowDtype", ())):
        facts["arrow"] = True
    elif dtype == object:
        return _encode_objects(series, facts)
    try:
        array = pyarrow.Array.from_pandas(series)
    except (pyarrow.ArrowException, TypeError, NotImplementedError) as error:
        raise NoColumn(str(error)) from error
    return array.combine_chunks() if isinstance(array, pyarrow.ChunkedArray) else array, facts


#: Of NumPy; gaps of the last three are NaN.
_NUMBERS = frozenset("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64".split())


def is_numbers(facts: dict[str, Any]) -> bool:
    """Whether the dtype says all of a column, and NumPy holds it."""
    return facts.keys() == {"dtype"} and facts["dtype"] in _NUMBERS


def decode_column(column: Any, facts: dict[str, Any]) -> Any:
    """The values as a pandas Series without name and index."""
    import numpy
    import pandas

    if "categories" in facts:
        return _decode_categorical(column, facts)
    if "objects" in facts:
        return _decode_objects(column, facts)
    if "complex" in facts:
        struct = column.combine_chunks()
        real, imaginary = struct.field("real"), struct.field("imag")
        values = numpy.empty(len(struct), dtype=facts["dtype"])
        values.real, values.imag = real.to_numpy(zero_copy_only=False), imaginary.to_numpy(zero_copy_only=False)
        return pandas.Series(values)
    if "arrow" in facts:
        return pandas.Series(pandas.arrays.ArrowExtensionArray(column))
    if "string" in facts:
        return pandas.Series(pandas.array(column.to_numpy(zero_copy_only=False), dtype=string_dtype(facts["string"])))
    dtype = pandas.api.types.pandas_dtype(facts["dtype"])
    if hasattr(dtype, "__from_arrow__") and not isinstance(dtype, pandas.SparseDtype):
        return pandas.Series(dtype.__from_arrow__(column))
    series = column.to_pandas()
    # A fresh writable copy: Arrow may lend its own read-only memory.
    return series.astype(dtype) if series.dtype != dtype else series.copy()


def _encode_categorical(series: Any, facts: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Categories with their order stand in the facts; the column holds readable values where those are unique."""
    import pyarrow

    categories = series.cat.categories
    try:
        facts |= {"categories": encode_index(categories), "ordered": bool(series.cat.ordered)}
    except (NoLabel, TypeError, ValueError) as error:
        raise NoColumn(f"categories of {categories.dtype}") from error
    codes = pyarrow.array(series.cat.codes.to_numpy(), mask=series.cat.codes.to_numpy() < 0)
    readable = [str(category) for category in categories]
    if len(set(readable)) != len(readable):
        return codes, {**facts, "codes": True}
    return pyarrow.array(readable, pyarrow.string()).take(codes), facts


def _decode_categorical(column: Any, facts: dict[str, Any]) -> Any:
    import numpy
    import pandas
    import pyarrow.compute

    categories = decode_index(facts["categories"])
    if "codes" not in facts:
        import pyarrow

        readable = pyarrow.array([str(category) for category in categories], pyarrow.string())
        column = pyarrow.compute.index_in(column, value_set=readable)
    codes = pyarrow.compute.fill_null(column, -1).to_numpy()
    dtype = pandas.CategoricalDtype(categories, facts["ordered"])
    return pandas.Series(pandas.Categorical.from_codes(numpy.asarray(codes), dtype=dtype))


_OBJECT_TYPES = (str, bytes, bool, int, float, decimal.Decimal, datetime.date)


def _encode_objects(series: Any, facts: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Objects of one plain type, with their missing values being None or NaN; anything else is no column."""
    import pandas
    import pyarrow

    missing: set[str] = set()
    kinds: set[type] = set()
    for value in series.array:
        if value is None:
            missing.add("None")
        elif value is pandas.NA:
            missing.add("NA")
        elif value is pandas.NaT:
            missing.add("NaT")
        elif type(value) is float and value != value:
            missing.add("nan")
        else:
            kinds.add(type(value))
    if len(missing) > 1 or len(kinds) > 1 or not kinds <= set(_OBJECT_TYPES):
        raise NoColumn(f"objects of {', '.join(sorted(kind.__name__ for kind in kinds))}")
    kind = next(iter(kinds), str)
    if kind is float and missing == {"nan"}:
        missing = set()
    values = series.to_numpy()
    try:
        array = pyarrow.array(values, mask=series.isna().to_numpy(), type=_arrow_type(kind, values))
    except (pyarrow.ArrowException, OverflowError, UnicodeEncodeError) as error:
        raise NoColumn(str(error)) from error
    return array, {**facts, "objects": kind.__name__, "missing": next(iter(missing), "nan")}


def _arrow_type(kind: type, values: Any) -> Any:
    import pyarrow

    types = {str: pyarrow.string(), bytes: pyarrow.binary(), bool: pyarrow.bool_(), int: pyarrow.int64()}
    types |= {float: pyarrow.float64(), datetime.date: pyarrow.date32()}
    return types.get(kind)


def _decode_objects(column: Any, facts: dict[str, Any]) -> Any:
    import numpy
    import pandas

    missing = {"None": None, "nan": float("nan"), "NA": pandas.NA, "NaT": pandas.NaT}[facts["missing"]]
    values = numpy.empty(len(column), dtype=object)
    values[:] = [missing if value is None else value for value in column.to_pylist()]
    return pandas.Series(values, dtype=object)
