"""The file of the rows that prove a model: equal rows are equal bytes, and what was written comes back as JSON had it."""

import io
import json
import os
import tempfile

import numpy as np
from case import case, run_cases

from slipway.models.predictions_file import read_predictions, write_predictions

numbers = np.random.default_rng(5).normal(size=4_000)
ARRAYS = {
    "double": numbers, "single": numbers.astype("f4"), "half": numbers.astype("f2"), "swapped": numbers.astype(">f8"),
    "rows": numbers.reshape(-1, 2), "columns": numbers.reshape(-1, 4).T, "strided": numbers[::2], "deep": numbers.reshape(20, 20, 10),
    "none": numbers[:0], "empty": np.zeros((3, 0)), "whole": np.array([2**63 - 1, -(2**63), 0]), "large": np.array([2**64 - 1], "u8"),
    "small": np.arange(200, dtype="u1"), "truth": numbers > 0, "edges": np.array([0.0, -0.0, 5e-324, 1e22, 0.1 + 0.2]),
}  # fmt: skip


def read_back(content):
    path = os.path.join(tempfile.mkdtemp(), "predictions")
    with open(path, "wb") as file:
        file.write(content)
    return read_predictions(path)


@case
def arrays_of_every_kind_and_shape_come_back_as_lists_of_the_same_numbers():
    inputs = {**ARRAYS, "text": ["a", None, "lone \ud800"], "Größe/../\" \\ \n": numbers, "gaps": [1.5, None, "NaN"]}
    document = {"rows": 4, "origin": "called", "inputs": inputs, "outputs": {"predict": numbers > 0, "labels": ["x", "y"]}}
    lists = {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in inputs.items()}
    found = read_back(write_predictions(document))
    assert json.dumps(found["inputs"], sort_keys=True) == json.dumps(lists, sort_keys=True)
    assert found == {**document, "inputs": lists, "outputs": {"predict": (numbers > 0).tolist(), "labels": ["x", "y"]}}


@case
def equal_rows_are_equal_bytes_however_they_lie_in_memory():
    def written(values, names):
        return write_predictions({"rows": 1, "origin": "called", "inputs": dict.fromkeys(names, values), "outputs": {"predict": values}})

    table = numbers.reshape(-1, 4)
    wanted = written(table, "ab")
    assert written(np.asfortranarray(table), "ba") == wanted
    assert written(np.repeat(table, 2, axis=1)[:, ::2], "ab") == wanted
    assert written(table.astype(">f8"), "ab") == wanted
    assert written(table + 0.5, "ab") != wanted


@case
def anybody_reads_its_arrays_by_numpy():
    content = write_predictions({"rows": 4_000, "origin": "called", "inputs": {"a": numbers}, "outputs": {"predict": numbers > 0}})
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        document = json.loads(archive["predictions.json"])
        member = document["inputs"]["a"]["npy"]
        assert (archive[member.removesuffix(".npy")] == numbers).all()


@case
def files_of_earlier_releases_which_are_json_are_read():
    document = {"rows": 2, "origin": "training", "inputs": {"a": [1.5, None]}, "outputs": {"predict": ["PK", "ü"]}}
    assert read_back(json.dumps(document).encode()) == document
    assert read_back(json.dumps(document, ensure_ascii=False).encode()) == document


run_cases()
