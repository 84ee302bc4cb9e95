"""Stores each output of a step under its name and tells core."""

from __future__ import annotations

from typing import Any

from ..values.figures import close_figures
from ..values.python_type import python_type
from ..values.staging import Staging, Stored, Unstorable
from ..values.store import store_value
from .channel import Channel
from .recorder import StepRecorder
from .request import StepRequest


def store_outputs(
    request: StepRequest,
    channel: Channel,
    staging: Staging,
    recorder: StepRecorder,
    inputs: dict[str, Any],
    values: dict[str, Any],
) -> None:
    """@throws Unstorable with the name of the output."""
    from ..models.proof import prove_models
    from ..models.watch_calls import calls

    calls.stop()
    for name, value in values.items():
        try:
            stored = store_value(value, staging)
        except Unstorable as refusal:
            raise Unstorable(f"Output {name} of step {request.step}: {refusal}.", refusal.remedy) from refusal.__cause__
        if stored.kind == "model":
            from ..models.graph import add_graph

            stored = add_graph(stored, value, staging, inputs)
        # Core can do nothing with it before the step has ended.
        channel.hold(output_message("output", name, value, stored))
    for name, stored, of in prove_models(request, staging, recorder.logged_predictions, inputs, values):
        channel.hold({**output_message("predictions", name, None, stored), "of": of})
    close_figures()


def output_message(role: str, name: str, value: Any, stored: Stored) -> dict[str, Any]:
    return {
        "event": "output",
        "role": role,
        "name": name,
        "kind": stored.kind,
        "mediaType": stored.media_type,
        "file": stored.file,
        "parts": [part.to_message() for part in stored.parts],
        "pythonType": python_type(value) if value is not None or role == "output" else "",
        "runsCodeWhenLoaded": stored.runs_code,
        "summary": stored.summary,
    }
