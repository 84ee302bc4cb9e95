"""What a step does beside reading and writing files of the project, each kind of thing once."""

from __future__ import annotations

from typing import Any, Literal

Kind = Literal["network", "outsideRead", "program", "clock", "randomness"]
_MOST = 200  # by then the point is made


class Effects:
    def __init__(self) -> None:
        self._places: dict[tuple[str, str], str | None] = {}

    def note(self, kind: Kind, name: str, where: str | None) -> bool:
        """`where` is the line of the project behind it. True when it was not known yet."""
        if (kind, name) in self._places or len(self._places) >= _MOST:
            return False
        self._places[kind, name] = where
        return True

    def report(self) -> list[dict[str, Any]]:
        return [{"kind": kind, "name": name, "where": where} for (kind, name), where in sorted(self._places.items())]
