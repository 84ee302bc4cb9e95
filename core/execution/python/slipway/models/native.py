"""The native form of a model: skops or the library's own format where it comes back whole, else a pickle."""

from __future__ import annotations

from typing import Any

from ..runner.request import StepInput
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
    return Stored("model", media.TREE, None, (part,), runs_code=media_type == media.PICKLE, summary=summary)


def _store_native(value: Any, family: str, staging: Staging) -> tuple[str, str]:
    if family == "onnx":
        return media.ONNX, staging.write(value.SerializeToString(deterministic=True), "onnx")
    if family == "xgboost" and type(value).__name__ == "Booster":
        return _XGBOOST, staging.write(bytes(value.save_raw("ubj")), "ubj")
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

        with open(file, "rb") as content:
            return xgboost.Booster(model_file=bytearray(content.read()))
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
