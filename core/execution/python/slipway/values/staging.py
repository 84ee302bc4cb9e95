"""Where values are written, and what is said about each."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from typing import Any


class Unstorable(Exception):
    """A value that cannot be stored; says what to return instead."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True)
class StoredPart:
    name: str
    media_type: str
    file: str

    def to_message(self) -> dict[str, str]:
        return {"name": self.name, "mediaType": self.media_type, "file": self.file}


@dataclass(frozen=True)
class Stored:
    """Files in the staging folder; a composite has parts and no file of its own."""

    kind: str
    media_type: str
    file: str | None = None
    parts: tuple[StoredPart, ...] = ()
    runs_code: bool = False
    summary: dict[str, Any] = field(default_factory=dict)


class Staging:
    """Hands out fresh paths. Names of values are a person's and never become paths."""

    def __init__(self, folder: str, project_folder: str) -> None:
        self.folder = folder
        self.project_folder = project_folder
        self._count = 0
        self._lock = threading.Lock()

    def path(self, ending: str) -> str:
        with self._lock:
            self._count += 1
            return os.path.join(self.folder, f"{self._count:04}.{ending}")

    def write(self, content: bytes, ending: str) -> str:
        path = self.path(ending)
        with open(path, "wb") as file:
            file.write(content)
        return path


class media:
    """Media types as core/domain/descriptor.ts spells them."""

    PARQUET = "application/vnd.apache.parquet"
    NPY = "application/vnd.numpy.npy"
    NPZ = "application/vnd.numpy.npz"
    JSON = "application/json"
    TEXT = "text/plain; charset=utf-8"
    BYTES = "application/octet-stream"
    PNG = "image/png"
    SVG = "image/svg+xml"
    VEGA = "application/vnd.vegalite+json"
    PLOTLY = "application/vnd.plotly.v1+json"
    BOKEH = "application/vnd.bokeh.v1+json"
    ONNX = "application/vnd.onnx"
    SKOPS = "application/vnd.skops"
    PICKLE = "application/vnd.python.pickle"
    TREE = "application/vnd.slipway.tree.v1+json"
    PREDICTIONS = "application/vnd.slipway.predictions.v2+zip"
