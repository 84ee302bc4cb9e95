"""Texts, bytes, pictures and folders."""

from __future__ import annotations

import filecmp
import json
from typing import Any

from ..runner.request import StepInput
from .outcome import SAME, Outcome, differs, same
from .values import EXACT, compare_values

_LONGEST_COMPARED = 64 * 1024 * 1024


def equal_bytes(one: str, other: str) -> bool:
    return filecmp.cmp(one, other, shallow=False)


def compare_files(one: str, other: str) -> Outcome:
    """The first line that differs of a text, else the first byte. Rows count from 0."""
    if equal_bytes(one, other):
        return SAME
    mine, theirs = _read(one), _read(other)
    try:
        lines = mine.decode("utf-8").split("\n"), theirs.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        row = next((at for at, pair in enumerate(zip(mine, theirs, strict=False)) if pair[0] != pair[1]), None)
        at = min(len(mine), len(theirs)) if row is None else row
        return differs(mine[at : at + 16].hex(), theirs[at : at + 16].hex(), "bytes from this offset on", row=at)
    for row, (line, other_line) in enumerate(zip(*lines, strict=False)):
        if line != other_line:
            return differs(line, other_line, "the first line that differs", row=row)
    return differs(len(lines[0]), len(lines[1]), "the number of lines")


def compare_json(one: str, other: str) -> Outcome:
    with open(one, encoding="utf-8") as mine, open(other, encoding="utf-8") as theirs:
        return compare_values(json.load(mine), json.load(theirs), EXACT)


def compare_folders(one: StepInput, other: StepInput) -> Outcome:
    names = [part.name for part in one.parts], [part.name for part in other.parts]
    for name in [*names[0], *names[1]]:
        if name not in names[0] or name not in names[1]:
            there = ["there" if name in each else "absent" for each in names]
            return differs(there[0], there[1], "a file of the folder", column=name)
    for part in one.parts:
        twin = other.part(part.name)
        found = SAME if twin is None else compare_files(part.file, twin.file)
        if found.verdict != "identical":
            return found.within(part.name)
    return SAME


def compare_figures(one: StepInput, other: StepInput) -> Outcome:
    """By the bytes of the picture, then by its pixels; one with JSON of its own by that."""
    pictures = _picture(one), _picture(other)
    if pictures[0] is None or pictures[1] is None:
        return compare_json(one.file, other.file)
    if equal_bytes(*pictures):
        return same("the picture is equal to the byte")
    try:
        import PIL.Image
        import PIL.ImageChops
    except ImportError:
        return differs("a picture", "another picture", "their bytes differ; without pillow pixels cannot be told apart")
    with PIL.Image.open(pictures[0]) as mine, PIL.Image.open(pictures[1]) as theirs:
        if mine.size != theirs.size:
            return differs(list(mine.size), list(theirs.size), "width and height in pixels")
        first, second = mine.convert("RGBA"), theirs.convert("RGBA")
    box = PIL.ImageChops.difference(first, second).getbbox(alpha_only=False)
    if box is None:
        return same("its bytes differ, and every pixel is equal")
    column, row = _first_pixel(first, second, box)
    at = (column, row)
    detail = "the first pixel that differs, as red, green, blue and opacity"
    return differs(list(first.getpixel(at)), list(second.getpixel(at)), detail, column=f"x {column}", row=row)


def _first_pixel(first: Any, second: Any, box: tuple[int, int, int, int]) -> tuple[int, int]:
    row = box[1]
    return next(x for x in range(box[0], box[2]) if first.getpixel((x, row)) != second.getpixel((x, row))), row


def _picture(given: StepInput) -> str | None:
    part = given.part("png")
    return part.file if part else given.file if given.media_type == "image/png" else None


def _read(file: str) -> bytes:
    with open(file, "rb") as content:
        return content.read(_LONGEST_COMPARED)
