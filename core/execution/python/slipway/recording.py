"""What a step records beside its return value. Without a recorder (outside Slipway) every call returns at once."""

from __future__ import annotations

from typing import Any, Protocol


class Recorder(Protocol):
    """What the runner puts in place while a step runs."""

    def metric(self, key: str, value: Any, iteration: int | None) -> None: ...
    def param(self, key: str, value: Any) -> None: ...
    def artifact(self, value: Any, name: str) -> None: ...
    def predictions(self, model: Any, inputs: Any) -> None: ...


_recorder: Recorder | None = None


def set_recorder(recorder: Recorder | None) -> None:
    """For the runner: from now on calls go to this recorder; None switches recording off."""
    global _recorder
    _recorder = recorder


def log_metric(key: str, value: float, iteration: int | None = None) -> None:
    """Record a number under ``STEP.key``; with an iteration (epoch, round …) it becomes a point of a curve.

    NaN and infinities are kept. NumPy scalars and 0-d tensors count as numbers.
    """
    if _recorder is not None:
        _recorder.metric(key, value, iteration)


def log_param(key: str, value: Any) -> None:
    """Record a value of JSON kind that the step chose by itself, such as a best parameter found by a search."""
    if _recorder is not None:
        _recorder.param(key, value)


def log_artifact(value_or_path: Any, name: str | None = None) -> None:
    """Record a value beside the return value, or the file or folder at a ``pathlib.Path``.

    Values are stored as returned ones are. The name may be left out for a path, whose own name is used then.
    """
    if _recorder is not None:
        _recorder.artifact(value_or_path, _name_of(value_or_path, name))


def log_table(table: Any, name: str = "table") -> None:
    """Record a table (pandas, polars or pyarrow) beside the return value."""
    if _recorder is not None:
        _recorder.artifact(table, name)


def log_figure(figure: Any, name: str = "figure") -> None:
    """Record a figure (matplotlib, plotly, altair, bokeh or PIL) beside the return value."""
    if _recorder is not None:
        _recorder.artifact(figure, name)


def log_predictions(model: Any, inputs: Any) -> None:
    """Say which rows prove a model: its answers to these raw inputs are what every export must equal.

    model: an input of this step, or the value that it returns.
    inputs: all rows, as ``model.predict`` takes them. Called more than once, the rows add up.
    """
    if _recorder is not None:
        _recorder.predictions(model, inputs)


def _name_of(value: Any, name: str | None) -> str:
    import os

    if name is not None:
        return name
    if isinstance(value, os.PathLike):
        return os.path.basename(os.path.normpath(os.fspath(value)))
    raise TypeError("log_artifact needs a name for a value that is not a path")
