"""Imported when Python of this environment starts as a child of a step's process: it is watched like the step."""

from __future__ import annotations

import atexit
import json
import os

from .programs import OBSERVED_VARIABLE


def watch_child() -> None:
    folder = os.environ.get(OBSERVED_VARIABLE)
    if not folder or not os.path.isdir(folder):
        return
    from .watch import Watch

    with open(os.path.join(os.path.dirname(folder), "observed.json"), encoding="utf-8") as file:
        about = json.load(file)
    watch = Watch(about["project"], tuple(about["own"]))
    watch.start_in_child(folder)
    atexit.register(watch.stop)


watch_child()
