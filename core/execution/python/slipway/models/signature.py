"""The signature of a model as core/domain/signature.ts has it."""

from __future__ import annotations

from typing import Any

from .facts import class_labels
from .proof import methods_of
from .rows import Rows
from .specs import ColumnSpec, describe_inputs

# onnx.TensorProto.DataType to the Open Inference Protocol.
_TENSOR_TYPES = {
    1: "FP32", 2: "UINT8", 3: "INT8", 4: "UINT16", 5: "INT16", 6: "INT32", 7: "INT64", 8: "BYTES", 9: "BOOL",
    10: "FP16", 11: "FP64", 12: "UINT32", 13: "UINT64",
}  # fmt: skip


def signature_of_export(proto: Any, model: Any, rows: Rows, specs: list[ColumnSpec]) -> dict[str, Any]:
    """Inputs stand in the graph in the order of the columns; outputs are named after the model's methods."""
    inputs = []
    for spec, value in zip(specs, proto.graph.input, strict=True):
        described = _of_value(value)
        inputs.append({**described, "name": spec.name, **_facts(spec)})
    outputs = [_of_value(value) for value in proto.graph.output]
    return _signature(rows.layout, inputs, outputs, class_labels(model), methods_of(model)[0])


def signature_of_rows(model: Any, rows: Rows) -> dict[str, Any] | None:
    """For a model without a graph: what its rows say; null when a column has no tensor type."""
    specs = describe_inputs(rows)
    methods = methods_of(model)
    if not methods or any(spec.type is None for spec in specs):
        return None
    inputs = [
        {"name": spec.name, "graphName": spec.name, "type": spec.type, "shape": list(spec.shape), **_facts(spec)}
        for spec in specs
    ]
    classes = class_labels(model)
    outputs = [_of_method(method, classes) for method in methods]
    return _signature(rows.layout, inputs, outputs, classes, methods[0])


def signature_of_graph(graph: Any) -> dict[str, Any]:
    """For a graph that a step made itself."""
    weights = {tensor.name for tensor in graph.initializer}
    inputs = [{**_of_value(value), "nullable": False} for value in graph.input if value.name not in weights]
    outputs = [_of_value(value) for value in graph.output]
    is_table = bool(inputs) and all(one["shape"][1:] == [1] for one in inputs) and len(inputs) > 1
    return _signature("columns" if is_table else "tensor", inputs, outputs, None, outputs[0]["name"])


def _signature(
    layout: str, inputs: list[dict[str, Any]], outputs: list[dict[str, Any]], classes: Any, predict_output: str
) -> dict[str, Any]:
    return {
        "layout": layout,
        "inputs": inputs,
        "outputs": outputs,
        "predictOutput": predict_output,
        "classes": classes,
    }


def _facts(spec: ColumnSpec) -> dict[str, Any]:
    return {"nullable": spec.nullable, **({"levels": list(spec.levels)} if spec.levels is not None else {})}


def _of_value(value: Any) -> dict[str, Any]:
    tensor = value.type.tensor_type
    shape = [dim.dim_value if dim.HasField("dim_value") and dim.dim_value > 0 else -1 for dim in tensor.shape.dim]
    kind = _TENSOR_TYPES.get(tensor.elem_type, "BYTES")
    return {"name": value.name, "graphName": value.name, "type": kind, "shape": shape, "nullable": False}


def _of_method(method: str, classes: list[Any] | None) -> dict[str, Any]:
    shape, kind = [-1], "FP64"
    if method == "predict" and classes:
        first = classes[0]
        kind = "BYTES" if isinstance(first, str) else "BOOL" if isinstance(first, bool) else "INT64"
    elif method == "predict_proba" and classes:
        shape = [-1, len(classes)]
    elif method != "predict":
        shape = [-1, -1]
    return {"name": method, "graphName": method, "type": kind, "shape": shape, "nullable": False}
