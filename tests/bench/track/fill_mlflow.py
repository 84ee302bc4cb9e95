"""Rows by hand into a database that MLflow has made: fill_mlflow.py DATABASE RUNS POINTS. The same as fill.ts writes."""

import math
import sqlite3
import sys

from serve import noise

database, runs, points = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
connection = sqlite3.connect(database)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("PRAGMA synchronous = OFF")  # of this connection alone: nothing here is timed


def columns_of(table):
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def insert(table, rows, **columns):
    names = [name for name in columns if name in columns_of(table)]
    marks = ", ".join("?" for _ in names)
    places = [list(columns).index(name) for name in names]
    picked = (tuple(row[place] for place in places) for row in rows)
    connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", picked)


def all_runs():
    return range(max(runs, 1))


def name(run):
    return f"r{run:07d}"


experiment = connection.execute("SELECT max(experiment_id) FROM experiments").fetchone()[0] + 1
insert(
    "experiments",
    [(experiment, "fill", "/tmp/none", "active", 1, 1, "default")],
    experiment_id=0, name=0, artifact_location=0, lifecycle_stage=0, creation_time=0, last_update_time=0, workspace=0,
)
insert(
    "runs",
    ((name(run), name(run), "UNKNOWN", "", "", "", "ada", "FINISHED", 1000 + run, 2000 + run, "active", "/tmp/none", experiment) for run in all_runs()),
    run_uuid=0, name=0, source_type=0, source_name=0, entry_point_name=0, source_version=0, user_id=0, status=0,
    start_time=0, end_time=0, lifecycle_stage=0, artifact_uri=0, experiment_id=0,
)
insert("tags", (("mlflow.runName", name(run), name(run)) for run in all_runs()), key=0, value=0, run_uuid=0)
insert("tags", (("team", ["blue", "red"][run % 2], name(run)) for run in all_runs()), key=0, value=0, run_uuid=0)
for salt, key in enumerate(("accuracy", "f1", "loss")):
    rows = ((key, noise(run, salt), 1000, 0, False, name(run)) for run in all_runs())
    insert("latest_metrics", rows, key=0, value=0, timestamp=0, step=0, is_nan=0, run_uuid=0)
for key, value in (("kernel", lambda run: "rbf" if run % 3 == 0 else "linear"), ("C", lambda run: str(run % 7)), ("seed", str)):
    insert("params", ((key, value(run), name(run)) for run in all_runs()), key=0, value=0, run_uuid=0)
rows = (("curve", math.sin(at / 1000) + noise(at, 9), 1000 + at, at, False, name(0)) for at in range(points))
insert("metrics", rows, key=0, value=0, timestamp=0, step=0, is_nan=0, run_uuid=0)
connection.commit()
connection.close()
