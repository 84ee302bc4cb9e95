"""Asks a running server through the stock client, in JSON and in binary, and prints the answers as JSON."""

import json
import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

client = triton.InferenceServerClient(sys.argv[1])
ROWS = 3
COLUMNS = {
    "petal length": (np.array([[1.4], [4.7], [np.nan]]), "FP64"),
    "épaisseur": (np.array([[3.1], [2.9], [3.0]]), "FP64"),
    "leaves": (np.array([[3], [4], [5]], dtype=np.int64), "INT64"),
    "wild": (np.array([[True], [False], [True]]), "BOOL"),
    "soil": (np.array([["clay"], ["sand"], ["loam, dark"]], dtype=object), "BYTES"),
}


def inputs(binary, leave_out=()):
    made = []
    for name, (values, kind) in COLUMNS.items():
        if name in leave_out:
            continue
        one = triton.InferInput(name, list(values.shape), kind)
        one.set_data_from_numpy(values, binary_data=binary)
        made.append(one)
    return made


def answers(result):
    def texts(values):
        return [value.decode() if isinstance(value, bytes) else value for value in values.tolist()]

    return {"predict": texts(result.as_numpy("predict")), "predict_proba": result.as_numpy("predict_proba").tolist()}


def refusal(call):
    try:
        call()
    except InferenceServerException as error:
        return [error.status(), error.message()]
    return None


def some_json():
    """NaN has no JSON: the client's JSON form is asked with a number in its place."""
    COLUMNS["petal length"][0][2] = 2.5
    return answers(client.infer("flowers", inputs(False)))


found = {
    "live": client.is_server_live(),
    "ready": client.is_server_ready(),
    "modelReady": client.is_model_ready("flowers"),
    "otherReady": client.is_model_ready("nope"),
    "server": client.get_server_metadata(),
    "model": client.get_model_metadata("flowers", "3"),
    "binary": answers(client.infer("flowers", inputs(True))),
    "named": client.infer("flowers", inputs(True), outputs=[triton.InferRequestedOutput("predict", binary_data=False)]).get_response(),
    "json": some_json(),
    "sameInBinary": answers(client.infer("flowers", inputs(True), request_id="a-1")),
    "gzip": answers(client.infer("flowers", inputs(True), request_compression_algorithm="gzip", response_compression_algorithm="gzip")),
    "deflate": answers(client.infer("flowers", inputs(True), request_compression_algorithm="deflate", response_compression_algorithm="deflate")),
    "missing": refusal(lambda: client.infer("flowers", inputs(True, leave_out=("soil",)))),
    "unknownModel": refusal(lambda: client.infer("nope", inputs(True))),
}
print(json.dumps(found))
