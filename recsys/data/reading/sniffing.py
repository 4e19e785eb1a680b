"""What a file is laid out as: by its ending where that is known, else by what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pyarrow as pa

from recsys.data.reading.content import is_folder, path_exists, unreadable
from recsys.data.reading.disguises import PARQUET, is_json
from recsys.data.reading.formats import Format, format_of

_START = 1 << 12
"""Bytes that are looked at."""
_PACKED: dict[bytes, Literal["gzip", "zstd"]] = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


def form_of(path: Path) -> Format | None:
    """How a file is laid out; None for a folder, and for a file of an unknown ending that is not there.

    Raises:
        InputError: It cannot be read.
    """
    if is_folder(path):
        return None
    known = format_of(path)
    if known is not None or not path_exists(path):
        return known
    try:
        with path.open("rb") as file:
            start = file.read(_START)
        compression = next((name for mark, name in _PACKED.items() if start.startswith(mark)), None)
        if compression is not None:
            with pa.input_stream(str(path), compression=compression) as stream:
                start = bytes(stream.read(_START))
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if start.startswith(PARQUET):
        return Format("parquet", compression=compression)
    return Format("json" if is_json(start) else "text", compression=compression)
