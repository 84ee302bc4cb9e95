"""What a warm interpreter does once for the steps that are forked from it changes nothing that they see."""

import atexit
import importlib
import os
import struct
import subprocess
import sys
import tempfile

import pandas as pd
import skl2onnx
from case import case, run_cases
from onnx.defs import OpSchema, register_schema
from skl2onnx import _supported_operators
from skl2onnx.common import _container, _registration
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from slipway.models import converters
from slipway.models.op_versions import known_versions, learn_versions
from slipway.models.watch_calls import calls
from slipway.runner.farewell import _SILENT, _tops_of_native, leave
from slipway.runner.first_uses import learn_first_uses
from slipway.runner.fresh_sources import import_project_from_source
from slipway.runner.written_pages import WrittenPages, _count_faults


@case
def pages_that_an_ended_step_wrote_are_copied_for_the_next_before_it_begins():
    size = 2_000
    memory = bytearray(os.urandom(1) * (size * 4096))
    before = bytes(memory)
    pages = WrittenPages()
    pages.begin()
    report = os.path.join(tempfile.mkdtemp(), "pages")

    def faults_of_writing(meanwhile=lambda: None):
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            pages.copy_ahead()
            os.write(write, b".")
            since = _count_faults()
            untouched = memory == before
            for at in range(0, len(memory), 4096):
                memory[at] ^= 1
            pages.tell(report)
            os.write(write, struct.pack("QB", _count_faults() - since, untouched))
            os._exit(0)
        assert os.read(read, 1) == b"."
        meanwhile()
        os.waitpid(pid, 0)
        faults, untouched = struct.unpack("QB", os.read(read, 9))
        assert untouched
        return faults

    assert faults_of_writing() >= size
    pages.want(report)
    assert not os.path.exists(report)
    assert faults_of_writing() < size / 4
    assert memory == before
    # It has nothing to tell that was not known.
    assert not os.path.exists(report)
    # After another import the memory is another one, of which a step that was forked before knows nothing.
    pages.begin()
    assert faults_of_writing(pages.begin) >= size
    pages.want(report)
    assert faults_of_writing() >= size


@case
def a_process_that_imported_nothing_copies_ahead_too_and_a_step_does_not_see_by_what():
    script = """if True:
    import os, sys
    from slipway.runner.written_pages import WrittenPages, _count_faults
    size, report = 600, sys.argv[1]
    memory = bytearray(os.urandom(1) * (size * 4096))
    before, pages = set(sys.modules), WrittenPages()
    pages.begin()
    assert "ctypes" not in before and set(sys.modules) == before, set(sys.modules) - before
    def faults_of_writing():
        read, write = os.pipe()
        if os.fork() == 0:
            pages.copy_ahead()
            since = _count_faults()
            for at in range(0, len(memory), 4096):
                memory[at] ^= 1
            pages.tell(report)
            import ctypes
            assert ctypes.string_at(ctypes.c_char_p(b"own")) == b"own"
            os.write(write, str(_count_faults() - since).encode())
            os._exit(0)
        os.wait()
        os.close(write)
        return int(os.read(read, 20))
    assert faults_of_writing() >= size
    pages.want(report)
    assert faults_of_writing() < size
    """
    subprocess.run([sys.executable, "-c", script, os.path.join(tempfile.mkdtemp(), "pages")], check=True, env={**os.environ, "PYTHONPATH": os.environ["SLIPWAY_PACKAGE"]})


@case
def going_through_what_every_step_does_leaves_nothing_behind():
    script = """if True:
    import os, sys, time
    import slipway.runner.run_step
    from slipway.runner.fresh_sources import compiled_afresh, imported_names
    from slipway.runner.rehearsal import rehearse
    def state():
        return [set(sys.modules), list(sys.meta_path), list(sys.path_hooks), dict(os.environ), type(os.environ), os.stat, time.time,
                os.listdir(sys.argv[1]), list(compiled_afresh), set(imported_names), os.getcwd()]
    rehearse(sys.argv[1])  # what Python reads of itself at first, it keeps
    before = state()
    rehearse(sys.argv[1])
    assert state() == before
    """
    subprocess.run([sys.executable, "-c", script, tempfile.mkdtemp()], check=True, env={**os.environ, "PYTHONPATH": os.environ["SLIPWAY_PACKAGE"]})


