"""The rows that prove a model in one file: a zip that is not compressed, of `predictions.json` and the arrays that it
names, as .npy. Numbers as text took a step longer than its model; what arrays cannot hold (text, gaps, infinities) stays
in the document. Up to release 0.1.0 all of it was JSON: such files are read, too."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from ..values.json_values import canonical_json

_OLDEST = (1980, 1, 1, 0, 0, 0)
_DOCUMENT = "predictions.json"
_ZIP = b"PK\x03\x04"


def write_predictions(document: dict[str, Any]) -> bytes:
    """document: `rows`, `origin`, and `inputs` and `outputs` by name, each plain JSON or a NumPy array of numbers. Equal
    documents give equal bytes."""
    members: dict[str, bytes] = {}
    parts = {part: _with_arrays_beside(document[part], members) for part in ("inputs", "outputs")}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(_DOCUMENT, _OLDEST), canonical_json({**document, **parts}))
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, _OLDEST), content)
    return target.getvalue()


def read_predictions(file: str) -> dict[str, Any]:
    """With lists for arrays, as if all of it were JSON."""
    with open(file, "rb") as content:
        if content.read(len(_ZIP)) != _ZIP:
            content.seek(0)
            return dict(json.loads(content.read().decode("utf-8")))
        with zipfile.ZipFile(content) as archive:
            document = dict(json.loads(archive.read(_DOCUMENT).decode("utf-8")))
            parts = {part: _with_lists(document[part], archive) for part in ("inputs", "outputs")}
    return {**document, **parts}


def _with_arrays_beside(values: dict[str, Any], members: dict[str, bytes]) -> dict[str, Any]:
    """Members count from 0: names of columns are a person's and may be anything."""
    plain: dict[str, Any] = {}
    for name in sorted(values):
        value = values[name]
        if type(value).__module__ == "numpy":
            member = f"{len(members)}.npy"
            members[member] = _to_npy(value)
            value = {"npy": member}
        plain[name] = value
    return plain


def _to_npy(values: Any) -> bytes:
    import numpy

    target = io.BytesIO()
    # Few readers know half precision; every value of it is one of single precision.
    dtype = numpy.dtype("f4") if values.dtype.kind == "f" and values.dtype.itemsize == 2 else values.dtype
    plain = numpy.ascontiguousarray(values, dtype.newbyteorder("<"))
    numpy.lib.format.write_array(target, plain, allow_pickle=False)
    return target.getvalue()


def _with_lists(values: dict[str, Any], archive: zipfile.ZipFile) -> dict[str, Any]:
    import numpy

    def of(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return numpy.load(io.BytesIO(archive.read(value["npy"])), allow_pickle=False).tolist()

    return {name: of(value) for name, value in values.items()}
