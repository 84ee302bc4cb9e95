"""Forests of classification trees: class shares are summed over the trees and divided once, as scikit-learn does.
The exporter divides each leaf first, and then a vote of 15 to 15 comes out for either side."""

from __future__ import annotations

from typing import Any

_FLOAT, _INT64, _DOUBLE = 1, 7, 11
_FORESTS = ("RandomForestClassifier", "ExtraTreesClassifier")


def register_forests() -> None:
    import sklearn.ensemble
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes

    for name in _FORESTS:
        update_registered_converter(
            getattr(sklearn.ensemble, name),
            f"SlipwayForest{name}",
            calculate_linear_classifier_output_shapes,
            _convert,
            options={
                "zipmap": [True, False, "columns"],
                "nocl": [True, False],
                "output_class_labels": [False, True],
                "raw_scores": [True, False],
            },
            overwrite=True,
        )


def _convert(scope: Any, operator: Any, container: Any) -> None:
    """@throws NotImplementedError for several outputs at once"""
    import numpy
    from skl2onnx.common.data_types import DoubleTensorType, StringTensorType

    forest = operator.raw_operator
    if getattr(forest, "n_outputs_", 1) != 1:
        raise NotImplementedError("a forest that answers several labels at once has no graph")

    def add(kind: str, inputs: list[str], output: str | None = None, **attributes: Any) -> str:
        output = output or scope.get_unique_variable_name(f"forest_{kind}")
        container.add_node(kind, inputs, [output], name=scope.get_unique_operator_name(kind), **attributes)
        return output

    def constant(element: int, shape: list[int], values: list[Any]) -> str:
        name = scope.get_unique_variable_name("forest_constant")
        container.add_initializer(name, element, shape, values)
        return name

    # scikit-learn rounds the rows to float32 and compares them with thresholds in float64.
    rows = add("Cast", [add("Cast", [operator.inputs[0].full_name], to=_FLOAT)], to=_DOUBLE)
    sums = add("TreeEnsembleRegressor", [rows], op_domain="ai.onnx.ml", op_version=3, **_attributes(forest))
    shares = operator.outputs[1]
    number = _DOUBLE if isinstance(shares.type, DoubleTensorType) else _FLOAT
    count = constant(number, [1], [float(len(forest.estimators_))])
    add("Div", [add("Cast", [sums], to=number), count], shares.full_name)
    best = add("ArgMax", [sums], axis=1, keepdims=0)
    classes = forest.classes_
    if isinstance(operator.outputs[0].type, StringTensorType):
        labels = container_strings(scope, container, [str(one) for one in classes])
    else:
        labels = constant(_INT64, [len(classes)], [int(one) for one in numpy.asarray(classes)])
    add("Gather", [labels, best], operator.outputs[0].full_name, axis=0)


def container_strings(scope: Any, container: Any, texts: list[str]) -> str:
    name = scope.get_unique_variable_name("forest_labels")
    container.add_initializer(name, 8, [len(texts)], [text.encode("utf-8") for text in texts])
    return name


def _attributes(forest: Any) -> dict[str, Any]:
    """The trees as one ensemble of regression trees, one target for each class."""
    import numpy
    from onnx import numpy_helper

    nodes: dict[str, list[Any]] = {
        key: [] for key in ("treeids", "nodeids", "featureids", "modes", "truenodeids", "falsenodeids")
    }
    nodes["missing_value_tracks_true"] = []
    thresholds: list[float] = []
    leaves: dict[str, list[Any]] = {"treeids": [], "nodeids": [], "ids": []}
    weights: list[float] = []
    for position, estimator in enumerate(forest.estimators_):
        tree = estimator.tree_
        counted = tree.value[:, 0, :]
        shares = counted / counted.sum(axis=1, keepdims=True)
        missing = getattr(tree, "missing_go_to_left", None)
        for node in range(tree.node_count):
            is_leaf = tree.children_left[node] == -1
            nodes["treeids"].append(position)
            nodes["nodeids"].append(node)
            nodes["featureids"].append(0 if is_leaf else int(tree.feature[node]))
            nodes["modes"].append("LEAF" if is_leaf else "BRANCH_LEQ")
            nodes["truenodeids"].append(0 if is_leaf else int(tree.children_left[node]))
            nodes["falsenodeids"].append(0 if is_leaf else int(tree.children_right[node]))
            nodes["missing_value_tracks_true"].append(0 if is_leaf or missing is None else int(missing[node]))
            thresholds.append(0.0 if is_leaf else float(tree.threshold[node]))
            if is_leaf:
                for target, share in enumerate(shares[node]):
                    if share:
                        leaves["treeids"].append(position)
                        leaves["nodeids"].append(node)
                        leaves["ids"].append(target)
                        weights.append(float(share))
    return {
        **{f"nodes_{key}": values for key, values in nodes.items()},
        **{f"target_{key}": values for key, values in leaves.items()},
        "nodes_values_as_tensor": numpy_helper.from_array(numpy.array(thresholds), "thresholds"),
        "target_weights_as_tensor": numpy_helper.from_array(numpy.array(weights), "weights"),
        "n_targets": len(forest.classes_),
        "aggregate_function": "SUM",
        "post_transform": "NONE",
    }
