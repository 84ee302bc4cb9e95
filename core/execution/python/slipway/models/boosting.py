"""XGBoost and LightGBM: the converters of onnxmltools, when the environment has them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def register_boosting() -> None:
    """For the libraries that the step has imported; a model of one without onnxmltools has no exporter."""
    from skl2onnx.common.shape_calculator import (
        calculate_linear_classifier_output_shapes,
        calculate_linear_regressor_output_shapes,
    )

    options = {"nocl": [True, False], "zipmap": [True, False, "columns"]}
    xgboost, lightgbm = sys.modules.get("xgboost"), sys.modules.get("lightgbm")
    try:
        if xgboost is not None:
            from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost

            _register(xgboost.XGBClassifier, calculate_linear_classifier_output_shapes, convert_xgboost, options)
            _register(xgboost.XGBRegressor, calculate_linear_regressor_output_shapes, convert_xgboost, None)
        if lightgbm is not None:
            from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm

            more = {**options, "split": None}
            _register(lightgbm.LGBMClassifier, calculate_linear_classifier_output_shapes, convert_lightgbm, more)
            _register(
                lightgbm.LGBMRegressor, calculate_linear_regressor_output_shapes, convert_lightgbm, {"split": None}
            )
    except ImportError:
        return


def _register(cls: Any, shape: Any, convert: Any, options: dict[str, Any] | None) -> None:
    from skl2onnx import update_registered_converter

    update_registered_converter(cls, f"Slipway{cls.__name__}", shape, convert, overwrite=True, options=options)


@contextmanager
def plain_names(model: Any) -> Iterator[None]:
    """The converter of XGBoost reads columns by number only; the names are put back."""
    last = model
    while hasattr(last, "best_estimator_") or hasattr(last, "steps"):
        last = last.best_estimator_ if hasattr(last, "best_estimator_") else last.steps[-1][1]
    booster = (
        last.get_booster() if type(last).__module__.startswith("xgboost") and hasattr(last, "get_booster") else None
    )
    if booster is None:
        yield
        return
    names = booster.feature_names
    booster.feature_names = None
    try:
        yield
    finally:
        booster.feature_names = names
