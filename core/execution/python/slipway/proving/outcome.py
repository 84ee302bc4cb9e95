"""How two values compare. The worst of several is what counts; of equals, the first."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

_LONGEST_TEXT = 500
_ORDER = ("identical", "withinTolerance", "differs")


@dataclass(frozen=True)
class Tolerance:
    absolute: float
    relative: float

    def holds(self, one: float, other: float) -> bool:
        return abs(one - other) <= self.absolute + self.relative * abs(one)


@dataclass(frozen=True)
class Outcome:
    verdict: str
    column: str | None = None
    row: int | None = None
    recorded: Any = None
    reproduced: Any = None
    max_difference: float | None = None
    detail: str | None = None

    def to_message(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "column": self.column,
            "row": self.row,
            "recorded": to_shown(self.recorded),
            "reproduced": to_shown(self.reproduced),
            "maxDifference": self.max_difference,
            "detail": self.detail,
        }

    def within(self, column: str) -> Outcome:
        """The same, seen from the value that holds this one."""
        inner = column if self.column is None else f"{column}.{self.column}"
        return Outcome(
            self.verdict, inner, self.row, self.recorded, self.reproduced, self.max_difference, self.detail
        )


SAME = Outcome("identical")


def same(detail: str | None = None) -> Outcome:
    return Outcome("identical", detail=detail)


def differs(recorded: Any, reproduced: Any, detail: str | None = None, **place: Any) -> Outcome:
    return Outcome("differs", recorded=recorded, reproduced=reproduced, detail=detail, **place)


@dataclass
class Worst:
    found: Outcome = field(default=SAME)

    def add(self, outcome: Outcome) -> None:
        if _ORDER.index(outcome.verdict) > _ORDER.index(self.found.verdict):
            self.found = outcome

    @property
    def is_final(self) -> bool:
        return self.found.verdict == "differs"


def to_shown(value: Any) -> Any:
    """A value for people, as JSON: numbers and short texts as they are, all else as text."""
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 and not hasattr(value, "isoformat"):
        value = value.item()
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    text = value if isinstance(value, str) else value.isoformat() if hasattr(value, "isoformat") else repr(value)
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
