"""From what a step returned to its outputs by name."""

from __future__ import annotations

from typing import Any

from ..values.python_type import describe_value
from ..values.staging import Unstorable
from .request import StepRequest


def to_named_values(request: StepRequest, result: Any) -> dict[str, Any]:
    """An undeclared output takes the step's name, and None means that there is none.

    @throws Unstorable when the number or the names differ from what `outputs=` promises.
    """
    names = request.outputs
    if not request.outputs_declared:
        return {} if result is None or not names else {names[0]: result}
    if len(names) == 1:
        return {names[0]: result}
    if not names:
        return {}
    if isinstance(result, dict) and set(result) == set(names):
        return {name: result[name] for name in names}
    if isinstance(result, (tuple, list)) and len(result) == len(names):
        return dict(zip(names, result, strict=True))
    raise Unstorable(
        f"Step {request.step} promises {len(names)} outputs ({', '.join(names)}) but returned {_came(result)}.",
        f"Return a tuple of {len(names)} values, or a dict with the keys {', '.join(names)}; "
        "or change outputs=(…) of the decorator.",
    )


def _came(result: Any) -> str:
    if result is None:
        return "nothing (None)"
    if isinstance(result, dict):
        return f"a dict with the keys {', '.join(str(key) for key in list(result)[:12]) or '(none)'}"
    if isinstance(result, (tuple, list)):
        types = ", ".join(describe_value(value) for value in result[:6])
        return f"a {type(result).__name__} of {len(result)} ({types}{', …' if len(result) > 6 else ''})"
    return f"one {describe_value(result)}"
