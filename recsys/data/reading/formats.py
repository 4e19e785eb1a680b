"""What the ending of a file's name declares: its format and its compression."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal


@dataclass(frozen=True)
class Format:
    """The format of a file."""

    kind: Literal["text", "json", "parquet"]
    separator: str | None = None
    """The separator of a text by its ending; None if the ending does not imply one."""
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
"""The known endings as a phrase; upper and lower case are equal."""


def format_of(path: PurePath) -> Format | None:
    """Return the format that a file's ending declares, or None for an unknown ending."""
    path = PurePath(path.name.lower())
    compression = _COMPRESSIONS.get(path.suffix)
    found = _FORMATS.get((path.with_suffix("") if compression else path).suffix)
    return replace(found, compression=compression) if found else None


def stem_of(path: PurePath) -> str:
    """Return the file's name without its known endings."""
    if path.suffix.lower() in _COMPRESSIONS:
        path = path.with_suffix("")
    return path.stem if path.suffix.lower() in _FORMATS else path.name
