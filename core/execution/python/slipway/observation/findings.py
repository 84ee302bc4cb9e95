"""What was seen so far. In a child of the step's process each new thing is written down at once, for the step's own
process to read: a child may be killed at any moment."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from .effects import Effects, Kind


class Findings:
    def __init__(self, is_tracked: Callable[[str], bool]) -> None:
        self._is_tracked = is_tracked
        self.reads: dict[str, None] = {}
        self.outside: dict[str, None] = {}
        self.writes: dict[str, None] = {}
        self.folders: dict[str, None] = {}
        self.tested: dict[str, str | None] = {}
        self.variables: dict[str, str | None] = {}
        self.packages: dict[str, str] = {}
        self.effects = Effects()
        self._diary: int | None = None

    def read(self, path: str) -> None:
        if path not in self.writes and path not in self.reads:
            self.reads[path] = None
            self._write_down("read", path)

    def read_outside(self, path: str) -> None:
        if path not in self.outside:
            self.outside[path] = None
            self._write_down("outside", path)

    def write(self, path: str, keeps: bool) -> None:
        """`keeps`: what was there before stays, so it counts as read."""
        if path in self.writes:
            return
        if keeps and self._is_tracked(path) and os.path.exists(path):
            self.read(path)
        self.writes[path] = None
        self._write_down("write", path)

    def rename(self, source: str, target: str) -> None:
        self.writes.pop(source, None)
        self.writes.setdefault(target)
        self._write_down("rename", source, target)

    def listed(self, folder: str) -> None:
        if folder not in self.folders:
            self.folders[folder] = None
            self._write_down("listed", folder)

    def test(self, path: str, found: str | None) -> None:
        if path not in self.tested:
            self.tested[path] = found
            self._write_down("test", path, found)

    def variable(self, name: str, value: str | None) -> None:
        if name not in self.variables:
            self.variables[name] = value
            self._write_down("variable", name, value)

    def package(self, name: str, version: str) -> None:
        self.packages[name] = version
        self._write_down("package", name, version)

    def effect(self, kind: Kind, name: str, where: str | None) -> None:
        if self.effects.note(kind, name, where):
            self._write_down("effect", kind, name, where)

    def keep_diary(self, folder: str) -> None:
        """Of this process alone, a child; what is known already its parent tells."""
        os.makedirs(folder, exist_ok=True)
        name = os.path.join(folder, f"{os.getpid()}-{os.urandom(4).hex()}")
        self._diary = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o600)

    def add_diaries(self, folder: str) -> None:
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            with open(os.path.join(folder, name), encoding="utf-8") as lines:
                for line in lines:
                    if line.endswith("\n"):  # else its writer was ended in the middle of it
                        what, *about = json.loads(line)
                        self._add(what, about)

    def _add(self, what: str, about: list[Any]) -> None:
        if what == "write":
            self.writes.setdefault(about[0])
        else:
            entries = {
                "read": self.read,
                "outside": self.read_outside,
                "rename": self.rename,
                "listed": self.listed,
                "test": self.test,
                "variable": self.variable,
                "package": self.package,
                "effect": self.effect,
            }
            entries[what](*about)

    def _write_down(self, *line: Any) -> None:
        if self._diary is not None:
            os.write(self._diary, json.dumps(line).encode("ascii") + b"\n")
