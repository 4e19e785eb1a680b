"""What the ending of a file's name says: how it is laid out, and how it is compressed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal


@dataclass(frozen=True)
class Format:
    """How a file is laid out."""

    kind: Literal["text", "json", "parquet"]
    separator: str | None = None
    """What stands between the columns of a text by the ending; None where the ending does not say."""
    compression: Literal["gzip", "zstd"] | None = None


_FORMATS = {
    ".csv": Format("text", ","),
    ".tsv": Format("text", "\t"),
    ".txt": Format("text"),
    ".dat": Format("text"),
    ".json": Format("json"),
    ".jsonl": Format("json"),
    ".parquet": Format("parquet"),
}
_COMPRESSIONS: dict[str, Literal["gzip", "zstd"]] = {".gz": "gzip", ".zst": "zstd"}

ENDINGS = f"{', '.join(list(_FORMATS)[:-1])} or {list(_FORMATS)[-1]}, each also with {' or '.join(_COMPRESSIONS)}"
"""The endings there are, in words; letters of either case do."""


def format_of(path: PurePath) -> Format | None:
    """The format that a file's ending names; None where it names none."""
    path = PurePath(path.name.lower())
    compression = _COMPRESSIONS.get(path.suffix)
    found = _FORMATS.get((path.with_suffix("") if compression else path).suffix)
    return replace(found, compression=compression) if found else None


def stem_of(path: PurePath) -> str:
    """The file's name without the endings that a format is known by."""
    if path.suffix.lower() in _COMPRESSIONS:
        path = path.with_suffix("")
    return path.stem if path.suffix.lower() in _FORMATS else path.name
