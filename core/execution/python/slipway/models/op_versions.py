"""Which versions ONNX has of each operator. The exporter reads the description of every one of them for that, at each
export: as long as all the rest of a small model takes, and in a forked process it copies thousands of shared pages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

_EXPORTER = "skl2onnx.common._container"
_CONTAINER = "ModelComponentContainer"
_BUILD = "_build_op_version"
_REGISTER = "register_schema"
#: What the exporter's own method notes in what it is called on; it changes nothing of it later.
_known: dict[str, Any] | None = None


def learn_versions() -> None:
    """For processes that are forked from this one, once the exporter is in memory."""
    global _known
    build = _building()
    if _known is not None or build is None or not _forget_when_more_come():
        return
    noted = SimpleNamespace()
    try:
        build(noted)
    except Exception:
        return  # one that does more than note them goes on doing so
    _known = vars(noted)


def _building() -> Callable[[Any], None] | None:
    return getattr(getattr(sys.modules.get(_EXPORTER), _CONTAINER, None), _BUILD, None)


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
    really = _building()
    if really is None or _known is None:
        yield
        return
    known = _known

    def note(container: Any) -> None:
        if _known is known:
            vars(container).update(known)
        else:
            really(container)

    owner = getattr(sys.modules[_EXPORTER], _CONTAINER)
    setattr(owner, _BUILD, note)
    try:
        yield
    finally:
        setattr(owner, _BUILD, really)
