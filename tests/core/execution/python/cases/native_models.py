import numpy as np
import pandas as pd
from case import bytes_of, case, run_cases, store, through
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC

rng = np.random.default_rng(0)
X = pd.DataFrame({"a": rng.normal(size=120), "b": rng.normal(size=120), "c": rng.choice(["x", "y"], 120)})
N = X[["a", "b"]]
y = np.where(X["a"] > 0, "yes", "no")


def kept(model, skops=True):
    stored = store(model)
    assert stored.kind == "model"
    assert stored.runs_code is not skops, stored.summary["native"]
    back = through(model, "model")
    assert type(back) is type(model)
    return back


@case
def scikit_learn_models_are_kept_as_data_that_runs_no_code():
    for model in (
        make_pipeline(
            make_column_transformer((OneHotEncoder(), ["c"]), remainder=StandardScaler()), LogisticRegression()
        ),
        RandomForestClassifier(5, random_state=0),
        GradientBoostingClassifier(n_estimators=3, random_state=0),
        SVC(probability=True, random_state=0),
        KNeighborsClassifier(),
        MLPClassifier((4,), max_iter=20, random_state=0),
        GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}),
    ):
        rows = X if hasattr(model, "steps") else N
        model.fit(rows, y)
        np.testing.assert_array_equal(kept(model).predict_proba(rows), model.predict_proba(rows))


@case
def clusterers_regressors_and_transformers_too():
    model = HistGradientBoostingRegressor(max_iter=3).fit(N, X["a"])
    np.testing.assert_array_equal(kept(model).predict(N), model.predict(N))
    scaler = StandardScaler().fit(N)
    np.testing.assert_array_equal(kept(scaler).transform(N), scaler.transform(N))
    kept(KMeans(2, n_init=1, random_state=0).fit(N))
    kept(TfidfVectorizer().fit(["good day", "bad day"]))


def double(rows):
    return rows * 2


@case
def code_of_the_project_inside_a_model_makes_it_a_pickle_with_the_badge():
    model = make_pipeline(FunctionTransformer(double), LogisticRegression()).fit(N, y)
    assert store(model).runs_code


@case
def equal_models_are_equal_bytes():
    def fit():
        return make_pipeline(StandardScaler(), RandomForestClassifier(5, random_state=0)).fit(N, y)

    assert bytes_of(store(fit())) == bytes_of(store(fit()))


@case
def what_is_said_of_a_model():
    summary = store(make_pipeline(StandardScaler(), LogisticRegression(C=0.5)).fit(N, y)).summary
    assert summary["classes"] == ["no", "yes"] and summary["featureNames"] == ["a", "b"]
    forest = store(RandomForestClassifier(3, random_state=0).fit(N, y)).summary
    assert forest["params"]["n_estimators"] == 3 and set(forest["importances"]) == {"a", "b"}


@case
def a_dict_of_models_is_a_pickle_that_says_what_it_holds():
    stored = store({"one": LogisticRegression().fit(N, y), "two": StandardScaler().fit(N)})
    assert stored.kind == "pickle" and stored.runs_code and stored.summary["keys"] == ["one", "two"]


run_cases()
