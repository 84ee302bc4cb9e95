"""Whether random numbers were drawn that no seed decides.

The generators that a whole process shares are compared before and after, which costs a draw nothing and sees what
libraries draw for the project. New generators without a seed, and the system's own entropy, are noted as they come.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .after_import import after_import
from .callers import Callers, is_while_importing
from .replaced import Replaced
from .shared_generator import SharedGenerator

ENTROPY_DEVICES = frozenset({"/dev/urandom", "/dev/random", "/dev/hwrng"})

_Note = Callable[[str, "str | None"], None]


class RandomWatch:
    def __init__(self, callers: Callers, note: _Note) -> None:
        self._callers = callers
        self._note = note
        self._replaced = Replaced()
        self._shared: list[SharedGenerator] = []
        self._active = False
        self._making = threading.local()
        self._unsettled: dict[int, tuple[Any, str | None]] = {}

    def start(self) -> None:
        self._active = True
        import os

        self._watch_entropy(os, "urandom")
        after_import("random", self._watch_random)
        after_import("numpy.random", self._watch_numpy)
        after_import("torch", self._watch_torch)

    def begin_again(self) -> None:
        """In a forked child, where Python itself gives the generator of `random` another state."""
        self._unsettled.clear()
        for generator in self._shared:
            generator.begin_again()

    def stop(self) -> None:
        if not self._active:
            return
        self._active = False
        self._replaced.restore()
        for thread in list(self._unsettled):
            self._settle(thread)
        for generator in self._shared:
            if generator.drew_without_seed():
                self._note(generator.name, None)

    def _watch_random(self, module: ModuleType) -> None:
        if not self._active:
            return
        self._share(SharedGenerator("random", module.getstate), module, ("seed", "setstate"))
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

        self._share(SharedGenerator("numpy.random", state), module, ("seed", "set_state"))
        entropy = sys.modules.get("numpy.random.bit_generator")
        really = getattr(entropy, "randbits", None)
        if really is None:
            return

        def randbits(count: int) -> int:
            frame = sys._getframe(1)
            # Unpickling makes a generator first and gives it its state then.
            if (
                self._active
                and not getattr(self._making, "legacy", False)
                and not frame.f_code.co_filename.endswith("_pickle.py")
                and not is_while_importing(frame)
            ):
                self._note("numpy.random.default_rng()", self._callers.behind(frame))
            return really(count)

        self._replaced.attribute(entropy, "randbits", randbits)
        self._watch_legacy(sys.modules.get("numpy.random.mtrand"))

    def _watch_legacy(self, module: ModuleType | None) -> None:
        """`RandomState(7)` takes entropy all the same and forgets it a moment later, as scikit-learn does everywhere.

        So it is judged when it is done: a generator that was given a seed has no seed sequence any more.
        """
        really = getattr(module, "_MT19937", None)
        if module is None or really is None:
            return

        def make(_: type, *arguments: Any) -> Any:
            thread = threading.get_ident()
            self._settle(thread)
            self._making.legacy = True
            try:
                generator = really(*arguments)
            finally:
                self._making.legacy = False
            frame = sys._getframe(1)
            if self._active and not arguments and not is_while_importing(frame):
                self._unsettled[thread] = (generator, self._callers.behind(frame))
            return generator

        # NumPy makes generators by this name and also asks what is one.
        checks = {"__call__": make, "__instancecheck__": lambda _, value: isinstance(value, really)}
        self._replaced.attribute(module, "_MT19937", type("_MT19937", (type,), checks)("MT19937", (), {}))

    def _settle(self, thread: int) -> None:
        generator, where = self._unsettled.pop(thread, (None, None))
        if generator is not None and generator.seed_seq is not None:
            self._note("numpy.random.RandomState()", where)

    def _watch_torch(self, module: ModuleType) -> None:
        generator = SharedGenerator("torch", lambda: bytes(module.get_rng_state().tolist()))
        self._share(generator, module, ("manual_seed", "set_rng_state"))

    def _share(self, generator: SharedGenerator, module: ModuleType, seeders: tuple[str, ...]) -> None:
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
