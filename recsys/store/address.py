"""What the address of a store says."""

from __future__ import annotations

from pathlib import Path

from recsys.credentials import masked


def database_file(uri: str) -> Path:
    """The file of a SQLite store."""
    return Path(uri.partition(":///")[2].partition("?")[0]).resolve()


def identity(uri: str) -> str:
    """What is the same however a store's address is written: a SQLite store's file, else all but the credentials."""
    return str(database_file(uri)) if uri.startswith("sqlite") else masked(uri)
