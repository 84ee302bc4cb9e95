"""What the model looks at, and how it is built."""

from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TARGET = "species"
MEASUREMENTS = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
CATEGORIES = ["island", "sex"]
FEATURES = MEASUREMENTS + CATEGORIES


def build_classifier(C: float, max_iter: int) -> Pipeline:
    """Scaled measurements and one-hot categories into a logistic regression.

    A level that was never seen in training counts as none of the known ones instead of failing.
    """
    preprocessing = ColumnTransformer(
        [
            ("measurements", StandardScaler(), MEASUREMENTS),
            ("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=False), CATEGORIES),
        ]
    )
    return Pipeline(
        [
            ("preprocessing", preprocessing),
            ("classifier", LogisticRegression(C=C, max_iter=max_iter)),
        ]
    )
