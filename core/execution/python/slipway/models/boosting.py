"""Converters of XGBoost and LightGBM from onnxmltools, when the environment has it."""

from __future__ import annotations


def register_boosting(family: str) -> None:
    """@throws ImportError when onnxmltools is not installed"""
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import (
        calculate_linear_classifier_output_shapes,
        calculate_linear_regressor_output_shapes,
    )

    options = {"nocl": [True, False], "zipmap": [True, False, "columns"]}
    if family == "xgboost":
        import xgboost
        from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost

        classifier, regressor, convert = xgboost.XGBClassifier, xgboost.XGBRegressor, convert_xgboost
    elif family == "lightgbm":
        import lightgbm
        from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm

        classifier, regressor, convert = lightgbm.LGBMClassifier, lightgbm.LGBMRegressor, convert_lightgbm
        options = {**options, "split": None}
    else:
        raise NotImplementedError(f"there is no exporter for {family}")
    update_registered_converter(
        classifier, f"Slipway{classifier.__name__}", calculate_linear_classifier_output_shapes, convert, options=options
    )
    update_registered_converter(
        regressor, f"Slipway{regressor.__name__}", calculate_linear_regressor_output_shapes, convert
    )
