"""Core asks on descriptor 3 and hears on descriptor 4; see core/sweeps/optuna-search.ts.

Nothing is stored here: core tells again what it told before, in the same order, and a seeded sampler
that is asked and told the same is where it was.
"""

from __future__ import annotations

from typing import Any

from ..runner.channel import Channel, read_frame


def main() -> int:
    channel = Channel(4)
    try:
        import optuna
    except ImportError as error:
        channel.send({"answer": "unavailable", "detail": str(error)})
        return 0
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    search = None
    while True:
        try:
            request = read_frame(3)
        except EOFError:
            return 0
        try:
            if request["ask"] == "open":
                search = _Search(optuna, request)
                channel.send({"answer": "opened", "optuna": optuna.__version__})
            elif request["ask"] == "propose":
                channel.send({"answer": "proposed", "params": search.propose(request["fixed"])})
            else:
                search.tell(request)
                channel.send({"answer": "told"})
        except Exception as error:
            channel.send({"answer": "failed", "detail": f"{type(error).__name__}: {error}"})


class _Search:
    def __init__(self, optuna: Any, request: dict[str, Any]) -> None:
        self._optuna = optuna
        self._distributions = {name: _distribution(optuna, space) for name, space in request["space"].items()}
        # Beside others that still run, a proposal must not be theirs again.
        sampler = optuna.samplers.TPESampler(seed=request["seed"], constant_liar=request["parallel"] > 1)
        direction = "maximize" if request["goal"] == "max" else "minimize"
        self._study = optuna.create_study(direction=direction, sampler=sampler)
        self._trials: list[Any] = []

    def propose(self, fixed: dict[str, Any] | None) -> dict[str, Any]:
        if fixed is not None:
            self._study.enqueue_trial(fixed)
        trial = self._study.ask(self._distributions)
        self._trials.append(trial)
        return dict(trial.params)

    def tell(self, request: dict[str, Any]) -> None:
        trial = self._trials[request["number"] - 1]
        state = self._optuna.trial.TrialState
        if request["state"] == "completed":
            self._study.tell(trial, request["value"])
        elif request["state"] == "stopped":
            trial.report(request["value"], request["iteration"])
            self._study.tell(trial, state=state.PRUNED)
        else:
            self._study.tell(trial, state=state.FAIL)


def _distribution(optuna: Any, space: dict[str, Any]) -> Any:
    kinds = optuna.distributions
    if space["kind"] == "choice":
        return kinds.CategoricalDistribution(tuple(range(space["count"])))
    low, high, step, log = space["low"], space["high"], space["step"], space["log"]
    if space["integer"]:
        return kinds.IntDistribution(int(low), int(high), log=log, step=int(step or 1))
    return kinds.FloatDistribution(float(low), float(high), log=log, step=step)
