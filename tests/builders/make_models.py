"""Makes real models, their ONNX, and what the native model answered: NAME/{model.onnx,signature.json,predictions.json}."""

import json
import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_iris, make_regression
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

TYPES = {1: "FP32", 11: "FP64", 7: "INT64", 6: "INT32", 8: "BYTES", 9: "BOOL"}


def plain(value):
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value.tolist()]
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value


def missing_is_null(values):
    return [None if isinstance(value, float) and math.isnan(value) else value for value in values]


def write(folder, onnx_model, signature, inputs, outputs, rows):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(onnx_model.SerializeToString())
    (folder / "signature.json").write_text(json.dumps(signature))
    predictions = {"rows": rows, "origin": "called", "inputs": inputs, "outputs": outputs}
    (folder / "predictions.json").write_text(json.dumps(predictions))


def rename_inputs(model):
    """As exporters do that cannot keep a column's name."""
    names = {value.name: f"in_{i}" for i, value in enumerate(model.graph.input)}
    for value in model.graph.input:
        value.name = names[value.name]
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = names.get(name, name)


def output_specs(model, methods, native):
    specs = []
    for value, method in zip(model.graph.output, methods, strict=True):
        shape = [-1, *np.asarray(native[method]).shape[1:]]
        kind = "BOOL" if np.asarray(native[method]).dtype == bool else TYPES[value.type.tensor_type.elem_type]
        specs.append({"name": method, "graphName": value.name, "type": kind, "shape": shape, "nullable": False})
    return specs


def classifier(folder, model, frame, target, columns, types, rename=False, options=None):
    model.fit(frame, target)
    onnx_model = to_onnx(model, initial_types=types, options={id(model): {"zipmap": False}} | (options or {}), target_opset=18)
    if rename:
        rename_inputs(onnx_model)
    native = {"predict": model.predict(frame), "predict_proba": model.predict_proba(frame)}
    # By position: the exporter keeps the order of the columns and not always their names.
    inputs = [{**spec, "graphName": value.name} for spec, value in zip(columns, onnx_model.graph.input, strict=True)]
    signature = {
        "layout": "columns",
        "inputs": inputs,
        "outputs": output_specs(onnx_model, ["predict", "predict_proba"], native),
        "predictOutput": "predict",
        "classes": plain(model.classes_),
    }
    recorded = {name: missing_is_null(frame[name].tolist()) for name in frame.columns}
    write(folder, onnx_model, signature, recorded, {k: plain(v) for k, v in native.items()}, len(frame))


def column(name, kind, nullable=False, levels=None):
    spec = {"name": name, "type": kind, "shape": [-1, 1], "nullable": nullable}
    return spec | ({"levels": levels} if levels else {})


def flowers(root):
    iris = load_iris(as_frame=True)
    frame = iris.frame.rename(columns={"petal length (cm)": "petal length", "sepal width (cm)": "épaisseur"})
    table = pd.DataFrame(
        {
            "petal length": frame["petal length"].where(np.arange(150) % 17 != 3),
            "épaisseur": frame["épaisseur"],
            "leaves": (np.arange(150) % 9).astype("int64"),
            "wild": np.arange(150) % 3 == 0,
            "soil": np.array(["clay", "sand", "loam, dark"])[np.arange(150) * 7 % 3],
        }
    )
    numbers = ["petal length", "épaisseur"]
    preparation = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            ("counts", StandardScaler(), ["leaves"]),
            ("flags", StandardScaler(), ["wild"]),
            ("soil", OneHotEncoder(handle_unknown="ignore"), ["soil"]),
        ]
    )
    columns = [
        column("petal length", "FP64", nullable=True),
        column("épaisseur", "FP64", nullable=True),
        column("leaves", "INT64"),
        column("wild", "BOOL"),
        column("soil", "BYTES", levels=["clay", "loam, dark", "sand"]),
    ]
    one = [None, 1]
    types = [
        ("petal length", FloatTensorType(one)),
        ("épaisseur", FloatTensorType(one)),
        ("leaves", Int64TensorType(one)),
        ("wild", FloatTensorType(one)),
        ("soil", StringTensorType(one)),
    ]
    labels = iris.target_names[iris.target]
    classifier(root / "flowers", make_pipeline(preparation, LogisticRegression(max_iter=500)), table, labels, columns, types, rename=True)
    strict = make_pipeline(
        ColumnTransformer([("soil", OneHotEncoder(handle_unknown="error"), ["soil"])], remainder="passthrough"),
        DecisionTreeClassifier(max_depth=3, random_state=0),
    )
    classifier(
        root / "strict",
        strict,
        table[["soil", "leaves"]],
        iris.target.to_numpy() + 10,
        [columns[4], columns[2]],
        [types[4], ("leaves", Int64TensorType(one))],
    )
    classifier(
        root / "boolean",
        make_pipeline(StandardScaler(), LogisticRegression()),
        table[["épaisseur"]],
        iris.target.to_numpy() == 0,
        [columns[1]],
        [types[1]],
    )


