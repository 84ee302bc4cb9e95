"""Logs as a step does, into the channel of a step: step_worker.py PACKAGE. The process is not started anew each time."""

import sys

sys.path.insert(0, sys.argv[1])

from serve import serve, value_of  # noqa: E402
from slipway import log_metric  # noqa: E402
from slipway.recording import set_recorder  # noqa: E402
from slipway.runner.channel import Channel  # noqa: E402

channel = Channel(3)


class Recorder:
    metric = staticmethod(channel.metrics.add)


set_recorder(Recorder())


def log_single(count):
    for index in range(count):
        log_metric("loss", value_of(index), index)
    channel.send({"event": "phase", "phase": "storing"})


def log_batches(batches, size, keys):
    names = [f"key{place}" for place in range(keys)]
    for index in range(batches * size // keys):
        value = value_of(index)
        for name in names:
            log_metric(name, value, index)
    channel.send({"event": "phase", "phase": "storing"})


serve([log_single, log_batches])
