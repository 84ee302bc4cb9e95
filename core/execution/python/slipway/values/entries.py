"""A dict, list or tuple of arrays or tables: one .npz, or one Parquet file each."""

from __future__ import annotations

from typing import Any

from ..runner.request import StepInput
from .arrays import is_plain_array, load_array, store_array, write_npz
from .python_type import python_type
from .staging import Staging, Stored, StoredPart, media
from .tables import is_table, load_table, store_table


def store_entries(value: Any, staging: Staging) -> Stored | None:
    if type(value) not in (dict, list, tuple) or not value:
        return None
    members = value if type(value) is dict else {str(index): member for index, member in enumerate(value)}
    if not all(type(name) is str and "\0" not in name for name in members):
        return None
    if all(is_plain_array(member) for member in members.values()):
        return _store_arrays(members, type(value).__name__, staging)
    if all(is_table(member) or is_plain_array(member) for member in members.values()):
        return _store_parts(members, type(value).__name__, staging)
    return None


def _store_arrays(members: dict[str, Any], container: str, staging: Staging) -> Stored:
    path = staging.path("npz")
    write_npz(members, path)
    entries = {
        name: {"shape": [int(size) for size in array.shape], "dtype": str(array.dtype)}
        for name, array in members.items()
    }
    return Stored("entries", media.NPZ, path, summary={"container": container, "entries": entries})


def _store_parts(members: dict[str, Any], container: str, staging: Staging) -> Stored | None:
    parts, entries = [], {}
    for name, member in members.items():
        stored = store_table(member, staging) or store_array(member, staging)
        if stored is None or stored.file is None or stored.kind not in ("table", "array"):
            return None
        parts.append(StoredPart(name, stored.media_type, stored.file))
        entries[name] = {**stored.summary, "type": python_type(member)}
    return Stored("entries", media.TREE, None, tuple(parts), summary={"container": container, "entries": entries})


def load_entries(given: StepInput) -> Any:
    entries = given.summary["entries"]
    members: dict[str, Any] = {}
    if given.media_type == media.NPZ:
        import numpy

        with numpy.load(given.file, allow_pickle=False) as archive:
            members = {name: archive[name] for name in entries}
    else:
        for name, entry in entries.items():
            part = given.part(name)
            if part is None:
                raise KeyError(f"the entry {name!r} is missing")
            is_array = part.media_type == media.NPY
            members[name] = load_array(part.file) if is_array else load_table(part.file, entry["type"])
    container = given.summary["container"]
    return (
        members if container == "dict" else tuple(members.values()) if container == "tuple" else list(members.values())
    )
