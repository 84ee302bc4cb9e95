"""Which modules of the project and which installed packages have really been imported."""

from __future__ import annotations

import os

from .imported import (
    before_now,
    distributions_of,
    file_of,
    modules_since,
    package_folders,
    tops_since,
    used_since,
    version_of,
)
from .places import Places


class Imports:
    """Made when the step begins: what is in memory by then it has not imported."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._before = before_now()

    def project_modules(self) -> list[str]:
        """Source files of the project behind what was imported, relative to the project."""
        found = set()
        for _, module in modules_since(self._before.last):
            file = file_of(module)
            if file and file.endswith(".py"):
                full = os.path.abspath(file)
                if self._places.is_tracked(full):
                    found.add(self._places.relative(full))
        return sorted(found)

    def libraries(self) -> list[str]:
        """Modules of installed packages that were imported since, in the order in which they came, by the runner too."""
        folders = package_folders()
        since = modules_since(self._before.last)
        return [name for name, module in reversed(since) if (file_of(module) or "").startswith(folders)]

    def packages(self, named: set[str]) -> list[tuple[str, str]]:
        """Installed distributions behind the imported top-level modules; the standard library has none.

        What was in memory before the step began counts when the project's text names it, or what counts uses it.
        """
        before = self._before
        since = tops_since(before.last)
        tops = before.tops | since
        counted = set((since - before.tops) | (tops & named))
        waiting = sorted(counted) if before.tops else []
        while waiting:
            top = waiting.pop()
            used = (before.uses.get(top, set()) | used_since(before.last, top)) & tops - counted
            counted |= used
            waiting.extend(used)
        found = {}
        for name in distributions_of(counted):
            version = version_of(name)
            if version is not None:
                found[name.lower().replace("_", "-").replace(".", "-")] = version
        return sorted(found.items())
