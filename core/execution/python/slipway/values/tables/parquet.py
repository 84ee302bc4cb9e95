"""Writing Parquet so that equal tables give equal bytes, whichever version of Arrow wrote them."""

from __future__ import annotations

import re
import struct
from typing import Any

_CELLS_FOR_ONE = 500_000
_CREATED_BY = re.compile(rb"parquet-cpp-arrow version [0-9A-Za-z.+-]+")


def write_parquet(table: Any, path: str) -> None:
    import pyarrow.parquet

    pyarrow.parquet.write_table(table, path, compression="snappy", version="2.6", data_page_version="1.0")
    _drop_writer_version(path)


def read_parquet(path: str) -> Any:
    """The whole table in memory: writing into it never reaches the file."""
    import pyarrow.parquet

    file = pyarrow.parquet.ParquetFile(path)
    # To start threads takes longer than to read a small one.
    return file.read(use_threads=file.metadata.num_rows * file.metadata.num_columns > _CELLS_FOR_ONE)


def _drop_writer_version(path: str) -> None:
    """The footer names the writer's version in one length-prefixed text of the compact Thrift encoding."""
    with open(path, "r+b") as file:
        file.seek(-8, 2)
        length, magic = struct.unpack("<I4s", file.read(8))
        file.seek(-8 - length, 2)
        start = file.tell()
        footer = file.read(length)
        # The last one: the field stands behind the user's own metadata.
        found = next(reversed(list(_CREATED_BY.finditer(footer))), None)
        if found is None or magic != b"PAR1" or footer[found.start() - 1] != len(found.group()):
            return
        plain = b"parquet-cpp-arrow"
        shorter = footer[: found.start() - 1] + bytes([len(plain)]) + plain + footer[found.end() :]
        file.seek(start)
        file.write(shorter + struct.pack("<I4s", len(shorter), magic))
        file.truncate()
