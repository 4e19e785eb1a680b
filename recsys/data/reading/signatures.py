"""How a file is laid out: by its ending where that is known, else by its first bytes."""

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
"""What a Parquet file begins with, and ends with."""
_SIGNATURES: Mapping[bytes, str] = {
    PARQUET_MAGIC + b"\x15": "a Parquet file: call it .parquet",
    b"PK\x03\x04": "a ZIP archive, as the workbooks of Excel are too: unpack it, or save the table in it as CSV",
    b"\x1f\x8b": "compressed by gzip: call it .gz",
    b"\x28\xb5\x2f\xfd": "compressed by Zstandard: call it .zst",
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
"""What else begins with, and what is to be done; no text of a table begins so."""
_MARKUP = re.compile(rb"(?i)\s*<(!doctype\s+html|html|\?xml)\b")
_JSON_START = re.compile(rb"""\s*((\[\s*)?\{\s*(u?["']|\})|\[\s*\[)""")


def refuse_other_formats(content: bytes, place: str) -> None:
    """Refuse what is no text.

    Args:
        content: Of a file that should be one.
        place: What messages call it.

    Raises:
        InputError: It says what the file is, and what to do.
    """
    for mark, what in _SIGNATURES.items():
        if content.startswith(mark):
            raise InputError(f"{place}: it is {what}")
    if _MARKUP.match(content[:200]):
        raise InputError(f"{place}: it is a page of HTML or XML and no table: was it downloaded without logging in?")


def refuse_json(content: bytes, place: str) -> None:
    """Refuse JSON where columns between separators are expected.

    Raises:
        InputError: It begins as an object, or a list of objects, does.
    """
    if looks_like_json(content):
        raise InputError(f"{place}: it is JSON: call it .json")


def looks_like_json(content: bytes) -> bool:
    """Whether a text begins as an object does, or a list of objects or lists; in Python's writing too."""
    return _JSON_START.match(content[:200].removeprefix(codecs.BOM_UTF8)) is not None


def refuse_broken_parquet(path: Path) -> None:
    """Refuse a file that does not begin and end as Parquet does.

    Raises:
        InputError: It says what the file is, where that is known.
        OSError: It cannot be read.
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
        raise InputError(f"{place}: it is no Parquet file")
    if end != PARQUET_MAGIC:
        raise InputError(f"{place}: it is cut off: it does not end as a Parquet file does")


_START = 1 << 12
"""Bytes that are looked at."""
_COMPRESSED: dict[bytes, Literal["gzip", "zstd"]] = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


def detect_format(path: Path) -> Format | None:
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
    """Whether the path is one of a folder; one that cannot be a path is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def path_exists(path: Path) -> bool:
    """Whether there is a file or a folder of that path; none of one that cannot be a path."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def unreadable_error(path: Path, error: Exception) -> InputError:
    """The error of a file that cannot be read, with the first line of why."""
    why = (str(error).splitlines() or [type(error).__name__])[0]
    return InputError(f"{shown(path, 200)}: cannot be read: {shown(why, 200)}")
