"""The request as core sends it; see core/execution/step-protocol.ts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Part:
    name: str
    media_type: str
    file: str


@dataclass(frozen=True)
class StepInput:
    name: str
    digest: str
    kind: str
    media_type: str
    python_type: str
    file: str
    parts: tuple[Part, ...] = ()
    summary: dict[str, Any] = field(default_factory=dict)

    def part(self, name: str) -> Part | None:
        return next((part for part in self.parts if part.name == name), None)


@dataclass(frozen=True)
class StepRequest:
    project_folder: str
    module: str
    step: str
    inputs: tuple[StepInput, ...]
    params: dict[str, Any]
    outputs: tuple[str, ...]
    outputs_declared: bool
    staging_folder: str
    scratch_folder: str
    address_space_bytes: int | None = None
    adopt_orphans: bool = False


def parse_request(message: dict[str, Any]) -> StepRequest:
    if message.get("protocol") != 1:
        raise ValueError(f"protocol {message.get('protocol')!r} is not spoken here, only 1")
    return StepRequest(
        project_folder=message["projectFolder"],
        module=message["module"],
        step=message["step"],
        inputs=tuple(parse_input(one) for one in message["inputs"]),
        params=message["params"],
        outputs=tuple(message["outputs"]),
        outputs_declared=message["outputsDeclared"],
        staging_folder=message["stagingFolder"],
        scratch_folder=message["scratchFolder"],
        address_space_bytes=message.get("addressSpaceBytes"),
        adopt_orphans=bool(message.get("adoptOrphans")),
    )


def parse_input(one: dict[str, Any]) -> StepInput:
    return StepInput(
        name=one["name"],
        digest=one["digest"],
        kind=one["kind"],
        media_type=one["mediaType"],
        python_type=one["pythonType"],
        file=one["file"],
        parts=tuple(Part(part["name"], part["mediaType"], part["file"]) for part in one["parts"]),
        summary=one["summary"],
    )
