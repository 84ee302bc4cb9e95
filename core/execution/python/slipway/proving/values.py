"""Plain values, arrays, and what holds them. NaN equals NaN; floats may lie within the tolerance where it is given."""

from __future__ import annotations

import math
import sys
from typing import Any

from ..values.tables import is_table
from .outcome import SAME, Outcome, Tolerance, Worst, differs

EXACT = Tolerance(0.0, 0.0)
_DEEPEST = 100


def compare_values(one: Any, other: Any, tolerance: Tolerance, depth: int = 0) -> Outcome:
    if one is other:
        return SAME
    if one is None or other is None:
        return differs(one, other)
    if type(one) is not type(other):
        return differs(type(one).__name__, type(other).__name__, "the type")
    if is_table(one):
        from .tables import compare_tables

        return compare_tables(one, other, tolerance)
    if is_array(one):
        return compare_arrays(one, other, tolerance)
    if isinstance(one, float):
        return _compare_floats(one, other, tolerance)
    if depth > _DEEPEST:
        return SAME if one == other else differs(one, other)
    if isinstance(one, dict):
        return _compare_dicts(one, other, tolerance, depth)
    if isinstance(one, (list, tuple)):
        return _compare_sequences(one, other, tolerance, depth)
    return _compare_objects(one, other, tolerance, depth)


def is_array(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


def compare_arrays(one: Any, other: Any, tolerance: Tolerance) -> Outcome:
    import numpy

    if one.dtype != other.dtype:
        return differs(str(one.dtype), str(other.dtype), "the type of the array")
    if one.shape != other.shape:
        return differs(list(one.shape), list(other.shape), "the shape")
    if one.size == 0:
        return SAME
    if one.dtype.kind == "O":
        return _place(_compare_sequences(one.ravel().tolist(), other.ravel().tolist(), tolerance, 0), one.shape)
    with numpy.errstate(all="ignore"):
        equal = numpy.asarray(one == other)
        if one.dtype.kind in "fcmM":
            missing = numpy.isnat if one.dtype.kind in "mM" else numpy.isnan
            equal |= missing(one) & missing(other)
        if equal.all():
            return SAME
        close, largest = equal, None
        if one.dtype.kind in "fc":
            gap = numpy.abs(one - other)
            is_finite = numpy.isfinite(gap)  # an infinity is close to nothing but itself
            close = equal | (is_finite & (gap <= tolerance.absolute + tolerance.relative * numpy.abs(one)))
            finite = gap[is_finite]
            largest = float(finite.max()) if finite.size else None
    verdict = "withinTolerance" if close.all() else "differs"
    at = numpy.unravel_index(int(numpy.argmin(equal if close.all() else close)), one.shape) if one.ndim else ()
    column = ", ".join(str(int(index)) for index in at[1:]) or None
    row = int(at[0]) if at else None
    recorded = one[at].item() if one.dtype.names is None else repr(one[at])
    reproduced = other[at].item() if one.dtype.names is None else repr(other[at])
    return Outcome(verdict, column, row, recorded, reproduced, largest)


def _place(outcome: Outcome, shape: tuple[int, ...]) -> Outcome:
    return outcome if len(shape) == 1 else Outcome(**{**outcome.__dict__, "column": outcome.column or "flat index"})


def _compare_floats(one: float, other: float, tolerance: Tolerance) -> Outcome:
    if one == other or (math.isnan(one) and math.isnan(other)):
        return SAME
    gap = abs(one - other)
    largest = gap if math.isfinite(gap) else None
    verdict = "withinTolerance" if tolerance.holds(one, other) and largest is not None else "differs"
    return Outcome(verdict, recorded=one, reproduced=other, max_difference=largest)


def _compare_dicts(one: dict[Any, Any], other: dict[Any, Any], tolerance: Tolerance, depth: int) -> Outcome:
    for key in [*one, *other]:
        if key not in one or key not in other:
            return differs(
                "there" if key in one else "absent", "there" if key in other else "absent", "a key", column=str(key)
            )
    worst = Worst()
    for key, member in one.items():
        worst.add(compare_values(member, other[key], tolerance, depth + 1).within(str(key)))
        if worst.is_final:
            break
    return worst.found


def _compare_sequences(one: Any, other: Any, tolerance: Tolerance, depth: int) -> Outcome:
    if len(one) != len(other):
        return differs(len(one), len(other), "the length")
    worst = Worst()
    for row, (mine, theirs) in enumerate(zip(one, other, strict=True)):
        found = compare_values(mine, theirs, tolerance, depth + 1)
        if found.verdict != "identical":
            worst.add(Outcome(**{**found.__dict__, "row": row}) if depth == 0 else found.within(str(row)))
        if worst.is_final:
            break
    return worst.found


def _compare_objects(one: Any, other: Any, tolerance: Tolerance, depth: int) -> Outcome:
    """By their own notion of equality; those without one by what they hold."""
    if type(one).__eq__ is object.__eq__ and hasattr(one, "__dict__") and not isinstance(one, type):
        return _compare_dicts(vars(one), vars(other), tolerance, depth)
    try:
        equal = bool(one == other)
    except Exception as error:
        return differs(one, other, f"comparing them raised {type(error).__name__}")
    return SAME if equal else differs(one, other)
