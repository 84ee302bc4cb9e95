"""Each model is fitted, exported and asked the same rows as its graph, by the runtime that serves it. The reference
implementation that comes with onnx is no stand-in: of trees it reads no thresholds in double precision
(`nodes_values_as_tensor`), and it fails at SVMs whose classes are words."""

import warnings

import numpy as np
import onnxruntime
import pandas as pd
from case import case, run_cases
from sklearn.compose import ColumnTransformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (
    LinearRegression,
    LogisticRegression,
    PoissonRegressor,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.svm import SVC, SVR, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from slipway.models.export import NoExport, export_model
from slipway.models.proof import methods_of
from slipway.models.rows import to_rows

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
n = 400
table = pd.DataFrame(
    {
        "bill length (mm)": rng.normal(44, 5, n),
        "masa": rng.normal(4000, 500, n),
        "year": rng.integers(2007, 2010, n),
        "island": rng.choice(["Biscoe", "Dream", "Ñuñoa"], n),
        "sex": rng.choice(["f", "m"], n),
    }
)
numbers, texts = ["bill length (mm)", "masa", "year"], ["island", "sex"]
score = (table["bill length (mm)"] - 44) / 5 + (table["island"] == "Dream") + rng.normal(0, 0.5, n)
binary, several, amount = np.where(score > 0, "x", "y"), np.digitize(score, [-1, 0.5, 1.5]), score.to_numpy() * 10
holes = table.copy()
holes.loc[::17, "masa"] = np.nan
holes.loc[::19, "sex"] = None
types = {"FP64": np.float64, "FP32": np.float32, "INT64": np.int64, "BOOL": np.bool_, "BYTES": object}


def answers_of_graph(exported, rows):
    feeds = {}
    for one in exported.signature["inputs"]:
        values = rows.values[one["name"]] if rows.layout == "columns" else rows.values
        if one["type"] == "BYTES":
            values = np.array(["" if pd.isna(value) else str(value) for value in values], dtype=object)
        values = np.asarray(values).astype(types[one["type"]])
        feeds[one["graphName"]] = values.reshape(-1, 1) if rows.layout == "columns" else values
    session = onnxruntime.InferenceSession(exported.graph)
    names = [one["graphName"] for one in exported.signature["outputs"]]
    return dict(zip(names, session.run(names, feeds)))


def equal(model, rows_given, target=None):
    model.fit(rows_given, target)
    rows = to_rows(model, rows_given)
    exported = export_model(model, "sklearn", rows)
    assert exported.graph == export_model(model, "sklearn", rows).graph, "exported again, the bytes differ"
    found = answers_of_graph(exported, rows)
    assert list(found) == methods_of(model)
    for method, answer in found.items():
        native = getattr(model, method)(rows.values)
        native = native.toarray() if hasattr(native, "toarray") else np.asarray(native)
        assert answer.shape == native.shape, (method, answer.shape, native.shape)
        if native.dtype.kind in "OUSib":
            assert (answer == native).all(), f"{method} differs in {(answer != native).sum()} rows"
        else:
            np.testing.assert_allclose(answer, native, rtol=1e-5, atol=1e-5, err_msg=method)
    return exported


def prepared(last):
    text = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    number = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    return make_pipeline(ColumnTransformer([("n", number, numbers), ("t", text, texts)]), last)


classifiers = {
    "logistic regression": LogisticRegression(max_iter=2000),
    "linear svm": LinearSVC(),
    "svm": SVC(),
    "stochastic gradient descent": SGDClassifier(random_state=0),
    "ridge": RidgeClassifier(),
    "tree": DecisionTreeClassifier(max_depth=6, random_state=0),
    "random forest": RandomForestClassifier(30, random_state=0),
    "extra trees": ExtraTreesClassifier(30, random_state=0),
    "gradient boosting": GradientBoostingClassifier(n_estimators=20, random_state=0),
    "nearest neighbours": KNeighborsClassifier(),
    "neural network": MLPClassifier((10,), max_iter=300, random_state=0),
    "linear discriminant": LinearDiscriminantAnalysis(),
}
regressors = {
    "linear": LinearRegression(),
    "ridge": Ridge(),
    "support vectors": SVR(),
    "tree": DecisionTreeRegressor(max_depth=6, random_state=0),
    "random forest": RandomForestRegressor(20, random_state=0),
    "gradient boosting": GradientBoostingRegressor(n_estimators=20, random_state=0),
    "nearest neighbours": KNeighborsRegressor(),
}


def each(promise, models, check):
    for name, model in models.items():
        check.__name__ = f"{promise} {name}"

        def one(model=model):
            check(model)

        one.__name__ = f"{promise} {name}"
        case(one)


each("a pipeline for tables with nulls ends in", classifiers, lambda model: equal(prepared(model), holes, binary))
each(
    "scaled arrays and several classes with",
    classifiers,
    lambda model: equal(make_pipeline(StandardScaler(), model), table[numbers].to_numpy(), several),
)
each("a regression of tables by", regressors, lambda model: equal(prepared(model), holes, amount))


@case
def plain_columns_of_numbers_stand_side_by_side():
    exported = equal(make_pipeline(StandardScaler(), LogisticRegression()), table[numbers], binary)
    assert [one["type"] for one in exported.signature["inputs"]] == ["FP64", "FP64", "INT64"]
    assert [one["name"] for one in exported.signature["inputs"]] == numbers


@case
def levels_flags_and_ordinal_codes():
    rows = table.assign(island=table["island"].astype("category"), flag=score > 1)
    steps = [("o", OrdinalEncoder(), texts), ("n", MinMaxScaler(), numbers)]
    equal(
        make_pipeline(ColumnTransformer(steps, remainder="passthrough"), RandomForestClassifier(10, random_state=0)),
        rows,
        binary,
    )


@case
def missing_text_as_a_level_of_its_own():
    steps = [
        ("n", make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), numbers),
        ("t", OneHotEncoder(), texts),
    ]
    equal(make_pipeline(ColumnTransformer(steps), LogisticRegression()), holes, binary)


@case
def searches_votes_transformers_and_outliers():
    X = table[numbers]
    equal(
        GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [0.1, 1]}),
        X,
        binary,
    )
    equal(
        VotingClassifier([("a", LogisticRegression()), ("b", DecisionTreeClassifier(max_depth=3))], voting="soft"),
        X,
        binary,
    )
    equal(make_pipeline(StandardScaler(), AdaBoostClassifier(n_estimators=5, random_state=0)), X, binary)
    equal(StandardScaler(), X)
    equal(
        ColumnTransformer([("n", SimpleImputer(), numbers), ("t", OneHotEncoder(sparse_output=False), ["island"])]),
        holes,
    )
    equal(make_pipeline(StandardScaler(), PoissonRegressor()), X, np.abs(amount))
    equal(make_pipeline(StandardScaler(), LinearRegression()), X, np.c_[amount, -amount])


@case
def labels_that_are_flags_or_floats():
    for labels in (score.to_numpy() > 0, (score.to_numpy() > 0).astype(float)):
        equal(make_pipeline(StandardScaler(), LogisticRegression()), table[numbers], labels)


@case
def a_column_of_times_is_a_reason_not_to_export():
    rows = table[["masa"]].assign(when=pd.Timestamp("2020-01-01"))
    model = make_pipeline(ColumnTransformer([("n", StandardScaler(), ["masa"])]), LinearRegression()).fit(rows, amount)
    try:
        export_model(model, "sklearn", to_rows(model, rows))
    except NoExport as reason:
        assert "column when holds datetime64" in str(reason), reason
    else:
        raise AssertionError("it was exported")


run_cases()
