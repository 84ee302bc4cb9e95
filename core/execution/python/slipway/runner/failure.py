"""From an exception to what a person needs: what happened, where in their code, what to do."""

from __future__ import annotations

import linecache
import os
import sys
import sysconfig
import traceback
from types import FrameType, TracebackType
from typing import Any

from ..values.load import Unloadable
from ..values.staging import Unstorable
from .exits import HardExit
from .remedies import remedy_for

_OWN_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_MOST_FRAMES = 60
_LONGEST_MESSAGE = 10_000


def describe_failure(
    error: BaseException, phase: str, project_folder: str, at: FrameType | None = None
) -> dict[str, Any]:
    """The `failure` of a `failed` message. Frames run from the first cause to the last raise, outermost call first."""
    frames: list[dict[str, Any]] = []
    chain = _chain(error)
    for one in reversed(chain):
        frames += _frames_of(one, project_folder)
    if at is not None:
        frames = [_frame(summary, project_folder) for summary in _own_stack(at)]
    message = _message(error)
    for cause in chain[1:]:
        message += f"\ncaused by {type(cause).__name__}: {_message(cause)}"
    return {
        "kind": _kind(error, phase),
        "message": message[:_LONGEST_MESSAGE],
        "remedy": error.remedy if isinstance(error, (Unstorable, Unloadable)) else remedy_for(error, frames),
        "exceptionType": None if isinstance(error, (Unstorable, Unloadable)) else _type_name(error),
        "frames": frames if len(frames) <= _MOST_FRAMES else frames[: _MOST_FRAMES // 2] + frames[-_MOST_FRAMES // 2 :],
    }


def print_failure(error: BaseException) -> None:
    """The traceback as Python prints it, for the log, without the runner's own frames."""
    if isinstance(error, SystemExit):
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)
        return
    try:
        traceback.print_exception(type(error), error, _skip_own(error.__traceback__))
    except (OSError, ValueError, AttributeError):
        pass  # the step closed or replaced stderr; the failure message holds the same


def _kind(error: BaseException, phase: str) -> str:
    if isinstance(error, SystemExit):
        return "exited"
    if isinstance(error, KeyboardInterrupt):
        return "killed"
    if isinstance(error, MemoryError):
        return "outOfMemory"
    if isinstance(error, Unloadable):
        return "input"
    return "output" if isinstance(error, Unstorable) or phase == "storing" else "exception"


def _message(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        how = "os._exit" if isinstance(error, HardExit) else "sys.exit"
        return f"The step left with {how}({error.code if error.code is not None else ''}) before it returned."
    if isinstance(error, KeyboardInterrupt):
        return "The step was interrupted."
    if isinstance(error, MemoryError):
        return f"The step ran out of memory. {error}".strip()
    text = error.msg if isinstance(error, SyntaxError) else _text(error)
    notes = [note for note in getattr(error, "__notes__", ()) if isinstance(note, str)]
    members = getattr(error, "exceptions", ())
    inner = [f"{type(one).__name__}: {_text(one)}" for one in members[:5]]
    return "\n".join([text or type(error).__name__, *notes, *inner])


def _text(error: BaseException) -> str:
    try:
        if isinstance(error, KeyError) and len(error.args) == 1:
            return f"key {error.args[0]!r} not found"
        return str(error)
    except Exception as broken:
        return f"<its own message raised {type(broken).__name__}>"


def _type_name(error: BaseException) -> str:
    module = type(error).__module__
    return type(error).__qualname__ if module == "builtins" else f"{module}.{type(error).__qualname__}"


def _chain(error: BaseException) -> list[BaseException]:
    chain = [error]
    while len(chain) < 10:
        last = chain[-1]
        cause = last.__cause__ or (None if last.__suppress_context__ else last.__context__)
        if cause is None or cause in chain:
            break
        chain.append(cause)
    return chain


def _frames_of(error: BaseException, project_folder: str) -> list[dict[str, Any]]:
    frames = [
        _frame(summary, project_folder)
        for summary in traceback.extract_tb(error.__traceback__)
        if not _is_ours(summary.filename)
    ]
    if isinstance(error, SyntaxError) and error.filename:
        where = traceback.FrameSummary(error.filename, error.lineno or 1, "<module>", line=error.text or "")
        frames.append(_frame(where, project_folder))
    return frames


def _own_stack(frame: FrameType) -> list[traceback.FrameSummary]:
    return [summary for summary in traceback.extract_stack(frame) if not _is_ours(summary.filename)]


def _is_ours(file: str) -> bool:
    return file.startswith((_OWN_FOLDER, "<frozen importlib", "<frozen runpy"))


def _skip_own(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and _is_ours(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    return trace


def _frame(summary: traceback.FrameSummary, project_folder: str) -> dict[str, Any]:
    file, is_user = shorten_path(summary.filename, project_folder)
    line = summary.lineno or 0
    code = (summary.line or linecache.getline(summary.filename, line)).strip()
    return {"file": file, "line": line, "function": summary.name, "code": code or None, "isUser": is_user}


def shorten_path(file: str, project_folder: str) -> tuple[str, bool]:
    """Relative to the project, the installed packages or the standard library: no absolute path is ever kept."""
    full = os.path.abspath(file) if not file.startswith("<") else file
    paths = sysconfig.get_paths()
    for key in ("purelib", "platlib", "stdlib", "platstdlib"):
        if full.startswith(paths[key] + os.sep):
            return os.path.relpath(full, paths[key]).replace(os.sep, "/"), False
    if full.startswith(project_folder + os.sep):
        return os.path.relpath(full, project_folder).replace(os.sep, "/"), True
    return os.path.basename(full), False
