"""Which species of penguin is it? From a table of measurements to a model that can be shipped.

Each function under @step is one step. Its positional parameters are what other steps give, its
keyword-only parameters are what you may change from run to run. Without Slipway these are plain
functions: import them in a notebook or a test as you like.
"""

import pandas as pd
from matplotlib.figure import Figure
from sklearn.metrics import (
    ConfusionMatrixDisplay,
    accuracy_score,
    balanced_accuracy_score,
    log_loss,
    recall_score,
)
from sklearn.model_selection import train_test_split

from features import CATEGORIES, FEATURES, MEASUREMENTS, TARGET, build_classifier
from slipway import step

PLAUSIBLE = {
    "bill_length_mm": (25, 75),
    "bill_depth_mm": (10, 30),
    "flipper_length_mm": (150, 250),
    "body_mass_g": (2000, 7500),
}


@step(outputs=("penguins",))
def load(*, path: str = "data/penguins.csv") -> pd.DataFrame:
    """Reads the measurements as they were published."""
    return pd.read_csv(path)


@step(outputs=("measured", "quality"))
def validate(penguins: pd.DataFrame, *, max_missing: float = 0.05):
    """Checks the table and keeps the penguins that were measured in full.

    The sex of a few birds is unknown; that is information of its own, so it becomes a level.
    """
    absent = {TARGET, *FEATURES} - set(penguins.columns)
    if absent:
        raise ValueError(f"the table has no column {', '.join(sorted(absent))}")

    measured = penguins.dropna(subset=[TARGET, *MEASUREMENTS]).reset_index(drop=True)
    missing = 1 - len(measured) / len(penguins)
    if missing > max_missing:
        raise ValueError(f"{missing:.1%} of the penguins lack a measurement, {max_missing:.1%} are allowed")

    for column, (low, high) in PLAUSIBLE.items():
        odd = measured.loc[~measured[column].between(low, high), column]
        if not odd.empty:
            raise ValueError(f"{column} holds {odd.iloc[0]}, which is not between {low} and {high}")

    measured = measured.fillna({column: "unknown" for column in CATEGORIES})
    quality = {"rows": len(measured), "dropped": len(penguins) - len(measured), "missing": missing}
    return measured, quality


@step(outputs=("train_rows", "test_rows"))
def split(measured: pd.DataFrame, *, test_size: float = 0.25, seed: int = 7):
    """Holds out rows that the model never sees, with every species in proportion."""
    train_rows, test_rows = train_test_split(
        measured, test_size=test_size, random_state=seed, stratify=measured[TARGET]
    )
    return train_rows.reset_index(drop=True), test_rows.reset_index(drop=True)


@step(outputs=("model",))
def train(train_rows: pd.DataFrame, *, C: float = 1.0, max_iter: int = 1000):
    """Fits preprocessing and classifier as one model, so that they are shipped as one."""
    return build_classifier(C, max_iter).fit(train_rows[FEATURES], train_rows[TARGET])


@step(outputs=("evaluation", "confusion_matrix"))
def evaluate(model, test_rows: pd.DataFrame):
    """Scores the model on the rows that were held out."""
    truth = test_rows[TARGET]
    predicted = model.predict(test_rows[FEATURES])
    probabilities = model.predict_proba(test_rows[FEATURES])

    evaluation = {
        "accuracy": accuracy_score(truth, predicted),
        "balanced_accuracy": balanced_accuracy_score(truth, predicted),
        "log_loss": log_loss(truth, probabilities, labels=model.classes_),
    }
    recalls = recall_score(truth, predicted, labels=model.classes_, average=None)
    evaluation |= {f"recall_{species.lower()}": recall for species, recall in zip(model.classes_, recalls)}

    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    ConfusionMatrixDisplay.from_predictions(truth, predicted, ax=axes, cmap="Blues", colorbar=False)
    axes.set_title(f"{len(test_rows)} penguins held out")
    return evaluation, figure
