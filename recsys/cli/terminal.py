"""Prepare the standard streams and the width of the terminal: closed streams, narrow encodings, wrong widths."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

_WIDTHS = range(20, 1001)
"""The valid numbers of columns of a table; other values of COLUMNS are ignored."""


def believe_widths() -> None:
    """Ignore an invalid COLUMNS, such as 0, with which rich prints nothing or lines of gigabytes."""
    for name in ("COLUMNS", "TERMINAL_WIDTH"):
        said = os.environ.get(name)
        if said is not None and not (said.isascii() and said.isdigit() and len(said) < 5 and int(said) in _WIDTHS):
            del os.environ[name]


def open_streams() -> None:
    """Open closed standard streams, and escape characters that an encoding lacks.

    Otherwise the next file that is opened would take the descriptor of a closed stream.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the new descriptor gets the lowest free number, which is this one
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - it stays open
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def cannot_be_written(stream: TextIO) -> bool:
    """Return whether the buffer of the stream cannot be written; if so, drop later output to the stream."""
    try:
        stream.flush()
    except OSError:
        silence(stream)
        return True
    return False


def silence(stream: TextIO) -> None:
    """Drop all later output to the stream."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
