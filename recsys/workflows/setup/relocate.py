"""Update the addresses in a store after its files moved; a store records absolute addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from recsys.errors import InputError, NotFoundError, shown
from recsys.reporter import Reporter, quiet
from recsys.workflows.search.stores import open_store


@dataclass(frozen=True)
class Relocation:
    """The result of a relocation."""

    old: str
    """The old prefix of the addresses."""
    new: str
    """The new prefix of the addresses."""
    changed: Mapping[str, int]
    """The number of changed rows by `table.column` of MLflow's database. `stored experiments` counts sweeps whose data
    or titles moved."""
    written: bool
    """Whether the changes were written; False in a dry run."""
    backup: str | None
    """The path of the backup of a SQLite database; None if there is none."""


def relocate(
    old: str | Path,
    new: str | Path,
    *,
    dry_run: bool = False,
    tracking_uri: str | None = None,
    reporter: Reporter = quiet,
) -> Relocation:
    """Replace the prefix `old` of all addresses in a store, in one transaction.

    The function changes the addresses of artifacts, of registered versions, and of the data and titles in stored
    experiments. It neither moves nor reads these files. It first copies a SQLite database to a backup file in the same
    folder.

    Args:
        old: The old folder or file, or the prefix of an address such as `s3://bucket/here`.
        new: The new folder, file or prefix.
        dry_run: Only count the addresses.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default. For a server, give the address of its
            database.
        reporter: Receives a message if `new` does not exist on this machine.

    Returns:
        The number of changed addresses.

    Raises:
        InputError: A sweep is running, the store is a server, or an address is not valid.
        NotFoundError: There is no such store, or it has no address with this prefix.
    """
    from recsys.store.relocation import Move

    move = Move.of(str(old), str(new))
    if move.old == move.new or move.old == "/" or not move.old:
        raise InputError(f"relocate {shown(old, 200)} {shown(new, 200)}: expected two places, neither of them all")
    store = open_store(tracking_uri)
    if "://" not in move.new and not Path(move.new).exists():
        reporter(f"{move.new} is not on this machine: its addresses are written all the same")
    done = store.relocate(move, dry_run=dry_run, reporter=reporter)
    if not any(done.changed.values()):
        raise NotFoundError(
            f"nothing in the store is recorded at {shown(move.old, 200)}; its artifacts are at "
            f"{', '.join(shown(place, 200) for place in store.places()[:3]) or 'no place yet'}"
        )
    backup = None if done.backup is None else str(done.backup)
    return Relocation(move.old, move.new, done.changed, not dry_run, backup)
