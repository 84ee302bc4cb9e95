"""A fitted model as an ONNX graph that gives the answers of the native one, or the reason why there is none.

Numbers stay float64 as long as scikit-learn keeps them so: a scaler or a linear model in float32 moves rows over
the thresholds that follow."""

from __future__ import annotations

import re
import warnings
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from .finish_graph import finish_graph
from .proof import methods_of
from .rows import TENSOR, Rows
from .signature import signature_of_export
from .specs import ColumnSpec, describe_inputs

_NEWEST_OPSET = 21  # what every runtime of the last years reads
_ML_OPSET = 3


class NoExport(Exception):
    """Why there is no graph, in a sentence for people."""


@dataclass(frozen=True)
class Exported:
    graph: bytes
    signature: dict[str, Any]
    opset: int


def export_model(model: Any, family: str, rows: Rows | None) -> Exported:
    """@throws NoExport with the reason; never anything else but MemoryError."""
    if family in ("torch", "keras"):
        raise NoExport(f"{family} models are exported by their own library: return its onnx.ModelProto as an output")
    if rows is None:
        raise NoExport("no rows were seen that say what the model takes: fit it in the step that returns it")
    if rows.layout == "tensor" and rows.values.ndim not in (1, 2):
        raise NoExport(f"the model takes arrays of {rows.values.ndim} dimensions")
    specs = describe_inputs(rows)
    strange = next((spec for spec in specs if spec.type is None), None)
    if strange is not None:
        raise NoExport(f"column {strange.name} holds {strange.dtype}, which ONNX cannot take")
    try:
        proto = _convert(model, rows, specs)
        return _finish(model, rows, specs, proto)
    except MemoryError:
        raise
    except ModuleNotFoundError as error:
        package = (error.name or "skl2onnx").split(".", 1)[0]
        raise NoExport(f"the package {package} is not in the environment") from error
    except Exception as error:
        raise NoExport(_reason(error)) from error


def _convert(model: Any, rows: Rows, specs: list[ColumnSpec]) -> Any:
    import skl2onnx

    from .boosting import plain_names
    from .converters import registered_converters
    from .impute import missing_text_is_none
    from .op_versions import known_versions

    missing_text_is_none.set(_holds_none(rows))

    last_error: Exception | None = None
    for number in ("double", "float"):
        with ExitStack() as stack:
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore")
            stack.enter_context(registered_converters())
            stack.enter_context(known_versions())
            stack.enter_context(plain_names(model))
            try:
                return skl2onnx.convert_sklearn(
                    model,
                    name="model",
                    initial_types=_initial_types(model, rows, specs, number),
                    options=_options(model),
                    target_opset={"": _opset(), "ai.onnx.ml": _ML_OPSET},
                )
            except Exception as error:
                last_error = last_error or error
    assert last_error is not None
    raise last_error


def _holds_none(rows: Rows) -> bool:
    if rows.layout == "tensor":
        return False
    return any(column.dtype == object and any(value is None for value in column) for _, column in rows.values.items())


def _initial_types(model: Any, rows: Rows, specs: list[ColumnSpec], number: str) -> list[tuple[str, Any]]:
    """A type per column when the model chooses columns or takes text; else one tensor, made of columns afterwards."""
    from skl2onnx.common import data_types as types

    floating = types.DoubleTensorType if number == "double" else types.FloatTensorType
    if rows.layout == "tensor":
        spec = specs[0]
        if spec.type == "BYTES":
            return [(TENSOR, types.StringTensorType([None, *spec.shape[1:]] if len(spec.shape) > 1 else [None]))]
        return [(TENSOR, floating([None, spec.shape[1]]))]
    if takes_one_tensor(model, specs):
        return [(TENSOR, floating([None, len(specs)]))]
    by_type = {"BYTES": types.StringTensorType, "BOOL": types.BooleanTensorType, "INT64": types.Int64TensorType}
    return [(spec.name, by_type.get(spec.type or "", floating)([None, 1])) for spec in specs]


def takes_one_tensor(model: Any, specs: list[ColumnSpec]) -> bool:
    """All columns are numbers and the first part of the model does not tell them apart."""
    first = model
    while True:
        if hasattr(first, "best_estimator_"):
            first = first.best_estimator_
        elif hasattr(first, "steps") and first.steps:
            first = first.steps[0][1]
        else:
            break
    chooses = type(first).__name__ in ("ColumnTransformer", "FeatureUnion", "FunctionTransformer")
    return not chooses and all(spec.type != "BYTES" for spec in specs)


def _options(model: Any) -> dict[int, dict[str, Any]] | None:
    """For classifiers: plain tensors instead of maps, and scores instead of made-up probabilities."""
    if not hasattr(model, "classes_") or not hasattr(model, "predict"):
        return None
    if "predict_proba" in methods_of(model):
        return {id(model): {"zipmap": False}}
    last = model
    while hasattr(last, "best_estimator_") or hasattr(last, "steps"):
        last = last.best_estimator_ if hasattr(last, "best_estimator_") else last.steps[-1][1]
    allowed = _allowed_options(type(last))
    options = {key: value for key, value in (("zipmap", False), ("raw_scores", True)) if key in allowed}
    return {id(model): options, id(last): options} if options else None


def _allowed_options(cls: type) -> set[str]:
    from skl2onnx._supported_operators import sklearn_operator_name_map
    from skl2onnx.common._registration import _converter_pool

    converter = _converter_pool.get(sklearn_operator_name_map.get(cls))
    return set(converter.get_allowed_options() or ()) if converter is not None else set()


def _opset() -> int:
    from onnx.defs import onnx_opset_version

    try:
        from skl2onnx import get_latest_tested_opset_version

        tested = get_latest_tested_opset_version()
    except ImportError:
        tested = _NEWEST_OPSET
    return min(_NEWEST_OPSET, tested, onnx_opset_version())


def _finish(model: Any, rows: Rows, specs: list[ColumnSpec], proto: Any) -> Exported:
    import onnx

    one_tensor = rows.layout == "columns" and takes_one_tensor(model, specs)
    finish_graph(proto, model, specs, one_tensor)
    onnx.checker.check_model(proto)
    graph = proto.SerializeToString(deterministic=True)
    opset = next(one.version for one in proto.opset_import if one.domain in ("", "ai.onnx"))
    return Exported(graph, signature_of_export(proto, model, rows, specs), opset)


def _reason(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    hint = " (the exporter does not fit protobuf 7: pin protobuf<7)" if _protobuf_major() >= 7 else ""
    # Addresses differ from run to run, and the reason is part of what is recorded.
    first = re.sub(r" at 0x[0-9a-fA-F]+", "", lines[0]).rstrip(".") if lines else type(error).__name__
    return f"the exporter refuses it: {first[:300]}{hint}"


def _protobuf_major() -> int:
    try:
        from google.protobuf import __version__
    except ImportError:
        return 0
    return int(__version__.split(".", 1)[0])
