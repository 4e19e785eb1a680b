"""Stop a sweep from another terminal, or from another machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.errors import InputError, StoreError
from recsys.workflows.search.stores import open_store

if TYPE_CHECKING:
    from recsys.tracking.store import Store
    from recsys.tracking.summary import SweepSummary


def stop(name: str, *, tracking_uri: str | None = None) -> SweepSummary:
    """Ask a running sweep to end after its running cohorts.

    The sweep checks for requests every few seconds. It ends as if its budget were used up, and `resume` continues it.

    Args:
        name: The name of the sweep.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Returns:
        The summary of the sweep at the moment of the request.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The sweep is not running.
    """
    store = open_store(tracking_uri)
    summary = store.summary(name)
    if summary.state != "RUNNING":
        raise InputError(f"{name} is not running: {summary.state.lower()}")
    store.ask_to_stop(name)
    return summary


def asked_to_stop(store: Store, name: str) -> bool:
    """Whether somebody has asked a sweep to end; False if the store does not answer."""
    try:
        return store.asked_to_stop(name)
    except StoreError:
        return False
