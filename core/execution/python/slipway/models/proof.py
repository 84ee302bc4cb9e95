"""The rows that prove a model, and its own answers to them, in the order of preference of the project format."""

from __future__ import annotations

from typing import Any

from ..runner.request import StepRequest
from ..values.staging import Staging, Stored, media
from ..values.tables import is_table
from .detect import is_fitted, model_family
from .facts import feature_names
from .predictions_file import write_predictions
from .rows import Rows, join_rows, to_json_inputs, to_json_values, to_rows
from .watch_calls import calls

_Proof = tuple[str, Stored, dict[str, str]]
#: Models of this step with the rows that they were fitted on, which their graph and their proof both ask for.
_fitted: dict[int, tuple[Any, Rows | None]] = {}


def prove_models(
    request: StepRequest,
    staging: Staging,
    logged: list[tuple[Any, Any]],
    inputs: dict[str, Any],
    values: dict[str, Any],
) -> list[_Proof]:
    """One artifact for each model that the step received with rows, or made."""
    proofs: list[_Proof] = []
    tables = {one.name: inputs[one.name] for one in request.inputs if one.kind in ("table", "array")}
    for one in request.inputs:
        model = inputs[one.name]
        if one.kind == "model" and _answers(model):
            origin, rows = _rows_of_input(model, logged, tables)
            _add(proofs, one.name, {"input": one.digest}, model, origin, rows, staging)
    for name, model in values.items():
        if model_family(model) and is_fitted(model) and _answers(model):
            origin, rows = _rows_of_output(model, logged, tables)
            _add(proofs, name, {"output": name}, model, origin, rows, staging)
    return proofs


def _rows_of_input(model: Any, logged: list[tuple[Any, Any]], tables: dict[str, Any]) -> tuple[str, Rows | None]:
    given = _joined(model, [rows for of, rows in logged if of is model])
    if given is not None:
        return "logged", given
    asked = _joined(model, calls.rows_asked(model))
    if asked is not None:
        return "called", asked
    return "received", _joined(model, [table for table in tables.values() if _holds_columns(model, table)])


def _rows_of_output(model: Any, logged: list[tuple[Any, Any]], tables: dict[str, Any]) -> tuple[str, Rows | None]:
    given = _joined(model, [rows for of, rows in logged if of is model])
    return ("logged", given) if given is not None else ("training", training_rows(model, tables))


def training_rows(model: Any, inputs: dict[str, Any]) -> Rows | None:
    """What the model was seen to be fitted on, else the first input table that holds its columns."""
    known = _fitted.get(id(model))
    if known is None or known[0] is not model:
        fitted = calls.rows_fitted(model)
        known = _fitted[id(model)] = model, None if fitted is None else to_rows(model, fitted)
    if known[1] is not None:
        return known[1]
    found = (_joined(model, [table]) for table in inputs.values() if _holds_columns(model, table))
    return next((rows for rows in found if rows is not None), None)


def _holds_columns(model: Any, given: Any) -> bool:
    """Whether an input that nobody passed to the model is surely meant for it."""
    if is_table(given):
        return feature_names(model) is not None
    return getattr(given, "shape", (0,))[1:] == (getattr(model, "n_features_in_", -1),)


def _joined(model: Any, given: list[Any]) -> Rows | None:
    """Those of the tables that hold the model's columns, one after the other."""
    usable = [rows for rows in (to_rows(model, one) for one in given) if rows is not None and rows.count]
    return join_rows(_without_repeats(usable))


def _without_repeats(several: list[Rows]) -> list[Rows]:
    """The same rows asked twice, for labels and then for probabilities, are one set with several answers."""
    if len(several) < 2:
        return several
    distinct: dict[tuple[str, bytes], Rows] = {}
    for rows in several:
        distinct.setdefault((rows.layout, write_predictions({"inputs": to_json_inputs(rows), "outputs": {}})), rows)
    return list(distinct.values())


def _answers(model: Any) -> bool:
    return hasattr(model, "predict") or hasattr(model, "transform")


def _add(
    proofs: list[_Proof], name: str, of: dict[str, str], model: Any, origin: str, rows: Rows | None, staging: Staging
) -> None:
    if rows is None:
        return
    outputs = answers_of(model, rows)
    if not outputs:
        return
    document = {"rows": rows.count, "origin": origin, "inputs": to_json_inputs(rows), "outputs": outputs}
    summary = {"rows": rows.count, "origin": origin, "outputs": sorted(outputs), "layout": rows.layout}
    file = staging.write(write_predictions(document), "zip")
    proofs.append((name, Stored("predictions", media.PREDICTIONS, file, summary=summary), of))


def answers_of(model: Any, rows: Rows) -> dict[str, Any]:
    """The model's own answers by method. A method that refuses these rows is left out; the step goes on."""
    outputs = {}
    for method in methods_of(model):
        try:
            answer = getattr(model, method)(rows.values)
        except MemoryError:
            raise
        except Exception:
            continue
        if not isinstance(answer, (list, tuple)):  # several outputs at once have no single table
            outputs[method] = to_json_values(answer)
    return outputs


def methods_of(model: Any) -> list[str]:
    if not hasattr(model, "predict"):
        return ["transform"] if hasattr(model, "transform") else []
    if hasattr(model, "predict_proba"):
        return ["predict", "predict_proba"]
    return ["predict", "decision_function"] if hasattr(model, "decision_function") else ["predict"]
