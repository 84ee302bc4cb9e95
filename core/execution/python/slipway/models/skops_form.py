"""skops: a model as plain data, which loads without running code. Its zip holds memory addresses and times;
both are replaced, so that equal models give equal bytes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

_OLDEST = (1980, 1, 1, 0, 0, 0)


def to_skops(model: Any) -> bytes | None:
    """Null when skops is absent, needs code of others than scikit-learn, or does not give back the same."""
    try:
        import skops.io
    except ImportError:
        return None
    try:
        content = _without_traces(skops.io.dumps(model))
        wanted = skops.io.get_untrusted_types(data=content)
        if not all(_is_known(name) for name in wanted):
            return None
        again = skops.io.loads(content, trusted=wanted)
        same = type(again) is type(model) and _meaning(skops.io.dumps(again)) == _meaning(content)
    except MemoryError:
        raise
    except Exception:
        return None  # whatever it stumbles over, the pickle remains
    return content if same else None


def from_skops(file: str) -> Any:
    """skops itself refuses a file that needs a type which is not trusted here."""
    import skops.io

    wanted = skops.io.get_untrusted_types(file=file)
    return skops.io.load(file, trusted=[name for name in wanted if _is_known(name)])


def _is_known(name: str) -> bool:
    """Parts of scikit-learn and NumPy which skops lists as untrusted, since crafted numbers in compiled ones may
    crash a process. They run no code of others, and what is loaded here was checked by digest against what was
    stored."""
    return name.startswith("sklearn.") or name == "numpy.dtype"


def _without_traces(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        schema = json.loads(source.read("schema.json"))
        names: dict[str, str] = {}
        _renumber(schema, {}, names)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for old, new in names.items():
                archive.writestr(zipfile.ZipInfo(new, _OLDEST), _without_padding(source.read(old)))
            text = json.dumps(schema, separators=(",", ":"), ensure_ascii=False)
            archive.writestr(zipfile.ZipInfo("schema.json", _OLDEST), text)
    return target.getvalue()


def _renumber(node: Any, numbers: dict[Any, int], names: dict[str, str]) -> None:
    """Object ids and member names count from 0 in the order in which they appear. Plain values of one content
    count as one object: whether Python holds a text once or twice says nothing about a model."""
    if isinstance(node, list):
        for member in node:
            _renumber(member, numbers, names)
        return
    if not isinstance(node, dict):
        return
    if isinstance(node.get("__id__"), int) and "__loader__" in node:
        is_plain = node.get("is_json") is True
        key = (node.get("__class__"), node.get("content")) if is_plain else node["__id__"]
        node["__id__"] = numbers.setdefault(key, len(numbers))
    if isinstance(node.get("file"), str) and "__loader__" in node:
        ending = node["file"].rpartition(".")[2]
        node["file"] = names.setdefault(node["file"], f"{len(names)}.{ending}")
    for member in node.values():
        _renumber(member, numbers, names)


def _without_padding(member: bytes) -> bytes:
    """Records, such as the nodes of a tree, have gaps between their fields that hold whatever memory held."""
    import numpy

    if not member.startswith(b"\x93NUMPY"):
        return member
    array = numpy.load(io.BytesIO(member), allow_pickle=False)
    if array.dtype.names is None:
        return member
    plain = numpy.zeros(array.shape, array.dtype)
    for name in array.dtype.names:
        plain[name] = array[name]
    target = io.BytesIO()
    numpy.lib.format.write_array(target, plain, allow_pickle=False)
    return target.getvalue()


def _meaning(content: bytes) -> Any:
    """All that the file says, whichever of its equal parts are one object."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:

        def of(node: Any) -> Any:
            if isinstance(node, list):
                return [of(member) for member in node]
            if not isinstance(node, dict):
                return node
            plain = {key: of(member) for key, member in node.items() if key not in ("__id__", "file")}
            if isinstance(node.get("file"), str):
                plain["file"] = hashlib.sha256(_without_padding(archive.read(node["file"]))).hexdigest()
            return plain

        return of(json.loads(archive.read("schema.json")))
