"""Sparse matrices by the cells that either of them holds; one that is not held is zero."""

from __future__ import annotations

from typing import Any

from .outcome import Outcome, Tolerance, differs
from .values import compare_arrays


def compare_sparse(one: Any, other: Any, tolerance: Tolerance) -> Outcome:
    if one.dtype != other.dtype:
        return differs(str(one.dtype), str(other.dtype), "the type of the array")
    if one.shape != other.shape:
        return differs(list(one.shape), list(other.shape), "the shape")
    import numpy

    columns = one.shape[1]
    cells = [_cells(matrix, columns) for matrix in (one, other)]
    places = numpy.union1d(cells[0][0], cells[1][0])
    found = compare_arrays(*(_spread(*each, places) for each in cells), tolerance)
    if found.row is None:
        return found
    row, column = divmod(int(places[found.row]), columns)
    return Outcome(**{**found.__dict__, "row": row, "column": str(column)})


def _cells(matrix: Any, columns: int) -> tuple[Any, Any]:
    """Place counted along the rows, and value; what was held twice is summed."""
    import numpy

    rows = matrix.tocsr(copy=True)
    rows.sum_duplicates()
    held = rows.tocoo()
    return held.row.astype(numpy.int64) * columns + held.col, held.data


def _spread(held: Any, values: Any, places: Any) -> Any:
    import numpy

    all_values = numpy.zeros(len(places), dtype=values.dtype)
    all_values[numpy.searchsorted(places, held)] = values
    return all_values
