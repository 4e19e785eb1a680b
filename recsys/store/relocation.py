"""Rewrite the absolute addresses in an MLflow database, for which MLflow has no call.

Only columns that hold nothing but an address are written, so every MLflow of version 3 can read the result.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from recsys.store.address import database_file
from recsys.store.places import local_path

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

ADDRESSES = {
    "experiments": ("artifact_location",),
    "runs": ("artifact_uri",),
    "logged_models": ("artifact_location",),
    "model_versions": ("source", "storage_location"),
}
"""The columns with addresses of artifacts, by table."""


@dataclass(frozen=True)
class Move:
    """The old and the new place of a folder or file, or of the beginning of an address."""

    old: str
    new: str

    @classmethod
    def of(cls, old: str, new: str) -> Move:
        """The move between two places that a user gives; paths may be relative and may end in a slash."""
        return cls(_absolute(old), _absolute(new))

    def path(self, path: str) -> str | None:
        """The new path; None if the path is not in the old place."""
        return self.new + path[len(self.old) :] if path == self.old or path.startswith(f"{self.old}/") else None

    def address(self, address: str) -> str | None:
        """The new address in the same form; None if the address is not in the old place."""
        place = local_path(address)
        if place is None or "://" in self.old:
            return self.path(address)
        moved = self.path(str(place))
        if moved is None:
            return None
        return moved if "://" in moved or address.startswith("/") else f"file://{quote(moved)}"


def _absolute(place: str) -> str:
    if "://" in place:
        path = local_path(place)
        return str(path) if path else place.rstrip("/")
    return str(Path(place).expanduser().absolute())


@contextmanager
def transaction(uri: str, *, write: bool = True) -> Iterator[Connection]:
    """A transaction in a store's database, committed if the block raises nothing.

    Args:
        uri: The store's address.
        write: Whether to commit; False always rolls back.
    """
    import sqlalchemy

    engine = sqlalchemy.create_engine(uri)
    try:
        with engine.connect() as connection, connection.begin() as begun:
            yield connection
            if not write:
                begun.rollback()
    finally:
        engine.dispose()


def table(connection: Connection, name: str) -> Table | None:
    """A table of the database; None if its version of MLflow does not have it."""
    import sqlalchemy

    if not sqlalchemy.inspect(connection).has_table(name):
        return None
    return sqlalchemy.Table(name, sqlalchemy.MetaData(), autoload_with=connection)


def rewrite_addresses(connection: Connection, move: Move) -> dict[str, int]:
    """Rewrite the addresses of artifacts; returns how many rows changed, by `table.column`."""
    counts: dict[str, int] = {}
    for name, columns in ADDRESSES.items():
        found = table(connection, name)
        for column in columns if found is not None else ():
            if found is not None and column in found.c:
                counts[f"{name}.{column}"] = _rewrite(connection, found, column, move)
    return counts


def _rewrite(connection: Connection, found: Table, name: str, move: Move) -> int:
    import sqlalchemy

    column, count = found.c[name], 0
    for address in connection.scalars(sqlalchemy.select(column).distinct().where(column.is_not(None))).all():
        moved = move.address(str(address))
        if moved is not None:
            # addresses are compared in Python, because a database may ignore case
            done = connection.execute(found.update().where(column == address).values({name: moved}))
            count += done.rowcount
    return count


def record_location(uri: str, experiment: str, location: str) -> None:
    """Record where an experiment's artifacts are, for later runs."""
    import sqlalchemy

    with transaction(uri) as connection:
        experiments = sqlalchemy.Table("experiments", sqlalchemy.MetaData(), autoload_with=connection)
        chosen = experiments.update().where(experiments.c.experiment_id == int(experiment))
        connection.execute(chosen.values(artifact_location=location))


def backup(uri: str) -> Path:
    """Copy a SQLite store's database to a new file beside it; returns the copy."""
    database = database_file(uri)
    copy = database.with_name(f"{database.name}.{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.bak")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy
