"""Converters of our own, in force only while a model is exported: they keep float64 where scikit-learn does and
go to float32 where it does, and they cover what the exporter lacks."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_FLOAT, _DOUBLE = 1, 11

# scikit-learn itself casts what these are given to float32.
_FLOAT32_INSIDE = (
    "DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier", "ExtraTreeRegressor",
    "ExtraTreesClassifier", "ExtraTreesRegressor", "GradientBoostingClassifier", "GradientBoostingRegressor",
    "IsolationForest", "RandomForestClassifier", "RandomForestRegressor",
)  # fmt: skip
# The runtime or the exporter knows these in float32 only.
_FLOAT32_ONLY = (
    "AdaBoostClassifier", "AdaBoostRegressor", "PolynomialFeatures", "RidgeClassifier", "RidgeClassifierCV", "SVR",
    "NuSVR", "PowerTransformer",
)  # fmt: skip
# These answer in float32 whatever they are given, and drag their neighbours down with them.
_FLOAT32_ANSWERS = (
    "HistGradientBoostingClassifier", "HistGradientBoostingRegressor", "OneHotEncoder", "OrdinalEncoder",
)  # fmt: skip


@contextmanager
def registered_converters(family: str) -> Iterator[None]:
    """Puts the exporter's registry back as it was."""
    from skl2onnx import _supported_operators as operators
    from skl2onnx.common import _registration as registration

    from .impute import register_imputer

    pools = (operators.sklearn_operator_name_map, registration._converter_pool, registration._shape_calculator_pool)
    before = [dict(pool) for pool in pools]
    try:
        known = {cls.__name__: cls for cls in list(operators.sklearn_operator_name_map)}
        for name in (*_FLOAT32_INSIDE, *_FLOAT32_ONLY):
            _wrap(known.get(name), casts_input=True)
        for name in _FLOAT32_ANSWERS:
            _wrap(known.get(name), casts_input=False)
        register_imputer()
        if family in ("xgboost", "lightgbm", "catboost"):
            from .boosting import register_boosting

            register_boosting(family)
        yield
    finally:
        for pool, saved in zip(pools, before, strict=True):
            pool.clear()
            pool.update(saved)


def _wrap(cls: Any, casts_input: bool) -> None:
    """Give a class a converter that calls the exporter's own between casts."""
    from skl2onnx import update_registered_converter
    from skl2onnx._supported_operators import sklearn_operator_name_map
    from skl2onnx.common._registration import _converter_pool, get_shape_calculator

    if cls is None:
        return
    inner = sklearn_operator_name_map[cls]
    shape_of = get_shape_calculator(inner)
    options = _converter_pool[inner].get_allowed_options()

    def calculate_shape(operator: Any) -> None:
        from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

        shape_of(operator)
        for variable in operator.outputs:
            if _is_float(variable.type):
                is_double = any(isinstance(one.type, DoubleTensorType) for one in operator.inputs) or not casts_input
                variable.set_type((DoubleTensorType if is_double else FloatTensorType)(variable.type.shape))

    def convert(scope: Any, operator: Any, container: Any) -> None:
        raw = _without_missing_levels(operator.raw_operator)
        sub = scope.declare_local_operator(inner, raw)
        if raw is not operator.raw_operator and id(operator.raw_operator) in (container.options or {}):
            container.options[id(raw)] = container.options[id(operator.raw_operator)]
        for variable in operator.inputs:
            sub.inputs.append(_to_float32(scope, container, variable) if casts_input else variable)
        for variable in operator.outputs:
            sub.outputs.append(_inner_output(scope, container, variable))

    update_registered_converter(
        cls, f"Slipway{cls.__name__}", calculate_shape, convert, overwrite=True, **({"options": options} if options else {})
    )


def _is_float(kind: Any) -> bool:
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    return isinstance(kind, (DoubleTensorType, FloatTensorType))


def _to_float32(scope: Any, container: Any, variable: Any) -> Any:
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    if not isinstance(variable.type, DoubleTensorType):
        return variable
    cast = scope.declare_local_variable(f"{variable.raw_name}_32", FloatTensorType(variable.type.shape))
    _add_node(scope, container, "Cast", [variable.full_name], [cast.full_name], to=_FLOAT)
    return cast


def _inner_output(scope: Any, container: Any, variable: Any) -> Any:
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    kind = FloatTensorType(variable.type.shape) if _is_float(variable.type) else variable.type
    inner = scope.declare_local_variable(f"{variable.raw_name}_in", kind)
    if isinstance(variable.type, DoubleTensorType):
        _add_node(scope, container, "Cast", [inner.full_name], [variable.full_name], to=_DOUBLE)
    else:
        _add_node(scope, container, "Identity", [inner.full_name], [variable.full_name])
    return inner


def _add_node(scope: Any, container: Any, kind: str, inputs: list[str], outputs: list[str], **attributes: Any) -> None:
    container.add_node(kind, inputs, outputs, name=scope.get_unique_operator_name(kind), **attributes)


def _without_missing_levels(raw: Any) -> Any:
    """A one-hot encoder that saw missing text has NaN or None among its levels: to the graph it is empty text."""
    import numpy

    categories = getattr(raw, "categories_", None)
    if type(raw).__name__ != "OneHotEncoder" or categories is None:
        return raw
    if not any(level.dtype == object and any(not isinstance(one, str) for one in level) for level in categories):
        return raw
    plain = copy.copy(raw)
    plain.categories_ = [
        numpy.array([one if isinstance(one, str) else "" for one in level], dtype=object)
        if level.dtype == object and any(isinstance(one, str) for one in level)
        else level
        for level in categories
    ]
    return plain
