"""Converters of our own, in force only while a model is exported: they keep float64 where scikit-learn does and
go to float32 where it does, and they cover what the exporter lacks."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_FLOAT, _DOUBLE = 1, 11

# scikit-learn itself casts what these are given to float32.
_FLOAT32_INSIDE = (
    "DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier", "ExtraTreeRegressor",
    "ExtraTreesRegressor", "GradientBoostingClassifier", "GradientBoostingRegressor", "IsolationForest",
    "RandomForestRegressor",
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


_Pools = list[dict[Any, Any]]
#: The exporter's registry as it was, and with ours: it looks at each one's signature, which takes as long as a small export.
_known: tuple[_Pools, _Pools] | None = None


def learn_converters() -> None:
    """For processes that are forked from this one, when all that it takes is in memory."""
    own = (f"{__package__}.{name}" for name in ("boosting", "forest", "impute"))
    if all(name in sys.modules for name in (*own, "skl2onnx", "sklearn.ensemble", "sklearn.impute", "sklearn.linear_model")):
        with registered_converters():
            pass


@contextmanager
def registered_converters() -> Iterator[None]:
    """Puts the exporter's registry back as it was."""
    global _known
    from skl2onnx import _supported_operators as operators
    from skl2onnx.common import _registration as registration

    from .boosting import register_boosting

    pools = (operators.sklearn_operator_name_map, registration._converter_pool, registration._shape_calculator_pool)
    before = [dict(pool) for pool in pools]
    try:
        if _known is not None and _known[0] == before:
            _fill(pools, _known[1])
        else:
            _register_own(operators.sklearn_operator_name_map)
            _known = before, [dict(pool) for pool in pools]
        register_boosting()
        yield
    finally:
        _fill(pools, before)


def _fill(pools: tuple[dict[Any, Any], ...], contents: _Pools) -> None:
    for pool, content in zip(pools, contents, strict=True):
        pool.clear()
        pool.update(content)


def _register_own(names: dict[Any, str]) -> None:
    from .forest import register_forests
    from .impute import register_imputer

    known = {cls.__name__: cls for cls in list(names)}
    for name in _FLOAT32_INSIDE:
        _wrap(known.get(name), casts_input=True, wants_double=True)
    for name in _FLOAT32_ONLY:
        _wrap(known.get(name), casts_input=True)
    for name in _FLOAT32_ANSWERS:
        _wrap(known.get(name), casts_input=False)
    _wrap(known.get("VotingClassifier"), casts_input=False, casts_output=False)
    register_imputer()
    register_forests()
    _wrap_discriminant(known.get("LinearDiscriminantAnalysis"))


def _wrap(cls: Any, casts_input: bool, casts_output: bool = True, wants_double: bool = False) -> None:
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

        operator.type, own = inner, operator.type  # some calculators ask which of several models they see
        shape_of(operator)
        operator.type = own
        for variable in operator.outputs:
            if casts_output and _is_float(variable.type):
                is_double = any(isinstance(one.type, DoubleTensorType) for one in operator.inputs) or not casts_input
                variable.set_type((DoubleTensorType if is_double else FloatTensorType)(variable.type.shape))

    def convert(scope: Any, operator: Any, container: Any) -> None:
        raw = _adjusted(operator.raw_operator)
        sub = scope.declare_local_operator(inner, raw)
        if raw is not operator.raw_operator and id(operator.raw_operator) in (container.options or {}):
            container.options[id(raw)] = container.options[id(operator.raw_operator)]
        for variable in operator.inputs:
            sub.inputs.append(
                _to_float32(scope, container, variable, is_double=wants_double) if casts_input else variable
            )
        for variable in operator.outputs:
            sub.outputs.append(_inner_output(scope, container, variable, casts_output))

    update_registered_converter(
        cls,
        f"Slipway{cls.__name__}",
        calculate_shape,
        convert,
        overwrite=True,
        **({"options": options} if options else {}),
    )


def _wrap_discriminant(cls: Any) -> None:
    """With two classes it answers as a logistic regression of its coefficients does; the exporter takes a softmax."""
    from skl2onnx import update_registered_converter
    from skl2onnx._supported_operators import sklearn_operator_name_map
    from skl2onnx.common._registration import _converter_pool, get_shape_calculator
    from sklearn.linear_model import LogisticRegression

    if cls is None:
        return
    inner = sklearn_operator_name_map[cls]
    convert_own = _converter_pool[inner]

    def convert(scope: Any, operator: Any, container: Any) -> None:
        raw = operator.raw_operator
        if len(raw.classes_) != 2:
            convert_own(scope, operator, container)
            return
        same = LogisticRegression()
        same.coef_, same.intercept_, same.classes_ = raw.coef_, raw.intercept_, raw.classes_
        same.n_features_in_ = raw.n_features_in_
        sub = scope.declare_local_operator(sklearn_operator_name_map[LogisticRegression], same)
        sub.inputs.extend(operator.inputs)
        for variable in operator.outputs:
            answer = scope.declare_local_variable(f"{variable.raw_name}_in", variable.type)
            sub.outputs.append(answer)
            _add_node(scope, container, "Identity", [answer.full_name], [variable.full_name])

    options = convert_own.get_allowed_options()
    update_registered_converter(
        cls, "SlipwayDiscriminant", get_shape_calculator(inner), convert, overwrite=True, options=options
    )


def _is_float(kind: Any) -> bool:
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    return isinstance(kind, (DoubleTensorType, FloatTensorType))


def _to_float32(scope: Any, container: Any, variable: Any, is_double: bool) -> Any:
    """Rounded to float32; with `is_double` in the type float64, so that thresholds and sums stay exact."""
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    if not isinstance(variable.type, DoubleTensorType):
        return variable
    cast = scope.declare_local_variable(f"{variable.raw_name}_32", FloatTensorType(variable.type.shape))
    _add_node(scope, container, "Cast", [variable.full_name], [cast.full_name], to=_FLOAT)
    if not is_double:
        return cast
    wide = scope.declare_local_variable(f"{variable.raw_name}_64", DoubleTensorType(variable.type.shape))
    _add_node(scope, container, "Cast", [cast.full_name], [wide.full_name], to=_DOUBLE)
    return wide


def _inner_output(scope: Any, container: Any, variable: Any, is_float32: bool) -> Any:
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    kind = FloatTensorType(variable.type.shape) if is_float32 and _is_float(variable.type) else variable.type
    inner = scope.declare_local_variable(f"{variable.raw_name}_in", kind)
    if is_float32 and isinstance(variable.type, DoubleTensorType):
        _add_node(scope, container, "Cast", [inner.full_name], [variable.full_name], to=_DOUBLE)
    else:
        _add_node(scope, container, "Identity", [inner.full_name], [variable.full_name])
    return inner


def _add_node(scope: Any, container: Any, kind: str, inputs: list[str], outputs: list[str], **attributes: Any) -> None:
    container.add_node(kind, inputs, outputs, name=scope.get_unique_operator_name(kind), **attributes)


def _adjusted(raw: Any) -> Any:
    """The model itself, or a copy of it that says the same in a way that the exporter understands."""
    if type(raw).__name__ == "VotingClassifier" and raw.flatten_transform:
        plain = copy.copy(raw)
        plain.flatten_transform = False  # matters to `transform` alone
        return plain
    return _without_missing_levels(raw)


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
