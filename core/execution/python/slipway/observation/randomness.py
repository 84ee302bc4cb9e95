"""Whether random numbers were drawn that no seed decides.

The generators that a whole process shares are compared before and after, which costs a draw nothing and sees what
libraries draw for the project. New generators without a seed, and the system's own entropy, are noted as they come.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .after_import import after_import
from .callers import Callers, is_while_importing
from .replaced import Replaced

_Note = Callable[[str, "str | None"], None]


class RandomWatch:
    def __init__(self, callers: Callers, note: _Note) -> None:
        self._callers = callers
        self._note = note
        self._replaced = Replaced()
        self._shared: list[_SharedGenerator] = []
        self._active = False

    def start(self) -> None:
        self._active = True
        import os

        self._watch_entropy(os, "urandom")
        after_import("random", self._watch_random)
        after_import("numpy.random", self._watch_numpy)
        after_import("torch", self._watch_torch)

    def begin_again(self) -> None:
        """In a forked child, where Python itself gives the generator of `random` another state."""
        for generator in self._shared:
            generator.begin_again()

    def stop(self) -> None:
        if not self._active:
            return
        self._active = False
        self._replaced.restore()
        for generator in self._shared:
            if generator.drew_without_seed():
                self._note(generator.name, None)

    def _watch_random(self, module: ModuleType) -> None:
        if not self._active:
            return
        self._share(_SharedGenerator("random", module.getstate), module, ("seed", "setstate"))
        self._watch_entropy(module, "_urandom")
        really = module.Random.seed

        @functools.wraps(really)
        def seed(generator: Any, a: Any = None, *more: Any, **named: Any) -> None:
            if a is None:
                self._note_asking("random.Random()")
            really(generator, a, *more, **named)

        self._replaced.attribute(module.Random, "seed", seed)

    def _watch_numpy(self, module: ModuleType) -> None:
        if not self._active:
            return

        def state() -> Any:
            kind, keys, *rest = module.get_state()
            return kind, keys.tobytes(), *rest

        self._share(_SharedGenerator("numpy.random", state), module, ("seed", "set_state"))
        entropy = sys.modules.get("numpy.random.bit_generator")
        really = getattr(entropy, "randbits", None)
        if really is None:
            return

        def randbits(count: int) -> int:
            frame = sys._getframe(1)
            # Unpickling makes a generator first and gives it its state then.
            if self._active and not frame.f_code.co_filename.endswith("_pickle.py") and not is_while_importing(frame):
                self._note("numpy.random.default_rng()", self._callers.behind(frame))
            return really(count)

        self._replaced.attribute(entropy, "randbits", randbits)

    def _watch_torch(self, module: ModuleType) -> None:
        generator = _SharedGenerator("torch", lambda: bytes(module.get_rng_state().tolist()))
        self._share(generator, module, ("manual_seed", "set_rng_state"))

    def _share(self, generator: _SharedGenerator, module: ModuleType, seeders: tuple[str, ...]) -> None:
        if not self._active:
            return  # imported by what comes after the step
        self._shared.append(generator)
        for name in seeders:
            self._replaced.attribute(module, name, generator.noting_seed(getattr(module, name)))

    def _watch_entropy(self, module: ModuleType, name: str) -> None:
        really = getattr(module, name, None)
        if really is None:
            return

        @functools.wraps(really)
        def urandom(*arguments: Any) -> bytes:
            self._note_asking("the system's entropy")
            return really(*arguments)

        self._replaced.attribute(module, name, urandom)

    def _note_asking(self, name: str) -> None:
        """Libraries take entropy for names and keys; only the project's own wish for it counts."""
        if self._active:
            where = self._callers.asking(sys._getframe(2))
            if where is not None:
                self._note(name, where)


class _SharedGenerator:
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
