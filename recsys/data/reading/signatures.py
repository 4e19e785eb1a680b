"""Detect a file's format: by its ending if that is known, otherwise by its first bytes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pyarrow as pa

from recsys.data.reading.formats import Format, format_of
from recsys.errors import InputError, shown

PARQUET_MAGIC = b"PAR1"
"""The first and the last bytes of a Parquet file."""
_SIGNATURES: Mapping[bytes, str] = {
    PARQUET_MAGIC + b"\x15": "a Parquet file: rename it to .parquet",
    b"PK\x03\x04": "a ZIP archive, as the workbooks of Excel are too: unpack it, or save the table in it as CSV",
    b"\x1f\x8b": "compressed by gzip: rename it to .gz",
    b"\x28\xb5\x2f\xfd": "compressed by Zstandard: rename it to .zst",
    b"BZh91AY&SY": "compressed by bzip2: unpack it",
    b"\xfd7zXZ": "compressed by xz: unpack it",
    b"\xd0\xcf\x11\xe0": "a workbook of Excel: save the table in it as CSV",
    b"\x80\x04\x95": "a pickle of Python: store it as Parquet",
    b"\x80\x05\x95": "a pickle of Python: store it as Parquet",
    b"SQLite format 3\0": "a database of SQLite: store its table as CSV",
    b"\x89HDF": "an HDF5 file: store its table as Parquet",
    b"ARROW1\0": "a Feather file: store it as Parquet",
    b"%PDF-": "a PDF",
    b"Obj\x01": "an Avro file: store it as Parquet",
}
"""The first bytes of other formats, with what the file is and what to do. No text table begins with these."""
_MARKUP = re.compile(rb"(?i)\s*<(!doctype\s+html|html|\?xml)\b")
_JSON_START = re.compile(rb"""\s*((\[\s*)?\{\s*(u?["']|\})|\[\s*\[)""")
_START = 1 << 12
"""Bytes inspected."""
_COMPRESSED: dict[bytes, Literal["gzip", "zstd"]] = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


def refuse_other_formats(content: bytes, place: str) -> None:
    """Refuse content that is not text.

    Args:
        content: The content of a file that should be text.
        place: The file's name in messages.

    Raises:
        InputError: The content is of another format. The message names the format and what to do.
    """
    for mark, what in _SIGNATURES.items():
        if content.startswith(mark):
            raise InputError(f"{place}: it is {what}")
    if _MARKUP.match(content[:200]):
        raise InputError(f"{place}: it is a page of HTML or XML, not a table: was it downloaded without logging in?")


def refuse_json(content: bytes, place: str) -> None:
    """Refuse JSON where columns with separators are expected.

    Raises:
        InputError: The content begins like an object, or like a list of objects.
    """
    if looks_like_json(content):
        raise InputError(f"{place}: it is JSON: rename it to .json")


def looks_like_json(content: bytes) -> bool:
    """Whether a text begins like an object, or like a list of objects or lists. Python's notation counts too."""
    return _JSON_START.match(content[:200].removeprefix(codecs.BOM_UTF8)) is not None


def refuse_broken_parquet(path: Path) -> None:
    """Refuse a file that does not begin and end like a Parquet file.

    Raises:
        InputError: The file is not Parquet, or is truncated. The message names the format if it is known.
        OSError: The file cannot be read.
    """
    place = shown(path, 200)
    with path.open("rb") as file:
        start = file.read(200)
        file.seek(max(file.seek(0, 2) - len(PARQUET_MAGIC), 0))
        end = file.read()
    if not start:
        raise InputError(f"{place}: the file is empty")
    if not start.startswith(PARQUET_MAGIC):
        refuse_other_formats(start, place)
        raise InputError(f"{place}: it is not a Parquet file")
    if end != PARQUET_MAGIC:
        raise InputError(f"{place}: it is truncated: it does not end like a Parquet file")


def detect_format(path: Path) -> Format | None:
    """Return the format of a file, or None for a folder and for a missing file with an unknown ending.

    Raises:
        InputError: The file cannot be read.
    """
    if is_folder(path):
        return None
    known = format_of(path)
    if known is not None or not path_exists(path):
        return known
    try:
        with path.open("rb") as file:
            start = file.read(_START)
        compression = next((name for mark, name in _COMPRESSED.items() if start.startswith(mark)), None)
        if compression is not None:
            with pa.input_stream(str(path), compression=compression) as stream:
                start = bytes(stream.read(_START))
    except (OSError, ValueError) as error:
        raise unreadable_error(path, error) from None
    if start.startswith(PARQUET_MAGIC):
        return Format("parquet", compression=compression)
    return Format("json" if looks_like_json(start) else "text", compression=compression)


def is_folder(path: Path) -> bool:
    """Whether the path is a folder; False for a string that cannot be a path."""
    try:
        return path.is_dir()
    except OSError:
        return False


def path_exists(path: Path) -> bool:
    """Whether a file or a folder of that path exists; False for a string that cannot be a path."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def unreadable_error(path: Path, error: Exception) -> InputError:
    """The error of a file that cannot be read, with the first line of the cause."""
    why = (str(error).splitlines() or [type(error).__name__])[0]
    return InputError(f"{shown(path, 200)}: cannot be read: {shown(why, 200)}")
