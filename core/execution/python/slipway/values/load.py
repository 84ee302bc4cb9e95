"""From the read-only files of an input to a fresh value of the step's own."""

from __future__ import annotations

import os
from typing import Any

from ..runner.request import StepInput
from .arrays import load_array, load_sparse
from .entries import load_entries
from .figures import load_figure
from .files import load_file, load_folder
from .json_loading import load_json
from .pickles import load_pickle
from .plain import load_bytes, load_text
from .staging import media


class Unloadable(Exception):
    """An input that does not come back from the store."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


def load_input(given: StepInput, scratch_folder: str) -> Any:
    """@throws Unloadable with the input's name and the cause."""
    try:
        return _load(given, scratch_folder)
    except MemoryError:
        raise
    except Exception as error:
        missing = error.name if isinstance(error, ImportError) else None
        raise Unloadable(
            f"Input {given.name} ({given.python_type}) could not be loaded: {type(error).__name__}: {error}",
            f"Keep {missing.split('.')[0]} in the project's requirements, or run the step that made {given.name} again."
            if missing
            else f"Run the step that made {given.name} again.",
        ) from error


def _load(given: StepInput, scratch_folder: str) -> Any:
    kind, file = given.kind, given.file
    own_folder = os.path.join(scratch_folder, f"input-{given.digest.rpartition(':')[2][:12]}-{_safe(given.name)}")
    if kind == "table":
        from .tables import load_table

        return load_table(file, given.python_type)
    if kind == "array":
        return load_array(file) if given.media_type == media.NPY else load_sparse(file, given.python_type)
    if kind == "json":
        return load_json(file, given.summary)
    if kind == "text":
        return load_text(file)
    if kind == "bytes":
        return load_bytes(file, given.python_type)
    if kind == "figure":
        return load_figure(given)
    if kind == "file":
        return load_file(file, given.summary.get("name", given.name), own_folder)
    if kind == "folder":
        parts = [(part.name, part.file) for part in given.parts]
        return load_folder(parts, given.summary.get("emptyFolders", []), given.summary.get("name", ""), own_folder)
    if kind == "entries":
        return load_entries(given)
    if kind == "model":
        from ..models.native import load_model

        return load_model(given)
    if kind == "pickle":
        return load_pickle(file)
    raise ValueError(f"nothing is known of the kind {kind!r}")


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name)[:60]