def drifting_trees(root):
    data = load_breast_cancer(as_frame=True)
    frame = data.data.iloc[:, :6]
    model = make_pipeline(StandardScaler(), HistGradientBoostingClassifier(random_state=0, max_iter=60))
    columns = [column(name, "FP64") for name in frame.columns]
    types = [(name, FloatTensorType([None, 1])) for name in frame.columns]
    # One input per column into a scaler: through a transformer that gathers them.
    gathered = make_pipeline(ColumnTransformer([("all", StandardScaler(), list(frame.columns))]), model[-1])
    classifier(root / "drifting", gathered, frame, data.target.to_numpy(), columns, types)


def arrays(root):
    values, target = make_regression(200, 4, noise=3.0, random_state=1)
    values = values.astype(np.float32)
    model = RandomForestRegressor(12, max_depth=5, random_state=0).fit(values, target)
    onnx_model = to_onnx(model, values[:1], target_opset=18)
    tensor = {"name": "X", "graphName": onnx_model.graph.input[0].name, "type": "FP32", "shape": [-1, 4], "nullable": False}
    native = {"predict": model.predict(values)}
    signature = {"layout": "tensor", "inputs": [tensor], "outputs": output_specs(onnx_model, ["predict"], native), "predictOutput": "predict", "classes": None}
    write(root / "regressor", onnx_model, signature, {"X": plain(values)}, {"predict": plain(native["predict"])}, 200)

    pca = PCA(2).fit(values)
    onnx_model = to_onnx(pca, values[:1], target_opset=18)
    native = {"transform": pca.transform(values)}
    signature = {"layout": "tensor", "inputs": [tensor | {"graphName": onnx_model.graph.input[0].name}], "outputs": output_specs(onnx_model, ["transform"], native), "predictOutput": "transform", "classes": None}
    write(root / "transformer", onnx_model, signature, {"X": plain(values)}, {"transform": plain(native["transform"])}, 200)


def graph_model(name, nodes, inputs, outputs):
    graph = helper.make_graph(nodes, name, inputs, outputs)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def hand_made(root):
    whole = graph_model(
        "whole",
        [helper.make_node("Identity", ["n"], ["same"])],
        [helper.make_tensor_value_info("n", TensorProto.INT64, [None, 1])],
        [helper.make_tensor_value_info("same", TensorProto.INT64, [None, 1])],
    )
    spec = {"graphName": "n", "type": "INT64", "shape": [-1, 1], "nullable": False}
    numbers = [0, -1, 2**53 + 1, 2**63 - 1, -(2**63)]
    signature = {"layout": "columns", "inputs": [{"name": "n", **spec}], "outputs": [{"name": "predict", **spec, "graphName": "same", "shape": [-1]}], "predictOutput": "predict", "classes": None}
    write(root / "whole", whole, signature, {"n": numbers}, {"predict": numbers}, 5)

    odd = graph_model(
        "odd",
        [helper.make_node("Log", ["x"], ["y"])],
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
    )
    spec = {"graphName": "x", "type": "FP32", "shape": [-1, 1], "nullable": True}
    signature = {"layout": "columns", "inputs": [{"name": "x", **spec}], "outputs": [{"name": "predict", **spec, "graphName": "y", "shape": [-1]}], "predictOutput": "predict", "classes": None}
    write(root / "odd", odd, signature, {"x": [1.0, 0.0, -1.0, "Infinity", None]}, {"predict": [0.0, "-Infinity", "NaN", "Infinity", "NaN"]}, 5)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    flowers(target)
    drifting_trees(target)
    arrays(target)
    hand_made(target)
