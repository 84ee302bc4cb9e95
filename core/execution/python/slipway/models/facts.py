"""What is said of a model without loading it."""

from __future__ import annotations

from typing import Any

from ..values.json_values import NotJson, to_plain

_MOST_IMPORTANCES = 200


def summarise_model(model: Any, family: str) -> dict[str, Any]:
    summary: dict[str, Any] = {"family": family, "classes": class_labels(model), "featureNames": feature_names(model)}
    summary["params"] = _params(model)
    importances = _importances(model)
    if importances:
        summary["importances"] = importances
    return summary


def class_labels(model: Any) -> list[Any] | None:
    """Class labels as JSON values in the order of the probability columns; null for anything but a classifier."""
    classes = _attribute(model, "classes_")
    if classes is None or not hasattr(classes, "tolist") or getattr(classes, "ndim", 0) != 1:
        return None
    labels = classes.tolist()
    return labels if all(isinstance(label, (str, int, float, bool)) for label in labels) else [str(x) for x in labels]


def feature_names(model: Any) -> list[str] | None:
    names = _attribute(model, "feature_names_in_")
    if names is None:
        names = _attribute(model, "feature_names_")  # catboost
    return None if names is None else [str(name) for name in names]


def _params(model: Any) -> dict[str, Any]:
    """Settings of JSON kind as they are, nested estimators by name."""
    try:
        params = model.get_params(deep=False)
    except Exception:
        return {}  # not an estimator, or one whose constructor breaks the rules
    found = {}
    for name, value in params.items():
        try:
            found[str(name)] = to_plain(value)[0]
        except NotJson:
            found[str(name)] = repr(value)[:200]
    return found


def _importances(model: Any) -> dict[str, float] | None:
    last = model.steps[-1][1] if hasattr(model, "steps") else model
    values = _attribute(last, "feature_importances_")
    names = feature_names(last)
    if values is None or names is None or len(values) != len(names):
        return None
    ranked = sorted(zip(names, values.tolist(), strict=True), key=lambda pair: -abs(pair[1]))
    return dict(ranked[:_MOST_IMPORTANCES])


def _attribute(model: Any, name: str) -> Any:
    try:
        return getattr(model, name, None)
    except Exception:
        return None  # properties of unfitted parts raise as they please
