"""What the `log_…` functions reach while a step runs."""

from __future__ import annotations

from typing import Any

from ..observation.watch import Watch
from ..values.json_values import NotJson, to_plain
from ..values.staging import Staging, Unstorable
from ..values.store import store_value
from .channel import Channel
from .request import StepRequest


class StepRecorder:
    def __init__(self, channel: Channel, staging: Staging, watch: Watch) -> None:
        self._channel = channel
        #: Called very often, so without a step between.
        self.metric = channel.metrics.add
        self._staging = staging
        self._watch = watch
        #: Pairs of a model and rows, in the order of the calls.
        self.logged_predictions: list[tuple[Any, Any]] = []

    def begin(self, request: StepRequest, inputs: dict[str, Any]) -> None:
        from ..models.watch_calls import calls

        models = [inputs[one.name] for one in request.inputs if one.kind == "model"]
        calls.start(models)

    def param(self, key: str, value: Any) -> None:
        if not self._channel.is_ours:
            return
        try:
            plain, _ = to_plain(value)
        except NotJson:
            raise TypeError(f"log_param({key!r}, …) takes values of JSON kind, not {type(value).__name__}") from None
        self._channel.send({"event": "param", "key": str(key), "value": plain})

    def artifact(self, value: Any, name: str) -> None:
        from .outputs import output_message

        if not self._channel.is_ours:
            return
        with self._watch.paused():
            try:
                stored = store_value(value, self._staging)
            except Unstorable as refusal:
                raise Unstorable(f"Artifact {name}: {refusal}.", refusal.remedy) from refusal.__cause__
        self._channel.send(output_message("logged", str(name), value, stored))

    def predictions(self, model: Any, inputs: Any) -> None:
        from ..models.rows import own_copy

        if self._channel.is_ours:
            self.logged_predictions.append((model, own_copy(inputs)))
