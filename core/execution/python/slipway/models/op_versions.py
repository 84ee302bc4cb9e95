"""Which versions ONNX has of each operator. The exporter reads the description of every one of them for that, at each
export: as long as all the rest of a small model takes, and in a forked process it copies thousands of shared pages."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class _Version(NamedTuple):
    domain: str
    name: str
    since_version: int


_EXPORTER = "skl2onnx.common._container"
_DESCRIPTIONS = "get_all_schemas_with_history"
_known: tuple[_Version, ...] | None = None


def learn_versions() -> None:
    """For processes that are forked from this one, once the exporter is in memory."""
    global _known
    really = getattr(sys.modules.get(_EXPORTER), _DESCRIPTIONS, None)
    if _known is None and really is not None:
        texts = sys.intern
        _known = tuple(_Version(texts(one.domain), texts(one.name), one.since_version) for one in really())


@contextmanager
def known_versions() -> Iterator[None]:
    """The exporter is told what was learnt; where nothing was, it reads for itself."""
    exporter = sys.modules.get(_EXPORTER)
    really = getattr(exporter, _DESCRIPTIONS, None)
    if exporter is None or really is None or _known is None:
        yield
        return
    setattr(exporter, _DESCRIPTIONS, lambda: _known)
    try:
        yield
    finally:
        setattr(exporter, _DESCRIPTIONS, really)
