"""Errors with messages for the user, and functions that format these messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["InputError", "NotFoundError", "RecsysError", "SealError", "StoreError"]


class RecsysError(Exception):
    """An error with a message for the user: one sentence that names the location and the expected value."""

    exit_code = 1


class InputError(RecsysError):
    """The user's input is not valid: a file, a key, a value or an option."""

    exit_code = 2


class NotFoundError(InputError):
    """There is no sweep, run, model or file with the given name."""


class SealError(RecsysError):
    """Code accessed the sealed test part."""


class StoreError(RecsysError):
    """The tracking store cannot be reached or written."""


@contextmanager
def writing(path: object) -> Iterator[None]:
    """Convert an `OSError` of the block, such as a full disk, to an error that names the file.

    Raises:
        RecsysError: The file cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise RecsysError(f"{shown(path, 200)}: cannot be written: {error.strerror or shown(error)}") from None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file atomically; write directly to a special file such as /dev/stdout.

    Raises:
        RecsysError: The file cannot be written.
    """
    with writing(path):
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        part = path.with_name(f"{path.name}.part")
        try:
            part.write_bytes(content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def shown(value: object, limit: int = 80) -> str:
    """Format a user's value for a message: on one line, without control characters, cut to `limit` characters."""
    text = str(value)
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
