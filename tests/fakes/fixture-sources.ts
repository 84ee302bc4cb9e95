/** The text of a small project: what the workbench shows while the real core is not part of the test. */
export const pipelineText = `"""Grades of red wine: from a table to a model that can be served."""

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import ConfusionMatrixDisplay, accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from slipway import step

TARGET = "grade"


@step
def raw(*, path: str = "data/wine.csv"):
    """Reads the table as it was published."""
    return pd.read_csv(path)


@step
def clean(raw, *, drop_duplicates: bool = True):
    """Drops rows that cannot be used and says how many."""
    table = raw.dropna()
    if drop_duplicates:
        table = table.drop_duplicates()
    print(f"kept {len(table)} of {len(raw)} rows")
    return table


@step(outputs=("train", "test"))
def split(clean, *, test_size: float = 0.25, seed: int = 7):
    """Holds rows back that the model never sees in training."""
    return train_test_split(clean, test_size=test_size, random_state=seed, stratify=clean[TARGET])


@step
def model(train, *, trees: int = 120, max_depth: int | None = None, seed: int = 7):
    """Fits a forest on every column but the target."""
    forest = RandomForestClassifier(n_estimators=trees, max_depth=max_depth, random_state=seed)
    return forest.fit(train.drop(columns=TARGET), train[TARGET])


@step
def evaluation(model, test):
    """What the model is worth on rows that it has not seen."""
    predicted = model.predict(test.drop(columns=TARGET))
    return {
        "accuracy": accuracy_score(test[TARGET], predicted),
        "f1": f1_score(test[TARGET], predicted, average="macro"),
    }


@step
def confusion(model, test):
    """Where the model is wrong."""
    figure, axes = plt.subplots()
    ConfusionMatrixDisplay.from_estimator(model, test.drop(columns=TARGET), test[TARGET], ax=axes)
    return figure
`

export const projectFiles: Readonly<Record<string, string>> = {
  'pipeline.py': pipelineText,
  'slipway.toml': `name = "Wine grades"
pipeline = ["pipeline.py"]

[environment]
requirements = "requirements.txt"

[datasets.wine]
path = "data/wine.csv"
origin = "UCI Machine Learning Repository, Wine Quality"
licence = "CC-BY-4.0"
purpose = ["research", "production"]
`,
  'requirements.txt': 'pandas==3.0.1\nscikit-learn==1.9.0\nmatplotlib==3.11.0\n',
  'README.md': '# Wine grades\n\nSix steps from a table to a model.\n',
}
