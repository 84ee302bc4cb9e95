"""A pathlib.Path that a step returns: the bytes of the file, or of every file of the folder."""

from __future__ import annotations

import mimetypes
import os
import pathlib
import shutil
import stat
from typing import Any

from .staging import Staging, Stored, StoredPart, Unstorable, media

_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".json": media.JSON,
    ".md": "text/markdown; charset=utf-8",
    ".npy": media.NPY,
    ".npz": media.NPZ,
    ".onnx": media.ONNX,
    ".parquet": media.PARQUET,
    ".pickle": media.PICKLE,
    ".pkl": media.PICKLE,
    ".txt": media.TEXT,
}


def store_path(value: Any, staging: Staging) -> Stored | None:
    """@throws Unstorable for a missing path, a symbolic link and anything but files and folders."""
    if not isinstance(value, pathlib.PurePath):
        return None
    path = os.path.join(staging.project_folder, os.fspath(value))
    try:
        mode = os.lstat(path).st_mode
    except OSError as error:
        raise Unstorable(
            f"the path {value} leads to nothing ({error.strerror})",
            "Return the path of a file or folder that the step has written; relative ones start at the project folder.",
        ) from error
    if stat.S_ISREG(mode):
        return _store_file(value, path, staging)
    if stat.S_ISDIR(mode):
        return _store_folder(value, path, staging)
    raise _refusal(str(value), mode)


def _store_file(value: pathlib.PurePath, path: str, staging: Staging) -> Stored:
    copy = _copy(path, staging)
    return Stored("file", _media_type(path), copy, summary={"name": value.name, "sizeBytes": os.path.getsize(copy)})


def _store_folder(value: pathlib.PurePath, path: str, staging: Staging) -> Stored:
    parts: list[StoredPart] = []
    empty: list[str] = []
    size = 0
    for folder, folders, names in os.walk(path):
        folders.sort()
        inside = os.path.relpath(folder, path).replace(os.sep, "/")
        if not folders and not names and inside != ".":
            empty.append(inside)
        for name in [*folders, *sorted(names)]:
            full = os.path.join(folder, name)
            relative = name if inside == "." else f"{inside}/{name}"
            mode = os.lstat(full).st_mode
            if stat.S_ISREG(mode):
                parts.append(StoredPart(relative, _media_type(full), _copy(full, staging)))
                size += os.path.getsize(parts[-1].file)
            elif not stat.S_ISDIR(mode):
                raise _refusal(relative, mode)
    if not parts:
        raise Unstorable(f"the folder {value} holds no file", "Write the files before the step returns its path.")
    parts.sort(key=lambda part: part.name)
    summary = {"name": value.name, "files": len(parts), "sizeBytes": size, **({"emptyFolders": empty} if empty else {})}
    return Stored("folder", media.TREE, None, tuple(parts), summary=summary)


def load_file(file: str, name: str, folder: str) -> pathlib.Path:
    """A copy of its own in the step's scratch folder, under the name that the file had."""
    os.makedirs(folder, exist_ok=True)
    target = os.path.join(folder, os.path.basename(name) or "file")
    shutil.copyfile(file, target)
    return pathlib.Path(target)


def load_folder(parts: list[tuple[str, str]], empty: list[str], name: str, folder: str) -> pathlib.Path:
    root = os.path.join(folder, os.path.basename(name) or "folder")
    for relative, file in parts:
        target = os.path.join(root, *_safe_segments(relative))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(file, target)
    for relative in empty:
        os.makedirs(os.path.join(root, *_safe_segments(relative)), exist_ok=True)
    return pathlib.Path(root)


def _safe_segments(relative: str) -> list[str]:
    segments = relative.split("/")
    if any(segment in ("", ".", "..") or os.sep in segment for segment in segments):
        raise ValueError(f"{relative!r} leads out of its folder")
    return segments


def _copy(path: str, staging: Staging) -> str:
    copy = staging.path("file")
    shutil.copyfile(path, copy)
    return copy


def _media_type(path: str) -> str:
    ending = os.path.splitext(path)[1].lower()
    return _MEDIA_TYPES.get(ending) or mimetypes.guess_type(path)[0] or media.BYTES


def _refusal(name: str, mode: int) -> Unstorable:
    what = "a symbolic link" if stat.S_ISLNK(mode) else "neither a file nor a folder"
    return Unstorable(f"{name} is {what}, which cannot be stored", "Return a path that holds plain files only.")
