"""The life of one step run: import, load, run, store; whatever happens, core hears how it ended."""

from __future__ import annotations

import faulthandler
import inspect
import os
import sys
from typing import Any

from .. import recording
from ..models import graph, native, op_versions, proof, watch_calls  # noqa: F401  here, so that a fork finds them
from ..observation.watch import Watch
from ..values.load import load_input
from ..values.staging import Staging
from .channel import Channel, CoreGone, read_frame
from .exits import HardExit, report_hard_exits
from .failure import describe_failure, print_failure
from .fresh_sources import compiled_modules
from .interpreter import describe_platform
from .lifeline import die_with_core, limit_address_space
from .module_loading import find_step, load_module, prepare_paths
from .orphans import adopt_orphans, end_children
from .outputs import store_outputs
from .recorder import StepRecorder
from .request import StepRequest, parse_request
from .returned import to_named_values


def main() -> int:
    os.set_inheritable(3, False)
    os.set_inheritable(4, False)
    channel = Channel(4)
    request = parse_request(read_frame(4))
    die_with_core(3)
    if request.address_space_bytes is not None:
        limit_address_space(request.address_space_bytes)
    faulthandler.enable()
    channel.hold({"event": "started", "python": sys.version.split()[0], "platform": describe_platform()})
    if request.adopt_orphans:
        adopt_orphans()
    try:
        return _StepRun(request, channel).run()
    except CoreGone:
        return 1
    except BaseException:
        channel.flush()
        raise
    finally:
        if request.adopt_orphans:
            end_children()


class _StepRun:
    def __init__(self, request: StepRequest, channel: Channel) -> None:
        self.request = request
        self.channel = channel
        self.watch = Watch(request.project_folder, (request.staging_folder, request.scratch_folder))
        self.staging = Staging(request.staging_folder, request.project_folder)
        self.recorder = StepRecorder(channel, self.staging, self.watch)
        self.phase = "importing"

    def run(self) -> int:
        _write_lines_at_once()
        prepare_paths(self.request.project_folder, self.request.module)
        self.watch.start(self.request.scratch_folder)
        report_hard_exits(self._hard_exit)
        try:
            inputs, result = self._run_function()
            self.watch.stop()
            self._enter("storing")
            named = to_named_values(self.request, result)
            store_outputs(self.request, self.channel, self.staging, self.recorder, inputs, named)
        except CoreGone:
            raise
        except BaseException as error:
            return self._failed(error)
        recording.set_recorder(None)
        _flush_standard_streams()
        self._send_observed()
        self.channel.send({"event": "done"})
        return 0

    def _run_function(self) -> tuple[dict[str, Any], Any]:
        self._enter("importing")
        recording.set_recorder(self.recorder)
        module = load_module(self.request.project_folder, self.request.module)
        function = find_step(module, self.request.module, self.request.step)
        self._enter("loading")
        with self.watch.paused():
            inputs = {one.name: load_input(one, self.request.scratch_folder) for one in self.request.inputs}
        self.recorder.begin(self.request, inputs)
        self._enter("running")
        return inputs, _call(function, inputs, self.request.params)

    def _enter(self, phase: str) -> None:
        self.phase = phase
        # What follows these two tells of them soon enough.
        tell = self.channel.hold if phase in ("loading", "storing") else self.channel.send
        tell({"event": "phase", "phase": phase})

    def _failed(self, error: BaseException) -> int:
        self.watch.stop()
        recording.set_recorder(None)
        failure = describe_failure(error, self.phase, self.request.project_folder)
        print_failure(error)
        _flush_standard_streams()
        self._send_observed()
        self.channel.send({"event": "failed", "failure": failure})
        if isinstance(error, SystemExit):
            return error.code if isinstance(error.code, int) else 0 if error.code is None else 1
        return 130 if isinstance(error, KeyboardInterrupt) else 1

    def _hard_exit(self, code: int) -> None:
        """os._exit skips every clean-up; what was recorded so far is sent before it."""
        if not self.channel.is_ours:
            return
        self.watch.stop()
        _flush_standard_streams()
        self._send_observed()
        failure = describe_failure(HardExit(code), self.phase, self.request.project_folder, sys._getframe(2))
        self.channel.send({"event": "failed", "failure": failure})

    def _send_observed(self) -> None:
        compiled = compiled_modules(self.request.project_folder)
        self.channel.hold({"event": "observed", **self.watch.report(), "moduleDigests": compiled})


def _call(function: Any, inputs: dict[str, Any], params: dict[str, Any]) -> Any:
    positional: list[Any] = []
    named = dict(inputs)
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.POSITIONAL_ONLY and parameter.name in named:
            positional.append(named.pop(parameter.name))
        elif parameter.name in params and isinstance(parameter.default, tuple):
            params = {**params, parameter.name: tuple(params[parameter.name])}
    result = function(*positional, **named, **params)
    if not inspect.isawaitable(result):
        return result
    import asyncio  # by need: it takes longer to import than all the rest

    return asyncio.run(_awaited(result))


async def _awaited(result: Any) -> Any:
    return await result


def _write_lines_at_once() -> None:
    """As on a terminal. Else Python would keep the last 8 KB back: seen late, behind what programs of the step print, and
    lost where it is killed or crashes."""
    try:
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    except (OSError, ValueError, AttributeError):
        pass  # closed from the start


def _flush_standard_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass  # the step closed or replaced it
