"""Standard streams and widths as they are found: closed, full, of a narrow encoding, of no width at all."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

_WIDTHS = range(20, 1001)
"""Columns that a table can be laid out in; others are not believed."""


def believe_widths() -> None:
    """Forget COLUMNS where it is no width, as 0 is: with it nothing would be printed, or lines of gigabytes."""
    for name in ("COLUMNS", "TERMINAL_WIDTH"):
        said = os.environ.get(name)
        if said is not None and not (said.isascii() and said.isdigit() and len(said) < 5 and int(said) in _WIDTHS):
            del os.environ[name]


def open_streams() -> None:
    """Open closed streams, whose places a file would take, and let each write a letter that it lacks by its number."""
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
    """Whether what waits in the stream cannot be written; then the stream leads nowhere from here on."""
    try:
        stream.flush()
    except OSError:
        silence(stream)
        return True
    return False


def silence(stream: TextIO) -> None:
    """Let what is written to the stream go nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
