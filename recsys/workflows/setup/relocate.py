"""Relocate: tell a store that files, which it names by absolute addresses, are elsewhere now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from recsys.errors import InputError, NotFoundError, shown
from recsys.reporter import Reporter, quiet
from recsys.workflows.search.stores import open_store


@dataclass(frozen=True)
class Relocation:
    """What of a store was rewritten."""

    old: str
    new: str
    changed: Mapping[str, int]
    """Rows by `table.column` of MLflow's database; `stored experiments` counts sweeps whose data or titles moved."""
    written: bool
    """False of a dry run."""
    backup: str | None
    """A SQLite store's database as it was before."""


def relocate(
    old: str | Path,
    new: str | Path,
    *,
    dry_run: bool = False,
    tracking_uri: str | None = None,
    reporter: Reporter = quiet,
) -> Relocation:
    """Rewrite every address in a store that begins with `old`, in one transaction.

    Those of artifacts, of registered versions, and of the data and titles that stored experiments name. No file is
    moved or read. A SQLite store's database is copied beside itself before.

    Args:
        old: The folder or file where something was, or the beginning of an address such as `s3://bucket/here`.
        new: Where it is.
        dry_run: Only count.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default. A server's is that of its database.
        reporter: Hears where `new` is not on this machine.

    Raises:
        InputError: A sweep is running, or the store is a server.
        NotFoundError: There is no such store, or nothing in it is recorded at `old`.
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
