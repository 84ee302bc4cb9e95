"""The step-like function that core runs to compare what a step gave with what was recorded of it."""

from __future__ import annotations

from typing import Any

from ..models.predictions_file import read_predictions
from ..runner.request import StepInput, parse_input
from ..values.arrays import load_array, load_sparse
from ..values.entries import load_entries
from ..values.pickles import load_pickle
from ..values.staging import media
from .files import compare_figures, compare_files, compare_folders, compare_json
from .outcome import Outcome, Tolerance, Worst, differs
from .sparse import compare_sparse
from .values import EXACT, compare_arrays, compare_values


def compare(*, pairs: list[Any], absolute: float, relative: float) -> dict[str, Any]:
    tolerance = Tolerance(absolute, relative)
    return {"results": [_compare_pair(pair, tolerance).to_message() for pair in pairs]}


def _compare_pair(pair: dict[str, Any], tolerance: Tolerance) -> Outcome:
    recorded, reproduced = parse_input(pair["recorded"]), parse_input(pair["reproduced"])
    if recorded.kind != reproduced.kind:
        return differs(recorded.kind, reproduced.kind, "the kind of value")
    if recorded.python_type != reproduced.python_type:
        return differs(recorded.python_type, reproduced.python_type, "the type of the value")
    try:
        return _compare(recorded, reproduced, pair["proofs"], tolerance)
    except MemoryError:
        raise
    except Exception as error:
        detail = f"its bytes differ; it could not be loaded for a closer look ({type(error).__name__}: {error})"
        return differs(recorded.digest, reproduced.digest, detail)


def _compare(recorded: StepInput, reproduced: StepInput, proofs: list[Any], tolerance: Tolerance) -> Outcome:
    kind = recorded.kind
    if kind == "table":
        from ..values.tables import load_table
        from .tables import compare_tables

        tables = [load_table(one.file, one.python_type) for one in (recorded, reproduced)]
        return compare_tables(tables[0], tables[1], tolerance)
    if kind == "array":
        return _compare_arrays(recorded, reproduced, tolerance)
    if kind == "json":
        return compare_json(recorded.file, reproduced.file)
    if kind == "model":
        from .models import compare_models

        return compare_models(recorded, reproduced, proofs, tolerance)
    if kind == "predictions":
        return _compare_predictions(recorded.file, reproduced.file, tolerance)
    if kind == "figure":
        return compare_figures(recorded, reproduced)
    if kind == "folder":
        return compare_folders(recorded, reproduced)
    if kind == "entries":
        return compare_values(load_entries(recorded), load_entries(reproduced), tolerance)
    if kind == "pickle":
        return compare_values(load_pickle(recorded.file), load_pickle(reproduced.file), tolerance)
    return compare_files(recorded.file, reproduced.file)


def _compare_arrays(recorded: StepInput, reproduced: StepInput, tolerance: Tolerance) -> Outcome:
    if recorded.media_type == media.NPY:
        return compare_arrays(load_array(recorded.file), load_array(reproduced.file), tolerance)
    return compare_sparse(*(load_sparse(one.file, one.python_type) for one in (recorded, reproduced)), tolerance)


def _compare_predictions(one: str, other: str, tolerance: Tolerance) -> Outcome:
    ours, others = read_predictions(one), read_predictions(other)
    rows = compare_values(ours["inputs"], others["inputs"], EXACT)
    if rows.verdict != "identical":
        return rows.within("inputs")
    if list(ours["outputs"]) != list(others["outputs"]):
        return differs(list(ours["outputs"]), list(others["outputs"]), "the methods that answer")
    worst = Worst()
    for method, answers in ours["outputs"].items():
        worst.add(compare_values(answers, others["outputs"][method], tolerance).within(method))
    return worst.found
