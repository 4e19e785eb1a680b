"""Turn errors of an MLflow store into the suite's own, without credentials."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from recsys.credentials import masked
from recsys.errors import NotFoundError, RecsysError, StoreError, shown
from recsys.store.address import database_file


@contextmanager
def store_errors(uri: str) -> Iterator[None]:
    """Turn every exception of a store into a `StoreError` or `NotFoundError` of one sentence without credentials."""
    try:
        yield
    except RecsysError:
        raise
    except Exception as error:  # noqa: BLE001 - MLflow, SQLAlchemy, drivers, requests, disks: each raises its own
        if said := _of_the_file(uri, error):
            raise StoreError(said) from None
        if is_of_mlflow(error):
            kind = NotFoundError if is_absence(error) else StoreError
            raise kind(f"tracking store {masked(uri)}: {_first_line(error)}") from None
        raise StoreError(f"tracking store {masked(uri)}: {type(error).__name__}: {_first_line(error)}") from None


def is_of_mlflow(error: Exception) -> bool:
    """Whether an error is an `MlflowException`. It does not import MLflow, without which there is none."""
    exceptions: Any = sys.modules.get("mlflow.exceptions")
    return exceptions is not None and isinstance(error, exceptions.MlflowException)


def is_absence(error: Exception) -> bool:
    """Whether an error says that a store does not have what it was asked for."""
    return isinstance(error, NotFoundError) or getattr(error, "error_code", "") == "RESOURCE_DOES_NOT_EXIST"


_OF_FILES = {
    "database is locked": "is locked by another process: wait for it or end it (fuser names it), and try again. A "
    "store that several processes write all the time belongs on a server: postgresql://…",
    "database or disk is full": "cannot grow: its disk is full. Free some room and try again",
    "attempt to write a readonly database": "cannot be written: the file or its folder is read-only",
    "unable to open database file": "cannot be opened: its folder cannot be read or written",
    "disk I/O error": "cannot be read or written: its disk reports an error, as a full or a lost one does",
    "table _alembic_tmp": "was left half made, as by a full disk: with room on the disk, delete it if it is new; "
    "else put the copy from before in its place",
    "file is not a database": "is not a database of SQLite's",
    "database disk image is malformed": "is damaged: SQLite's own .recover command may rescue it",
}
"""Messages of SQLite about its file, and what to do."""


def _of_the_file(uri: str, error: Exception) -> str | None:
    """An error of a SQLite store's file in a sentence; None for any other error."""
    if not uri.startswith("sqlite"):
        return None
    text = str(error)
    meant = next((meant for said, meant in _OF_FILES.items() if said in text), None)
    return None if meant is None else f"tracking store {shown(database_file(uri), 200)} {meant}"


def _first_line(error: Exception) -> str:
    lines = (line for line in masked(error).splitlines() if not line.startswith("(raised as a result of"))
    return next(lines, "")[:500]  # SQLAlchemy begins some of its errors with advice to the programmer
