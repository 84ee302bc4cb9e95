"""A generator that a whole process shares, compared before and after: that costs a draw nothing."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


class SharedGenerator:
    def __init__(self, name: str, state: Callable[[], Any]) -> None:
        self.name = name
        self._state = state
        self._before = state()
        self._drew = False
        self._is_seeded = False

    def noting_seed(self, really: Any) -> Any:
        @functools.wraps(really)
        def seed(*arguments: Any, **named: Any) -> Any:
            self._look()
            given = next(iter((*arguments, *named.values())), None)
            self._is_seeded = given is not None
            result = really(*arguments, **named)
            self._before = self._state()
            return result

        return seed

    def begin_again(self) -> None:
        self._before = self._state()

    def drew_without_seed(self) -> bool:
        self._look()
        return self._drew

    def _look(self) -> None:
        if not self._is_seeded and not self._drew:
            self._drew = self._state() != self._before
