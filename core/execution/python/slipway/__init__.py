"""Mark functions as steps of a Slipway pipeline and record what they measure.

    from slipway import step, log_metric

    @step
    def train(table, *, rounds: int = 10):
        for i in range(rounds):
            log_metric("loss", loss, iteration=i)
        return model

Outside Slipway the decorator returns the function unchanged and every ``log_…`` call returns at once, so the
same module runs as a plain script and under any test runner.
"""

from .decorator import step
from .recording import log_artifact, log_figure, log_metric, log_param, log_predictions, log_table

__all__ = [
    "log_artifact",
    "log_figure",
    "log_metric",
    "log_param",
    "log_predictions",
    "log_table",
    "step",
]
__version__ = "0.1.0"
