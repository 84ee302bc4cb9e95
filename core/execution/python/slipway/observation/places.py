"""Which folders matter: the project's own files, installed packages, and everything else."""

from __future__ import annotations

import functools
import os
import re
import sys
import tempfile
import time

from .imported import package_folders

# Inside a project, never data of it.
_PRIVATE_FOLDERS = frozenset({".slipway", ".git", "__pycache__", ".venv", "venv", ".ipynb_checkpoints", ".mypy_cache"})
# Files that packages carry as data for people, as against their own stylesheets, fonts and time zones.
_DATA_ENDINGS = (
    ".arff", ".avro", ".csv", ".dat", ".feather", ".geojson", ".gz", ".h5", ".hdf5", ".jpeg", ".jpg", ".json", ".jsonl",
    ".mat", ".npy", ".npz", ".parquet", ".png", ".rds", ".sas7bdat", ".svmlight", ".tif", ".tiff", ".tsv", ".txt",
    ".wav", ".xls", ".xlsx", ".xml", ".zip", ".zst",
)  # fmt: skip
_FURNITURE = frozenset({"matplotlib", "certifi", "tzdata", "pytz", "dateutil", "slipway", "skops", "pip", "IPython"})

# What programs keep among temporary files for the next time.
_TEMPORARY_CACHES = (".", "matplotlib-", "torchinductor_", "triton", "numba", "joblib_memmapping_folder_", "pymp-", "sem.")
#: As `tempfile` draws them.
_DRAWN_NAME = re.compile(r"tmp[a-z0-9_]{8}")
# The system's own, and what its packages install.
_SYSTEM_FOLDERS = tuple(
    f"/{folder}/" for folder in ("bin", "boot", "etc", "lib", "lib64", "run", "sbin", "sys", "usr", "var/cache", "var/lib")
) + ("/System/", "/Library/", "/nix/", "/snap/")


class Places:
    def __init__(self, project_folder: str, own_folders: tuple[str, ...]) -> None:
        self.project = os.path.abspath(project_folder) + os.sep
        self._real = os.path.realpath(project_folder) + os.sep
        self._packages = package_folders()
        self._interpreter = (os.path.abspath(sys.prefix) + os.sep, os.path.abspath(sys.base_prefix) + os.sep)
        cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        settings = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
        temporary = temporary_folders()
        self._own = tuple(os.path.abspath(folder) + os.sep for folder in own_folders)
        self._temporary = (*(folder + os.sep for folder in temporary), "/dev/shm/")
        #: Files are stamped by a clock that may be some hundredths of a second behind.
        self._began = time.time() - 0.05
        self._home = os.path.expanduser("~") + os.sep
        self._unreported = (
            *self._own,
            os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep,
            *(folder + os.sep for folder in temporary),
            cache + os.sep,
            os.path.join(settings, "matplotlib") + os.sep,
            "/dev/",
            "/proc/",
        )

    def is_tracked(self, path: str) -> bool:
        """A file of the project that a person made or a step writes."""
        if not path.startswith((self.project, self._real)) or path.startswith((*self._packages, *self._own)):
            return False
        if path.startswith(self._interpreter[0]) and not self.project.startswith(self._interpreter[0]):
            return False
        folders = self.relative(path).split("/")[:-1]
        return _PRIVATE_FOLDERS.isdisjoint(folders) and not path.endswith((".pyc", ".pyo"))

    def is_installed(self, path: str) -> bool:
        return path.startswith(self._packages)

    def is_package_data(self, path: str) -> bool:
        """A data file inside an installed package, as a sample data set is."""
        if not path.startswith(self._packages) or not path.lower().endswith(_DATA_ENDINGS):
            return False
        first = self.package_name(path).removeprefix("package:").split("/", 1)[0]
        return first not in _FURNITURE and not first.endswith((".dist-info", ".egg-info"))

    def is_slipways(self, path: str) -> bool:
        """Among the records and stored values of the project, which only Slipway itself may touch."""
        inside = (self.project + ".slipway" + os.sep, self._real + ".slipway" + os.sep)
        return path.startswith(inside) and not path.startswith((*self._own, *self._packages, self._interpreter[0]))

    def is_outside(self, path: str) -> bool:
        return not path.startswith((self.project, self._real, *self._unreported, *self._interpreter))

    def is_left_among_temporary(self, path: str) -> bool:
        """What has a name that somebody may look for later: not one that was drawn, nor a program's cache."""
        folder = next((one for one in self._temporary if path.startswith(one)), None)
        if folder is None or self._is_known(path):
            return False
        first = path[len(folder) :].split(os.sep, 1)[0]
        return not first.startswith(_TEMPORARY_CACHES) and not _DRAWN_NAME.match(first)

    def is_undeclared(self, path: str) -> bool:
        """What a person may keep as data outside the project: not the system's, nor a program's own folder at home.

        Of temporary files those that were there before the step began: the others are its own, or its programs'.
        """
        if path.startswith(self._temporary) and not self._is_known(path):
            first = path[len(next(folder for folder in self._temporary if path.startswith(folder))) :].split(os.sep, 1)[0]
            return not first.startswith(_TEMPORARY_CACHES) and self._was_there(path)
        if not self.is_outside(path) or self.is_installed(path) or path.startswith(_SYSTEM_FOLDERS):
            return False
        return not (path.startswith(self._home) and path[len(self._home) :].startswith("."))

    def _is_known(self, path: str) -> bool:
        return path.startswith((self.project, self._real, *self._own, *self._interpreter, *self._packages))

    def _was_there(self, path: str) -> bool:
        try:
            return os.stat(path).st_ctime < self._began
        except OSError:
            return False

    def relative(self, path: str) -> str:
        base = self.project if path.startswith(self.project) else self._real
        return path[len(base) :].replace(os.sep, "/")

    def package_name(self, path: str) -> str:
        base = next(folder for folder in self._packages if path.startswith(folder))
        return "package:" + path[len(base) :].replace(os.sep, "/")


@functools.cache
def temporary_folders() -> frozenset[str]:
    return frozenset({tempfile.gettempdir(), os.path.realpath(tempfile.gettempdir())})
