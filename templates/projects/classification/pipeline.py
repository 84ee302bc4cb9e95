"""Predict one column of a table from the others.

Replace data/table.csv by your own table and set the param `target` of the step `prepare` to the
column to predict. Numbers are scaled, everything else is taken as categories; gaps are filled.
"""

import pandas as pd
from matplotlib.figure import Figure
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ConfusionMatrixDisplay, accuracy_score, balanced_accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from slipway import step

TARGET = "target"


@step(outputs=("table",))
def load(*, path: str = "data/table.csv") -> pd.DataFrame:
    """Reads the table as it is."""
    return pd.read_csv(path)


@step(outputs=("prepared", "balance"))
def prepare(table: pd.DataFrame, *, target: str = "cultivar", drop: tuple = ()):
    """Sets the target apart and makes every feature a number or a text.

    Columns that say which row it is (an id, a name) belong into `drop`: a model must not learn them.
    """
    absent = {target, *drop} - set(table.columns)
    if absent:
        raise ValueError(f"the table has no column {', '.join(sorted(absent))}; it has {', '.join(table.columns)}")

    labelled = table.dropna(subset=[target]).reset_index(drop=True)
    features = labelled.drop(columns=[target, *drop])
    prepared = pd.DataFrame({name: to_feature(features[name]) for name in features.columns})
    prepared[TARGET] = labelled[target].astype(str)

    balance = prepared[TARGET].value_counts()
    if len(balance) < 2:
        raise ValueError(f"{target} has one value only; there is nothing to tell apart")
    return prepared, {f"rows_{label}": int(rows) for label, rows in balance.items()}


def to_feature(column: pd.Series) -> pd.Series:
    """Numbers as floats with gaps kept; anything else as text with gaps named."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.astype("float64")
    return column.astype("string").fillna("missing").astype(object)


@step(outputs=("train_rows", "test_rows"))
def split(prepared: pd.DataFrame, *, test_size: float = 0.25, seed: int = 7):
    """Holds out rows that the model never sees, in proportion where every class has enough of them."""
    counts = prepared[TARGET].value_counts()
    stratify = prepared[TARGET] if counts.min() >= 2 else None
    train_rows, test_rows = train_test_split(prepared, test_size=test_size, random_state=seed, stratify=stratify)
    return train_rows.reset_index(drop=True), test_rows.reset_index(drop=True)


@step(outputs=("model",))
def train(train_rows: pd.DataFrame, *, C: float = 1.0, max_iter: int = 2000) -> Pipeline:
    """Fits preprocessing and classifier as one model, so that they are shipped as one."""
    features = train_rows.drop(columns=[TARGET])
    numbers = list(features.select_dtypes("number").columns)
    categories = [name for name in features.columns if name not in numbers]
    preprocessing = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            ("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=False), categories),
        ]
    )
    classifier = LogisticRegression(C=C, max_iter=max_iter)
    model = Pipeline([("preprocessing", preprocessing), ("classifier", classifier)])
    return model.fit(features, train_rows[TARGET])


@step(outputs=("evaluation", "confusion_matrix"))
def evaluate(model: Pipeline, test_rows: pd.DataFrame):
    """Scores the model on the rows that were held out."""
    features, truth = test_rows.drop(columns=[TARGET]), test_rows[TARGET]
    predicted = model.predict(features)
    evaluation = {
        "accuracy": accuracy_score(truth, predicted),
        "balanced_accuracy": balanced_accuracy_score(truth, predicted),
        "f1_macro": f1_score(truth, predicted, average="macro"),
    }

    figure = Figure(figsize=(5, 4), layout="constrained")
    ConfusionMatrixDisplay.from_predictions(truth, predicted, ax=figure.subplots(), cmap="Blues", colorbar=False)
    return evaluation, figure