@case
def what_a_step_wrote_is_told_when_all_that_ends_it_was_done():
    read, write = os.pipe()
    if os.fork() == 0:
        atexit.register(os.write, write, b"ended, ")
        leave(3, next(reversed(sys.modules)), lambda: os.write(write, b"told"))
    assert os.waitstatus_to_exitcode(os.wait()[1]) == 3
    os.close(write)
    assert os.read(read, 99) == b"ended, told"


@case
def what_a_model_is_exported_with_says_nothing_when_the_process_ends():
    assert _tops_of_native(list(sys.modules.values())) <= _SILENT


@case
def fits_of_classes_that_were_there_before_and_of_those_that_came_later_are_noted():
    class Silent(BaseEstimator):
        def __init_subclass__(cls, **named):
            pass

        def fit(self, X, y=None):
            return self

    calls.watch_ahead()

    class Later(Silent):
        def fit(self, X, y=None):
            return self

    class Known(BaseEstimator):
        def fit(self, X, y=None):
            return self

    rows = pd.DataFrame({"a": [0.0, 1.0]})
    before = LogisticRegression().fit(rows, [0, 1])
    calls.start([])
    models = [one.fit(rows, [0, 1]) for one in (LogisticRegression(), Silent(), Later(), Known())]
    calls.stop()
    assert calls.rows_fitted(before) is None, "nothing is noted before a step begins"
    assert [calls.rows_fitted(model) is rows for model in models] == [True] * 4


@case
def the_exporter_learns_the_same_versions_of_operators():
    def versions():
        container = _container.ModelComponentContainer.__new__(_container.ModelComponentContainer)
        container._build_op_version()
        return container._op_versions

    def building():
        return _container.ModelComponentContainer._build_op_version

    wanted, really = versions(), building()
    with known_versions():
        assert building() is really, "where nothing was learnt it reads for itself"
    learn_versions()
    with known_versions():
        assert building() is not really
        assert versions() == wanted and len(wanted) > 100
    assert building() is really
    # As a step does that has operators of its own, with a domain for them or without.
    for domain, name, version in (("ai.onnx.ml", "Ripeness", 2), ("wine.cellar", "Ageing", 3)):
        register_schema(OpSchema(name, domain, version))
        with known_versions():
            assert versions()[domain, name] == [version]
    assert len(versions()) == len(wanted) + 2


@case
def the_exporter_is_given_the_same_converters_again_and_keeps_none_of_them():
    import slipway.models.boosting  # noqa: F401
    import slipway.models.forest  # noqa: F401
    import slipway.models.impute  # noqa: F401

    def registered():
        return [dict(pool) for pool in (_supported_operators.sklearn_operator_name_map, _registration._converter_pool)]

    before = registered()
    with converters.registered_converters():
        first = registered()
    assert registered() == before != first
    learn_first_uses()
    assert registered() == before
    with converters.registered_converters():
        assert registered() == first
    skl2onnx.update_registered_converter(Own, "Own", lambda operator: None, lambda scope, operator, container: None)
    try:
        with converters.registered_converters():
            assert registered()[0][Own] == "Own", "what a step registers itself counts"
            assert registered()[0][RandomForestClassifier] == "SlipwayForestRandomForestClassifier"
        assert registered()[0] == {**before[0], Own: "Own"}
    finally:
        for pool, saved in zip((_supported_operators.sklearn_operator_name_map, _registration._converter_pool), before, strict=True):
            pool.clear()
            pool.update(saved)


class Own(BaseEstimator):
    pass


@case
def a_project_is_looked_through_anew_and_the_environment_inside_it_is_not():
    project = os.path.realpath(tempfile.mkdtemp())
    installed = os.path.join(project, ".slipway", "environment", "lib", "site-packages")
    os.makedirs(installed)
    for folder, name in ((project, "module_of_project"), (installed, "module_of_package")):
        with open(os.path.join(folder, name + ".py"), "w", encoding="utf-8") as file:
            file.write("")
    sys.path[:0] = [project, installed]
    importlib.import_module("module_of_package")
    known = sys.path_importer_cache[installed]
    assert type(sys.path_importer_cache[project].find_spec("module_of_project").loader).__name__ == "SourceFileLoader"
    import_project_from_source(project)
    assert sys.path_importer_cache.get(installed) is known
    assert type(importlib.import_module("module_of_project").__spec__.loader).__name__ == "FreshSourceLoader"


run_cases()
