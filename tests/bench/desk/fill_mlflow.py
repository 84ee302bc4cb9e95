"""Writes runs, one JSON document a line, into a new database of MLflow: fill_mlflow.py RUNS DATABASE.

Only rows are written by hand, in one transaction; the tables and the experiment are MLflow's own. Its statistics are
gathered at the end (ANALYZE), since without them its queries are many times slower.
"""

import json
import sqlite3
import sys
from datetime import datetime

import mlflow

source, database = sys.argv[1:]
mlflow.set_tracking_uri(f"sqlite:///{database}")
experiment = int(
    mlflow.create_experiment("desk", tags={"mlflow.experimentKind": "custom_model_development"})
)


def to_ms(at):
    return int(datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp() * 1000)


def insert(connection, table, columns, rows):
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def write(connection, runs):
    insert(
        connection,
        "runs",
        ["run_uuid", "name", "user_id", "source_type", "source_name", "entry_point_name", "source_version", "status", "start_time", "end_time", "lifecycle_stage", "artifact_uri", "experiment_id"],
        [
            (
                run["id"],
                run["id"],
                "ada",
                "UNKNOWN",
                "",
                "",
                "",
                "FINISHED" if run["state"] == "completed" else "FAILED",
                to_ms(run["startedAt"]),
                to_ms(run["startedAt"]) + int(run["durationMs"]),
                "active",
                f"file:///nowhere/{run['id']}",
                experiment,
            )
            for run in runs
        ],
    )
    values = [
        (key, 0 if value is None else value, to_ms(run["startedAt"]), run["id"], 0, value is None)
        for run in runs
        for key, value in run["metrics"].items()
    ]
    columns = ["key", "value", "timestamp", "run_uuid", "step", "is_nan"]
    insert(connection, "metrics", columns, values)
    insert(connection, "latest_metrics", columns, values)
    insert(
        connection,
        "params",
        ["key", "value", "run_uuid"],
        [(key, str(value), run["id"]) for run in runs for key, value in run["params"].items()],
    )
    tags = [(key, value, run["id"]) for run in runs for key, value in run["tags"].items()]
    names = [("mlflow.runName", run["id"], run["id"]) for run in runs]
    insert(connection, "tags", ["key", "value", "run_uuid"], tags + names)


connection = sqlite3.connect(database)
with open(source, encoding="utf-8") as lines:
    some = []
    for line in lines:
        some.append(json.loads(line))
        if len(some) == 5000:
            write(connection, some)
            some = []
    write(connection, some)
connection.execute("ANALYZE")
connection.commit()
print(experiment)
