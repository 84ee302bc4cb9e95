"""What counts as a model."""

from __future__ import annotations

from typing import Any

from ..values.python_type import is_of


def model_family(value: Any) -> str | None:
    """The library whose rules apply, or null for a value that is no model. Imports nothing."""
    if isinstance(value, type):
        return None
    if is_of(value, "xgboost.core.Booster", "xgboost.sklearn.XGBModel"):
        return "xgboost"
    if is_of(value, "lightgbm.basic.Booster", "lightgbm.sklearn.LGBMModel"):
        return "lightgbm"
    if is_of(value, "catboost.core.CatBoost", "catboost.core._CatBoostBase"):
        return "catboost"
    if is_of(value, "torch.nn.modules.module.Module"):
        return "torch"
    if is_of(value, "keras.src.models.model.Model", "keras.engine.training.Model", "keras.models.model.Model"):
        return "keras"
    if type(value).__name__ == "ModelProto" and hasattr(value, "SerializeToString"):
        return "onnx"
    return "sklearn" if is_of(value, "sklearn.base.BaseEstimator") else None


def is_fitted(model: Any) -> bool:
    """An estimator that has learned nothing is a setting, not a model."""
    if model_family(model) != "sklearn":
        return True
    try:
        from sklearn.exceptions import NotFittedError
        from sklearn.utils.validation import check_is_fitted
    except ImportError:
        return False
    try:
        check_is_fitted(model)
    except NotFittedError:
        return False
    except TypeError:
        return False
    return True
