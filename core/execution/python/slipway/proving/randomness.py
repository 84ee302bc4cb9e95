"""Every source of randomness that Python code reaches, from one seed."""

from __future__ import annotations

import hashlib
import os
import random
import sys
from typing import Any


def seed_everything(seed: int) -> None:
    """The system's own source as well: `secrets`, `uuid4` and the generators of NumPy take their first state from it."""
    _replace_system_source(seed)
    _seed_new_generators(seed)
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(seed)


def _replace_system_source(seed: int) -> None:
    count = 0

    def urandom(size: int) -> bytes:
        nonlocal count
        content = b""
        while len(content) < size:
            count += 1
            content += hashlib.sha256(f"{seed} {count}".encode()).digest()
        return content[:size]

    os.urandom = urandom
    random._urandom = urandom  # type: ignore[attr-defined]


def _seed_new_generators(seed: int) -> None:
    plain = random.Random
    made = 0

    class Seeded(plain):
        def __init__(self, given: Any = None) -> None:
            nonlocal made
            made += 1
            super().__init__(seed + made if given is None else given)

        def seed(self, a: Any = None, version: int = 2) -> None:
            super().seed(seed if a is None else a, version)

    Seeded.__name__ = Seeded.__qualname__ = "Random"
    random.Random = Seeded  # type: ignore[misc]
    # `random.seed()` without a seed asks the system inside C.
    seed_shared = random.seed
    random.seed = lambda a=None, version=2: seed_shared(seed if a is None else a, version)  # type: ignore[assignment]
