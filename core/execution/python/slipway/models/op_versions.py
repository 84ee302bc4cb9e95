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
_REGISTER = "register_schema"
_known: tuple[_Version, ...] | None = None


def learn_versions() -> None:
    """For processes that are forked from this one, once the exporter is in memory."""
    global _known
    really = getattr(sys.modules.get(_EXPORTER), _DESCRIPTIONS, None)
    if _known is None and really is not None and _forget_when_more_come():
        texts = sys.intern
        _known = tuple(_Version(texts(one.domain), texts(one.name), one.since_version) for one in really())


def _forget_when_more_come() -> bool:
    """A step may register operators of its own, which nobody could learn ahead. False where that cannot be heard of."""
    registry = getattr(sys.modules.get("onnx.defs"), "C", None)
    register = getattr(registry, _REGISTER, None)
    if register is None:
        return False

    def register_and_forget(*given, **named):
        global _known
        _known = None
        return register(*given, **named)

    setattr(registry, _REGISTER, register_and_forget)
    return True


@contextmanager
def known_versions() -> Iterator[None]:
    """The exporter is told what was learnt; where nothing was, it reads for itself."""
    exporter = sys.modules.get(_EXPORTER)
    really = getattr(exporter, _DESCRIPTIONS, None)
    if exporter is None or really is None or _known is None:
        yield
        return
    known = _known
    setattr(exporter, _DESCRIPTIONS, lambda: known if _known is known else really())
    try:
        yield
    finally:
        setattr(exporter, _DESCRIPTIONS, really)
