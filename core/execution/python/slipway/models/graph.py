"""Adds the exported graph to a stored model, or the reason why there is none. An export never fails a step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..values.staging import Staging, Stored, StoredPart, media
from ..values.tables import is_table
from .detect import model_family
from .export import NoExport, export_model
from .proof import training_rows
from .rows import Rows


def add_graph(stored: Stored, model: Any, staging: Staging, inputs: dict[str, Any]) -> Stored:
    """The part `onnx`, and in the summary `signature`, `onnxOpset`, `onnxRefusal`."""
    family = model_family(model) or ""
    if family == "onnx":
        return _with_own_graph(stored, model, staging)
    usable = {name: value for name, value in inputs.items() if is_table(value) or hasattr(value, "dtype")}
    rows = training_rows(model, usable)
    try:
        exported = export_model(model, family, rows)
    except NoExport as refusal:
        return _with(stored, signature=signature_without_graph(model, rows), refusal=str(refusal))
    part = StoredPart("onnx", media.ONNX, staging.write(exported.graph, "onnx"))
    with_part = replace(stored, parts=(*stored.parts, part))
    return _with(with_part, signature=exported.signature, opset=exported.opset)


def _with_own_graph(stored: Stored, model: Any, staging: Staging) -> Stored:
    from .signature import signature_of_graph

    content = model.SerializeToString(deterministic=True)
    part = StoredPart("onnx", media.ONNX, staging.write(content, "onnx"))
    opset = next((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), None)
    with_part = replace(stored, parts=(*stored.parts, part))
    return _with(with_part, signature=signature_of_graph(model.graph), opset=opset)


def signature_without_graph(model: Any, rows: Rows | None) -> dict[str, Any] | None:
    from .signature import signature_of_rows

    return None if rows is None else signature_of_rows(model, rows)


def _with(stored: Stored, signature: Any, refusal: str | None = None, opset: int | None = None) -> Stored:
    facts = {"signature": signature, "onnxRefusal": refusal, "onnxOpset": opset}
    return replace(stored, summary={**stored.summary, **facts})
