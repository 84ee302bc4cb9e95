"""The ``step`` decorator. Steps are found in the source text, so at run time it changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

_Function = TypeVar("_Function", bound=Callable[..., Any])


@overload
def step(function: _Function, /) -> _Function: ...


@overload
def step(*, outputs: str | Sequence[str] | None = None, **settings: Any) -> Callable[[_Function], _Function]: ...


def step(
    function: Callable[..., Any] | None = None,
    /,
    *,
    outputs: str | Sequence[str] | None = None,
    **settings: Any,
) -> Any:
    """Mark a function as a step: ``@step``, ``@step()`` or ``@step(outputs=("train", "test"))``.

    Positional parameters are inputs, named after the step or output that they receive; keyword-only
    parameters are params with JSON defaults. The function itself is returned unchanged.

    outputs: names for the values of a returned tuple, list or dict; without it a step has one output, named
        after the function.
    """
    del outputs, settings  # read from the source text, never at run time
    if function is not None:
        return function
    return lambda decorated: decorated
