"""Imported when Python of this environment starts as a child of a step's process: it is watched like the step."""

from __future__ import annotations

import atexit
import json
import os

from .programs import OBSERVED_VARIABLE


def watch_child() -> None:
    told = os.environ.get(OBSERVED_VARIABLE)
    if not told:
        return
    about = json.loads(told)
    if not os.path.isdir(os.path.dirname(about["diaries"])):
        return  # the step has ended
    from .watch import Watch

    watch = Watch(about["project"], tuple(about["own"]))
    watch.start_in_child(about["diaries"])
    atexit.register(watch.stop)


watch_child()
