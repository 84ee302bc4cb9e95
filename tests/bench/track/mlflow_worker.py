"""MLflow through its own client: mlflow_worker.py TRACKING_URI."""

import logging
import sys

from mlflow.entities import Metric
from mlflow.tracking import MlflowClient
from serve import digest_of, serve, value_of

logging.disable(logging.INFO)
client = MlflowClient(tracking_uri=sys.argv[1])
experiment = client.create_experiment(f"bench-{len(client.search_experiments())}")
run = None
filled = None


def begin():
    global run
    run = client.create_run(experiment).info.run_id


def log_single(count, synchronous):
    last = None
    for index in range(count):
        last = client.log_metric(run, "loss", value_of(index), timestamp=1000 + index, step=index, synchronous=synchronous)
    if last is not None:
        last.wait()


def log_batches(batches, size, keys):
    for batch in range(batches):
        points = []
        for place in range(size):
            index = (batch * size + place) // keys
            points.append(Metric(f"key{place % keys}", value_of(index), 1000 + index, index))
        client.log_batch(run, metrics=points)


def digest(key):
    points = sorted((metric.step, metric.value) for metric in client.get_metric_history(run, key))
    return [len(points), digest_of(points)]


def search(above, limit):
    global filled
    filled = filled or client.get_experiment_by_name("fill").experiment_id
    found = client.search_runs(
        [filled],
        filter_string=f"metrics.accuracy > {above} and params.kernel = 'rbf'",
        order_by=["metrics.f1 DESC"],
        max_results=limit,
    )
    return [one.info.run_name for one in found]


def curve(curve_run, key):
    """All points of a metric, and what a chart shows of them at least."""
    history = client.get_metric_history(curve_run, key)
    values = [metric.value for metric in sorted(history, key=lambda metric: metric.step)]
    return {"points": len(values), "low": min(values), "high": max(values), "ends": [values[0], values[-1]]}


serve([begin, log_single, log_batches, digest, search, curve])
