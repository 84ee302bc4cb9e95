"""Text and bytes, as they are."""

from __future__ import annotations

from typing import Any

from .staging import Staging, Stored, media


def store_plain(value: Any, staging: Staging) -> Stored | None:
    if type(value) is str:
        try:
            content = value.encode("utf-8")
        except UnicodeEncodeError:
            return None  # lone surrogates are not text to anybody else
        return Stored("text", media.TEXT, staging.write(content, "txt"), summary={"characters": len(value)})
    if type(value) in (bytes, bytearray):
        return Stored("bytes", media.BYTES, staging.write(bytes(value), "bin"), summary={"sizeBytes": len(value)})
    return None


def load_text(file: str) -> str:
    with open(file, encoding="utf-8", newline="") as text:
        return text.read()


def load_bytes(file: str, python_type: str) -> bytes | bytearray:
    with open(file, "rb") as content:
        read = content.read()
    return bytearray(read) if python_type == "bytearray" else read
