"""Read a file's bytes, decompress them, and decode them to UTF-8."""

from __future__ import annotations

import codecs
from pathlib import Path

import pyarrow as pa

from recsys.data.reading.signatures import refuse_other_formats, unreadable_error
from recsys.errors import InputError, NotFoundError, shown

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
"""The encoding that each byte-order mark declares. Longer marks precede their own prefixes."""
_CHUNK = 1 << 20
_SAMPLE = 1 << 16
"""Bytes inspected for NUL bytes."""
_NUL_SHARE = 0.5


def read_bytes(path: Path, compression: str | None) -> bytes:
    """Return the file's decompressed bytes.

    Raises:
        InputError: The file does not exist or cannot be read.
    """
    try:
        if not path.is_file():
            raise NotFoundError(f"{shown(path, 200)}: no such file")
        with pa.input_stream(str(path), compression=compression) as stream:
            return bytes(stream.read())
    except (OSError, ValueError) as error:
        if compression:
            raise InputError(f"{shown(path, 200)}: is damaged or not compressed by {compression}") from None
        raise unreadable_error(path, error) from None


def decode(content: bytes, encoding: str | None, place: str) -> tuple[bytes, str]:
    """Return the content as UTF-8 without a byte-order mark, and the encoding it was written in.

    Without `encoding`, use the one that the byte-order mark declares, or UTF-8.

    Raises:
        InputError: The content is not text in that encoding. The message names the line and suggests an encoding.
    """
    refuse_other_formats(content, place)
    mark, marked = next(
        ((mark, name) for mark, name in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), (b"", None)
    )
    own = encoding or marked or "utf-8"
    if marked is not None and codecs.lookup(own).name.replace("-sig", "") in (marked, marked[:-3]):
        content, own = content[len(mark) :], marked
    if codecs.lookup(own).name == "utf-8":
        _check_utf8(content, place, declared=encoding is not None)
        return content.replace(b"\n" + codecs.BOM_UTF8, b"\n"), "utf-8"  # where files were put one behind the other
    try:
        return content.decode(own).encode(), own
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        line = content.count(b"\n", 0, at) + 1
        raise InputError(f"{place}: line {line} is not in data.encoding = {own!r}: {shown(error)}") from None


def likely_utf_16(content: bytes) -> str | None:
    """Return the likely encoding of a text in which nearly every other byte is NUL, or None for any other text."""
    sample = content[:_SAMPLE]
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        every_other = sample[first::2]
        if every_other and every_other.count(0) > _NUL_SHARE * len(every_other):
            return encoding
    return None


def _check_utf8(content: bytes, place: str, *, declared: bool) -> None:
    """Refuse content that is not UTF-8. Decodes chunk by chunk, so that no second copy of a large file is held."""
    nul = content.find(b"\0")
    if nul >= 0:
        line = content.count(b"\n", 0, nul) + 1
        likely = None if declared else likely_utf_16(content)
        hint = f"set data.encoding, perhaps to {likely!r}" if likely else "is the file damaged, or not a text?"
        raise InputError(f"{place}: line {line} has a NUL byte, which UTF-8 text never has; {hint}")
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(content), _CHUNK):
        chunk = content[start : start + _CHUNK]
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk, final=start + _CHUNK >= len(content))
        except UnicodeDecodeError as error:
            at = start - pending + error.start
            line = content.count(b"\n", 0, at) + 1
            written = content[content.rfind(b"\n", 0, at) + 1 :][:200].splitlines()[0].decode("cp1252", "replace")
            raise InputError(
                f"{place}: line {line} is not in UTF-8; set data.encoding: with 'cp1252' it reads {shown(written)}"
            ) from None
