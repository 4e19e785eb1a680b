"""The files that stored experiments name, after a move: find them beside the store, or rewrite their paths."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit

from recsys.credentials import masked
from recsys.errors import InputError
from recsys.locks import locked
from recsys.reporter import Reporter
from recsys.store.address import database_file, identity
from recsys.store.client import alone
from recsys.store.mlflow_errors import store_errors
from recsys.store.places import former_home, local_path, location_of, moved_root
from recsys.store.relocation import Move, backup, rewrite_addresses, table, transaction
from recsys.tracking.mlflow.tags import HEADER, read_tag, write_tag
from recsys.tracking.store import Store
from recsys.tracking.summary import Relocated
from recsys.tracking.tracker import Header

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table


def relocate(store: Store, move: Move, *, dry_run: bool, reporter: Reporter) -> Relocated:
    """Rewrite all addresses and paths in a store that lie in a place, in one transaction.

    Raises:
        InputError: The store is a server, or a sweep is running.
    """
    uri = store.uri
    if uri.startswith("http"):
        raise InputError(
            f"{masked(uri)} is a server: its addresses are in its own database; recsys relocate takes --tracking-uri "
            "and the address of that, such as postgresql://…"
        )
    with _at_rest(store, move, reporter), store_errors(uri), alone(uri):
        copy, changed = None, _rewritten(uri, move, write=False)
        if any(changed.values()) and not dry_run:
            copy = backup(uri) if uri.startswith("sqlite") else None
            changed = _rewritten(uri, move, write=True)
    return Relocated(changed, copy)


def _rewritten(uri: str, move: Move, *, write: bool) -> dict[str, int]:
    with transaction(uri, write=write) as connection:
        changed = rewrite_addresses(connection, move)
        return {**changed, "stored experiments": rewrite_headers(connection, move)}


@contextmanager
def _at_rest(store: Store, move: Move, reporter: Reporter) -> Iterator[None]:
    """Hold every sweep that may be running, with the locks of the store's present and of its former place."""
    names = sorted(store.running())
    with ExitStack() as held:
        for name in names:
            held.enter_context(store.held(name, reporter))
            former = _former(store.uri, move)
            if former is not None:
                _hold(held, f"sweep {name} in {former}", name)
        yield


def _hold(held: ExitStack, key: str, name: str) -> None:
    try:
        held.enter_context(locked(key, wait=False))
    except BlockingIOError:
        raise InputError(f"sweep {name!r} is running in another process, which began it before the move") from None


def _former(uri: str, move: Move) -> str | None:
    """The identity of a SQLite store before it was moved; a process that began before the move has locked it."""
    if not uri.startswith("sqlite"):
        return None
    former = Move(move.new, move.old).path(str(database_file(uri)))
    return None if former in (None, identity(uri)) else former


def rewrite_headers(connection: Connection, move: Move) -> int:
    """Rewrite the paths in the stored experiments; returns how many sweeps changed."""
    tags = table(connection, "tags")
    if tags is None:
        return 0
    count = 0
    for run, own in _headers(connection, tags).items():
        document = _moved_header(own, move)
        if document is not None:
            _write(connection, tags, run, write_tag(HEADER, document), own)
            count += 1
    return count


def _headers(connection: Connection, tags: Table) -> dict[str, dict[str, str]]:
    """The tags of every sweep's header, by run id."""
    import sqlalchemy

    query = sqlalchemy.select(tags.c.run_uuid, tags.c.key, tags.c.value)
    found: dict[str, dict[str, str]] = {}
    for run, key, value in connection.execute(query.where(tags.c.key.startswith(HEADER, autoescape=True))):
        if key == HEADER or key.removeprefix(f"{HEADER}.").isdecimal():
            found.setdefault(run, {})[key] = value
    return found


def _moved_header(tags: dict[str, str], move: Move) -> Any:
    """The header with its experiment's paths rewritten; None if no path changes or it cannot be read."""
    try:
        document = read_tag(tags, HEADER)
        moved = with_paths(document["experiment"], move.path)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return None if moved is None else {**document, "experiment": moved}


def _write(connection: Connection, tags: Table, run: str, changed: dict[str, str], before: dict[str, str]) -> None:
    """Write a header's tags; a longer header needs more tags than before."""
    for key, value in changed.items():
        if key in before:
            mine = (tags.c.run_uuid == run) & (tags.c.key == key)
            connection.execute(tags.update().where(mine).values(value=value))
        else:
            connection.execute(tags.insert().values(run_uuid=run, key=key, value=value))


def at_present_place(header: Header, uri: str, artifacts: str) -> Header:
    """The header with present paths in its experiment, if the project was moved or copied as a whole.

    Args:
        header: The header of a sweep, as it is stored.
        uri: The store's address.
        artifacts: The recorded address of the sweep's artifacts.
    """
    path = local_path(artifacts)
    if not uri.startswith("sqlite") or path is None:
        return header
    home = database_file(uri).parent
    former = former_home(home, location_of(path))
    if former is None:
        return header
    old, new = moved_root(former, home)
    moved = with_paths(header.experiment, lambda name: _there(Move(str(old), str(new)).path(name)))
    return header if moved is None else replace(header, experiment=moved)


def _there(path: str | None) -> str | None:
    return path if path is not None and Path(path).exists() else None


def with_paths(experiment: str, place: Callable[[str], str | None]) -> str | None:
    """Replace paths in a stored experiment; returns None if none changes.

    Args:
        experiment: The experiment as TOML, with absolute paths.
        place: Returns the present path of a recorded one, or None if it has not changed.
    """
    document = tomllib.loads(experiment)
    moved = _moved(document, place)
    return None if moved == document else tomlkit.dumps(moved)


def _moved(value: Any, place: Callable[[str], str | None]) -> Any:
    if isinstance(value, dict):
        return {key: _moved(inner, place) for key, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, place) for inner in value]
    return (place(value) or value) if isinstance(value, str) else value
