"""Labels (column names, categories, index names) of any plain type as JSON, and pandas Indexes made of them."""

from __future__ import annotations

import base64
import datetime
from typing import Any


class NoLabel(Exception):
    """A label of a type that has no form here."""


def encode_label(label: Any) -> Any:
    """Text stands for itself; every other type is a pair of its name and its text."""
    import numpy
    import pandas

    if type(label) in (str, bool):
        return label
    if label is None:
        return ["none", ""]
    if label is pandas.NA:
        return ["NA", ""]
    if label is pandas.NaT:
        return ["NaT", ""]
    if isinstance(label, numpy.generic):
        if isinstance(label, (numpy.datetime64, numpy.timedelta64)):
            raise NoLabel
        return ["numpy", [label.dtype.str, base64.b64encode(label.tobytes()).decode()]]
    if type(label) is int:
        return ["int", str(label)]
    if type(label) is float:
        return ["float", label.hex()]
    if type(label) is tuple:
        return ["tuple", [encode_label(one) for one in label]]
    if type(label) is pandas.Interval:
        return ["interval", [encode_label(label.left), encode_label(label.right), label.closed]]
    if type(label) is pandas.Period:
        return ["period", [label.ordinal, label.freqstr]]
    if type(label) is pandas.Timestamp:
        return ["timestamp", [label.tz_localize(None).isoformat(), str(label.tz) if label.tz else "", label.unit]]
    if type(label) is pandas.Timedelta:
        return ["timedelta", [label.value, label.unit]]
    if type(label) is datetime.date:
        return ["date", label.isoformat()]
    raise NoLabel(type(label).__name__)


def decode_label(encoded: Any) -> Any:
    import numpy
    import pandas

    if not isinstance(encoded, list):
        return encoded
    kind, value = encoded
    if kind == "numpy":
        return numpy.frombuffer(base64.b64decode(value[1]), dtype=value[0])[0]
    if kind == "tuple":
        return tuple(decode_label(one) for one in value)
    if kind == "interval":
        return pandas.Interval(decode_label(value[0]), decode_label(value[1]), closed=value[2])
    if kind == "period":
        return pandas.Period(ordinal=value[0], freq=value[1])
    if kind == "timestamp":
        stamp = pandas.Timestamp(value[0]).as_unit(value[2])
        return stamp.tz_localize(value[1]) if value[1] else stamp
    if kind == "timedelta":
        return pandas.Timedelta(value[0], unit="ns").as_unit(value[1])
    if kind == "date":
        return datetime.date.fromisoformat(value)
    plain = {"none": None, "NA": pandas.NA, "NaT": pandas.NaT}
    return int(value) if kind == "int" else float.fromhex(value) if kind == "float" else plain[kind]


def encode_index(index: Any) -> dict[str, Any]:
    """A pandas Index of labels. @throws NoLabel when it would not come back equal."""
    import pandas

    if type(index) is pandas.RangeIndex:
        return {"range": [index.start, index.stop, index.step], "names": [encode_label(index.name)]}
    names = [encode_label(name) for name in index.names]
    if isinstance(index, pandas.MultiIndex):
        levels = [encode_index(level) for level in index.levels]
        codes = [[int(code) for code in codes] for codes in index.codes]
        encoded: dict[str, Any] = {"levels": levels, "codes": codes, "names": names}
    else:
        encoded = {"labels": [encode_label(label) for label in index], "dtype": str(index.dtype), "names": names}
        if isinstance(index.dtype, pandas.CategoricalDtype):
            encoded["categories"] = encode_index(index.dtype.categories)
            encoded["ordered"] = bool(index.dtype.ordered)
        if isinstance(index.dtype, pandas.StringDtype):
            encoded["string"] = string_facts(index.dtype)
    if not _same_index(decode_index(encoded), index):
        raise NoLabel(str(index.dtype))
    return encoded


def decode_index(encoded: dict[str, Any]) -> Any:
    import pandas

    names = [decode_label(name) for name in encoded["names"]]
    if "range" in encoded:
        return pandas.RangeIndex(*encoded["range"], name=names[0])
    if "levels" in encoded:
        levels = [decode_index(level) for level in encoded["levels"]]
        return pandas.MultiIndex(levels=levels, codes=encoded["codes"], names=names, verify_integrity=False)
    labels = [decode_label(label) for label in encoded["labels"]]
    if "categories" in encoded:
        kind: Any = pandas.CategoricalDtype(decode_index(encoded["categories"]), encoded["ordered"])
    elif "string" in encoded:
        kind = string_dtype(encoded["string"])
    else:
        kind = encoded["dtype"]
    return pandas.Index(labels, dtype=kind, name=names[0], tupleize_cols=False)


def string_facts(dtype: Any) -> list[Any]:
    import pandas

    return [dtype.storage, "NA" if dtype.na_value is pandas.NA else "nan"]


def string_dtype(facts: list[Any]) -> Any:
    import numpy
    import pandas

    if facts[1] == "NA":
        return pandas.StringDtype(facts[0])
    return pandas.StringDtype(facts[0], na_value=numpy.nan)


def _same_index(one: Any, other: Any) -> bool:
    if type(one) is not type(other) or list(one.names) != list(other.names) or len(one) != len(other):
        return False
    if hasattr(one, "levels"):
        return bool(one.equals(other))
    same_types = one.dtype != object or [type(a) for a in one] == [type(b) for b in other]
    return one.dtype == other.dtype and bool(one.equals(other)) and same_types
