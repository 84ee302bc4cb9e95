"""Other programs that a step starts. What they read nobody sees, but for Python of this environment, which reports."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import sysconfig
from collections.abc import Iterable
from typing import Any

#: The variable by which Python processes of this environment know that they belong to a step.
OBSERVED_VARIABLE = "SLIPWAY_OBSERVED"
#: Set by core for each step; its children inherit it, those in a session of their own as well.
STEP_RUN_VARIABLE = "SLIPWAY_STEP_RUN"
_HOOK = "slipway_observed.pth"
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "fish", "cmd.exe"})
#: What libraries ask about the computer; no result depends on it.
_PROBES = frozenset(
    "uname lscpu ldconfig nproc sysctl getconf nvidia-smi file sw_vers locale gcc cc clang ld objdump git which "
    "hostname arch ps dpkg-architecture fc-list system_profiler".split()
)
#: They do nothing but speak with others, mostly for less than the tenth of a second in which connections are seen.
NETWORK_PROGRAMS = frozenset("curl wget ssh scp sftp aws gsutil az psql mysql redis-cli mongosh".split())
#: Languages that run inside the step's own process, where their reading is not seen either.
EMBEDDED = {
    "rpy2.rinterface": "R",
    "juliacall": "Julia",
    "julia": "Julia",
    "jpype": "Java",
    "matlab.engine": "MATLAB",
}


def unseen_program(executable: Any, words: Iterable[Any], environment: Any, by_project: bool) -> str | None:
    """The name of a program whose reading is not seen; None for one that reports, or that only asks about the computer."""
    texts = [os.fsdecode(word) for word in words if isinstance(word, (str, bytes, os.PathLike))]
    program = os.fsdecode(executable) if executable else texts[0] if texts else ""
    name = os.path.basename(program)
    if name in _SHELLS and len(texts) > 2 and texts[1] in ("-c", "/c"):
        return unseen_in_shell(texts[2], environment, by_project)
    if not by_project and name in _PROBES:
        return None
    return None if _reports(program, texts[1:], environment) else name


def unseen_in_shell(command: Any, environment: Any, by_project: bool) -> str | None:
    text = os.fsdecode(command)
    words = split_command(text)
    if not words or any(sign in text for sign in "|&;<>$`(\n=") or words[0] in _SHELLS:
        return words[0] if words and words[0] not in ("cd", "export") and "=" not in words[0] else "sh"
    return unseen_program(words[0], words, environment, by_project)


def split_command(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _reports(program: str, arguments: list[str], environment: Any) -> bool:
    if environment is not None and not _has_variable(environment):
        return False
    if not os.path.exists(os.path.join(sysconfig.get_path("purelib"), _HOOK)):
        return False
    found = shutil.which(program)
    if found is None:
        return False
    folder = os.path.dirname(os.path.abspath(sys.executable))
    if os.path.basename(found).startswith("python"):
        options = [word for word in arguments if word.startswith("-") and not word.startswith("--")]
        return os.path.dirname(os.path.abspath(found)) == folder and not any("S" in word for word in options[:1])
    with open(found, "rb") as script:
        first = script.read(256).split(b"\n", 1)[0]
    return first.startswith(b"#!" + os.fsencode(folder) + b"/python")


def _has_variable(environment: Any) -> bool:
    names = environment.keys() if hasattr(environment, "keys") else environment
    return any(os.fsdecode(name).split("=", 1)[0] == OBSERVED_VARIABLE for name in names)
