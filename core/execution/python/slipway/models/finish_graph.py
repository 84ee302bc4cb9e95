"""Turns what the exporter wrote into the graph that is kept: inputs by column, outputs by method with the shapes
that the native methods have, nothing that is not needed, and the same bytes every time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from .proof import methods_of
from .rows import TENSOR
from .specs import ColumnSpec

_FLOAT, _INT64, _STRING, _BOOL, _DOUBLE = 1, 7, 8, 9, 11
_ELEMENT_TYPES = {"BYTES": _STRING, "BOOL": _BOOL, "INT64": _INT64, "FP64": _DOUBLE}
_NEWEST_IR = 10


def finish_graph(proto: Any, model: Any, specs: list[ColumnSpec], one_tensor: bool) -> None:
    """Changes the ModelProto in place."""
    if one_tensor:
        _join_columns(proto.graph, specs)
    else:
        _rename_inputs(proto.graph, specs)
    _name_outputs(proto, model)
    _drop_unused(proto.graph)
    _set_locale(proto.graph)
    _number_names(proto.graph)
    _sort_versions(proto)
    proto.graph.name = "model"
    proto.graph.doc_string = ""
    proto.doc_string = ""
    proto.producer_version = ""
    proto.ir_version = min(proto.ir_version, _NEWEST_IR)
    del proto.metadata_props[:]


def _sort_versions(proto: Any) -> None:
    """The exporter lists them as a set happens to hold them, which the seed of Python's hashes decides."""
    versions = sorted(proto.opset_import, key=lambda one: one.domain)
    del proto.opset_import[:]
    proto.opset_import.extend(versions)


def _join_columns(graph: Any, specs: list[ColumnSpec]) -> None:
    """The exporter saw one tensor; the model takes columns: cast each and put them side by side."""
    from onnx import helper

    tensor = graph.input[0]
    number = tensor.type.tensor_type.elem_type
    nodes, cast = [], []
    del graph.input[:]
    for position, spec in enumerate(specs):
        element = number if spec.type == "FP64" else _ELEMENT_TYPES[spec.type or ""]
        graph.input.append(helper.make_tensor_value_info(spec.name, element, [None, 1]))
        if element == number:
            cast.append(spec.name)
            continue
        cast.append(f"slipway_number_{position}")
        nodes.append(helper.make_node("Cast", [spec.name], [cast[-1]], f"slipway_cast_{position}", to=number))
    nodes.append(helper.make_node("Concat", cast, [TENSOR], "slipway_columns", axis=1))
    _put_first(graph, nodes)


def _put_first(graph: Any, nodes: list[Any]) -> None:
    behind = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes, *behind])


def _rename_inputs(graph: Any, specs: list[ColumnSpec]) -> None:
    """The exporter spells `bill length` as `bill_length`; the column keeps its own name where none clashes."""
    taken = {name for node in graph.node for name in [*node.output]} | {one.name for one in graph.initializer}
    renamed = {}
    for spec, value in zip(specs, graph.input, strict=True):
        if spec.name != value.name and spec.name not in taken:
            renamed[value.name] = spec.name
            value.name = spec.name
    for node in graph.node:
        for position, name in enumerate(node.input):
            if name in renamed:
                node.input[position] = renamed[name]


def _name_outputs(proto: Any, model: Any) -> None:
    from onnx import helper

    graph = proto.graph
    types = _inferred_types(proto)
    found = [(value.name, types.get(value.name) or value.type.tensor_type.elem_type) for value in graph.output]
    classes = len(getattr(model, "classes_", ())) or None
    methods = methods_of(model)
    del graph.output[:]
    for method, (name, element) in zip(methods, found, strict=False):
        shape = _native_shape(method, model, classes)
        source = name
        if method == "decision_function" and shape == [None]:
            source = _last_column(graph, name)  # two columns of opposite sign, or one
        if len(shape) == 1:
            _add_constant(graph, f"slipway_shape_{method}", _INT64, [1], [-1])
            graph.node.append(
                helper.make_node("Reshape", [source, f"slipway_shape_{method}"], [method], f"slipway_{method}")
            )
        else:
            graph.node.append(helper.make_node("Identity", [source], [method], f"slipway_{method}"))
        graph.output.append(helper.make_tensor_value_info(method, element, shape))


def _inferred_types(proto: Any) -> dict[str, int]:
    """What the operators give, whatever the exporter declared: it is wrong for some mixtures of types."""
    import onnx

    bare = onnx.ModelProto()
    bare.CopyFrom(proto)
    del bare.graph.output[:]
    del bare.graph.value_info[:]
    inferred = onnx.shape_inference.infer_shapes(bare)
    return {value.name: value.type.tensor_type.elem_type for value in inferred.graph.value_info}


