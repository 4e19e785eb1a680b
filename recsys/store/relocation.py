"""Rewriting the absolute addresses that an MLflow database holds; MLflow itself has no call that does.

Only columns are written that hold nothing but an address, so that any MLflow of version 3 reads what it read before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import sqlalchemy
from sqlalchemy import Connection, MetaData, Table

from recsys.store.address import database_file
from recsys.store.places import local_path

ADDRESSES = {
    "experiments": ("artifact_location",),
    "runs": ("artifact_uri",),
    "logged_models": ("artifact_location",),
    "model_versions": ("source", "storage_location"),
}
"""The columns of MLflow's tables that hold addresses of artifacts."""


@dataclass(frozen=True)
class Move:
    """A folder or file, or the beginning of an address, and where that is now."""

    old: str
    new: str

    @classmethod
    def of(cls, old: str, new: str) -> Move:
        """The move between two places as a person names them: paths may be relative, and end in a slash."""
        return cls(_absolute(old), _absolute(new))

    def path(self, path: str) -> str | None:
        """Where a path is now; None where it lies elsewhere."""
        return self.new + path[len(self.old) :] if path == self.old or path.startswith(f"{self.old}/") else None

    def address(self, address: str) -> str | None:
        """Where an address is now, in the same form; None where it lies elsewhere."""
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
    """A transaction in a store's database: written as a whole when the block ends well, and not at all otherwise.

    Args:
        uri: The store's address.
        write: False undoes it in any case.
    """
    engine = sqlalchemy.create_engine(uri)
    try:
        with engine.connect() as connection, connection.begin() as begun:
            yield connection
            if not write:
                begun.rollback()
    finally:
        engine.dispose()


def table(connection: Connection, name: str) -> Table | None:
    """A table of the database; None in one of an MLflow that had none yet."""
    if not sqlalchemy.inspect(connection).has_table(name):
        return None
    return Table(name, MetaData(), autoload_with=connection)


def rewrite_addresses(connection: Connection, move: Move) -> dict[str, int]:
    """Rewrite the addresses of artifacts; how many were, by `table.column`."""
    counts: dict[str, int] = {}
    for name, columns in ADDRESSES.items():
        found = table(connection, name)
        for column in columns if found is not None else ():
            if found is not None and column in found.c:
                counts[f"{name}.{column}"] = _rewrite(connection, found, column, move)
    return counts


def _rewrite(connection: Connection, found: Table, name: str, move: Move) -> int:
    column, count = found.c[name], 0
    for address in connection.scalars(sqlalchemy.select(column).distinct().where(column.is_not(None))).all():
        moved = move.address(str(address))
        if moved is not None:
            # by the exact value, in Python's sense: a database may compare without regard to case
            done = connection.execute(found.update().where(column == address).values({name: moved}))
            count += done.rowcount
    return count


def record_location(uri: str, experiment: str, location: str) -> None:
    """Record where an experiment's artifacts are, for the runs to come."""
    with transaction(uri) as connection:
        experiments = Table("experiments", MetaData(), autoload_with=connection)
        chosen = experiments.update().where(experiments.c.experiment_id == int(experiment))
        connection.execute(chosen.values(artifact_location=location))


def backup(uri: str) -> Path:
    """A copy of a SQLite store's database beside it, as it is now."""
    database = database_file(uri)
    copy = database.with_name(f"{database.name}.{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.bak")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy
