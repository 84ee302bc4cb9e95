import lightgbm
import numpy as np
import onnxruntime
import pandas as pd
import xgboost
from case import bytes_of, case, run_cases, store, through
from slipway.models.detect import model_family
from slipway.models.export import export_model
from slipway.models.rows import to_rows

rng = np.random.default_rng(0)
X = pd.DataFrame({"a": rng.normal(size=300).astype("float32"), "b c": rng.normal(size=300).astype("float32")})
y = (X["a"] + X["b c"] > 0).to_numpy().astype(int)


def exported(model):
    rows = to_rows(model, X)
    graph = export_model(model, model_family(model), rows)
    session = onnxruntime.InferenceSession(graph.graph)
    kinds = {"FP64": "float64", "FP32": "float32"}
    feeds = {one["graphName"]: X[[one["name"]]].to_numpy(kinds[one["type"]]) for one in graph.signature["inputs"]}
    return session.run(["predict"], feeds)[0]


@case
def boosters_are_kept_in_the_format_of_their_library():
    booster = xgboost.train({"max_depth": 2}, xgboost.DMatrix(X, y), 3)
    stored = store(booster)
    assert stored.summary["native"] == "application/vnd.xgboost.ubj" and not stored.runs_code
    np.testing.assert_array_equal(
        through(booster, "model").predict(xgboost.DMatrix(X)), booster.predict(xgboost.DMatrix(X))
    )
    light = lightgbm.train({"verbose": -1}, lightgbm.Dataset(X.to_numpy(), y), 3)
    assert not store(light).runs_code
    np.testing.assert_array_equal(through(light, "model").predict(X.to_numpy()), light.predict(X.to_numpy()))


@case
def estimators_come_back_whole():
    for model in (xgboost.XGBClassifier(n_estimators=3), lightgbm.LGBMClassifier(n_estimators=3, verbose=-1)):
        model.fit(X.rename(columns={"b c": "b"}), y)
        back = through(model, "model", same_bytes=False)
        assert type(back) is type(model) and repr(back.get_params()) == repr(model.get_params())
        np.testing.assert_array_equal(
            back.predict_proba(X.rename(columns={"b c": "b"})), model.predict_proba(X.rename(columns={"b c": "b"}))
        )
        assert bytes_of(store(model))


@case
def classifiers_are_exported_by_onnxmltools():
    for model in (
        xgboost.XGBClassifier(n_estimators=5, max_depth=2),
        lightgbm.LGBMClassifier(n_estimators=5, verbose=-1),
    ):
        model.fit(X, y)
        assert (exported(model) == model.predict(X)).mean() > 0.99


run_cases()