def _native_shape(method: str, model: Any, classes: int | None) -> list[int | None]:
    if method == "predict":
        outputs = 1 if classes else _targets(model)
        return [None] if outputs == 1 else [None, outputs]
    if method == "predict_proba":
        return [None, classes]
    if method == "decision_function":
        return [None] if classes is None or classes == 2 else [None, None]
    return [None, None]


def _targets(model: Any) -> int:
    """How many numbers a regressor answers for a row: linear models say it by the shape of their coefficients."""
    last = model
    while hasattr(last, "best_estimator_") or hasattr(last, "steps"):
        last = last.best_estimator_ if hasattr(last, "best_estimator_") else last.steps[-1][1]
    outputs = getattr(last, "n_outputs_", None)
    if isinstance(outputs, int):
        return outputs
    coefficients = getattr(last, "coef_", None)
    is_classifier = hasattr(last, "classes_")
    if coefficients is None or is_classifier or getattr(coefficients, "ndim", 1) < 2 or hasattr(last, "support_"):
        return 1
    return int(coefficients.shape[0])


def _last_column(graph: Any, name: str) -> str:
    from onnx import helper

    for constant, value in (("start", -1), ("end", 2**31 - 1), ("axis", 1)):
        _add_constant(graph, f"slipway_last_{constant}", _INT64, [1], [value])
    inputs = [name, "slipway_last_start", "slipway_last_end", "slipway_last_axis"]
    graph.node.append(helper.make_node("Slice", inputs, ["slipway_last"], "slipway_last_column"))
    return "slipway_last"


def _add_constant(graph: Any, name: str, element: int, shape: list[int], values: list[Any]) -> None:
    from onnx import helper

    if all(one.name != name for one in graph.initializer):
        graph.initializer.append(helper.make_tensor(name, element, shape, values))


def _drop_unused(graph: Any) -> None:
    needed = {value.name for value in graph.output}
    kept = []
    for node in reversed(graph.node):
        if needed & set(node.output):
            kept.append(node)
            needed |= set(node.input)
            needed |= {
                name for one in node.attribute if one.HasField("g") for inner in one.g.node for name in inner.input
            }
    kept.reverse()
    weights = [one for one in graph.initializer if one.name in needed]
    del graph.node[:]
    graph.node.extend(kept)
    del graph.initializer[:]
    graph.initializer.extend(weights)
    del graph.value_info[:]


def _set_locale(graph: Any) -> None:
    """Text is put in lower case by a locale that every Linux has; the runtime's own default may be absent."""
    from onnx import helper

    for node in graph.node:
        if node.op_type == "StringNormalizer":
            others = [one for one in node.attribute if one.name != "locale"]
            del node.attribute[:]
            node.attribute.extend([*others, helper.make_attribute("locale", "C.UTF-8")])


def _number_names(graph: Any) -> None:
    """The exporter counts names on from one export to the next; here they count from 0. What the graph takes and
    gives keeps its name."""
    kept = {value.name for value in [*graph.input, *graph.output]}
    fresh = (name for name in (f"v{number}" for number in count()) if name not in kept)
    _rename_inside(graph, {name: name for name in kept}, fresh)


def _rename_inside(graph: Any, names: dict[str, str], fresh: Iterator[str]) -> None:
    graph.doc_string = ""
    for weight in graph.initializer:
        names[weight.name] = names.get(weight.name) or next(fresh)
        weight.name = names[weight.name]
    for position, node in enumerate(graph.node):
        node.name = f"n{position}"
        inputs = [names.get(name, name) for name in node.input]
        for attribute in node.attribute:
            if attribute.HasField("g"):
                _rename_body(attribute.g, dict(names), fresh)
        for name in node.output:
            if name and name not in names:
                names[name] = next(fresh)
        outputs = [names.get(name, name) for name in node.output]
        del node.input[:], node.output[:]
        node.input.extend(inputs)
        node.output.extend(outputs)


def _rename_body(body: Any, names: dict[str, str], fresh: Iterator[str]) -> None:
    """The body of a loop sees the names around it, and has its own for what it takes and gives."""
    body.name = "body"
    for value in body.input:
        names[value.name] = next(fresh)
        value.name = names[value.name]
    for name in {name for node in body.node for name in node.output}:
        names.pop(name, None)
    _rename_inside(body, names, fresh)
    for value in body.output:
        value.name = names[value.name]
