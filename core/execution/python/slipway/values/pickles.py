"""What has no open form: a pickle, with the badge that loading it runs code."""

from __future__ import annotations

import io
import pickle
from typing import Any

from .python_type import describe_value, python_type
from .staging import Staging, Stored, Unstorable, media

PROTOCOL = 5  # fixed, so that two Pythons give the same bytes
_LONGEST_REPR = 2_000

_INSTEAD = {
    "generator": "Return a list of its items.",
    "async_generator": "Return a list of its items.",
    "map": "Return list(…) of it.",
    "filter": "Return list(…) of it.",
    "zip": "Return list(…) of it.",
    "_io.TextIOWrapper": "Return the text that was read, or a pathlib.Path of the file.",
    "_io.BufferedReader": "Return the bytes that were read, or a pathlib.Path of the file.",
    "_io.BufferedWriter": "Close the file and return a pathlib.Path of it.",
    "sqlite3.Connection": "Return the rows that the query gave, or a pathlib.Path of the database.",
    "function": "Return the result of calling it; a function can be imported where it is needed.",
    "module": "Return a value; a module can be imported where it is needed.",
}


def store_pickle(value: Any, staging: Staging) -> Stored:
    """@throws Unstorable for what cannot be pickled or does not come back."""
    content = to_pickle(value)
    summary: dict[str, Any] = {"type": python_type(value), "repr": _short_repr(value)}
    if isinstance(value, (list, tuple, set, frozenset, dict)):
        summary["length"] = len(value)
    if isinstance(value, dict):
        summary["keys"] = [str(key) for key in list(value)[:50]]
    return Stored("pickle", media.PICKLE, staging.write(content, "pickle"), runs_code=True, summary=summary)


def to_pickle(value: Any) -> bytes:
    if type(value).__name__ in ("function", "module", "builtin_function_or_method") and not isinstance(value, type):
        raise _refusal(value, "")
    buffer = io.BytesIO()
    try:
        pickle.Pickler(buffer, protocol=PROTOCOL).dump(value)
    except MemoryError:
        raise
    except Exception as error:
        raise _refusal(value, str(error)) from error
    return buffer.getvalue()


def load_pickle(file: str) -> Any:
    with open(file, "rb") as content:
        return pickle.load(content)


def _refusal(value: Any, reason: str) -> Unstorable:
    name = python_type(value)
    instead = _INSTEAD.get(name)
    if instead is None and "lambda" in reason:
        instead = "Replace the lambda inside it by a function defined at the top of a module."
    if instead is None and "local" in reason:
        instead = "Define its class or function at the top of a module."
    return Unstorable(
        f"a {describe_value(value)} cannot be stored{f' ({reason[:300]})' if reason else ''}",
        instead or "Return plain data instead: a table, an array, a dict, text, bytes, or a pathlib.Path of a file.",
    )


def _short_repr(value: Any) -> str:
    try:
        return repr(value)[:_LONGEST_REPR]
    except Exception as error:
        return f"<repr raised {type(error).__name__}>"
