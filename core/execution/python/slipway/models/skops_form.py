"""skops: a model as plain data, which loads without running code. Its zip holds memory addresses and times;
both are replaced, so that equal models give equal bytes."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

_OLDEST = (1980, 1, 1, 0, 0, 0)
#: How the header of an array of records goes on, as NumPy writes it; of others it is text: `'descr': '<f8'`.
_RECORD, _HEADER_BYTES = b"'descr': [", 64


def to_skops(model: Any) -> bytes | None:
    """Null when skops is absent, needs code of others than scikit-learn, or does not give back the same."""
    try:
        import skops.io
    except ImportError:
        return None
    try:
        schema, members = _unpacked(skops.io.dumps(model))
        meaning = _meaning(schema, members)
        content = _packed(schema, members)
        again = _load(content)
        same = type(again) is type(model) and _meaning(*_unpacked(skops.io.dumps(again))) == meaning
    except MemoryError:
        raise
    except Exception:
        return None  # whatever it stumbles over, the pickle remains
    return content if same else None


def from_skops(file: str) -> Any:
    with open(file, "rb") as content:
        return _load(content.read())


def _load(content: bytes) -> Any:
    """skops itself refuses a file that needs a type which is not trusted here. Most need none: to ask first would be
    to read the file twice."""
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        return skops.io.loads(content)
    except UntrustedTypesFoundException:
        wanted = skops.io.get_untrusted_types(data=content)
        return skops.io.loads(content, trusted=[name for name in wanted if _is_known(name)])


def _is_known(name: str) -> bool:
    """Parts of scikit-learn and NumPy which skops lists as untrusted, since crafted numbers in compiled ones may
    crash a process. They run no code of others, and what is loaded here was checked by digest against what was
    stored."""
    return name.startswith("sklearn.") or name == "numpy.dtype"


def _unpacked(content: bytes) -> tuple[Any, dict[str, bytes]]:
    """The schema and the members that it names, without what memory happened to hold."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        members = {name: source.read(name) for name in source.namelist()}
    schema = json.loads(members.pop("schema.json"))
    return schema, {name: _without_padding(member) for name, member in members.items()}


def _packed(schema: Any, members: dict[str, bytes]) -> bytes:
    """Changes the numbers and names in the schema."""
    names: dict[str, str] = {}
    _renumber(schema, {}, names)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for old, new in names.items():
            archive.writestr(zipfile.ZipInfo(new, _OLDEST), members[old])
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

    if not member.startswith(b"\x93NUMPY") or _RECORD not in member[:_HEADER_BYTES]:
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


def _meaning(schema: Any, members: dict[str, bytes]) -> Any:
    """All that the file says, whichever of its equal parts are one object."""
    if isinstance(schema, list):
        return [_meaning(member, members) for member in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _meaning(member, members) for key, member in schema.items() if key not in ("__id__", "file")}
    if isinstance(schema.get("file"), str):
        plain["file"] = members[schema["file"]]
    return plain
