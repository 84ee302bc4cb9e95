"""Cases are functions whose names tell the promise; each is run in one interpreter and reported as a JSON line."""

import json
import os
import sys
import tempfile
import traceback

sys.path.insert(0, os.environ["SLIPWAY_PACKAGE"])

from slipway.runner.request import Part, StepInput  # noqa: E402
from slipway.values.load import load_input  # noqa: E402
from slipway.values.python_type import python_type  # noqa: E402
from slipway.values.staging import Staging  # noqa: E402
from slipway.values.store import store_value  # noqa: E402

CASES = []


def case(function):
    CASES.append((function.__name__.strip("_").replace("_", " "), function))
    return function


def staging():
    return Staging(tempfile.mkdtemp(), os.getcwd())


def bytes_of(stored):
    files = [stored.file] if stored.file else [part.file for part in stored.parts]
    return [open(file, "rb").read() for file in files]


def to_input(stored, value, name="value"):
    """As core gives it back: read-only files, and the summary after a trip through JSON."""
    for file in [stored.file, *(part.file for part in stored.parts)]:
        if file:
            os.chmod(file, 0o444)
    parts = tuple(Part(part.name, part.media_type, part.file) for part in stored.parts)
    summary = json.loads(json.dumps(stored.summary, allow_nan=False))
    return StepInput(
        name, "sha256:00", stored.kind, stored.media_type, python_type(value), stored.file or "", parts, summary
    )


def store(value):
    return store_value(value, staging())


def through(value, kind=None, same_bytes=True):
    """Store the value and load it again; and store that, for equal values give equal bytes."""
    stored = store(value)
    assert kind is None or stored.kind == kind, f"stored as {stored.kind}: {stored.summary}"
    again = load_input(to_input(stored, value), tempfile.mkdtemp())
    if same_bytes and stored.kind != "pickle":
        assert bytes_of(store(again)) == bytes_of(stored), "stored again, the bytes differ"
    return again


def run_cases():
    for name, function in CASES:
        error = None
        try:
            function()
        except BaseException:
            error = traceback.format_exc()
        print(json.dumps({"case": name, "error": error}), flush=True)
