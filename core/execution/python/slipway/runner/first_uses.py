"""What a library finds out when it is first used, and keeps: found out once, for all processes that are forked from this
one. Nothing is imported for it."""

from __future__ import annotations

import sys
import warnings


def learn_first_uses() -> None:
    with warnings.catch_warnings():
        # One that is only ignored is shown to the step, which meets it as its first.
        warnings.simplefilter("ignore")
        # scikit-learn asks it of each table: it reads what every installed package says of itself.
        _call("narwhals.plugins", "_discover_entrypoints")
        _call("slipway.models.converters", "learn_converters")


def _call(module: str, function: str) -> None:
    try:
        getattr(sys.modules.get(module), function, int)()
    except Exception:
        pass  # who uses it meets it again
