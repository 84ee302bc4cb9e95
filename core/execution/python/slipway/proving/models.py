"""Models by their bytes, then by their answers to the rows that were recorded to prove them."""

from __future__ import annotations

from typing import Any

from ..models.native import load_model
from ..models.predictions_file import read_predictions
from ..models.proof import answers_of
from ..models.rows import TENSOR, Rows, to_rows
from ..runner.request import StepInput
from .files import equal_bytes
from .outcome import Outcome, Tolerance, Worst, differs, same
from .values import compare_values


def compare_models(recorded: StepInput, reproduced: StepInput, proofs: list[Any], tolerance: Tolerance) -> Outcome:
    native = recorded.part("native"), reproduced.part("native")
    if native[0] and native[1] and equal_bytes(native[0].file, native[1].file):
        return same("its native form is equal to the byte")
    ours, theirs = load_model(recorded), load_model(reproduced)
    if type(ours) is not type(theirs):
        return differs(recorded.python_type, reproduced.python_type, "the class of the model")
    worst, rows = Worst(), 0
    for proof in proofs:
        asked = _rows(proof, ours)
        answers = answers_of(ours, asked), answers_of(theirs, asked)
        if not answers[0]:
            continue
        rows += asked.count
        for method, values in answers[0].items():
            if method not in answers[1]:
                worst.add(differs("an answer", "an error", "the model refuses the recorded rows", column=method))
                continue
            found = compare_values(values, answers[1][method], tolerance)
            worst.add(found.within(method))
    if not rows:
        detail = "its bytes differ, and no recorded rows tell whether its answers do"
        return differs(recorded.digest, reproduced.digest, detail)
    if worst.found.verdict == "identical":
        detail = f"its bytes differ; its answers to all {rows} recorded rows are equal"
        return Outcome("withinTolerance", max_difference=0.0, detail=detail)
    found = worst.found.__dict__
    return Outcome(**{**found, "detail": found["detail"] or f"its answers to {rows} recorded rows"})


def _rows(proof: dict[str, Any], model: Any) -> Rows:
    """In the order in which the model takes its columns: they were recorded in that of their names."""
    inputs = _restore(read_predictions(proof["file"])["inputs"])
    if proof.get("layout") == "columns":
        import pandas

        frame = pandas.DataFrame(inputs)
        return to_rows(model, frame) or Rows("columns", frame)
    import numpy

    return Rows("tensor", numpy.asarray(inputs[TENSOR]))


def _restore(value: Any) -> Any:
    """JSON has no NaN and no infinities: they were written as texts."""
    if isinstance(value, dict):
        return {key: _restore(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_restore(member) for member in value]
    return float(value) if value in ("NaN", "Infinity", "-Infinity") else value
