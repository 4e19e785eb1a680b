"""Standard streams and widths of terminals that are closed, full, or of a narrow encoding."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

_WIDTHS = range(20, 1001)
"""Columns that a table can have; other values of COLUMNS are ignored."""


def believe_widths() -> None:
    """Ignore a COLUMNS that is no width, such as 0, with which rich prints nothing or lines of gigabytes."""
    for name in ("COLUMNS", "TERMINAL_WIDTH"):
        said = os.environ.get(name)
        if said is not None and not (said.isascii() and said.isdigit() and len(said) < 5 and int(said) in _WIDTHS):
            del os.environ[name]


def open_streams() -> None:
    """Open closed streams, whose descriptors a file would take, and escape letters that an encoding lacks."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free: this one
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - it stays open
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def cannot_be_written(stream: TextIO) -> bool:
    """Whether the buffer of the stream cannot be written; if so, later output to the stream is dropped."""
    try:
        stream.flush()
    except OSError:
        silence(stream)
        return True
    return False


def silence(stream: TextIO) -> None:
    """Drop what is written to the stream from now on."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
