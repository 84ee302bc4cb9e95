"""Imports the module of a step under the name that the project's own imports give it."""

from __future__ import annotations

import importlib.util
import os
import sys
from types import ModuleType
from typing import Any

from .fresh_sources import FreshSourceLoader, import_project_from_source


def prepare_paths(project_folder: str, module: str) -> None:
    """The project folder is the working directory and comes first on sys.path, as for `python module.py`."""
    os.chdir(project_folder)
    os.environ["PWD"] = project_folder
    os.environ.setdefault("MPLBACKEND", "Agg")
    sys.argv = [os.path.join(project_folder, module)]
    started_in = sys.path[0] if sys.path and not getattr(sys.flags, "safe_path", False) else None
    sys.path[:] = [project_folder] + [entry for entry in sys.path if entry not in (started_in, project_folder, "")]
    # For `import helper` beside a module in a folder: last, so that it can only find what nothing else has.
    beside = os.path.dirname(os.path.join(project_folder, module))
    if beside != project_folder:
        sys.path.append(beside)
    import_project_from_source(project_folder)


def load_module(project_folder: str, module: str) -> ModuleType:
    path = os.path.join(project_folder, module)
    name = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if all(part.isidentifier() for part in name.split(".")):
        first = name.split(".", 1)[0]
        if not _is_taken(first, project_folder):
            __import__(name)  # as the statement does: no frame of importlib comes between
            imported = sys.modules[name]
            if _is_file(imported, path):
                return imported
    return _load_from_file(path, name)


def _is_taken(first: str, project_folder: str) -> bool:
    """A name that the standard library already holds in memory, such as `types` or `random`."""
    present = sys.modules.get(first)
    file = getattr(present, "__file__", None)
    return present is not None and not (file or "").startswith(project_folder + os.sep)


def _is_file(module: ModuleType, path: str) -> bool:
    file = getattr(module, "__file__", None)
    # Mostly it is the same path; asking where both lead takes a quarter of all that the import does.
    return file is not None and (file == path or os.path.realpath(file) == os.path.realpath(path))


def _load_from_file(path: str, name: str) -> ModuleType:
    """For paths that no import statement can name (`01 load.py`) or whose name is taken."""
    own_name = "_slipway_" + "".join(c if c.isalnum() else "_" for c in name)
    spec = importlib.util.spec_from_file_location(own_name, path, loader=FreshSourceLoader(own_name, path))
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[own_name] = module
    spec.loader.exec_module(module)
    return module


def find_step(module: ModuleType, path: str, step: str) -> Any:
    function = getattr(module, step, None)
    if not callable(function):
        raise AttributeError(f"{path} holds no function {step!r} once it is imported")
    return function
