"""SimpleImputer in float64 and for text, neither of which the exporter's own converter gives to the runtime.
Missing text reaches the graph as empty text."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

#: Whether missing text is None in the rows of the model; an imputer that looks for NaN leaves None as it is.
missing_text_is_none: ContextVar[bool] = ContextVar("missing_text_is_none", default=False)

_FLOAT, _INT64, _STRING, _DOUBLE = 1, 7, 8, 11


def register_imputer() -> None:
    from skl2onnx import update_registered_converter
    from sklearn.impute import SimpleImputer

    update_registered_converter(SimpleImputer, "SlipwaySimpleImputer", _calculate_shape, _convert, overwrite=True)


def _calculate_shape(operator: Any) -> None:
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, Int64TensorType, StringTensorType

    raw, given = operator.raw_operator, operator.inputs[0].type
    width = len(raw.statistics_) + (len(raw.indicator_.features_) if raw.add_indicator else 0)
    kind = DoubleTensorType
    if isinstance(given, (StringTensorType, FloatTensorType)):
        kind = type(given)
    elif isinstance(given, Int64TensorType):
        kind = DoubleTensorType
    operator.outputs[0].set_type(kind([None, width]))


def _convert(scope: Any, operator: Any, container: Any) -> None:
    import numpy
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    raw, variable = operator.raw_operator, operator.inputs[0]
    statistics = list(raw.statistics_)
    if any(value is None or (isinstance(value, float) and value != value) for value in statistics):
        raise NotImplementedError("a column without any value is left out by SimpleImputer, which ONNX cannot follow")
    is_text = isinstance(variable.type, StringTensorType)
    source, number = variable.full_name, _DOUBLE

    def add(kind: str, inputs: list[str], **attributes: Any) -> str:
        output = scope.get_unique_variable_name(f"imputer_{kind}")
        container.add_node(kind, inputs, [output], name=scope.get_unique_operator_name(kind), **attributes)
        return output

    def constant(element: int, values: list[Any]) -> str:
        name = scope.get_unique_variable_name("imputer_constant")
        container.add_initializer(name, element, [1, len(values)], values)
        return name

    if is_text:
        sought_text: str | None = raw.missing_values if isinstance(raw.missing_values, str) else None
        if sought_text is None and (raw.missing_values is None) == missing_text_is_none.get():
            sought_text = ""
        if sought_text is None:
            name = scope.get_unique_operator_name("Identity")
            container.add_node("Identity", [source], [operator.outputs[0].full_name], name=name)
            return
        missing = add("Equal", [source, constant(_STRING, [sought_text.encode("utf-8")])])
        fill = constant(_STRING, [str(value).encode("utf-8") for value in statistics])
    else:
        if isinstance(variable.type, FloatTensorType):
            number = _FLOAT
        else:
            source = add("Cast", [source], to=_DOUBLE)
        sought = raw.missing_values
        if isinstance(sought, (int, float)) and sought == sought:
            missing = add("Equal", [source, constant(number, [float(sought)])])
        else:
            missing = add("IsNaN", [source])
        fill = constant(number, [float(value) for value in numpy.asarray(statistics, dtype=float)])
    filled = add("Where", [missing, fill, source])
    if raw.add_indicator and not is_text and len(raw.indicator_.features_):
        picked = scope.get_unique_variable_name("imputer_features")
        features = [int(feature) for feature in raw.indicator_.features_]
        container.add_initializer(picked, _INT64, [len(features)], features)
        flags = add("Gather", [add("Cast", [missing], to=number), picked], axis=1)
        filled = add("Concat", [filled, flags], axis=1)
    container.add_node(
        "Identity", [filled], [operator.outputs[0].full_name], name=scope.get_unique_operator_name("Identity")
    )
