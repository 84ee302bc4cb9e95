"""What every step does, gone through in the warm interpreter: Python adapts code to what it is used for when it has run a few
times, and writes that into the code. Each forked process would else do so for itself, and copy the pages that it writes.

Nothing comes of it: one small file is written and removed, and nobody is told.
"""

from __future__ import annotations

import inspect
import json
import os

from ..observation.watch import Watch
from ..values.load import load_input
from ..values.staging import Staging
from ..values.store import store_value
from .channel import to_frame
from .interpreter import describe_platform
from .outputs import output_message
from .request import StepRequest, parse_request
from .returned import to_named_values

_TIMES = 6


def rehearse(folder: str) -> None:
    """folder: one of our own, in which nothing else has this file's name."""
    for _ in range(_TIMES):
        _go_through(folder)


def _go_through(folder: str) -> None:
    watch = Watch(folder, (os.path.join(folder, "outputs"), os.path.join(folder, "scratch")))
    stored = store_value(1, Staging(folder, folder))
    message = output_message("output", "rehearsal", 1, stored)
    try:
        request = _request(folder, message)
        inputs = {one.name: load_input(one, folder) for one in request.inputs}
    finally:
        os.unlink(message["file"])
    inspect.signature(rehearse).bind(*inputs.values())
    to_named_values(request, inputs)
    observed = watch.rehearse(os.path.join(folder, "rehearsal.py"))
    to_frame({"event": "started", "platform": describe_platform(), "numbers": [0.5]})
    for part in (message, observed):
        to_frame(part)


def _request(folder: str, message: dict[str, object]) -> StepRequest:
    given = {**message, "name": "rehearsal", "digest": "sha256:0"}
    text = json.dumps(
        {
            "protocol": 1,
            "projectFolder": folder,
            "module": "rehearsal.py",
            "step": "rehearsal",
            "inputs": [given],
            "params": {},
            "outputs": ["rehearsal"],
            "outputsDeclared": False,
            "stagingFolder": folder,
            "scratchFolder": folder,
        }
    )
    return parse_request(json.loads(text.encode("utf-8").decode("utf-8")))
