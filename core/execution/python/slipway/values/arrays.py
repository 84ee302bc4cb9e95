"""NumPy arrays as .npy, SciPy sparse matrices as .npz."""

from __future__ import annotations

import sys
import zipfile
from typing import Any

from .python_type import python_type
from .staging import Staging, Stored, media

_OLDEST = (1980, 1, 1, 0, 0, 0)


def is_plain_array(value: Any) -> bool:
    """An ndarray that .npy holds without a pickle; subclasses (matrix, masked …) would lose their class."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and type(value) is numpy.ndarray and not value.dtype.hasobject


def store_array(value: Any, staging: Staging) -> Stored | None:
    if is_plain_array(value) and value.ndim > 0:
        import numpy

        path = staging.path("npy")
        with open(path, "wb") as file:
            numpy.lib.format.write_array(file, value, allow_pickle=False)
        return Stored("array", media.NPY, path, summary=_summary(value))
    if _is_sparse(value):
        return _store_sparse(value, staging)
    return None


def load_array(file: str) -> Any:
    """Memory-mapped copy-on-write: writing into it never reaches the store."""
    import numpy

    try:
        return numpy.load(file, mmap_mode="c", allow_pickle=False).view(numpy.ndarray)
    except ValueError:
        return numpy.load(file, allow_pickle=False)  # an empty array cannot be mapped


def load_sparse(file: str, class_name: str) -> Any:
    import scipy.sparse

    matrix = scipy.sparse.load_npz(file)
    wanted = getattr(scipy.sparse, class_name.rsplit(".", 1)[-1], None)
    return matrix if wanted is None or type(matrix) is wanted else wanted(matrix)


def write_npz(arrays: dict[str, Any], path: str) -> None:
    """As numpy.savez does, with fixed times and any text as a name."""
    import numpy

    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy", _OLDEST), "w", force_zip64=True) as member:
                numpy.lib.format.write_array(member, numpy.asanyarray(array), allow_pickle=False)


def _is_sparse(value: Any) -> bool:
    return type(value).__module__.startswith("scipy.sparse") and hasattr(value, "tocoo")


def _store_sparse(value: Any, staging: Staging) -> Stored | None:
    import scipy.sparse

    if value.format not in ("csr", "csc", "coo", "bsr", "dia"):
        return None
    import os

    loose = staging.path("loose.npz")
    scipy.sparse.save_npz(loose, value, compressed=False)
    path = staging.path("npz")
    with zipfile.ZipFile(loose) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
        for name in sorted(source.namelist()):
            target.writestr(zipfile.ZipInfo(name, _OLDEST), source.read(name))
    os.remove(loose)
    return Stored("array", media.NPZ, path, summary={**_summary(value), "format": value.format, "stored": value.nnz})


def _summary(value: Any) -> dict[str, Any]:
    return {"type": python_type(value), "shape": [int(size) for size in value.shape], "dtype": str(value.dtype)}
