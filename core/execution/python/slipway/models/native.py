"""The native form of a model: skops or the library's own format where it comes back whole, else a pickle."""

from __future__ import annotations

from typing import Any

from ..runner.request import StepInput
from ..values.json_loading import restore
from ..values.json_values import NotJson, to_plain
from ..values.pickles import load_pickle, to_pickle
from ..values.python_type import python_type
from ..values.staging import Staging, Stored, StoredPart, media
from .detect import is_fitted, model_family
from .facts import summarise_model
from .skops_form import from_skops, to_skops

_XGBOOST = "application/vnd.xgboost.ubj"
_LIGHTGBM = "text/vnd.lightgbm"
_CATBOOST = "application/vnd.catboost.cbm"
_KERAS = "application/vnd.keras"


def store_model(value: Any, staging: Staging) -> Stored | None:
    """The native part alone; the exported graph is added by the step that knows the model's rows."""
    family = model_family(value)
    if family is None or not is_fitted(value):
        return None
    media_type, file = _store_native(value, family, staging)
    part = StoredPart("native", media_type, file)
    summary = {"pythonType": python_type(value), "native": media_type, **summarise_model(value, family)}
    if media_type == _XGBOOST and hasattr(value, "get_params"):
        summary["restore"] = _plain_params(value)
    return Stored("model", media.TREE, None, (part,), runs_code=media_type == media.PICKLE, summary=summary)


def _store_native(value: Any, family: str, staging: Staging) -> tuple[str, str]:
    if family == "onnx":
        return media.ONNX, staging.write(value.SerializeToString(deterministic=True), "onnx")
    if family == "xgboost" and type(value).__name__ == "Booster":
        return _XGBOOST, staging.write(bytes(value.save_raw("ubj")), "ubj")
    if family == "xgboost" and _plain_params(value) is not None:
        path = staging.path("ubj")
        value.save_model(path)
        if _same_estimator(value, _load_xgboost(path, type(value), _plain_params(value))):
            return _XGBOOST, path
    if family == "lightgbm" and type(value).__name__ == "Booster":
        return _LIGHTGBM, staging.write(value.model_to_string().encode("utf-8"), "txt")
    if family == "catboost":
        path = staging.path("cbm")
        value.save_model(path)
        return _CATBOOST, path
    if family == "keras":
        path = staging.path("keras")
        value.save(path)
        return _KERAS, path
    if family == "sklearn":
        content = to_skops(value)
        if content is not None:
            return media.SKOPS, staging.write(content, "skops")
    return media.PICKLE, staging.write(to_pickle(value), "pickle")


def load_model(given: StepInput) -> Any:
    native = given.part("native")
    if native is None:
        raise KeyError("the native form of the model is missing")
    file, media_type = native.file, native.media_type
    if media_type == media.SKOPS:
        return from_skops(file)
    if media_type == media.ONNX:
        import onnx

        return onnx.load(file, load_external_data=False)
    if media_type == _XGBOOST:
        import xgboost

        kind = getattr(xgboost, given.python_type.rsplit(".", 1)[-1], xgboost.Booster)
        return _load_xgboost(file, kind, given.summary.get("restore"))
    if media_type == _LIGHTGBM:
        import lightgbm

        with open(file, encoding="utf-8") as text:
            return lightgbm.Booster(model_str=text.read())
    if media_type == _CATBOOST:
        import catboost

        kind = getattr(catboost, given.python_type.rsplit(".", 1)[-1], catboost.CatBoost)
        return kind().load_model(file)
    if media_type == _KERAS:
        import keras

        return keras.models.load_model(file)
    return load_pickle(file)


def _plain_params(model: Any) -> dict[str, Any] | None:
    """The settings of an estimator as JSON and what turns it back; null when one is no plain value."""
    try:
        plain, node = to_plain(model.get_params())
    except NotJson:
        return None
    return {"params": plain, "node": node}


def _load_xgboost(file: str, kind: Any, params: dict[str, Any] | None) -> Any:
    made = kind()
    made.load_model(file)
    if params is not None:
        made.set_params(**restore(params["params"], params["node"]))
    return made


def _same_estimator(one: Any, other: Any) -> bool:
    """Labels other than 0, 1, 2 … are not kept by XGBoost's own format."""
    ours, theirs = getattr(one, "classes_", None), getattr(other, "classes_", None)
    return ours is None or (theirs is not None and list(ours) == list(theirs))
